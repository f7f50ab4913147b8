"""A person's name: from the roster when there is one, else a surname and one or two given characters."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from ocr.decode import Alphabet, Hypothesis, Lattice, forward
from ocr.decode.folds import canonical, folded, simplified
from ocr.decode.search import search
from ocr.kinds.evidence import Candidate, Context, Evidence, KindReading, crossed_off, merged, nothing
from ocr.kinds.free_text import QUIET
from ocr.kinds.grammar import Lexicon

LEXICONS = Path(__file__).resolve().parent.parent / "lexicons"

_LISTED = 0.97
"""Share of pupils whose name is on the roster, when there is a roster."""
_LENGTHS = {1: 0.22, 2: 0.76, 3: 0.02}
"""Shares of names by the characters behind their surname."""
_PRINTED = ("教师", "老师", "陪同", "签字", "签名", "家长", "姓名", "性别")
"""Words of headings: where they are read, the place was taken for another or its border is gone."""
_STRANGE_SURNAME = 1e-3
_LOOKS = {"龑": "龔", "赟": "贇"}
"""Rare characters of names and the ones the recogniser takes them for."""
_WEIGHT = 0.5
"""Exponent that softens the statistics of names against the recogniser."""


class State(NamedTuple):
    """How many characters stand, the first when it may open a double surname or a dot just read, the first of all,
    and how many of them are the surname.
    """

    length: int = 0
    opening: str = ""
    first: str = ""
    surname: int = 1


class Names:
    """The automaton of Chinese names, weighed by how usual surname and given characters are."""

    def start(self) -> State:
        """No character yet."""
        return State()

    def step(self, state: State, symbol: str) -> tuple[State, float] | None:
        """A surname's character, then given ones."""
        if state.length == 4:
            return None
        if state.length == 0:
            share = surnames().get(symbol, _STRANGE_SURNAME / 1000)
            return State(1, symbol if symbol in _double_openings() else "", symbol), _softened(share)
        if state.opening and state.opening + symbol in surnames():
            return State(2, surname=2), _softened(0.5)
        if symbol == _DOT:
            return state._replace(length=state.length + 1, opening=_DOT), _softened(_RARE)
        again = _AGAIN if state.length == 1 and symbol == state.first else 1.0
        return state._replace(length=state.length + 1, opening=""), _softened(given().get(symbol, _RARE)) * again

    def finish(self, state: State) -> float:
        """One or two characters behind the surname are usual; none ends in a dot."""
        return 0.0 if state.opening == _DOT else _LENGTHS.get(state.length - state.surname, 0.0)

    def level(self, state: State) -> int:
        """The number of characters."""
        return state.length


_DOT = "·"
"""Stands within names that are written by their sound."""
_RARE = 1.0 / 60000
_AGAIN = 1e-4
"""Weight of a surname that comes again as the given name: then its first writing was struck out, mostly."""


def _softened(share: float) -> float:
    return float((share * 3000) ** _WEIGHT)


def read(evidence: Evidence, context: Context) -> KindReading:
    """The likeliest names; the roster's names first when the field draws on the roster."""
    if not context.spec.required and (blank := crossed_off(evidence)) is not None:
        return blank
    lattice = folded(evidence.joined, _characters(evidence.joined.alphabet), _LOOKS, QUIET)
    open_names = search(lattice, Names(), beams=12, choices=14, unseen=1e-4)
    roster = tuple(context.knowledge.pupils) if context.spec.lexicon == "roster" else ()
    found = _mixed(lattice, open_names, roster)
    candidates = merged(Candidate(h.text, h.text, h.log_p) for h in found)

    def rescore(values: Sequence[str]) -> Sequence[float]:
        scores = zip(values, forward(lattice, values), strict=True)
        return [float(p) + _prior(value, context.knowledge.pupils if roster else {}) for value, p in scores]

    if not candidates:
        return nothing(evidence, "no_name")
    strayed = any(word in simplified(evidence.open_text) for word in _PRINTED)
    return KindReading(candidates, evidence, ("printed_words",) if strayed else (), rescore)


def _mixed(lattice: Lattice, open_names: list[Hypothesis], roster: tuple[str, ...]) -> list[Hypothesis]:
    """Names of the roster and open names on one scale: a prior of _LISTED is shared by the roster."""
    if not roster:
        return open_names[:12]
    listed = _lexicon(roster).read(lattice)[:8]
    known = {h.text for h in listed}
    unlisted = math.log(1 - _LISTED) - _OPEN_NAMES
    rest = [Hypothesis(h.text, h.log_p + unlisted) for h in open_names[:8] if h.text not in known]
    return sorted([*listed, *rest], key=lambda h: -h.log_p)


def _prior(name: str, listed: Mapping[str, object]) -> float:
    """Logarithm of a name's weight: its share of the roster, else by the statistics of names."""
    if name in listed:
        return math.log(_LISTED / len(listed))
    grammar, state, log_p = Names(), State(), math.log(1 - _LISTED) - _OPEN_NAMES if listed else 0.0
    for symbol in name:
        move = grammar.step(state, symbol)
        if move is None:
            return _NO_NAME
        state, log_p = move[0], log_p + math.log(move[1])
    ending = grammar.finish(state)
    return log_p + math.log(ending) if ending else _NO_NAME


_NO_NAME = -50.0
_OPEN_NAMES = math.log(2e5)
"""About how many names share the probability of not being on the roster."""


@lru_cache(maxsize=4)
def _lexicon(names: tuple[str, ...]) -> Lexicon:
    return Lexicon(dict.fromkeys(names, _LISTED / len(names)))


@lru_cache(maxsize=4)
def _characters(alphabet: Alphabet) -> str:
    """Every Chinese character of the recogniser, and the dot within some names."""
    return "".join(sorted({c for c in canonical(alphabet) if len(c) == 1 and "\u3400" <= c <= "\u9fff"})) + _DOT


@cache
def surnames() -> dict[str, float]:
    """Surnames with their shares of the population (Zipf's law over their order)."""
    lines = _lines("surnames.txt")
    single = [character for line in lines[:-1] for character in line]
    ranked = list(dict.fromkeys([*single, *lines[-1].split()]))
    weights = {name: 1.0 / (rank + 9) for rank, name in enumerate(ranked)}
    total = sum(weights.values())
    return {name: weight / total for name, weight in weights.items()}


def surname(name: str) -> str:
    """The surname of a full name, two characters for double ones."""
    return name[:2] if len(name) > 2 and name[:2] in surnames() else name[:1]


@cache
def _double_openings() -> frozenset[str]:
    return frozenset(name[0] for name in surnames() if len(name) == 2)


@cache
def given() -> dict[str, float]:
    """Characters of given names with their shares: recent names and the dictionary's names mixed."""
    modern = list(dict.fromkeys("".join(_lines("given_modern.txt"))))
    ranks = {character: 1.0 / (rank + 60) for rank, character in enumerate(modern)}
    counts = {pair[0]: float(pair[1]) ** 0.5 for pair in (line.split() for line in _lines("given_names.txt"))}
    shares: dict[str, float] = {}
    for weights, part in ((ranks, 0.75), (counts, 0.25)):
        total = sum(weights.values())
        for character, weight in weights.items():
            shares[character] = shares.get(character, 0.0) + part * weight / total
    return shares


def _lines(name: str) -> list[str]:
    lines = (LEXICONS / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]
