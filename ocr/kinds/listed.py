"""Readings from a list held against the open reading, so that nothing is snapped to a wrong entry."""

from __future__ import annotations

import math

from ocr.decode import Lattice, forward
from ocr.kinds.evidence import Candidate, merged

UNLISTED = 0.03
"""Share of values that are on no list although there is one."""
FREE = 4.0
"""Natural logarithm of how many characters an open text could have had at each place."""


def with_open_reading(listed: list[Candidate], opened: list[Candidate], lattice: Lattice,
                      known: set[str], unlisted: float = UNLISTED, free: float = FREE) -> tuple[Candidate, ...]:
    """Listed candidates and open texts on one scale.

    The open texts' own weights are put aside: each is scored by the writing alone (`lattice` holds
    all characters) and pays for having been free to choose.
    """
    texts = [c.raw for c in opened if c.value and c.value not in known]
    scores = forward(lattice, texts)
    pairs = [Candidate(text, text, float(score) + math.log(unlisted) - free * len(text), ("unlisted",))
            for text, score in zip(texts, scores, strict=True)]
    return merged([*listed, *pairs])
