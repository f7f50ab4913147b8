"""A reporting unit of the county: from the units when they are given, else read openly."""

from __future__ import annotations

from functools import lru_cache

from ocr.decode.folds import folded
from ocr.kinds import free_text
from ocr.kinds.evidence import Candidate, Context, Evidence, KindReading, merged
from ocr.kinds.grammar import Lexicon
from ocr.kinds.listed import with_open_reading

_ENDS = {"": 0.7, "镇": 0.1, "乡": 0.05, "街道": 0.05, "中心校": 0.02, "镇中心校": 0.02, "乡中心校": 0.02,
         "中心学校": 0.02, "镇中心学校": 0.02, "街道中心校": 0.01, "街道办": 0.005, "街道办事处": 0.005}

_UNLISTED = 1e-4
"""A county's units are known to the last; only an unheard-of paper names another."""


def read(evidence: Evidence, context: Context) -> KindReading:
    """The likeliest units; a unit's name may be written with what kind of place it is."""
    townships = context.knowledge.townships
    if not townships:
        return free_text.read(evidence, context)
    lexicon, values = _written(townships, context.knowledge.schools)
    lattice = folded(evidence.joined, lexicon.symbols)
    listed = [Candidate(values[h.text], h.text, h.log_p) for h in lexicon.read(lattice)]
    if evidence.plain_text in values:  # what is read without any list is on the list
        return KindReading(merged(listed), evidence)
    opened = free_text.read(evidence, context)
    every = folded(evidence.joined, free_text.symbols(), quiet=free_text.QUIET)
    return KindReading(with_open_reading(listed, list(opened.candidates), every, set(values), _UNLISTED), evidence)


@lru_cache(maxsize=4)
def _written(townships: tuple[str, ...], schools: tuple[str, ...]) -> tuple[Lexicon, dict[str, str]]:
    """Each way a unit is written with its prior, and the unit: a township, on a school's own list a school."""
    weights = {name: _SCHOOLS / len(schools) for name in schools}
    weights |= {name + end: share / len(townships) for name in townships for end, share in _ENDS.items()}
    values = {name: name for name in schools} | {name + end: name for name in townships for end in _ENDS}
    return Lexicon(weights), values


_SCHOOLS = 0.02
"""Share of units that are schools: a township counts its own."""
