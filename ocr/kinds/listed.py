"""Readings from a list held against the open reading, so that nothing is snapped to a wrong entry."""

from __future__ import annotations

import math

from ocr.kinds.evidence import Candidate, Evidence, merged

UNLISTED = 0.03
"""Share of values that are on no list although there is one."""
_OPEN_PENALTY_PER_CHARACTER = 2.0
"""Natural logarithm of what a free character costs beside a listed one, dictionary weights included."""


def with_open_reading(listed: list[Candidate], opened: list[Candidate], evidence: Evidence,
                      known: set[str], unlisted: float = UNLISTED) -> tuple[Candidate, ...]:
    """Listed and open candidates on one scale: the open one pays for each character it chose freely."""
    free = [Candidate(c.value, c.raw, c.log_p + math.log(unlisted) - _OPEN_PENALTY_PER_CHARACTER * len(c.value),
                      ("unlisted",))
            for c in opened if c.value not in known]
    return merged([*listed, *free])
