"""Columns of numbers in a table of no known form: told by most of their cells, then read as nothing but numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ocr.decode import Emissions, Hypothesis, Lattice, best_path, best_path_log_p
from ocr.decode.folds import DIGITS, LOOKS_LIKE_DIGIT, folded
from ocr.decode.search import search

LIKE = 3.0
"""Log-probability that reading a cell as a number may cost when it is to speak for a column of numbers."""

FORCED = 8.0
"""The same up to which a cell of such a column is a number, unless it says something else clearly."""

ENOUGH, MOST = 4, 0.7
"""Cells, and share of a column's cells, that must look like numbers."""

POINTED = 0.15
"""Share of a column's cells with a decimal point from which on points are read."""

CLEAR = 0.9
"""Mean probability of its characters from which on a word in a column of numbers is believed."""

LONGEST = 9
"""Digits of the longest number."""

_LOOKS = {**LOOKS_LIKE_DIGIT, "1": LOOKS_LIKE_DIGIT["1"].replace("/", ""), ".": "．。·,，、"}
_NONE = frozenset("/／\\-—－–一~")
_DECIMAL = re.compile(r"[0-9]+[.．,，·][0-9]+")
_WORD = re.compile("[㐀-鿿]")


@dataclass(frozen=True, slots=True)
class Written:
    """One line of a cell: its free text with the mean probability of its characters, and its digits' lattice."""

    text: str
    score: float
    log_p: float
    lattice: Lattice

    @classmethod
    def of(cls, line: Emissions) -> Written:
        """What is kept of a line's probabilities: a hundredth of them."""
        return cls(*best_path(line), best_path_log_p(line), folded(line, DIGITS + ".", _LOOKS))


@dataclass(frozen=True, slots=True)
class Number:
    """Digits, with `point` also a decimal point between two of them."""

    point: bool

    def start(self) -> tuple[int, str]:
        """Nothing yet; the state is the length and the part: whole, point or fraction."""
        return 0, "whole"

    def step(self, state: tuple[int, str], symbol: str) -> tuple[tuple[int, str], float] | None:
        """One digit or the point."""
        length, part = state
        if length >= LONGEST:
            return None
        if symbol == ".":
            return ((length + 1, "point"), 1.0) if self.point and length and part == "whole" else None
        return (length + 1, "fraction" if part != "whole" else part), 1.0

    def finish(self, state: tuple[int, str]) -> float:
        """A point must be followed by digits."""
        return 1.0 if state[0] and state[1] != "point" else 0.0

    def level(self, state: tuple[int, str]) -> int:
        """The length."""
        return state[0]


def numbers(column: Sequence[Written]) -> list[tuple[str, float] | None]:
    """The number and its probability for each cell of a column of numbers; None for what is no number.

    All None when the column is not one of numbers.
    """
    point = sum(bool(_DECIMAL.fullmatch(cell.text)) for cell in column) >= max(2.0, POINTED * len(column))
    found = [search(cell.lattice, Number(point), beams=10) for cell in column]
    costs = [cell.log_p - each[0].log_p if each else np.inf for cell, each in zip(column, found, strict=True)]
    alike = sum(cost <= LIKE for cost in costs)
    if alike < max(ENOUGH, MOST * len(column)):
        return [None] * len(column)
    return [(each[0].text, _probability(each)) if _is_number(cell, cost) else None
            for cell, each, cost in zip(column, found, costs, strict=True)]


def _is_number(cell: Written, cost: float) -> bool:
    """Whether a cell among numbers is one: a word that is clearly read, or a stroke for none, is not."""
    return cost <= FORCED and cell.text not in _NONE and not (cell.score >= CLEAR and _WORD.search(cell.text))


def _probability(found: Sequence[Hypothesis]) -> float:
    """The share of the best number among all that were found."""
    return float(1 / np.exp([other.log_p - found[0].log_p for other in found]).sum())
