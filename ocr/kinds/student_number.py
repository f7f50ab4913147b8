"""学籍号: G and the ID number, J or L and a generated number; 19 characters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ocr.decode.folds import DIGITS, folded
from ocr.decode.search import search
from ocr.kinds.evidence import Candidate, Context, Evidence, KindReading, merged, nothing
from ocr.kinds.grammar import scored
from ocr.kinds.id_number import LOOKS, IdNumbers
from ocr.kinds.id_number import State as IdState
from ocr.kinds.id_number import flags as id_flags

_LOOKS = {**LOOKS, "G": "gCc6", "J": "jⅠ丁", "L": "lι乚"}


class State(NamedTuple):
    """The letter, and the state of the ID number behind it."""

    letter: str
    rest: IdState


class StudentNumbers:
    """The automaton of 学籍号."""

    def __init__(self, county_code: str) -> None:
        self.numbers = IdNumbers(county_code)

    def start(self) -> State:
        """Before the letter."""
        return State("", self.numbers.start())

    def step(self, state: State, symbol: str) -> tuple[State, float] | None:
        """The letter, then the number; only behind G must it be an ID number."""
        if not state.letter:
            return (State(symbol, state.rest), 0.9 if symbol == "G" else 0.05) if symbol in "GJL" else None
        if symbol in "GJL":
            return None
        move = self.numbers.step(state.rest, symbol)
        if move is None:
            return None
        return State(state.letter, move[0]), move[1] if state.letter == "G" else 1.0

    def finish(self, state: State) -> float:
        """19 characters; behind G the check must hold."""
        if state.letter == "G":
            return self.numbers.finish(state.rest)
        return 1.0 if state.rest.places == 18 else 0.0

    def level(self, state: State) -> int:
        """The number of characters."""
        return state.rest.places + len(state.letter)


def read(evidence: Evidence, context: Context) -> KindReading:
    """The likeliest numbers."""
    lattice = folded(evidence.joined, DIGITS + "XGJL", _LOOKS)
    grammar = StudentNumbers(context.knowledge.county_code)
    found = search(lattice, grammar, beams=12)
    candidates = merged(Candidate(h.text, h.text, h.log_p, id_flags(h.text[1:]) if h.text[0] == "G" else ())
                        for h in found)

    def rescore(values: Sequence[str]) -> Sequence[float]:
        return scored(lattice, grammar, values)

    if not candidates:
        return nothing(evidence, "no_student_number")
    return KindReading(candidates, evidence, rescore=rescore)
