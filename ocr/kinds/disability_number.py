"""残疾人证号: an ID number, the category 1–7, the grade 1–4; 20 digits."""

from __future__ import annotations

from typing import NamedTuple

from ocr.decode.folds import DIGITS, folded
from ocr.decode.search import search
from ocr.kinds.evidence import Candidate, Context, Evidence, KindReading, merged, nothing
from ocr.kinds.id_number import LOOKS, IdNumbers
from ocr.kinds.id_number import State as IdState
from ocr.kinds.id_number import flags as id_flags


class State(NamedTuple):
    """The state of the ID number and what its ending weighed, then how many digits follow it."""

    number: IdState
    behind: int = 0


class DisabilityNumbers:
    """The automaton of disability certificates."""

    def __init__(self, county_code: str) -> None:
        self.numbers = IdNumbers(county_code)

    def start(self) -> State:
        """No place read."""
        return State(self.numbers.start())

    def step(self, state: State, symbol: str) -> tuple[State, float] | None:
        """18 places of the ID number, then category and grade."""
        if state.number.places < 18:
            move = self.numbers.step(state.number, symbol)
            return None if move is None else (State(move[0]), move[1])
        if state.behind == 0:
            return (State(state.number, 1), self.numbers.finish(state.number)) if symbol in "1234567" else None
        return (State(state.number, 2), 1.0) if state.behind == 1 and symbol in "1234" else None

    def finish(self, state: State) -> float:
        """All 20 places."""
        return 1.0 if state.behind == 2 else 0.0

    def level(self, state: State) -> int:
        """The number of places."""
        return state.number.places + state.behind


def read(evidence: Evidence, context: Context) -> KindReading:
    """The likeliest numbers."""
    lattice = folded(evidence.joined, DIGITS + "X", LOOKS)
    found = search(lattice, DisabilityNumbers(context.knowledge.county_code), beams=12)
    candidates = merged(Candidate(h.text, h.text, h.log_p, id_flags(h.text[:18])) for h in found)
    return KindReading(candidates, evidence) if candidates else nothing(evidence, "no_disability_number")
