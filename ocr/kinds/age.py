"""An age in years: 12, 12岁, 十二岁."""

from __future__ import annotations

from functools import cache

from ocr.decode.folds import DIGITS, LOOKS_LIKE_DIGIT, folded
from ocr.kinds.evidence import Candidate, Context, Evidence, KindReading, merged
from ocr.kinds.grammar import Lexicon
from ocr.kinds.numerals import ELEVEN, chinese

_UNITS = {"": 0.5, "岁": 0.45, "周岁": 0.05}
_TOGETHER = {11: ELEVEN, 12: "几"}
"""What two figures without a gap between them are taken for, ..."""
_RUN_TOGETHER = 0.02
"""... and how often they are run together."""
_LOOKS = {**LOOKS_LIKE_DIGIT, "岁": "歳夛歹"}


def read(evidence: Evidence, context: Context) -> KindReading:
    """The likeliest ages of a pupil, 3 to 21 years; ages of compulsory schooling are likeliest."""
    lexicon, ages = _written()
    lattice = folded(evidence.joined, DIGITS + "岁周一二三四五六七八九十" + "".join(_TOGETHER.values()), _LOOKS)
    found = lexicon.read(lattice)
    return KindReading(merged(Candidate(ages[h.text], _apart(h.text), h.log_p) for h in found), evidence)


def _apart(text: str) -> str:
    """An age as its figures were written."""
    for number, together in _TOGETHER.items():
        text = text.replace(together, str(number))
    return text


@cache
def _written() -> tuple[Lexicon, dict[str, str]]:
    """All ways of writing an age with their priors, and the age each stands for."""
    weights: dict[str, float] = {}
    ages: dict[str, str] = {}
    for age in range(3, 22):
        usual = 1.0 if 6 <= age <= 16 else 0.05
        ways = {str(age): 0.9, chinese(age): 0.1} | ({_TOGETHER[age]: _RUN_TOGETHER} if age in _TOGETHER else {})
        for digits, share in ways.items():
            for unit, unit_share in _UNITS.items():
                weights[digits + unit] = usual * share * unit_share
                ages[digits + unit] = str(age)
    return Lexicon(weights), ages
