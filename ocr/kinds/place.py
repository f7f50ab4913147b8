"""An address: county, township and village, then a free tail; the known part comes from the units."""

from __future__ import annotations

import math
import re
from functools import cache, lru_cache

from ocr.decode import Hypothesis
from ocr.decode.folds import LOOKS_LIKE_DIGIT, folded
from ocr.decode.search import search
from ocr.kinds import free_text
from ocr.kinds.evidence import Candidate, Context, Evidence, KindReading, merged, nothing
from ocr.kinds.knowledge import Knowledge
from ocr.kinds.language import Sentences, dictionary
from ocr.kinds.numerals import ELEVEN, chinese

_ENDS = {"村": 0.06, "组": 0.01, "镇": 0.04, "县": 0.03, "乡": 0.015, "街道": 0.01, "市": 0.01, "号": 0.01, "庄": 0.01,
         "第": 0.01, "村民组": 0.01, "社区": 0.008, "寨": 0.006, "沟": 0.006, "省": 0.005, "路": 0.005,
         "居委会": 0.003, "小区": 0.003, "洛阳市": 0.003, "河南省": 0.003}
_VILLAGES = "岭洼湾屯营坡店河窑楼王张李赵杨郭马孙程范姜常韩石周牛丁任宋温东西南北上下前后大小新老高刘陈"
_NAMES = "丁口日"
"""Characters like digits that names of places have."""
_NUMBERS = "一二三四五六七八九十0123456789"
_GROUPS = {f"{text}组": share / 20 for number in range(1, 21) for text, share in ((str(number), 0.06),
                                                                                   (chinese(number), 0.03))}
"""Groups of a village's people, in figures and in words; the eleventh's figures may be taken for one."""
_WORDS = _ENDS | _GROUPS | {f"{ELEVEN}组": 0.003} | dict.fromkeys(_VILLAGES, 0.004) | dict.fromkeys(_NUMBERS, 0.012)
"""Words addresses are made of, with their shares."""
_LOOKS = {digit: "".join(c for c in looks if c not in _NAMES) for digit, looks in LOOKS_LIKE_DIGIT.items()}
_LOOKS["1"] += "(（\\"
_KNOWN = 0.06
"""Share of the county's own name and townships among the words of an address."""
_WEIGHT, _REWARD = 0.45, 16.0
"""Addresses are made of fewer words than other text, so the words weigh more; see Sentences."""


def read(evidence: Evidence, context: Context) -> KindReading:
    """The likeliest addresses."""
    lattice = folded(evidence.joined, _symbols(), _LOOKS, free_text.QUIET)
    found = search(lattice, in_words(_known(context.knowledge)), beams=16, choices=12, unseen=free_text.SEEN)
    candidates = merged((each for h in found for each in _meant(h)), keep=6)
    return KindReading(candidates, evidence) if candidates else nothing(evidence)


def _meant(found: Hypothesis) -> list[Candidate]:
    """What a text stands for; a group without its number has lost a narrow one, most likely 1."""
    text = found.text.replace(ELEVEN, "11")
    if not _NO_NUMBER.search(text):
        return [Candidate(text, text, found.log_p)]
    return [Candidate(f"{text[:-1]}{number}组", text, found.log_p + math.log(share))
            for number, share in enumerate(_LOST, 1)]


_NO_NUMBER = re.compile(f"[^民小{_NUMBERS}]组$")
_LOST = (0.65, *[0.04] * 8)
"""Shares of the groups whose number the recogniser passes over."""


@cache
def _symbols() -> str:
    """Characters of ordinary text but for its punctuation, which addresses do without."""
    return "".join(symbol for symbol in free_text.symbols() if symbol == "-" or free_text.words_alone(symbol)) + ELEVEN


def _known(knowledge: Knowledge) -> tuple[tuple[str, float], ...]:
    """The county and its townships in the ways addresses name them."""
    words: dict[str, float] = {}
    for name in knowledge.townships:
        for end, share in (("镇", 0.6), ("乡", 0.2), ("街道", 0.1), ("", 0.1)):
            words[name + end] = _KNOWN * share / len(knowledge.townships)
    if knowledge.county:
        words[knowledge.county] = _KNOWN / 3
    return tuple(words.items())


@lru_cache(maxsize=4)
def in_words(known: tuple[tuple[str, float], ...]) -> Sentences:
    """The automaton of addresses; `known` are names of places with their shares."""
    return Sentences(dictionary().with_words(_WORDS | dict(known)), _WEIGHT, _REWARD)
