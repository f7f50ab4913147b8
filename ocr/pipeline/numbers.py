"""Columns of numbers in a table of no known form: told by most of their cells, then read as nothing but numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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

SURE = 12
"""Numbers read surely from which on a hand's widths are known."""

UNLIKE = 5.0
"""Log-probability that a number of quite another width may cost."""

_LOOKS = {**LOOKS_LIKE_DIGIT, "1": LOOKS_LIKE_DIGIT["1"].replace("/", ""), ".": "．。·,，、"}
_NONE = frozenset("/／\\-—－–一~")
_DECIMAL = re.compile(r"[0-9]+[.．,，·][0-9]+")
_WORD = re.compile("[㐀-鿿]")


@dataclass(frozen=True, slots=True)
class Written:
    """One line of a cell: its free text with the mean probability of its characters, its digits' lattice, and how
    many times wider than high its ink is.
    """

    text: str
    score: float
    log_p: float
    lattice: Lattice
    wide: float

    @classmethod
    def of(cls, line: Emissions, wide: float) -> Written:
        """What is kept of a line's probabilities: a hundredth of them."""
        return cls(*best_path(line), best_path_log_p(line), folded(line, DIGITS + ".", _LOOKS), wide)


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


def numbers(columns: Sequence[Sequence[Written]]) -> list[list[tuple[str, float] | None]]:
    """For each cell of each column of a table its number and that number's probability; None for what is none.

    All are None in a column that is not one of numbers.
    """
    found = [_searched(column) for column in columns]
    widths = Widths.of([(cell, each) for column, row in zip(columns, found, strict=True)
                        for cell, each in zip(column, row, strict=True) if each])
    return [[_answer(cell, each, widths) for cell, each in zip(column, row, strict=True)]
            for column, row in zip(columns, found, strict=True)]


def _searched(column: Sequence[Written]) -> list[list[Hypothesis]]:
    """The likeliest numbers of each cell, none for what is no number or when the column is not one of numbers."""
    point = sum(bool(_DECIMAL.fullmatch(cell.text)) for cell in column) >= max(2.0, POINTED * len(column))
    found = [search(cell.lattice, Number(point), beams=10) for cell in column]
    costs = [cell.log_p - each[0].log_p if each else np.inf for cell, each in zip(column, found, strict=True)]
    if sum(cost <= LIKE for cost in costs) < max(ENOUGH, MOST * len(column)):
        return [[] for _ in column]
    return [each if _is_number(cell, cost) else [] for cell, each, cost in zip(column, found, costs, strict=True)]


@dataclass(frozen=True, slots=True)
class Widths:
    """How wide this hand writes its numbers: digits run together are read as one, but are as wide as two.

    `parts` are the width, in heights of the ink, of a number's margin, of a digit and of a 1; `spread` is how
    far numbers differ from that.
    """

    parts: NDArray[np.float64]
    spread: float

    @classmethod
    def of(cls, read: Sequence[tuple[Written, Sequence[Hypothesis]]]) -> Widths | None:
        """Fitted to the numbers read surely; None when there are too few."""
        sure = [(cell.wide, each[0].text) for cell, each in read
                if cell.log_p - each[0].log_p < 0.3 and (len(each) < 2 or each[0].log_p - each[1].log_p > 3)]
        if len(sure) < SURE or len({len(text) for _, text in sure}) < 2:
            return None
        wide, made = np.array([wide for wide, _ in sure]), np.array([_made_of(text) for _, text in sure])
        parts = np.linalg.lstsq(made, wide, rcond=None)[0]
        away = np.abs(wide - made @ parts)
        return cls(parts, max(0.12, 1.48 * float(np.median(away))))

    def log_p(self, text: str, wide: float) -> float:
        """Log-probability, up to a constant, that the number is that wide; bounded, for ink may be smeared."""
        away = (wide - float(_made_of(text) @ self.parts)) / self.spread
        return -min(away ** 2 / 2, UNLIKE)


def _made_of(text: str) -> NDArray[np.float64]:
    ones = text.count("1") + text.count(".")
    return np.array([1.0, len(text) - ones, ones])


def _answer(cell: Written, found: Sequence[Hypothesis], widths: Widths | None) -> tuple[str, float] | None:
    """The likeliest number, its width weighed in, and its share of the probability of all that were found."""
    if not found:
        return None
    logs = np.array([each.log_p + (widths.log_p(each.text, cell.wide) if widths else 0.0) for each in found])
    best = int(logs.argmax())
    return found[best].text, float(1 / np.exp(logs - logs[best]).sum())


def _is_number(cell: Written, cost: float) -> bool:
    """Whether a cell among numbers is one: a word that is clearly read, or a stroke for none, is not."""
    return cost <= FORCED and cell.text not in _NONE and not (cell.score >= CLEAR and _WORD.search(cell.text))
