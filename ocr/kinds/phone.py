"""A telephone number: 11 digits of a mobile, or a fixed line with its area code."""

from __future__ import annotations

from typing import NamedTuple

from ocr.decode.folds import DIGITS, LOOKS_LIKE_DIGIT, folded
from ocr.decode.search import search
from ocr.kinds.evidence import Candidate, Context, Evidence, KindReading, merged, nothing

_LOOKS = {**LOOKS_LIKE_DIGIT, "-": "—－–一~ ()"}


class State(NamedTuple):
    """The digits so far, whether the first two fit a mobile, and where a dash stood."""

    digits: int = 0
    mobile: bool = True
    first: str = ""
    dash: int = 0


class Phones:
    """The automaton of Chinese telephone numbers."""

    def start(self) -> State:
        """No digit yet."""
        return State()

    def step(self, state: State, symbol: str) -> tuple[State, float] | None:
        """A digit, or one dash after the area code."""
        if symbol == "-":
            fits = state.first == "0" and state.digits in (3, 4) and not state.dash
            return (state._replace(dash=state.digits), 1.0) if fits else None
        if state.digits == 12:
            return None
        first = state.first or symbol
        mobile = state.mobile and (symbol == "1" if state.digits == 0 else state.digits > 1 or symbol in "3456789")
        return State(state.digits + 1, mobile, first, state.dash), 1.0

    def finish(self, state: State) -> float:
        """Whole mobiles first; fixed lines of 7 or 8 digits; a slip of the pen last."""
        if state.mobile and state.digits == 11:
            return 1.0
        if state.first == "0" and 10 <= state.digits <= 12:
            return 0.2
        if state.digits in (7, 8) and not state.mobile:
            return 0.05
        return 1e-5 if state.digits in (10, 11, 12) else 0.0

    def level(self, state: State) -> int:
        """The number of digits."""
        return state.digits


def read(evidence: Evidence, context: Context) -> KindReading:
    """The likeliest numbers, without their dash."""
    found = search(folded(evidence.joined, DIGITS + "-", _LOOKS), Phones(), beams=12)
    candidates = merged(Candidate(h.text.replace("-", ""), h.text, h.log_p) for h in found)
    return KindReading(candidates, evidence) if candidates else nothing(evidence, "no_phone")
