"""Running text as an automaton: words of a dictionary in any order, every division into words weighed.

The state is the forward distribution over places in the dictionary's trie (a word lattice summed
on the fly), so the weight of a text is its exact probability under independent words, softened.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

WORDS = Path(__file__).resolve().parent.parent / "lexicons" / "words.npz"

Belief = tuple[tuple[int, float], ...]
"""Nodes of the trie with their probabilities."""

_UNKNOWN = 0.02
"""Share of characters that belong to no word of the dictionary (names, rare words)."""
_CHARACTERS = 7000.0
_MOST_NODES = 4


@dataclass(frozen=True)
class Trie:
    """Words with their probabilities: `edges[parent << 16 | ord(character)]` is the child node."""

    edges: dict[int, int]
    masses: list[float]
    ends: list[float]

    def with_words(self, words: Mapping[str, float]) -> Trie:
        """A copy that also knows `words`, each as probable as told."""
        if not words:
            return self
        grown = Trie(dict(self.edges), list(self.masses), list(self.ends))
        for word, share in words.items():
            grown._add(word, share)
        return grown

    def _add(self, word: str, share: float) -> None:
        node = 0
        for character in word:
            key = node << 16 | ord(character)
            if key not in self.edges:
                self.edges[key] = len(self.masses)
                self.masses.append(0.0)
                self.ends.append(0.0)
            node = self.edges[key]
            self.masses[node] += share
        self.ends[node] += share


@cache
def dictionary() -> Trie:
    """The words of words.npz, loaded once."""
    with np.load(WORDS) as stored:
        keys = stored["keys"].tolist()
        return Trie(dict(zip(keys, range(1, len(keys) + 1), strict=True)),
                    stored["masses"].tolist(), stored["ends"].tolist())


@dataclass(frozen=True)
class Sentences:
    """The automaton of running text.

    `weight` softens the dictionary against the recogniser (an exponent), `reward` is the factor a
    character gets for being there, so that the dictionary does not shorten texts.
    """

    trie: Trie
    weight: float = 0.45
    reward: float = 14.0

    def start(self) -> Belief:
        """Before the first word."""
        return ((0, 1.0),)

    def step(self, state: Belief, symbol: str) -> tuple[Belief, float] | None:
        """On within a word, or the end of one and the first character of the next."""
        code, edges, masses, ends = ord(symbol), self.trie.edges, self.trie.masses, self.trie.ends
        root_child = edges.get(code, 0)
        found: dict[int, float] = {}
        closing = 0.0
        for node, p in state:
            if node == 0:
                closing += p
                continue
            child = edges.get(node << 16 | code)
            if child is not None:
                found[child] = found.get(child, 0.0) + p * masses[child] / masses[node]
            closing += p * ends[node] / masses[node]
        if root_child and closing:
            found[root_child] = found.get(root_child, 0.0) + closing * masses[root_child]
        known = sum(found.values())
        p = (1 - _UNKNOWN) * known + _UNKNOWN / _CHARACTERS
        stray = _UNKNOWN / _CHARACTERS / p
        ranked = sorted(((n, (1 - _UNKNOWN) * w / p) for n, w in found.items()), key=lambda pair: -pair[1])
        belief = tuple(pair for pair in ranked[:_MOST_NODES] if pair[1] > 1e-4)
        if stray > 1e-3:
            belief = (*belief, (0, stray))
        return belief or ((0, 1.0),), p ** self.weight * self.reward

    def finish(self, state: Belief) -> float:
        """A text may end anywhere, better after a whole word."""
        ended = sum(p if node == 0 else p * self.trie.ends[node] / self.trie.masses[node] for node, p in state)
        return float(max(ended, 1e-3) ** self.weight)

    def level(self, state: Belief) -> int:
        """All texts compete."""
        return 0
