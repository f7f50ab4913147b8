"""Settle the numbers of a table with its row and column sums, all cells at once.

Two things are told apart. The machine misread: among the candidates are numbers that make the
sums hold, and they are likelier together. The paper does not add up: every way of making the sums
hold asks for writing that is not there; the numbers stay as written, `row_sum` or `column_sum`
objects, and `sum_fix:N` on a cell says that N there alone would make all sums hold.

A row's few likeliest combinations are listed, then the rows are joined by dynamic programming over
the columns' running sums (sum-product forwards and backwards), so each cell's probability is exact
but for combinations less likely than _HOPELESS.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from ocr.kinds.evidence import KindReading
from ocr.reconcile import Settled, probabilities

Reading = Mapping[str, KindReading]
Combination = tuple[str, ...]
Sums = tuple[int, ...]

PAPER_ROW = 0.01
"""Share of rows whose sum is wrong on the paper itself."""
PAPER_COLUMN = 0.02
"""Share of columns whose sum is wrong on the paper itself."""
_SPREAD = 50.0
"""Among about so many wrong sums the weight of a wrong one is shared."""
_HOPELESS = 1e-9
_MOST_COMBINATIONS = 24
_MOST_STATES = 4000


@dataclass(frozen=True, slots=True)
class _Row:
    """The likeliest combinations of a row's cells in the order of `columns`, with their weights."""

    options: tuple[tuple[Combination, float], ...]


def settle_table(rows: Sequence[Reading], totals: Reading,
                 rules: Sequence[Mapping[str, Any]]) -> tuple[list[dict[str, Settled]], dict[str, Settled]]:
    """Rows and totals settled under the rules `row_sum` (parts, total) and `column_sum` (columns)."""
    columns = _columns(rules)
    if not columns or not rows:
        return [_alone(row) for row in rows], _alone(totals)
    listed = [_combinations(row, columns, rules) for row in (*rows, totals)]
    weights = _joined(listed[:-1], listed[-1], [columns.index(c) for c in _summed(rules)])
    readings = [*rows, totals]
    settled = [_chosen(reading, columns, options.options, share)
               for reading, options, share in zip(readings, listed, weights, strict=True)]
    return settled[:-1], settled[-1]


def _columns(rules: Sequence[Mapping[str, Any]]) -> list[str]:
    """Every column a rule of sums names."""
    named: list[str] = []
    for rule in rules:
        if rule["rule"] == "row_sum":
            named += [*rule["parts"], rule["total"]]
        if rule["rule"] == "column_sum":
            named += rule["columns"]
    return list(dict.fromkeys(named))


def _summed(rules: Sequence[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(c for rule in rules if rule["rule"] == "column_sum" for c in rule["columns"]))


def number(value: str) -> int:
    """A blank cell counts as nought."""
    return int(value) if value.isdigit() else 0


def _candidates(reading: KindReading | None) -> list[tuple[str, float]]:
    """Values and their own probabilities; a cell that is not there is surely blank."""
    if reading is None or not reading.candidates:
        return [("", 1.0)]
    kept = reading.candidates[:10]
    return [(c.value, float(p)) for c, p in zip(kept, probabilities(kept), strict=True)]


def _combinations(row: Reading, columns: Sequence[str], rules: Sequence[Mapping[str, Any]]) -> _Row:
    """The row's likeliest combinations, whether its own sum holds weighed in."""
    cells = [_with_implied(row, column, rules) for column in columns]
    found: list[tuple[Combination, float]] = []
    for chosen in product(*cells):
        weight = math.prod(p for _, p in chosen)
        values = tuple(value for value, _ in chosen)
        for rule in rules:
            if rule["rule"] == "row_sum":
                weight *= _row_weight(dict(zip(columns, values, strict=True)), rule)
        found.append((values, weight))
    found.sort(key=lambda pair: -pair[1])
    best = found[0][1] or 1.0
    return _Row(tuple((values, weight / best) for values, weight in found[:_MOST_COMBINATIONS]
                      if weight > best * _HOPELESS))


def _row_weight(values: Mapping[str, str], rule: Mapping[str, Any]) -> float:
    held = sum(number(values[part]) for part in rule["parts"]) == number(values[rule["total"]])
    return 1 - PAPER_ROW if held else PAPER_ROW / _SPREAD


def _with_implied(row: Reading, column: str, rules: Sequence[Mapping[str, Any]]) -> list[tuple[str, float]]:
    """A cell's candidates and the numbers the row's other cells imply for it, weighed by its writing."""
    cell = row.get(column)
    own = _candidates(cell)[:8]
    if cell is None or cell.rescore is None:
        return own
    implied = [value for value in _implied(row, column, rules) if value not in {v for v, _ in own}]
    if not implied:
        return own
    best = cell.candidates[0].log_p
    scores = cell.rescore(implied)
    weights = [math.exp(max(-60.0, 0.6 * (score - best))) * own[0][1] for score in scores]
    return own + [pair for pair in zip(implied, weights, strict=True) if pair[1] > _HOPELESS]


def _implied(row: Reading, column: str, rules: Sequence[Mapping[str, Any]]) -> list[str]:
    found = []
    for rule in rules:
        if rule["rule"] != "row_sum" or column not in (*rule["parts"], rule["total"]):
            continue
        best = {name: number(_candidates(row.get(name))[0][0]) for name in (*rule["parts"], rule["total"])}
        others = sum(best[part] for part in rule["parts"] if part != column)
        value = others if column == rule["total"] else best[rule["total"]] - others
        if value >= 0:
            found.append(str(value))
    return found


def _joined(rows: Sequence[_Row], totals: _Row, summed: Sequence[int]) -> list[list[float]]:
    """The posterior weight of every option of every row and, last, of the totals."""
    forward: list[dict[Sums, float]] = [{(0,) * len(summed): 1.0}]
    for row in rows:
        forward.append(_pruned(_advanced(forward[-1], row, summed)))
    ends = forward[-1]
    backward: dict[Sums, float] = {}
    of_totals = [0.0] * len(totals.options)
    for sums, weight in ends.items():
        for place, (values, own) in enumerate(totals.options):
            held = own * _column_weight(sums, values, summed)
            of_totals[place] += weight * held
            backward[sums] = backward.get(sums, 0.0) + held
    shares = [of_totals]
    for place in range(len(rows) - 1, -1, -1):
        share, backward = _backed(forward[place], rows[place], backward, summed)
        shares.append(share)
    return shares[:0:-1] + [shares[0]]


def _added(sums: Sums, values: Combination, summed: Sequence[int]) -> Sums:
    return tuple(total + number(values[place]) for total, place in zip(sums, summed, strict=True))


def _advanced(before: Mapping[Sums, float], row: _Row, summed: Sequence[int]) -> dict[Sums, float]:
    after: dict[Sums, float] = defaultdict(float)
    for sums, weight in before.items():
        for values, own in row.options:
            after[_added(sums, values, summed)] += weight * own
    return after


def _pruned(states: Mapping[Sums, float]) -> dict[Sums, float]:
    """The likeliest running sums, rescaled so that the best has weight 1."""
    ranked = sorted(states.items(), key=lambda pair: -pair[1])[:_MOST_STATES]
    best = ranked[0][1] or 1.0
    return {sums: weight / best for sums, weight in ranked if weight > best * _HOPELESS}


def _backed(before: Mapping[Sums, float], row: _Row, after: Mapping[Sums, float],
            summed: Sequence[int]) -> tuple[list[float], dict[Sums, float]]:
    """One row backwards: the weight of each of its options, and of each running sum before it."""
    share = [0.0] * len(row.options)
    back: dict[Sums, float] = defaultdict(float)
    for sums, weight in before.items():
        for place, (values, own) in enumerate(row.options):
            later = after.get(_added(sums, values, summed))
            if later:
                share[place] += weight * own * later
                back[sums] += own * later
    best = max(back.values(), default=1.0)
    return share, {sums: weight / best for sums, weight in back.items()}


def _column_weight(sums: Sums, values: Combination, summed: Sequence[int]) -> float:
    """How likely the paper's totals are beside the columns' sums; an empty total says nothing."""
    weight = 1.0
    for total, place in zip(sums, summed, strict=True):
        if values[place] == "":
            weight *= 1.0 if total == 0 else 0.05
        else:
            weight *= 1 - PAPER_COLUMN if number(values[place]) == total else PAPER_COLUMN / _SPREAD
    return weight


def _chosen(row: Reading, columns: Sequence[str], options: tuple[tuple[Combination, float], ...],
            shares: Sequence[float]) -> dict[str, Settled]:
    """Each cell's values by the weight of the combinations they stand in."""
    settled = _alone({name: reading for name, reading in row.items() if name not in columns})
    whole = sum(shares) or 1.0
    for place, column in enumerate(columns):
        reading = row.get(column)
        if reading is None:
            continue
        weights: dict[str, float] = defaultdict(float)
        for (values, _), share in zip(options, shares, strict=True):
            weights[values[place]] += share / whole
        settled[column] = _from_weights(reading, weights)
    return settled


def _from_weights(reading: KindReading, weights: Mapping[str, float]) -> Settled:
    raws = {c.value: c.raw for c in reading.candidates}
    ranked = sorted(weights.items(), key=lambda pair: -pair[1])[:6]
    own = _candidates(reading)[0]
    return Settled(tuple((value, raws.get(value, value), p) for value, p in ranked), own[0], own[1],
                   0, reading.flags, reading)


def _alone(row: Reading) -> dict[str, Settled]:
    settled = {}
    for name, reading in row.items():
        pairs = _candidates(reading)
        raws = {c.value: c.raw for c in reading.candidates}
        settled[name] = Settled(tuple((v, raws.get(v, v), p) for v, p in pairs[:6]), pairs[0][0], pairs[0][1],
                                0, reading.flags, reading)
    return settled
