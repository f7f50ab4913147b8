"""A name read in its own place weighed again by the running text of the sheet, where it may stand once more."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from ocr.decode import IMPOSSIBLE, within
from ocr.kinds import free_text
from ocr.kinds.evidence import Evidence, KindReading

_MENTIONED = 0.4
"""Share of accounts of a visit that name the child."""
_FREE = 3.0
"""Natural logarithm of how many characters ordinary text could have at each place of a name."""
_SURE = 15.0
"""Natural logarithm of how much likelier than the next a name is that needs no second look."""


def weighed(name: KindReading, text: Evidence) -> KindReading:
    """The candidates of a name, those likelier that stand in the text as well."""
    if not name.candidates or text.options or _beyond_doubt(name):
        return name
    lattice, own = free_text.lattice(text), name.rescore

    def mentions(values: Sequence[str]) -> list[float]:
        return [math.log(_MENTIONED * math.exp(log_p) + (1 - _MENTIONED) * math.exp(-_FREE * len(value)))
                for value, log_p in zip(values, within(lattice, values), strict=True)]

    def rescore(values: Sequence[str]) -> Sequence[float]:
        alone = own(values) if own else [IMPOSSIBLE] * len(values)
        return [sum(pair) for pair in zip(alone, mentions(values), strict=True)]

    added = mentions([candidate.value for candidate in name.candidates])
    candidates = [replace(c, log_p=c.log_p + more) for c, more in zip(name.candidates, added, strict=True)]
    ranked = tuple(sorted(candidates, key=lambda c: -c.log_p))
    return replace(name, candidates=ranked, rescore=rescore if own else None)


def _beyond_doubt(name: KindReading) -> bool:
    logs = [candidate.log_p for candidate in name.candidates[:2]]
    return len(logs) > 1 and logs[0] - logs[1] > _SURE
