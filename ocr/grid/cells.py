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
        strokes = [rule for rule in plumb if _beside_a_line(rule, plumb)]
        plumb = [rule for rule in plumb if rule not in strokes]
        # x, top and bottom of what proved to be no line
        self.dropped = [(rule.at, rule.start - 8, rule.end + 8) for rule in strokes]
        self._across, self._down = across, np.ascontiguousarray(down.T)
        self.ys, level_groups = _lines(level, plumb)
        self.xs, plumb_groups = _lines(plumb, level)
        horizontal, self._level_at = _shares(level_groups, self.xs, across)
        vertical, self._plumb_at = _shares(plumb_groups, self.ys, down.T)
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
        return _place(self._level_at[line], self.xs, x, self.ys[line])

    def x(self, line: int, y: float) -> float:
        """Place of a vertical line at height `y`."""
        return _place(self._plumb_at[line], self.ys, y, self.xs[line])

    def complete(self, strokes: NDArray[np.int32], worn: bool) -> None:
        """Put back worn borders where no stroke (boxes in pixels) crosses them.

        Anywhere, those that are partly there beside a border of the same line that is whole.

        In a `worn` table of records nearly every border was drawn; the few that are not are worn away or
        belong to merged cells, and a merged cell cut beside its words does no harm.
        """
        self._mend(self.horizontal, self.ys, self.xs, strokes, self._across)
        self._mend(self.vertical.T, self.xs, self.ys, strokes[:, [1, 0, 3, 2]], self._down)
        strong = (self.vertical >= DRAWN).mean(axis=0) >= 0.5
        if self.rows < 6 or strong.sum() < 4:
            return
        self._drop_lonely(strong)
        like = ((self.vertical >= DRAWN) == strong).mean(axis=1) >= 0.7
        level = np.average(self.horizontal[1:-1] >= DRAWN, weights=np.maximum(np.diff(self.xs), 1e-6), axis=1)
        if not worn or like.mean() < 0.5 or np.median(level) < 0.5:
            return
        for line in range(1, self.rows):
            self._complete(self.horizontal[line], np.diff(self.xs), self.ys[line], self.xs, strokes[:, [0, 1, 2, 3]])
        for line in range(1, self.cols):
            self._complete(self.vertical[:, line], np.diff(self.ys), self.xs[line], self.ys, strokes[:, [1, 0, 3, 2]])

    def forget_unused(self) -> None:
        """Drop inner lines of which nothing is drawn, joining the rows or columns beside them."""
        rows = _used(self.horizontal)
        self.ys = [self.ys[line] for line in rows]
        self._level_at = [self._level_at[line] for line in rows]
        cols = _used(self.vertical.T)
        self.xs = [self.xs[line] for line in cols]
        self._plumb_at = [self._plumb_at[line] for line in cols]
        self.horizontal, self.vertical = self.horizontal[rows], self.vertical[:, cols]
        self.horizontal = _pooled(self.horizontal, cols)
        self.vertical = _pooled(self.vertical.T, rows).T

    def _mend(self, shares: NDArray[np.float64], at: Sequence[float], places: Sequence[float],
              strokes: NDArray[np.int32], mask: Image) -> None:
        whole = np.pad(shares >= 0.8, ((0, 0), (1, 1)))
        worn = (shares >= 0.25) & (shares < DRAWN) & (whole[:, :-2] | whole[:, 2:])
        for line, stretch in np.argwhere(worn):
            same = np.flatnonzero(worn[line] & (shares[line] == shares[line, stretch]))
            start, end = places[same[0]], places[same[-1] + 1]
            if _spread(mask, at[line], start, end) and not _crossed(strokes, at[line], start, end):
                shares[line, same] = DRAWN

    def _drop_lonely(self, strong: NDArray[np.bool_]) -> None:
        """Take out of a table of records the lines that few rows have: tall figures 1, not borders.

        The first and the last two rows may be divided in their own way, by more than one line.
        """
        drawn = self.vertical >= DRAWN
        if drawn[:, strong].all(axis=1).mean() < 0.6:
            return
        few = ~strong & (drawn.mean(axis=0) < 0.3)
        for index, row in enumerate(self.vertical):
            extra = np.flatnonzero(drawn[index] & few)
            if 2 <= index < self.rows - 2 or len(extra) == 1 and drawn[:, extra[0]].sum() == 1:
                row[extra] = 0.0
                self.dropped += [(self.x(line, self.ys[index] + 1), self.ys[index], self.ys[index + 1])
                                 for line in extra]

    def _complete(self, shares: NDArray[np.float64], lengths: NDArray[np.float64], at: float,
                  places: Sequence[float], strokes: NDArray[np.int32]) -> None:
        if np.average(shares >= DRAWN, weights=np.maximum(lengths, 1e-6)) < 0.5:
            return
        for index in np.flatnonzero(shares < DRAWN):
            if not _crossed(strokes, at, places[index], places[index + 1]):
                shares[index] = DRAWN


def _beside_a_line(rule: Rule, lines: Sequence[Rule]) -> bool:
    """Whether a short line stands beside a long one, too far away to be a piece of it: a figure 1 at a border."""
    middle = (rule.start + rule.end) / 2
    return any(other.end - other.start > 4 * (rule.end - rule.start) and other.start < rule.start
               and rule.end < other.end and SAME - 2 < abs(other.where(middle) - rule.at) <= MERGE + 4
               for other in lines)


Chosen = list[list[Rule | None]]
"""For each line and each stretch between two crossing lines, the rule that draws it there."""


def _shares(groups: Sequence[Sequence[Rule]], crossing: Sequence[float],
            mask: NDArray[np.uint8]) -> tuple[NDArray[np.float64], Chosen]:
    """For each line and each stretch between two crossing lines, the share that is dark in `mask`.

    A line may be made of several rules a little apart: the one that is drawn best counts.
    """
    shares = np.zeros((len(groups), max(0, len(crossing) - 1)))
    chosen: Chosen = [[None] * shares.shape[1] for _ in groups]
    for i, group in enumerate(groups):
        for j in range(shares.shape[1]):
            for rule in sorted(group, key=lambda rule: rule.start - rule.end):
                share = _share(rule, crossing[j], crossing[j + 1], mask)
                if share > shares[i, j]:
                    shares[i, j], chosen[i][j] = share, rule
    return shares, chosen


def _share(rule: Rule, start: float, end: float, mask: NDArray[np.uint8]) -> float:
    inset = min(6.0, (end - start) / 4)
    a, b = int(max(0, start + inset)), int(min(mask.shape[1], end - inset))
    y = rule.where((a + b) / 2)
    top, bottom = int(max(0, y - SAME + 3)), int(min(mask.shape[0], y + SAME - 2))
    if b <= a or bottom <= top or rule.start > b or rule.end < a:
        return 0.0
    return float((mask[top:bottom, a:b] > 0).any(axis=0).mean())


def encloses(rules: Sequence[Rule]) -> bool:
    """Whether the outermost of some parallel rules are far enough apart to have cells between."""
    return max(rule.at for rule in rules) - min(rule.at for rule in rules) > 2 * MERGE


def _used(shares: NDArray[np.float64]) -> list[int]:
    """The lines, one per row of `shares`, that have a drawn border, and the outermost."""
    last = len(shares) - 1
    return [line for line in range(len(shares)) if line in (0, last) or bool((shares[line] >= DRAWN).any())]


def _pooled(shares: NDArray[np.float64], lines: Sequence[int]) -> NDArray[np.float64]:
    """Shares of stretches between the crossing lines that stay."""
    return np.stack([shares[:, a:b].mean(axis=1) for a, b in zip(lines, lines[1:], strict=False)], axis=1)


def _spread(mask: Image, at: float, start: float, end: float) -> bool:
    """Whether what is drawn of a level border lies in both its halves: a line that merely runs on
    past its end reaches into the first half alone.
    """
    rows = mask[max(0, int(at) - SAME):int(at) + SAME, int(start) + 4:int(end) - 3]
    dark = np.asarray((rows > 0).any(axis=0))
    return len(dark) >= 8 and min(float(half.mean()) for half in np.array_split(dark, 2)) >= 0.12


def _crossed(strokes: NDArray[np.int32], at: float, start: float, end: float) -> bool:
    """Whether a stroke (left, top, right, bottom) reaches from one side of a level border to the other."""
    across = (strokes[:, 1] < at - 4) & (strokes[:, 3] > at + 4)
    return bool((across & (strokes[:, 2] > start) & (strokes[:, 0] < end)).any())


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
            evened[i, a:b] = np.average(shares[i, a:b], weights=np.maximum(lengths[a:b], 1e-6))
    return evened


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


def _lines(rules: Sequence[Rule], crossing: Sequence[Rule]) -> tuple[list[float], list[list[Rule]]]:
    """The places of distinct lines and the rules that make them up.

    Where the crossing rules run on past the last line an edge is added: a form cut off by the
    picture's edge has lost its outer line, not its last cells.
    """
    groups: list[list[Rule]] = []
    for rule in sorted(rules, key=lambda rule: rule.at):
        if groups and rule.at - _weighed(groups[-1]) <= MERGE:
            groups[-1].append(rule)
        else:
            groups.append([rule])
    lines = [_weighed(group) for group in groups]
    starts = float(np.median([rule.start for rule in crossing]))
    ends = float(np.median([rule.end for rule in crossing]))
    if starts < lines[0] - 2 * REACH and _agree([rule.start for rule in crossing], starts):
        lines.insert(0, starts)
        groups.insert(0, [])
    if ends > lines[-1] + 2 * REACH and _agree([rule.end for rule in crossing], ends):
        lines.append(ends)
        groups.append([])
    return lines, groups


def _weighed(group: Sequence[Rule]) -> float:
    """The place of a line that several rules make up: the longest ones decide."""
    longest = max(rule.end - rule.start for rule in group)
    return float(np.mean([rule.at for rule in group if rule.end - rule.start >= 0.7 * longest]))


def _agree(ends: Sequence[float], middle: float) -> bool:
    return float((np.abs(np.array(ends) - middle) < REACH).mean()) > 0.6


def _place(stretches: Sequence[Rule | None], edges: Sequence[float], along: float, otherwise: float) -> float:
    """Where a line is at a place along it: told by the rule that draws it there, or nearest to there."""
    at = int(np.clip(np.searchsorted(edges, along) - 1, 0, len(stretches) - 1))
    order = sorted(range(len(stretches)), key=lambda index: abs(index - at))
    rule = next((stretches[index] for index in order if stretches[index] is not None), None)
    return otherwise if rule is None else rule.where(along)
