"""Find the texts of a grammar that the recogniser's probabilities make likely.

Prefix beam search (Graves, PhD thesis 2008, §7.5; Hannun et al., arXiv:1408.2873) with the grammar
as a weighted finite automaton composed on the fly (Mohri et al. 2002; Miao et al., ASRU 2015).
"""

from __future__ import annotations

import math
from collections.abc import Hashable
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from ocr.decode import Hypothesis, Lattice

State = TypeVar("State", bound=Hashable)
Move = tuple[State, float] | None
Live = dict[str, tuple[float, float]]


class Grammar(Protocol[State]):
    """A deterministic weighted automaton over symbols; weights are factors, 1.0 is neutral."""

    def start(self) -> State:
        """The state before the first symbol."""

    def step(self, state: State, symbol: str) -> Move[State]:
        """The next state and the weight of going there, or None when `symbol` may not follow."""

    def finish(self, state: State) -> float:
        """The weight of ending here; 0.0 forbids it."""

    def level(self, state: State) -> int:
        """Beams are pruned level by level, so that a short text never crowds out a longer one."""


def search(lattice: Lattice, grammar: Grammar[State], beams: int = 16, choices: int = 16) -> list[Hypothesis]:
    """The best texts `grammar` accepts, best first.

    `beams` texts are kept for each level of the grammar, `choices` symbols are tried at a step.
    Probabilities stay linear and are rescaled at every step; logarithms come back at the end.
    """
    states: dict[str, State] = {"": grammar.start()}
    live: Live = {"": (1.0, 0.0)}
    moves: dict[tuple[State, int], Move[State]] = {}
    scale = 0.0
    for step in lattice.steps:
        grown = _grown(step, lattice, grammar, live, states, moves, choices)
        live, norm = _pruned(grown, states, grammar, beams)
        scale += math.log(norm)
    ends = ((text, sum(p) * grammar.finish(states[text])) for text, p in live.items())
    found = [Hypothesis(text, math.log(p) + scale) for text, p in ends if p > 0.0]
    return sorted(found, key=lambda hypothesis: -hypothesis.log_p)


def _grown(step: NDArray[np.float64], lattice: Lattice, grammar: Grammar[State], live: Live,
           states: dict[str, State], moves: dict[tuple[State, int], Move[State]],
           choices: int) -> dict[str, list[float]]:
    """Every live text, kept and lengthened by one step: [ends in blank, ends in its last symbol]."""
    grown: dict[str, list[float]] = {}
    blank = float(step[0])
    likely = _likely(step, choices)
    for text, (after_blank, after_symbol) in live.items():
        both = after_blank + after_symbol
        last = lattice.columns[text[-1]] if text else 0
        kept = grown.setdefault(text, [0.0, 0.0])
        kept[0] += both * blank
        if last:
            kept[1] += after_symbol * float(step[last])
        state = states[text]
        for column, p in likely:
            key = (state, column)
            if key not in moves:
                moves[key] = grammar.step(state, lattice.symbols[column - 1])
            move = moves[key]
            if move is None:
                continue
            longer = text + lattice.symbols[column - 1]
            states[longer] = move[0]
            extended = grown.setdefault(longer, [0.0, 0.0])
            extended[1] += (after_blank if column == last else both) * p * move[1]
    return grown


def _likely(step: NDArray[np.float64], choices: int) -> list[tuple[int, float]]:
    """The columns worth trying at this step, blank left out, with their probabilities."""
    symbols = step[1:]
    if len(symbols) > choices:
        columns = np.argpartition(symbols, -choices)[-choices:]
    else:
        columns = np.arange(len(symbols))
    return [(int(column) + 1, float(symbols[column])) for column in columns if symbols[column] > 0.0]


def _pruned(grown: dict[str, list[float]], states: dict[str, State], grammar: Grammar[State],
            beams: int) -> tuple[Live, float]:
    """The best `beams` texts of each level, rescaled so that the likeliest has probability 1."""
    levels: dict[int, list[tuple[float, str]]] = {}
    for text, (after_blank, after_symbol) in grown.items():
        levels.setdefault(grammar.level(states[text]), []).append((after_blank + after_symbol, text))
    best = max((p for ranked in levels.values() for p, _ in ranked), default=0.0) or 1e-300
    live: Live = {}
    for ranked in levels.values():
        ranked.sort(reverse=True)
        for p, text in ranked[:beams]:
            if p > best * _HOPELESS:
                live[text] = (grown[text][0] / best, grown[text][1] / best)
    return live or {"": (1.0, 0.0)}, best


_HOPELESS = 1e-14
"""A text this much less likely than the best one will not win any more."""
