"""From a set of crossing rules to cells: which borders are drawn, and what they enclose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr.rectify.rules import REACH, SAME, Rule
from ocr.rectify.sheet import Image

MERGE = 14
"""Pixels at WORK below which a row or column is no row or column but a line drawn twice."""

DRAWN = 0.5
"""Share of a border that must be dark for the border to be there."""


@dataclass(frozen=True, slots=True)
class Span:
    """A cell in places of the grid and in pixels of the line masks (left, top, right, bottom)."""

    row: int
    col: int
    rowspan: int
    colspan: int
    area: tuple[float, float, float, float]


class Lattice:
    """All rows and columns of a ruling, with the share of every border between them that is drawn."""

    def __init__(self, level: Sequence[Rule], plumb: Sequence[Rule], across: Image, down: Image) -> None:
        self.ys = _lines(level, plumb)
        self.xs = _lines(plumb, level)
        self._level, self._plumb = _at_lines(level, self.ys), _at_lines(plumb, self.xs)
        horizontal = self._shares(self.ys, self.xs, self._level, across)
        vertical = self._shares(self.xs, self.ys, self._plumb, down.T)
        self.horizontal = _by_stretch(horizontal, vertical.T, self.xs)
        self.vertical = _by_stretch(vertical, horizontal.T, self.ys).T

    @property
    def rows(self) -> int:
        """Rows between the lines."""
        return len(self.ys) - 1

    @property
    def cols(self) -> int:
        """Columns between the lines."""
        return len(self.xs) - 1

    def y(self, line: int, x: float) -> float:
        """Height of a horizontal line at `x`."""
        return _place(self._level[line], x, self.ys[line])

    def x(self, line: int, y: float) -> float:
        """Place of a vertical line at height `y`."""
        return _place(self._plumb[line], y, self.xs[line])

    def _shares(self, lines: Sequence[float], crossing: Sequence[float], at: Sequence[Sequence[Rule]],
                mask: NDArray[np.uint8]) -> NDArray[np.float64]:
        """For each line and each stretch between two crossing lines, the share that is dark in `mask`."""
        height, width = mask.shape
        shares = np.zeros((len(lines), max(0, len(crossing) - 1)))
        for i, middle in enumerate(lines):
            for j in range(len(crossing) - 1):
                inset = min(6.0, (crossing[j + 1] - crossing[j]) / 4)
                a = int(max(0, crossing[j] + inset))
                b = int(min(width, crossing[j + 1] - inset))
                if b <= a:
                    continue
                y = _place(at[i], (a + b) / 2, middle)
                top, bottom = int(max(0, y - SAME + 2)), int(min(height, y + SAME - 1))
                if bottom > top:
                    shares[i, j] = float((mask[top:bottom, a:b] > 0).any(axis=0).mean())
        return shares


def _by_stretch(shares: NDArray[np.float64], crossing: NDArray[np.float64],
                places: Sequence[float]) -> NDArray[np.float64]:
    """Shares of a line's pieces averaged over each stretch between lines that really cross or end there.

    A line is drawn from junction to junction: a gap wider than one narrow column must not open it,
    when no border ends at that gap. `crossing[k, j]` is how much of crossing line j is drawn beside
    row k.
    """
    evened = shares.copy()
    lengths = np.diff(places)
    for i in range(len(shares)):
        above = crossing[i - 1] if i else np.zeros(len(places))
        below = crossing[i] if i < len(crossing) else np.zeros(len(places))
        junction = (np.maximum(above, below) >= DRAWN)[1:-1]
        starts = np.r_[0, np.flatnonzero(junction) + 1, len(lengths)]
        for a, b in zip(starts[:-1], starts[1:], strict=True):
            evened[i, a:b] = np.average(shares[i, a:b], weights=lengths[a:b])
    return evened


def spans(lattice: Lattice) -> list[Span]:
    """The cells of a lattice in reading order."""
    rows, cols = lattice.rows, lattice.cols
    owner = np.arange(rows * cols).reshape(rows, cols)
    for row in range(rows):
        for col in range(cols):
            if col and lattice.vertical[row, col] < DRAWN:
                _unite(owner, owner[row, col], owner[row, col - 1])
            if row and lattice.horizontal[row, col] < DRAWN:
                _unite(owner, owner[row, col], owner[row - 1, col])
    found = []
    for home in np.unique(owner):
        for part in _rectangles(owner == home, lattice):
            if _enclosed(part, lattice):
                found.append(_span(part, lattice))
    return sorted(found, key=lambda span: (span.row, span.col))


Part = tuple[int, int, int, int]  # first row, first column, end row, end column


def _unite(owner: NDArray[np.intp], first: int, second: int) -> None:
    if first != second:
        owner[owner == max(first, second)] = min(first, second)


def _rectangles(region: NDArray[np.bool_], lattice: Lattice) -> list[Part]:
    """A region cut into rectangles along the borders that are drawn best: faint lines come back here."""
    at = np.argwhere(region)
    if not len(at):
        return []
    (r0, c0), (r1, c1) = at.min(axis=0), at.max(axis=0) + 1
    if region[r0:r1, c0:c1].all():
        return [(int(r0), int(c0), int(r1), int(c1))]
    best, cut = -1.0, None
    for row in range(r0 + 1, r1):
        both = region[row, c0:c1] & region[row - 1, c0:c1]
        share = float(lattice.horizontal[row, c0:c1][both].mean()) if both.any() else 2.0
        if share > best:
            best, cut = share, (0, row)
    for col in range(c0 + 1, c1):
        both = region[r0:r1, col] & region[r0:r1, col - 1]
        share = float(lattice.vertical[r0:r1, col][both].mean()) if both.any() else 2.0
        if share > best:
            best, cut = share, (1, col)
    if cut is None:
        return []
    first, second = region.copy(), region.copy()
    if cut[0] == 0:
        first[cut[1]:], second[:cut[1]] = False, False
    else:
        first[:, cut[1]:], second[:, :cut[1]] = False, False
    return _rectangles(first, lattice) + _rectangles(second, lattice)


def _enclosed(part: Part, lattice: Lattice) -> bool:
    """Whether most of a rectangle's outline is drawn: the open side of an L-shaped ruling is no cell."""
    r0, c0, r1, c1 = part
    sides = [lattice.horizontal[r0, c0:c1], lattice.horizontal[r1, c0:c1],
             lattice.vertical[r0:r1, c0], lattice.vertical[r0:r1, c1]]
    drawn = [float(side.mean()) > 0.3 for side in sides]
    return sum(drawn) >= 3


def _span(part: Part, lattice: Lattice) -> Span:
    r0, c0, r1, c1 = part
    x, y = (lattice.xs[c0] + lattice.xs[c1]) / 2, (lattice.ys[r0] + lattice.ys[r1]) / 2
    area = (lattice.x(c0, y), lattice.y(r0, x), lattice.x(c1, y), lattice.y(r1, x))
    return Span(r0, c0, r1 - r0, c1 - c0, area)


def _lines(rules: Sequence[Rule], crossing: Sequence[Rule]) -> list[float]:
    """The places of distinct lines; where the crossing rules run on past the last one, an edge is added.

    A form cut off by the picture's edge has lost its outer line, not its last cells.
    """
    places: list[list[Rule]] = []
    for rule in sorted(rules, key=lambda rule: rule.at):
        if places and rule.at - _weighed(places[-1]) <= MERGE:
            places[-1].append(rule)
        else:
            places.append([rule])
    lines = [_weighed(group) for group in places]
    starts = float(np.median([rule.start for rule in crossing]))
    ends = float(np.median([rule.end for rule in crossing]))
    if starts < lines[0] - 2 * REACH and _agree([rule.start for rule in crossing], starts):
        lines.insert(0, starts)
    if ends > lines[-1] + 2 * REACH and _agree([rule.end for rule in crossing], ends):
        lines.append(ends)
    return lines


def _weighed(group: Sequence[Rule]) -> float:
    """The place of a line that several rules make up: the longest ones decide."""
    longest = max(rule.end - rule.start for rule in group)
    return float(np.mean([rule.at for rule in group if rule.end - rule.start >= 0.7 * longest]))


def _agree(ends: Sequence[float], middle: float) -> bool:
    return float((np.abs(np.array(ends) - middle) < REACH).mean()) > 0.6


def _at_lines(rules: Sequence[Rule], lines: Sequence[float]) -> list[list[Rule]]:
    return [[rule for rule in rules if abs(rule.at - line) <= SAME] for line in lines]


def _place(rules: Sequence[Rule], along: float, otherwise: float) -> float:
    """Where a line made of `rules` is at a place along it: told by the nearest of them."""
    if not rules:
        return otherwise
    near = min(rules, key=lambda rule: max(rule.start - along, along - rule.end, 0.0))
    return near.where(along)
