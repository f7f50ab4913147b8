"""Judging readings against what is known to be on the sheets: pure counting, no picture and no model."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz.distance import Levenshtein

FREE = "free_text"
CELL = "cell"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One field or cell of one sheet: what it says, what was read, how sure the machine was (0–1)."""

    sheet: str
    form: str
    condition: str
    name: str
    kind: str
    expected: str
    value: str
    confidence: float
    accepted: bool

    @property
    def right(self) -> bool:
        """Whether the whole value is right; free text may differ in punctuation and spaces."""
        if self.kind == FREE:
            return folded(self.expected) == folded(self.value)
        return self.expected == self.value


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of `count` things; `share` is 0–1, and 1 of nothing."""

    hits: int
    count: int

    @property
    def share(self) -> float:
        return self.hits / self.count if self.count else 1.0

    def __str__(self) -> str:
        return f"{100 * self.share:5.1f} %" if self.count else "    –  "


def together(rates: Iterable[Rate]) -> Rate:
    """Several shares as one."""
    known = list(rates)
    return Rate(sum(rate.hits for rate in known), sum(rate.count for rate in known))


def folded(text: str) -> str:
    """Text without spaces and punctuation, widths made equal: what free text is compared by."""
    wide = unicodedata.normalize("NFKC", text)
    return "".join(char for char in wide if unicodedata.category(char)[0] not in "PZS")


def outcomes(
    sheet: str, expected: Mapping[str, Any], reading: Mapping[str, Any] | None, kinds: Mapping[str, str]
) -> Iterator[Outcome]:
    """Every field, row cell and total `expected` names, beside its reading.

    `reading` is the JSON object of one sheet, None when nothing came out; `kinds` maps field names to
    kinds. What was not read at all counts as the empty value with confidence 0.
    """
    form, condition = expected["template"], expected["condition"]
    reading = reading if reading and reading.get("template") == form else {}
    for name, value in expected.get("fields", {}).items():
        yield _outcome(
            sheet, form, condition, name, kinds.get(name, ""), value, reading.get("fields", {}).get(name)
        )
    rows = reading.get("rows", ())
    for number, row in enumerate(expected.get("rows", ())):
        found = rows[number] if number < len(rows) else {}
        for name, value in row.items():
            yield _outcome(sheet, form, condition, name, CELL, value, found.get(name))
    for name, value in expected.get("totals", {}).items():
        yield _outcome(
            sheet, form, condition, f"totals.{name}", CELL, value, reading.get("totals", {}).get(name)
        )


def _outcome(
    sheet: str,
    form: str,
    condition: str,
    name: str,
    kind: str,
    expected: str,
    found: Mapping[str, Any] | None,
) -> Outcome:
    if found is None:
        return Outcome(sheet, form, condition, name, kind, expected, "", 0.0, False)
    return Outcome(
        sheet,
        form,
        condition,
        name,
        kind,
        expected,
        found["value"],
        float(found["confidence"]),
        bool(found["accept"]),
    )


def accuracy(judged: Iterable[Outcome]) -> Rate:
    """The share of values that are right."""
    judged = list(judged)
    return Rate(sum(one.right for one in judged), len(judged))


def accepted(judged: Iterable[Outcome]) -> Rate:
    """The share of values no person needs to look at."""
    judged = list(judged)
    return Rate(sum(one.accepted for one in judged), len(judged))


def wrong_among_accepted(judged: Iterable[Outcome]) -> Rate:
    """The share of accepted values that are wrong."""
    taken = [one for one in judged if one.accepted]
    return Rate(sum(not one.right for one in taken), len(taken))


def character_error(judged: Iterable[Outcome]) -> float:
    """Edits needed per expected character (punctuation and spaces apart), over all texts together."""
    pairs = [(folded(one.expected), folded(one.value)) for one in judged]
    length = sum(len(expected) for expected, _ in pairs)
    return sum(Levenshtein.distance(*pair) for pair in pairs) / length if length else 0.0


def calibration_error(judged: Sequence[Outcome], bins: int = 10) -> float:
    """Expected calibration error: |mean confidence − share right| of equal-width bins, weighted by size.

    Naeini, Cooper, Hauskrecht: Obtaining Well Calibrated Probabilities Using Bayesian Binning, AAAI 2015.
    """
    if not judged:
        return 0.0
    total = 0.0
    for inside in grouped(judged, lambda one: min(int(one.confidence * bins), bins - 1)).values():
        mean = sum(one.confidence for one in inside) / len(inside)
        total += abs(mean - accuracy(inside).share) * len(inside)
    return total / len(judged)


def grouped(judged: Iterable[Outcome], key: Callable[[Outcome], Any]) -> dict[Any, list[Outcome]]:
    """The outcomes by `key`, in order of first appearance."""
    groups: dict[Any, list[Outcome]] = {}
    for one in judged:
        groups.setdefault(key(one), []).append(one)
    return groups


@dataclass(frozen=True, slots=True)
class GridScore:
    """How a generic table was read. `same`: every cell's place and span is right; then of what is handwritten the
    numbers and the words read right, and the blank cells that are blank.
    """

    same: bool
    numbers: Rate
    words: Rate
    blank: Rate


def grid_score(expected: Mapping[str, Any], grid: Mapping[str, Any] | None) -> GridScore:
    """A generic table's reading against what was written in it."""
    wanted = {_place(cell): cell for cell in expected["cells"]}
    found = {_place(cell): cell for cell in grid["cells"]} if grid else {}
    right: dict[str, list[bool]] = {"numbers": [], "words": [], "blank": []}
    for place, cell in wanted.items():
        sort = "blank" if not cell["text"] else "numbers" if cell["text"].isdecimal() else "words"
        if cell.get("hand") or sort == "blank":
            right[sort].append(place in found and folded(found[place]["text"]) == folded(cell["text"]))
    rates = {sort: Rate(sum(hits), len(hits)) for sort, hits in right.items()}
    return GridScore(wanted.keys() == found.keys(), **rates)


def _place(cell: Mapping[str, Any]) -> tuple[int, int, int, int]:
    return cell["row"], cell["col"], cell["rowspan"], cell["colspan"]
