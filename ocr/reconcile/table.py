"""Settle the numbers of a table with its row and column sums, all cells at once.

Two things are told apart. The machine misread: the writing also allows a number that makes the sums
hold. The paper does not add up: the writing is clear, so somebody's pen slipped; the number stays
as written. To weigh one against the other each cell has two values, the one *meant*, for which the
sums hold, and the one *written*, which differs from it with the small probability of a slip.

A row's likeliest combinations of meant values are listed, then the rows are joined by dynamic
programming over the columns' running sums (sum-product forwards and backwards, Kschischang et al.
2001), so each probability is exact but for combinations less likely than _HOPELESS.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ocr.kinds.count import rarity
from ocr.kinds.evidence import KindReading
from ocr.reconcile import Settled
from ocr.reconcile.balance import number
from ocr.reconcile.order import held_to_order, in_order

Reading = Mapping[str, KindReading]
Meant = tuple[int, ...]
Rules = Sequence[Mapping[str, Any]]

TEMPER = 0.9
"""Exponent on the recogniser's likelihoods of numbers: it is surer of itself than it is right."""
BLURRED = 0.001
"""Probability of any one number as far as the recogniser sees none: there it does not tell which are unlikely."""
SLIP = 3e-4
"""Probability that a cell carries one certain wrong number."""
OMITTED = 0.005
"""Probability that a cell is left blank although a number was meant."""
UNEXPLAINED = 1e-7
"""Weight of a sum that holds for no meant values."""
CONVINCING = 12.0
"""How many times likelier than what is written a number must be that the sums ask for: nearer to even, one in thirty
of the papers' own mistakes was hidden on the sheets this was set on, from here on one in a hundred."""

_FAR = 40.0
"""Natural logarithm of how much less likely than the likeliest no number is more than."""
_HOPELESS = 1e-10
_MOST_COMBINATIONS = 40
_MOST_PRODUCTS = 4096
"""About how many combinations of a row's numbers are weighed."""
_MOST_STATES = 3000


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell's written candidates with their probabilities, and the likelihood of each meant number."""

    written: tuple[tuple[str, float], ...]
    likelihood: Mapping[int, float]


@dataclass(frozen=True, slots=True)
class _Row:
    """The likeliest combinations of meant numbers of a row, in the order of the columns."""

    cells: tuple[Cell, ...]
    options: tuple[tuple[Meant, float], ...]


def settle_table(rows: Sequence[Reading], totals: Reading,
                 rules: Rules) -> tuple[list[dict[str, Settled]], dict[str, Settled]]:
    """Rows and totals settled under the rules `row_sum` (parts, total), `column_sum` (columns), `at_most`
    (part, whole) and `sequence` (column)."""
    settled, total = held_to_order([_alone(row) for row in in_order(rows, rules)], rules), _alone(totals)
    columns = _columns(rules)
    if not columns or not rows:
        return settled, total
    listed = [_row(reading, columns, rules) for reading in (*rows, totals)]
    shares = _joined(listed[:-1], listed[-1], [columns.index(column) for column in _summed(rules)])
    for reading, row, share, out in zip((*rows, totals), listed, shares, (*settled, total), strict=True):
        out.update(_chosen(reading, columns, row, share))
    return settled, total


def _columns(rules: Rules) -> list[str]:
    """Every column a rule of sums names."""
    named: list[str] = []
    for rule in rules:
        if rule["rule"] == "row_sum":
            named += [*rule["parts"], rule["total"]]
        if rule["rule"] == "column_sum":
            named += rule["columns"]
    for rule in rules:  # a part is settled with its whole only where sums bind the whole
        if rule["rule"] == "at_most" and rule["whole"] in named:
            named.append(rule["part"])
    return list(dict.fromkeys(named))


def _summed(rules: Rules) -> list[str]:
    return list(dict.fromkeys(c for rule in rules if rule["rule"] == "column_sum" for c in rule["columns"]))


def _row(reading: Reading, columns: Sequence[str], rules: Rules) -> _Row:
    """The cells of a row and its likeliest combinations, whether its own sum holds weighed in."""
    likely = {column: _likely(reading.get(column)) for column in columns}
    cells = tuple(_cell(reading.get(column), _implied(likely, column, rules)) for column in columns)
    places = {column: place for place, column in enumerate(columns)}
    sums = [([places[part] for part in rule["parts"]], places[rule["total"]])
            for rule in rules if rule["rule"] == "row_sum"]
    bounds = [(places[rule["part"]], places[rule["whole"]])
              for rule in rules if rule["rule"] == "at_most" and rule["whole"] in places]
    numbers = [_likeliest(cell, len(cells)) for cell in cells]
    meant = np.stack([each.ravel() for each in np.meshgrid(*numbers, indexing="ij")], axis=1).astype(np.int64)
    weights = [np.array([cell.likelihood[value] for value in of]) for cell, of in zip(cells, numbers, strict=True)]
    weight = reduce(np.multiply.outer, weights).ravel()
    for parts, total in sums:
        weight = np.where(meant[:, parts].sum(axis=1) == meant[:, total], weight, weight * UNEXPLAINED)
    for part, most in bounds:
        weight = np.where(meant[:, part] <= meant[:, most], weight, weight * UNEXPLAINED)
    best = float(weight.max()) or 1.0
    kept = np.flatnonzero(weight > best * _HOPELESS)
    ranked = kept[np.argsort(-weight[kept], kind="stable")[:_MOST_COMBINATIONS]]
    return _Row(cells, tuple((tuple(map(int, meant[place])), float(weight[place]) / best) for place in ranked))


def _likeliest(cell: Cell, columns: int) -> list[int]:
    """The cell's likeliest meant numbers: the fewer, the more columns are combined."""
    most = max(3, round(_MOST_PRODUCTS ** (1 / columns)))
    return sorted(cell.likelihood, key=lambda value: -cell.likelihood[value])[:most]


def _likely(reading: KindReading | None) -> list[int]:
    """The two numbers likeliest written in a cell; one that is blank stands for nought."""
    return [number(c.value) for c in reading.candidates[:2]] if reading is not None and reading.candidates else [0]


def _cell(reading: KindReading | None, implied: Sequence[int]) -> Cell:
    """A cell that is blank or not there was surely written blank."""
    written = _written(reading, implied)
    shares: dict[int, float] = defaultdict(float)
    for text, p in written:
        shares[number(text)] += p
    blank = sum(p for text, p in written if text == "")
    whole = sum(shares.values())
    meant = {}
    for value in shares.keys() | set(implied):
        omitted = blank if value else 0.0
        same = shares.get(value, 0.0)
        meant[value] = same + OMITTED * omitted + SLIP * (whole - same - omitted)
    return Cell(written, meant)


def _written(reading: KindReading | None, implied: Sequence[int],
             blurred: float = BLURRED) -> tuple[tuple[str, float], ...]:
    """The texts a cell may carry, those the sums ask for weighed by the writing too.

    `blurred` is BLURRED for numbers that sums bind, 0 where nothing but the writing decides.
    """
    if reading is None or not reading.candidates:
        return (("", 1.0),)
    logs = {c.value: c.log_p for c in reading.candidates[:8]}
    asked = [str(value) for value in implied if str(value) not in logs]
    if asked and reading.rescore is not None:
        logs |= dict(zip(asked, reading.rescore(asked), strict=True))
    missed = blurred * max(0.0, 1.0 - sum(math.exp(min(0.0, log_p + rarity(value))) for value, log_p in logs.items()))
    least = max(max(logs.values()) - _FAR, math.log(missed + 1e-300))
    weights = {value: math.exp(TEMPER * float(np.logaddexp(log_p, least))) for value, log_p in logs.items()}
    whole = sum(weights.values())
    return tuple(sorted(((value, weight / whole) for value, weight in weights.items()), key=lambda pair: -pair[1]))


def _implied(likely: Mapping[str, Sequence[int]], column: str, rules: Rules) -> list[int]:
    """What the row's other cells, each at its likeliest two, make of this one."""
    found: dict[int, None] = {}
    for rule in rules:
        if rule["rule"] != "row_sum" or column not in (*rule["parts"], rule["total"]):
            continue
        others = [name for name in (*rule["parts"], rule["total"]) if name != column]
        for values in product(*(likely[name] for name in others)):
            known = dict(zip(others, values, strict=True))
            parts = sum(known[part] for part in rule["parts"] if part != column)
            value = parts if column == rule["total"] else known[rule["total"]] - parts
            if value >= 0:
                found[value] = None
    return list(found)


def _joined(rows: Sequence[_Row], totals: _Row, summed: Sequence[int]) -> list[list[float]]:
    """The posterior weight of every option of every row and, last, of the totals."""
    sums, weight = np.zeros((1, len(summed)), np.int64), np.ones(1)
    steps: list[_Step] = []
    for row in rows:
        step, sums, weight = _advanced(sums, weight, row, summed)
        steps.append(step)
    meant, own = _options(totals, summed)
    held = own * np.where(sums[:, None] == meant, 1.0, UNEXPLAINED).prod(axis=2)
    shares, back = [weight @ held], held.sum(axis=1)
    for step in reversed(steps):
        held = step.own * np.append(back, 0.0)[step.reached]
        shares.append(step.weight @ held)
        back = held.sum(axis=1)
        back /= back.max() or 1.0
    return [[float(share) for share in each] for each in (*shares[:0:-1], shares[0])]


@dataclass(frozen=True, slots=True, eq=False)
class _Step:
    """A row put behind the rows above it: the weight of each running sum before it, of each of its own options, and
    for each pair of them the number of the running sum they reach, -1 for a hopeless one.
    """

    weight: NDArray[np.float64]
    own: NDArray[np.float64]
    reached: NDArray[np.intp]


def _options(row: _Row, summed: Sequence[int]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """A row's numbers in the columns that are summed, option by option, and the options' weights."""
    meant = np.array([[option[place] for place in summed] for option, _ in row.options], np.int64)
    return meant.reshape(len(row.options), len(summed)), np.array([own for _, own in row.options])


def _advanced(sums: NDArray[np.int64], weight: NDArray[np.float64], row: _Row,
              summed: Sequence[int]) -> tuple[_Step, NDArray[np.int64], NDArray[np.float64]]:
    """The likeliest running sums behind a row, rescaled so that the best has weight 1."""
    meant, own = _options(row, summed)
    after, place = _distinct((sums[:, None] + meant).reshape(-1, len(summed)))
    total = np.bincount(place, (weight[:, None] * own).ravel(), len(after))
    best = total.max() or 1.0
    kept = np.flatnonzero(total > best * _HOPELESS)
    if len(kept) > _MOST_STATES:
        kept = kept[np.argsort(-total[kept], kind="stable")[:_MOST_STATES]]
    number_of = np.full(len(after), -1)
    number_of[kept] = np.arange(len(kept))
    return _Step(weight, own, number_of[place].reshape(len(weight), len(own))), after[kept], total[kept] / best


def _distinct(sums: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """The different rows, and the place among them of each row."""
    order = _order(sums)
    ranked = sums[order]
    new = np.r_[True, (ranked[1:] != ranked[:-1]).any(axis=1)]
    place = np.empty(len(sums), np.intp)
    place[order] = np.cumsum(new) - 1
    return ranked[new], place


def _order(sums: NDArray[np.int64]) -> NDArray[np.intp]:
    """An order in which equal rows stand together: by one number each where that holds them, which is faster."""
    most = [int(each) + 1 for each in sums.max(axis=0)]
    if not most or math.prod(most) > _LARGEST:
        return np.lexsort(sums.T) if most else np.arange(len(sums))
    number = sums[:, 0]
    for column, places in enumerate(most[1:], 1):
        number = number * places + sums[:, column]
    return np.argsort(number)


_LARGEST = 2 ** 62


def _chosen(reading: Reading, columns: Sequence[str], row: _Row, shares: Sequence[float]) -> dict[str, Settled]:
    """Each cell's written text by what the sums say was meant."""
    settled = {}
    whole = sum(shares) or 1.0
    for place, column in enumerate(columns):
        if column not in reading:
            continue
        cell = row.cells[place]
        asked: dict[int, float] = defaultdict(float)      # what all other cells say of the number meant here
        for (meant, _), share in zip(row.options, shares, strict=True):
            asked[meant[place]] += share / whole / max(cell.likelihood[meant[place]], 1e-300)
        every = sum(asked.values())
        weights = {text: p * _slipped(asked.get(number(text), 0.0), every, text) for text, p in cell.written}
        settled[column] = _settled(reading[column], weights, cell.written[0])
    return settled


def _slipped(same: float, every: float, text: str) -> float:
    """What the others ask for altogether, weighed by how likely `text` is written for it: `same` is what it says."""
    return same + (every - same) * (OMITTED if text == "" else SLIP)


def _settled(reading: KindReading, weights: Mapping[str, float], alone: tuple[str, float]) -> Settled:
    raws = {c.value: c.raw for c in reading.candidates}
    whole = sum(weights.values()) or 1.0
    ranked = sorted(((value, weight / whole) for value, weight in weights.items()), key=lambda pair: -pair[1])
    if ranked[0][1] < CONVINCING * weights[alone[0]] / whole:
        ranked.sort(key=lambda pair: pair[0] != alone[0])
    said = next((c.flags for c in reading.candidates if c.value == ranked[0][0]), ())
    return Settled(tuple((value, raws.get(value, value), p) for value, p in ranked[:6]), alone[0], alone[1],
                   0, (*reading.flags, *said), reading)


def _alone(row: Reading) -> dict[str, Settled]:
    """Cells by their own writing."""
    settled = {}
    for name, reading in row.items():
        written = _written(reading, (), 0.0)
        settled[name] = _settled(reading, dict(written), written[0])
    return settled
