"""公民身份号码: 18 places with region, birth date and check character (GB 11643-1999), or the old 15."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from ocr.decode import Hypothesis, Lattice
from ocr.decode.folds import DIGITS, LOOKS_LIKE_DIGIT, folded
from ocr.decode.search import search
from ocr.kinds.evidence import Candidate, Context, Evidence, KindReading, merged, nothing
from ocr.kinds.grammar import scored

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_PLACES = frozenset(_CHECKS)
_PROVINCES = frozenset(str(code) for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65),
                                                     (71, 71), (81, 83)) for code in range(first, last + 1))
"""First two digits of GB/T 2260."""
LOOKS = {**LOOKS_LIKE_DIGIT, "X": "x×Xχ乂✕✗ⅹХхメメ㐅父"}

_LOCAL = 0.8
"""Share of pupils whose number begins with the county's own code."""
_LOCAL_DIGIT = (_LOCAL * 10 ** 6) ** (1 / 6)
"""That share against one of a million codes, spread over its six digits."""
_WRONG_CHECK = 0.01
"""Share of numbers that are wrong on the paper itself."""
_ODD_DATE = 1e-3
_ODD_PROVINCE = 1e-2
_ODD_LENGTH = 1e-5


class State(NamedTuple):
    """How many places were read, the digits that still matter, and the sum of the check so far."""

    places: int = 0
    recent: str = ""
    total: int = 0
    local: bool = True


class IdNumbers:
    """The automaton of ID numbers. What is impossible is unlikely, not forbidden: people miswrite."""

    def __init__(self, county_code: str) -> None:
        self.county_code = county_code

    def start(self) -> State:
        """No place read."""
        return State(local=bool(self.county_code))

    def step(self, state: State, symbol: str) -> tuple[State, float] | None:
        """One place more."""
        if state.places == 18 or symbol not in _PLACES or (symbol == "X" and state.places != 17):
            return None
        weight, local = self._region(state, symbol)
        recent = state.recent + symbol
        if len(recent) == 2 and state.places == 1 and recent not in _PROVINCES:
            weight *= _ODD_PROVINCE
        if state.places == 13 and not _born(recent[-8:]):
            weight *= _ODD_DATE
        total = state.total
        if state.places < 17:
            total = (total + int(symbol) * WEIGHTS[state.places]) % 11
            recent = recent if state.places < 13 else ""
        return State(state.places + 1, recent, total, local), weight

    def _region(self, state: State, symbol: str) -> tuple[float, bool]:
        """The county's own code is likelier than a strange one; each strange digit is as likely."""
        if state.places >= 6 or not state.local:
            return 1.0, False
        if symbol == self.county_code[state.places]:
            return _LOCAL_DIGIT, True
        return 1.0, False

    def finish(self, state: State) -> float:
        """18 places with the right check character; anything else is a slip of the pen."""
        if state.places == 18:
            right = state.recent == _CHECKS[state.total]
            return (1 - _WRONG_CHECK) * 11 if right else _WRONG_CHECK
        return _ODD_LENGTH if state.places in (15, 17) else 0.0

    def level(self, state: State) -> int:
        """The number of places."""
        return state.places


def read(evidence: Evidence, context: Context) -> KindReading:
    """The likeliest ID numbers; those of the roster are always among the ones weighed."""
    lattice = folded(evidence.joined, DIGITS + "X", LOOKS)
    grammar = IdNumbers(context.knowledge.county_code)
    found = search(lattice, grammar, beams=12)[:12]
    found += _listed(lattice, grammar, context, [h.text for h in found[:2]] or [evidence.open_text])
    unique = {h.text: h for h in found}
    candidates = merged(Candidate(h.text, h.text, h.log_p, flags(h.text)) for h in unique.values())

    def rescore(values: Sequence[str]) -> Sequence[float]:
        return scored(lattice, grammar, values)

    return KindReading(candidates, evidence, rescore=rescore) if candidates else nothing(evidence, "no_id_number")


def _listed(lattice: Lattice, grammar: IdNumbers, context: Context, read: list[str]) -> list[Hypothesis]:
    """The three ID numbers of the roster that fit the writing best, looked for among those like what was read."""
    numbers = context.knowledge.id_numbers
    if context.spec.name != "id_number" or not numbers:
        return []
    alike = {number for text in read
             for number, _, _ in process.extract(text, numbers, scorer=Levenshtein.distance, limit=12)}
    weighed = map(Hypothesis, sorted(alike), scored(lattice, grammar, sorted(alike)))
    return sorted(weighed, key=lambda h: -h.log_p)[:3]


def check_character(first17: str) -> str:
    """The 18th character that ISO 7064 MOD 11-2 gives for the first 17 digits."""
    return _CHECKS[sum(int(d) * w for d, w in zip(first17, WEIGHTS, strict=True)) % 11]


def flags(text: str) -> tuple[str, ...]:
    """What is wrong with an ID number as written: id_length, id_date, id_check."""
    if len(text) == 15:
        return () if _born("19" + text[6:12]) else ("id_date",)
    if len(text) != 18:
        return ("id_length",)
    found = [] if _born(text[6:14]) else ["id_date"]
    sound = _PLACES.issuperset(text[:17]) and "X" not in text[:17] and text[17] == check_character(text[:17])
    return (*found, *(() if sound else ("id_check",)))


def sex(text: str) -> str:
    """男 or 女 by the sequence number; empty when the number is too short to say."""
    place = {18: 16, 15: 14}.get(len(text))
    return "" if place is None or not text[place].isdecimal() else "男" if int(text[place]) % 2 else "女"


def born_on(text: str) -> date | None:
    """The birth date; None when there is none."""
    digits = text[6:14] if len(text) == 18 else "19" + text[6:12] if len(text) == 15 else ""
    return _date(digits)


def shortened(text: str) -> str:
    """The 15 places that an 18-place number had before 1999: no century, no check."""
    return text[:6] + text[8:17] if len(text) == 18 else text


def _born(digits: str) -> bool:
    day = _date(digits)
    return day is not None and 1930 <= day.year <= 2030


def _date(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None
