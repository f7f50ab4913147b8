"""What the recogniser's probabilities say about given texts, and the best text of all.

The recogniser is trained by connectionist temporal classification (Graves et al., ICML 2006): one
distribution over characters and «blank» per time step, equal neighbours merged, blanks dropped.
`forward` is Graves' recursion, the exact probability of a text; the search for the best text of a
grammar is in search, the reduction of 18,710 characters to a field's symbols in folds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

FLOOR = 1e-6
"""Least probability of any symbol at any step: the network is surer of itself than it may be."""

IMPOSSIBLE = -1e9
"""Log-probability of what cannot be."""


@dataclass(frozen=True, eq=False)
class Alphabet:
    """The recogniser's characters; number 0 is the blank, written as an empty string."""

    characters: tuple[str, ...]

    @cached_property
    def index(self) -> dict[str, int]:
        """Number of each character."""
        return {character: number for number, character in enumerate(self.characters)}


@dataclass(frozen=True, eq=False)
class Emissions:
    """What was seen along one line: `steps[t, c]`, the probability (0–1) of character c at step t.

    `stride` are the columns of the line's picture that a step stands for.
    """

    steps: NDArray[np.float32]
    alphabet: Alphabet
    stride: float = 8.0

    @cached_property
    def picks(self) -> NDArray[np.intp]:
        """The most probable character at each step: asked for several times, and out of 18,710."""
        return np.asarray(self.steps.argmax(axis=1))

    @cached_property
    def path(self) -> list[tuple[str, float, int]]:
        """The characters of the most probable path, each with its probability and its time step."""
        picks = self.picks
        starts = np.flatnonzero((picks != 0) & (picks != np.concatenate([[0], picks[:-1]])))
        names = self.alphabet.characters
        return [(names[picks[step]], float(self.steps[step, picks[step]]), int(step)) for step in starts]

    @cached_property
    def most(self) -> NDArray[np.float32]:
        """The greatest probability of each character along the line: a place is read over several alphabets."""
        return np.asarray(self.steps.max(axis=0))


@dataclass(frozen=True)
class Lattice:
    """Emissions reduced to a field's symbols: column 0 is the blank, column k is `symbols[k - 1]`."""

    steps: NDArray[np.float64]
    symbols: tuple[str, ...]

    @cached_property
    def columns(self) -> dict[str, int]:
        """Column of each symbol."""
        return _columns(self.symbols)


@lru_cache(maxsize=64)
def _columns(symbols: tuple[str, ...]) -> dict[str, int]:
    return {symbol: number + 1 for number, symbol in enumerate(symbols)}


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A text and the natural logarithm of its probability."""

    text: str
    log_p: float


def best_path(emissions: Emissions) -> tuple[str, float]:
    """The text of the most probable path and the mean probability of its characters (0 without any)."""
    picked = emissions.path
    mean = sum(p for _, p, _ in picked) / len(picked) if picked else 0.0
    return "".join(character for character, _, _ in picked), mean


def best_path_log_p(emissions: Emissions) -> float:
    """Log-probability of the most probable path, the yardstick for what a grammar forces."""
    best = emissions.steps[np.arange(len(emissions.steps)), emissions.picks]
    return float(np.log(best + FLOOR).sum())


def forward(lattice: Lattice, texts: Sequence[str]) -> NDArray[np.float64]:
    """Log-probability of each text, summed over all its paths; an unknown symbol costs the floor.

    Works on all texts at once: with N texts of at most L symbols a step is one N × (2L + 1) sum.
    """
    if not texts:
        return np.zeros(0)
    steps = np.concatenate([lattice.steps, np.full((len(lattice.steps), 1), FLOOR)], axis=1)
    labels, skips = _walk(lattice.symbols, tuple(texts))
    alpha = np.zeros(labels.shape)
    alpha[:, 0] = 1.0     # before the first step only the leading blank is open
    norms = np.ones((len(steps), len(texts)))
    for number, step in enumerate(steps):
        moved = alpha.copy()
        moved[:, 1:] += alpha[:, :-1]
        if number:
            moved[:, 2:] += skips[:, 2:] * alpha[:, :-2]
        alpha = moved * step[labels]
        norms[number] = np.maximum(alpha.sum(axis=1), 1e-300)
        alpha /= norms[number][:, None]
    return _ended(alpha, np.log(norms).sum(axis=0), np.array([len(text) for text in texts]))


def within(lattice: Lattice, texts: Sequence[str]) -> NDArray[np.float64]:
    """Logarithm of how much less likely than the best path a line is that holds each text somewhere, at most 0.

    Before and behind the text any character may stand, and is taken at its likeliest.
    """
    if not texts or not len(lattice.steps):
        return np.full(len(texts), IMPOSSIBLE)
    steps = np.concatenate([lattice.steps, np.full((len(lattice.steps), 1), FLOOR)], axis=1)
    steps = steps / steps.max(axis=1, keepdims=True)
    labels, skips = _walk(lattice.symbols, tuple(texts))
    rows, last = np.arange(len(texts)), 2 * np.array([len(text) for text in texts]) - 1
    alpha, best = np.zeros(labels.shape), np.zeros(len(texts))
    for step in steps:
        moved = alpha.copy()
        moved[:, 1:] += alpha[:, :-1]
        moved[:, 1] = 1.0 + alpha[:, 1]     # the text may begin at any step
        moved[:, 2:] += skips[:, 2:] * alpha[:, :-2]
        alpha = moved * step[labels]
        alpha[:, 0] = 0.0
        best = np.maximum(best, alpha[rows, last])
    with np.errstate(divide="ignore"):
        return np.asarray(np.clip(np.log(best), IMPOSSIBLE, 0.0))


@lru_cache(maxsize=32)
def _walk(symbols: tuple[str, ...], texts: tuple[str, ...]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Blank, symbol, blank, symbol … blank: the columns each text walks through, and where it may leave out a blank.

    Each row of a table is held against the same names.
    """
    labels = np.zeros((len(texts), 2 * max(map(len, texts)) + 1), np.int64)
    columns, missing = _columns(symbols), len(symbols) + 1
    for row, text in enumerate(texts):
        labels[row, 1:2 * len(text):2] = np.array([columns.get(s, missing) for s in text], np.int64)
    skips = np.zeros(labels.shape, bool)
    skips[:, 3::2] = labels[:, 3::2] != labels[:, 1:-2:2]
    return labels, skips


def _ended(alpha: NDArray[np.float64], scale: NDArray[np.float64],
           lengths: NDArray[np.int64]) -> NDArray[np.float64]:
    rows = np.arange(len(lengths))
    last = alpha[rows, 2 * lengths]
    final = last + np.where(lengths > 0, alpha[rows, np.maximum(2 * lengths - 1, 0)], 0.0)
    with np.errstate(divide="ignore"):
        return np.asarray(np.maximum(np.log(final) + scale, IMPOSSIBLE))
