"""The rows and columns of a ruling with the borders between them: which are drawn, which only worn away."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ocr.grid.borders import DRAWN, by_stretch, crossed, in_words, of_words, pooled, shares_of, spread_out, used
from ocr.grid.courses import beside_a_line, lines, place
from ocr.rectify.quick import across_of
from ocr.rectify.rules import Rule
from ocr.rectify.sheet import Image

RECORDS = 6
"""Rows from which on a ruling may be one of records."""
JOINT, TRACE = 3, 0.05
"""Lines that a joint heading covers at least, and the share of a border below which nothing of it is drawn."""
EVEN = 0.15
"""Share of the usual height of a row by which one may differ."""


class Lattice:
    """All rows and columns of a ruling, with the share of every border between them that is drawn."""

    def __init__(self, level: Sequence[Rule], plumb: Sequence[Rule], across: Image, down: Image) -> None:
        strokes = [rule for rule in plumb if beside_a_line(rule, plumb)]
        plumb = [rule for rule in plumb if rule not in strokes]
        # x, top and bottom of what proved to be no line
        self.dropped = [(rule.at, rule.start - 8, rule.end + 8) for rule in strokes]
        self._across, self._down = across, across_of(down)
        self.ys, level_groups = lines(level, plumb)
        self.xs, plumb_groups = lines(plumb, level)
        horizontal, self._level_at = shares_of(level_groups, self.xs, across)
        vertical, self._plumb_at = shares_of(plumb_groups, self.ys, self._down)
        self.horizontal = by_stretch(horizontal, vertical.T, self.xs)
        self.vertical = by_stretch(vertical, horizontal.T, self.ys).T

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
        return place(self._level_at[line], self.xs, x, self.ys[line])

    def x(self, line: int, y: float) -> float:
        """Place of a vertical line at height `y`."""
        return place(self._plumb_at[line], self.ys, y, self.xs[line])

    def divide(self, strokes: NDArray[np.int32]) -> None:
        """Put back whole lines that are lost between two records: where one row of a table of even rows is as high as
        two or three, writing stands in each of them, and no stroke (boxes in pixels) crosses the line between.
        """
        for row in range(self.rows - 1, 0, -1):
            gaps = np.diff(self.ys)
            usual = float(np.median(gaps))
            times = round(gaps[row] / usual)
            even = float((np.abs(gaps - usual) < EVEN * usual).mean())
            if self.rows < RECORDS or even < 0.6 or times not in (2, 3) or abs(gaps[row] / usual - times) > EVEN:
                continue
            cuts = np.linspace(self.ys[row], self.ys[row + 1], times + 1)
            if all(self._parts(strokes, above, cut, below)
                   for above, cut, below in zip(cuts[:-2], cuts[1:-1], cuts[2:], strict=True)):
                for cut in cuts[-2:0:-1]:
                    self._insert(row, float(cut))

    def _parts(self, strokes: NDArray[np.int32], above: float, cut: float, below: float) -> bool:
        """Whether records stand above and below a line that was never seen."""
        middle = (strokes[:, 1] + strokes[:, 3]) / 2
        at = (strokes[:, 0] + strokes[:, 2]) / 2
        column = np.searchsorted(self.xs, at)
        both = set(column[(middle > above) & (middle < cut)]) & set(column[(middle > cut) & (middle < below)])
        return len(both - {0, len(self.xs)}) >= 2 and not crossed(strokes, cut, self.xs[0], self.xs[-1])

    def _insert(self, row: int, at: float) -> None:
        """A drawn line through a row, which becomes two."""
        self.ys.insert(row + 1, at)
        self._level_at.insert(row + 1, [None] * self.cols)
        self.horizontal = np.insert(self.horizontal, row + 1, 1.0, axis=0)
        self.vertical = np.insert(self.vertical, row, self.vertical[row], axis=0)
        for stretches in self._plumb_at:
            stretches.insert(row, stretches[row])

    def complete(self, strokes: NDArray[np.int32], worn: bool) -> None:
        """Put back worn borders where no stroke (boxes in pixels) crosses them.

        Anywhere, those that are partly there beside a border of the same line that is whole.

        In a `worn` table of records nearly every border was drawn; the few that are not are worn away or
        belong to merged cells, and a merged cell cut beside its words does no harm.
        """
        self._mend(self.horizontal, self.ys, self.xs, strokes, self._across)
        self._mend(self.vertical.T, self.xs, self.ys, strokes[:, [1, 0, 3, 2]], self._down)
        if max(self.rows, self.cols) >= RECORDS:
            self._drop_words(self.horizontal, self.ys, self.xs, strokes)
            self._drop_words(self.vertical.T, self.xs, self.ys, strokes[:, [1, 0, 3, 2]])
        strong = (self.vertical >= DRAWN).mean(axis=0) >= 0.5
        if self.rows < RECORDS or strong.sum() < 4:
            return
        self._drop_lonely(strong)
        like = ((self.vertical >= DRAWN) == strong).mean(axis=1) >= 0.7
        level = np.average(self.horizontal[1:-1] >= DRAWN, weights=np.maximum(np.diff(self.xs), 1e-6), axis=1)
        if not worn or like.mean() < 0.5 or np.median(level) < 0.5:
            return
        for line in range(1, self.rows):
            self._complete(self.horizontal[line], np.diff(self.xs), self.ys[line], self.xs, strokes[:, [0, 1, 2, 3]])
        joint = self._joint(strokes)
        for line in range(1, self.cols):
            self._complete(self.vertical[:, line], np.diff(self.ys), self.xs[line], self.ys, strokes[:, [1, 0, 3, 2]])
        self.vertical[0, joint] = 0.0

    def _joint(self, strokes: NDArray[np.int32]) -> list[int]:
        """The lines that a joint heading in the first row covers: several side by side of which nothing is drawn, and
        words in less than half of the columns between them.
        """
        middle = (strokes[:, 1] + strokes[:, 3]) / 2
        inside = strokes[(middle > self.ys[0]) & (middle < self.ys[1])]
        worded = set(np.searchsorted(self.xs, (inside[:, 0] + inside[:, 2]) / 2).tolist())
        absent = [line for line in range(1, self.cols) if self.vertical[0, line] < TRACE]
        runs = np.split(np.array(absent, np.intp), np.flatnonzero(np.diff(absent) > 1) + 1) if absent else []
        return [int(line) for run in runs if len(run) >= JOINT
                and 2 * len(worded & {*run.tolist(), int(run[-1]) + 1}) < len(run) + 1 for line in run]

    def forget_unused(self) -> None:
        """Drop inner lines of which nothing is drawn, joining the rows or columns beside them."""
        rows = used(self.horizontal)
        self.ys = [self.ys[line] for line in rows]
        self._level_at = [self._level_at[line] for line in rows]
        cols = used(self.vertical.T)
        self.xs = [self.xs[line] for line in cols]
        self._plumb_at = [self._plumb_at[line] for line in cols]
        self.horizontal, self.vertical = self.horizontal[rows], self.vertical[:, cols]
        self.horizontal = pooled(self.horizontal, cols)
        self.vertical = pooled(self.vertical.T, rows).T

    def _mend(self, shares: NDArray[np.float64], at: Sequence[float], places: Sequence[float],
              strokes: NDArray[np.int32], mask: Image) -> None:
        whole = np.pad(shares >= 0.8, ((0, 0), (1, 1)))
        worn = (shares >= 0.25) & (shares < DRAWN) & (whole[:, :-2] | whole[:, 2:])
        for line, stretch in np.argwhere(worn):
            same = np.flatnonzero(worn[line] & (shares[line] == shares[line, stretch]))
            start, end = places[same[0]], places[same[-1] + 1]
            if spread_out(mask, at[line], start, end) and not (crossed(strokes, at[line], start, end)
                                                              or of_words(mask, strokes, at[line], start, end)):
                shares[line, same] = DRAWN

    def _drop_lonely(self, strong: NDArray[np.bool_]) -> None:
        """Take out of a table of records the lines that few rows have: tall figures 1, not borders.

        The first and the last two rows may be divided in their own way, by more than one line that no other row has.
        """
        drawn = self.vertical >= DRAWN
        if drawn[:, strong].all(axis=1).mean() < 0.6:
            return
        few = ~strong & (drawn.mean(axis=0) < 0.3)
        inside = np.asarray(drawn[2:-2].any(axis=0))
        for index, row in enumerate(self.vertical):
            extra = np.flatnonzero(drawn[index] & few)
            if not 2 <= index < self.rows - 2 and not (len(extra) == 1 and drawn[:, extra[0]].sum() == 1):
                extra = extra[inside[extra]]
            if len(extra):
                row[extra] = 0.0
                self.dropped += [(self.x(line, self.ys[index] + 1), self.ys[index], self.ys[index + 1])
                                 for line in extra]

    def _drop_words(self, shares: NDArray[np.float64], at: Sequence[float], places: Sequence[float],
                    strokes: NDArray[np.int32]) -> None:
        """Take out borders that are strokes of words, where neither of the lines beside them runs through and no more
        than half of the others: in a joint heading.
        """
        drawn = shares >= DRAWN
        usual = drawn.mean(axis=1) >= 0.5
        usual[[0, -1]] = False
        for stretch in np.flatnonzero(2 * (drawn & usual[:, None]).sum(axis=0) <= usual.sum()):
            for line in np.flatnonzero(drawn[:, stretch] & usual):
                alone = not drawn[[line - 1, line + 1], stretch].any()
                if alone and in_words(strokes, at[line], places[stretch], places[stretch + 1]):
                    shares[line, stretch] = 0.0

    def _complete(self, shares: NDArray[np.float64], lengths: NDArray[np.float64], at: float,
                  places: Sequence[float], strokes: NDArray[np.int32]) -> None:
        if np.average(shares >= DRAWN, weights=np.maximum(lengths, 1e-6)) < 0.5:
            return
        for index in np.flatnonzero(shares < DRAWN):
            if not crossed(strokes, at, places[index], places[index + 1]):
                shares[index] = DRAWN
