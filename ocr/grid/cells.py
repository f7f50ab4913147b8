"""From a lattice to its cells: what the drawn borders enclose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr.grid.borders import DRAWN
from ocr.grid.lattice import Lattice


@dataclass(frozen=True, slots=True)
class Span:
    """A cell in places of the grid and in pixels of the line masks (left, top, right, bottom)."""

    row: int
    col: int
    rowspan: int
    colspan: int
    area: tuple[float, float, float, float]


def spans(lattice: Lattice) -> list[Span]:
    """The cells of a lattice in reading order; lines that no border is drawn of do not count."""
    lattice.forget_unused()
    rows, cols = lattice.rows, lattice.cols
    owner = np.arange(rows * cols).reshape(rows, cols)
    for row in range(rows):
        for col in range(cols):
            if col and lattice.vertical[row, col] < DRAWN:
                _unite(owner, owner[row, col], owner[row, col - 1])
            if row and lattice.horizontal[row, col] < DRAWN:
                _unite(owner, owner[row, col], owner[row - 1, col])
    found = []
    homes, places, sizes = np.unique(owner, return_index=True, return_counts=True)
    for home, place, size in zip(homes.tolist(), places.tolist(), sizes.tolist(), strict=True):
        row, col = divmod(place, cols)
        alone = [(row, col, row + 1, col + 1)]
        for part in alone if size == 1 else _rectangles(owner == home, lattice):
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
