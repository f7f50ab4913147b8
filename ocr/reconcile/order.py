"""Settle a column of serial numbers: each row's is one more than the row's above."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ocr.kinds.evidence import Candidate, KindReading

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
        if best is not None and best.value.isdigit():
            votes[int(best.value) - place] += 1
    (first, count), = votes.most_common(1) or [(0, 0)]
    return first if count >= 2 else None
