"""The answer given by ticking printed options: one, none, or several, with their probabilities."""

from __future__ import annotations

import math
from itertools import combinations

from ocr.kinds.evidence import Candidate, Evidence, KindReading, Option, merged

_PRIOR = {0: 0.05, 1: 0.94, 2: 0.01}
"""How many options people tick, where one is asked for."""


def read(evidence: Evidence) -> KindReading:
    """The likeliest answers; several ticks are the words side by side, and flagged."""
    candidates = [_candidate(chosen, evidence.options)
                  for count in _PRIOR for chosen in combinations(evidence.options, count)]
    total = math.log(sum(math.exp(candidate.log_p) for candidate in candidates))
    scaled = [Candidate(c.value, c.raw, c.log_p - total, c.flags) for c in candidates]
    best = merged(scaled)
    return KindReading(best, evidence, best[0].flags)


def _candidate(chosen: tuple[Option, ...], options: tuple[Option, ...]) -> Candidate:
    log_p = sum(math.log(each.marked if each in chosen else 1 - each.marked) for each in options)
    words = "、".join(each.word for each in chosen)
    flags = ("several_ticked",) if len(chosen) > 1 else ()
    return Candidate(words, words, log_p + math.log(_PRIOR[len(chosen)]), flags)
