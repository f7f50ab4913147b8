"""The automata that kinds of field are searched with."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ocr.decode import Hypothesis, Lattice, forward
from ocr.decode.search import Grammar, search


class Lexicon:
    """A trie of texts with prior weights; the state is the trie's node."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        """`weights` are the prior probabilities of the texts, up to a common factor."""
        self.weights = weights
        self._children: list[dict[str, int]] = [{}]
        self._depths = [0]
        self._ends: dict[int, float] = {}
        for text, weight in weights.items():
            self._ends[self._insert(text)] = weight

    def _insert(self, text: str) -> int:
        node = 0
        for symbol in text:
            children = self._children[node]
            if symbol not in children:
                children[symbol] = len(self._children)
                self._children.append({})
                self._depths.append(self._depths[node] + 1)
            node = children[symbol]
        return node

    @cached_property
    def symbols(self) -> str:
        """Every character that occurs."""
        return "".join(sorted({symbol for text in self.weights for symbol in text}))

    def start(self) -> int:
        """The root."""
        return 0

    def step(self, state: int, symbol: str) -> tuple[int, float] | None:
        """Down one edge."""
        child = self._children[state].get(symbol)
        return None if child is None else (child, 1.0)

    def finish(self, state: int) -> float:
        """The weight of the text that ends at this node."""
        return self._ends.get(state, 0.0)

    def level(self, state: int) -> int:
        """The depth."""
        return self._depths[state]

    def read(self, lattice: Lattice, beams: int = 12) -> list[Hypothesis]:
        """The likeliest texts: all of a small lexicon scored exactly, a large one searched."""
        if len(self.weights) <= _ALL_AT_ONCE:
            texts = list(self.weights)
        else:
            texts = [found.text for found in search(lattice, self, beams)][:_ALL_AT_ONCE]
        return weighted(lattice, {text: self.weights[text] for text in texts})


_ALL_AT_ONCE = 600


def weighted(lattice: Lattice, weights: Mapping[str, float]) -> list[Hypothesis]:
    """Exact log-probability of each text plus the logarithm of its weight, best first, the best _WEIGHED of them."""
    texts = list(weights)
    scores = forward(lattice, texts) + np.log(list(weights.values()))
    best = np.argsort(-scores, kind="stable")[:_WEIGHED]
    return [Hypothesis(texts[place], float(scores[place])) for place in best.tolist()]


_WEIGHED = 100


def scored(lattice: Lattice, grammar: Grammar[Any], texts: Sequence[str]) -> list[float]:
    """Exact log-probability of each text with its weight in a grammar, FORBIDDEN where it is not in it."""
    return [float(log_p) + log_weight(grammar, text)
            for text, log_p in zip(texts, forward(lattice, texts), strict=True)]


def log_weight(grammar: Grammar[Any], text: str) -> float:
    """Logarithm of the weight a grammar gives to a whole text."""
    state, total = grammar.start(), 0.0
    for symbol in text:
        move = grammar.step(state, symbol)
        if move is None:
            return FORBIDDEN
        state, total = move[0], total + math.log(move[1])
    ending = grammar.finish(state)
    return total + math.log(ending) if ending else FORBIDDEN


FORBIDDEN = -100.0
"""Logarithm of the weight of a text that a grammar does not hold."""


@dataclass(frozen=True, slots=True)
class Digits:
    """A run of `least` to `most` digits without sign; `zero_first` weighs a leading nought."""

    least: int
    most: int
    zero_first: float = 0.05

    def start(self) -> tuple[int, bool]:
        """No digit yet."""
        return 0, False

    def step(self, state: tuple[int, bool], symbol: str) -> tuple[tuple[int, bool], float] | None:
        """One digit more."""
        length, zero = state
        if length >= self.most or not symbol.isdigit():
            return None
        return (length + 1, symbol == "0" if length == 0 else zero), self.zero_first if zero and length == 1 else 1.0

    def finish(self, state: tuple[int, bool]) -> float:
        """Long enough?"""
        return 1.0 if state[0] >= self.least else 0.0

    def level(self, state: tuple[int, bool]) -> int:
        """The number of digits."""
        return state[0]


def spread(texts: Iterable[str], total: float = 1.0) -> dict[str, float]:
    """The texts with equal weights that add up to `total`."""
    unique = list(dict.fromkeys(texts))
    return {text: total / len(unique) for text in unique}
