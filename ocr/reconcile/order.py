"""Settle a column of serial numbers: each row's is one more than the row's above.

Flag `sequence`: the numbering does not begin with 1, or jumps here. A row may be missing, on the paper or in
what was found of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ocr.kinds.evidence import Candidate, KindReading
from ocr.reconcile import Settled

_FOLLOWS = 7.0
"""Natural logarithm of how much likelier the number in order is than any other."""


def in_order(rows: Sequence[Mapping[str, KindReading]],
             rules: Sequence[Mapping[str, Any]]) -> list[dict[str, KindReading]]:
    """The rows with the columns of `sequence` rules (column) leaning on their neighbours."""
    ordered = [dict(row) for row in rows]
    for rule in rules:
        if rule["rule"] == "sequence":
            _lean(ordered, str(rule["column"]))
    return ordered


def _lean(rows: list[dict[str, KindReading]], column: str) -> None:
    first = _first(rows, column)
    if first is None:
        return
    for place, row in enumerate(rows):
        reading, wanted = row.get(column), str(first + place)
        if reading is None or not reading.candidates:
            continue
        candidates = list(reading.candidates)
        if all(c.value != wanted for c in candidates) and reading.rescore is not None:
            candidates.append(Candidate(wanted, wanted, reading.rescore([wanted])[0]))
        leaned = [replace(c, log_p=c.log_p + _FOLLOWS) if c.value == wanted else c for c in candidates]
        row[column] = replace(reading, candidates=tuple(sorted(leaned, key=lambda c: -c.log_p)))


def _first(rows: Sequence[Mapping[str, KindReading]], column: str) -> int | None:
    """The number of the first row that most rows agree on; None when no two do."""
    votes: Counter[int] = Counter()
    for place, row in enumerate(rows):
        best = row[column].best if column in row else None
        if best is not None and best.value.isdecimal():
            votes[int(best.value) - place] += 1
    (first, count), = votes.most_common(1) or [(0, 0)]
    return first if count >= 2 else None


def held_to_order(rows: Sequence[Mapping[str, Settled]],
                  rules: Sequence[Mapping[str, Any]]) -> list[dict[str, Settled]]:
    """The settled rows: how many neighbours agree with each serial number, and a flag where it breaks the order."""
    held = [dict(row) for row in rows]
    for rule in rules:
        if rule["rule"] == "sequence":
            _hold(held, str(rule["column"]))
    return held


def _hold(rows: list[dict[str, Settled]], column: str) -> None:
    numbers = [int(row[column].value) if column in row and row[column].value.isdecimal() else None for row in rows]
    starts = [None if number is None else number - place for place, number in enumerate(numbers)]
    begun = 1       # the start that the numbers so far agree on
    for place, start in enumerate(starts):
        if start is None:
            continue
        above, below = (starts[near] if 0 <= near < len(starts) else None for near in (place - 1, place + 1))
        ordered = start in (begun, above)
        agreed = int(start == (above if place else 1)) + int(start == below)
        old = rows[place][column]
        flags = old.flags if ordered else tuple(dict.fromkeys((*old.flags, "sequence")))
        rows[place][column] = replace(old, flags=flags, agreed=old.agreed + agreed)
        begun = start if start == above else begun
