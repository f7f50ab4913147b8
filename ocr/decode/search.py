"""Find the texts of a grammar that the recogniser's probabilities make likely.

Prefix beam search (Graves, PhD thesis 2008, §7.5; Hannun et al., arXiv:1408.2873) with the grammar
as a weighted finite automaton composed on the fly (Mohri et al. 2002; Miao et al., ASRU 2015).
"""

from __future__ import annotations

import math
from collections.abc import Hashable
from operator import itemgetter
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from ocr.decode import Hypothesis, Lattice

State = TypeVar("State", bound=Hashable)

UNSEEN = 1e-5
"""Symbols less probable than this at a step are not tried there."""

HOPELESS = 1e-7
"""A text this much less likely than the best one will not win any more."""


class Grammar(Protocol[State]):
    """A deterministic weighted automaton over symbols; weights are factors, 1.0 is neutral."""

    def start(self) -> State:
        """The state before the first symbol."""

    def step(self, state: State, symbol: str) -> tuple[State, float] | None:
        """The next state and the weight of going there, or None when `symbol` may not follow."""

    def finish(self, state: State) -> float:
        """The weight of ending here; 0.0 forbids it."""

    def level(self, state: State) -> int:
        """Beams are pruned level by level, so that a short text never crowds out a longer one."""


class _Text(Generic[State]):
    """One text being searched: its state and the probability of ending in blank or in its last symbol.

    `next` remembers the texts one symbol longer, so that each is made and weighed once.
    """

    __slots__ = ("after_blank", "after_symbol", "grown_blank", "grown_symbol", "last", "level", "next", "state",
                 "step", "text")

    def __init__(self, text: str, last: int, state: State, level: int) -> None:
        self.text, self.last, self.state, self.level = text, last, state, level
        self.after_blank = self.after_symbol = self.grown_blank = self.grown_symbol = 0.0
        self.step = -1
        self.next: dict[int, tuple[_Text[State], float] | None] = {}


def search(lattice: Lattice, grammar: Grammar[State], beams: int = 16, choices: int = 16,
           unseen: float = UNSEEN, hopeless: float = HOPELESS) -> list[Hypothesis]:
    """The best texts `grammar` accepts, best first.

    `beams` texts are kept for each level of the grammar, none `hopeless` times as likely as the best or
    less; at a step the likeliest `choices` symbols are tried, none below `unseen`. Probabilities stay
    linear and are rescaled at every step; logarithms come back at the end.
    """
    return _Search(lattice, grammar, beams, hopeless).run(choices, unseen)


class _Search(Generic[State]):
    """The texts alive at one step of the search."""

    def __init__(self, lattice: Lattice, grammar: Grammar[State], beams: int, hopeless: float) -> None:
        self.lattice, self.grammar, self.beams, self.hopeless = lattice, grammar, beams, hopeless
        start = grammar.start()
        first = _Text("", 0, start, grammar.level(start))
        first.after_blank = 1.0
        self.live = [first]
        self.scale = 0.0

    def run(self, choices: int, unseen: float) -> list[Hypothesis]:
        tried = _likely(self.lattice.steps, choices, unseen)
        for number, (step, likely) in enumerate(zip(self.lattice.steps, tried, strict=True)):
            self._prune(self._grow(number, step, likely))
        found = []
        for each in self.live:
            p = (each.after_blank + each.after_symbol) * self.grammar.finish(each.state)
            if p > 0.0:
                found.append(Hypothesis(each.text, math.log(p) + self.scale))
        return sorted(found, key=lambda hypothesis: -hypothesis.log_p)

    def _grow(self, number: int, step: NDArray[np.float64], likely: list[tuple[int, float]]) -> list[_Text[State]]:
        """Every live text kept and lengthened by one step."""
        blank = float(step[0])
        grown: list[_Text[State]] = []
        for each in self.live:
            both = each.after_blank + each.after_symbol
            _touch(each, number, grown)
            each.grown_blank += both * blank
            if each.last:
                each.grown_symbol += each.after_symbol * float(step[each.last])
            for column, p in likely:
                if both * p < self.hopeless:
                    break
                move = each.next[column] if column in each.next else self._move(each, column)
                if move is not None:
                    longer, weight = move
                    _touch(longer, number, grown)
                    longer.grown_symbol += (each.after_blank if column == each.last else both) * p * weight
        return grown

    def _move(self, each: _Text[State], column: int) -> tuple[_Text[State], float] | None:
        """The text one symbol longer and the weight of the step there, None when the grammar forbids it."""
        symbol = self.lattice.symbols[column - 1]
        move = self.grammar.step(each.state, symbol)
        each.next[column] = None if move is None else (
            _Text(each.text + symbol, column, move[0], self.grammar.level(move[0])), move[1])
        return each.next[column]

    def _prune(self, grown: list[_Text[State]]) -> None:
        """Keep the best `beams` texts of each level, rescaled so that the likeliest has probability 1."""
        best = 0.0
        levels: dict[int, list[_Text[State]]] = {}
        for each in grown:
            each.after_blank, each.after_symbol = each.grown_blank, each.grown_symbol
            best = max(best, each.after_blank + each.after_symbol)
            levels.setdefault(each.level, []).append(each)
        best = best or 1e-300
        self.scale += math.log(best)
        self.live = []
        for ranked in levels.values():
            if len(ranked) > self.beams:
                ranked.sort(key=_weight, reverse=True)
            for each in ranked[:self.beams]:
                if each.after_blank + each.after_symbol >= best * self.hopeless:
                    each.after_blank /= best
                    each.after_symbol /= best
                    self.live.append(each)


def _touch(each: _Text[State], number: int, grown: list[_Text[State]]) -> None:
    """Start a text's sums for this step when it is met for the first time."""
    if each.step != number:
        each.step = number
        each.grown_blank = each.grown_symbol = 0.0
        grown.append(each)


def _weight(each: _Text[State]) -> float:
    return each.after_blank + each.after_symbol


def _likely(steps: NDArray[np.float64], choices: int, unseen: float) -> list[list[tuple[int, float]]]:
    """For each step the columns worth trying, blank left out, with their probabilities, the likeliest first."""
    rows, columns = np.nonzero(steps[:, 1:] >= unseen)
    found: list[list[tuple[int, float]]] = [[] for _ in steps]
    for row, column, p in zip(rows.tolist(), (columns + 1).tolist(), steps[rows, columns + 1].tolist(), strict=True):
        found[row].append((column, p))
    return [sorted(seen, key=itemgetter(1), reverse=True)[:choices] for seen in found]
