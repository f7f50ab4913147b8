"""The name of a school: from the units when they are given, else read openly."""

from __future__ import annotations

from functools import lru_cache

from ocr.decode import Lattice
from ocr.decode.folds import folded
from ocr.decode.search import search
from ocr.kinds import free_text
from ocr.kinds.evidence import Candidate, Context, Evidence, KindReading, merged, nothing
from ocr.kinds.grammar import Lexicon
from ocr.kinds.language import Sentences, Trie, dictionary
from ocr.kinds.listed import FREE, UNLISTED, with_open_reading

_SHORT = {
    "第一初级中学": ("一中", "一初中", "第一中学", "初级中学"), "第二初级中学": ("二中", "二初中", "第二中学"),
    "第三初级中学": ("三中", "三初中", "第三中学"), "初级中学": ("初中", "中学"), "第一小学": ("一小",),
    "第二小学": ("二小",), "第三小学": ("三小",), "实验小学": ("实小",), "中心小学": ("中心校",),
}
"""Ways the ends of schools' names are shortened."""
_WORDS = {
    "小学": 0.06, "中学": 0.04, "学校": 0.03, "中心小学": 0.03, "初级中学": 0.03, "第一": 0.02, "第二": 0.01,
    "镇": 0.03, "县": 0.02, "乡": 0.01, "村": 0.01, "实验": 0.01, "街道": 0.005, "希望小学": 0.005,
    "完全小学": 0.003, "九年一贯制学校": 0.002, "教学点": 0.002,
}
"""Words names of schools are made of, with their shares."""


FREE_ELSEWHERE = 2.0
"""FREE where many of the schools are outside the county."""


def read(evidence: Evidence, context: Context) -> KindReading:
    """The likeliest schools of the list, a name outside it when the writing says so clearly.

    `options.elsewhere` is the share of schools outside the county: then the list weighs less.
    """
    every = folded(evidence.joined, free_text.symbols(), quiet=free_text.QUIET)
    schools = context.knowledge.schools
    if not schools:
        candidates = merged(_open(every))
        return KindReading(candidates, evidence) if candidates else nothing(evidence)
    lexicon, values = _written(schools, context.knowledge.county, context.knowledge.townships)
    lattice = folded(evidence.joined, lexicon.symbols)
    listed = [Candidate(values[h.text], h.text, h.log_p) for h in lexicon.read(lattice)]
    opened = [] if evidence.plain_text in values else _open(every)  # read without any list it is on the list
    elsewhere = context.spec.options.get("elsewhere")
    weights = (float(elsewhere), FREE_ELSEWHERE) if elsewhere else (UNLISTED, FREE)
    return KindReading(with_open_reading(listed, opened, every, set(schools), *weights), evidence)


def _open(every: Lattice) -> list[Candidate]:
    found = search(every, Sentences(_words()), beams=12, choices=12, unseen=free_text.SEEN)
    return [Candidate(h.text, h.text, h.log_p) for h in found[:6]]


@lru_cache(maxsize=1)
def _words() -> Trie:
    return dictionary().with_words(_WORDS)


@lru_cache(maxsize=4)
def _written(schools: tuple[str, ...], county: str,
             townships: tuple[str, ...]) -> tuple[Lexicon, dict[str, str]]:
    """The ways each school is written with their priors, and the listed name of each way.

    A short way that would stand for two schools stands for neither.
    """
    weights = dict.fromkeys(schools, 1.0 / len(schools))
    values = {name: name for name in schools}
    ambiguous: set[str] = set()
    for name in schools:
        for way in _ways(name, county):
            if values.get(way, name) != name:
                ambiguous.add(way)
            elif way not in weights:
                weights[way], values[way] = 0.02 / len(schools), name
    for way in ambiguous - set(schools):
        weights.pop(way, None)
    return Lexicon(weights), values


def _ways(name: str, county: str) -> set[str]:
    """Without or with the county's name, and with the usual shortenings of its end."""
    bare = name.removeprefix(county) if county else name
    found = {bare, county + bare}
    for end, shorts in _SHORT.items():
        if bare.endswith(end):
            for short in shorts:
                found |= {bare.removesuffix(end) + short, county + bare.removesuffix(end) + short}
    return found - {name}
