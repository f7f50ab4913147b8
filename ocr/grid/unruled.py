"""A table whose ruling is gone or was never printed: rows and columns from the white between its words.

Records stand at even distances, so a run of evenly spaced lines of writing tells the rows, and what stays white through
all of them parts the columns (after the white-space analysis of Breuel, "Two geometric algorithms for layout analysis",
DAS 2002).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr.grid.ink import InkMap, ink_in
from ocr.grid.tables import Cell, RuledTable, relative
from ocr.rectify.columns import stretches

SMALLEST, LARGEST = 8, 70
"""Pixels of the map: lower or higher strokes are specks and remains of lines, or no writing."""
ROWS, COLUMNS = 6, 3
"""Fewest lines of writing at even distances, and fewest columns, that are called a table."""
EVEN = 0.22
"""Share of the distance of two rows by which one may stand off."""
WHITER = (0.2, 0.4, 0.6)
"""Shares of the usual number of strokes beside one another below which it is white between two lines of writing."""
WHITE = 0.4
"""Least width of the white between two columns, in distances of rows."""
HEADING = 4.5
"""Height of the headings at most, in distances of rows."""

Boxes = NDArray[np.int32]
Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Body:
    """The rows found: where each lies (top, bottom) and how far they are apart."""

    rows: tuple[Span, ...]
    pitch: float

    @property
    def top(self) -> float:
        return self.rows[0][0]

    @property
    def bottom(self) -> float:
        return self.rows[-1][1]


def unruled_table(strokes: InkMap) -> RuledTable | None:
    """The table that the places of the strokes alone tell, headings in its first row; None without one."""
    wide, high = (strokes.boxes[:, 2:] - strokes.boxes[:, :2]).T
    boxes = strokes.boxes[(high >= SMALLEST) & (high <= LARGEST) & (wide <= LARGEST)]
    body = _body(boxes)
    if body is None:
        return None
    edges = _columns(boxes, body)
    if len(edges) <= COLUMNS:
        return None
    body = _from_first_record(boxes, body, edges)
    top = _heading_top(boxes, body, edges)
    rows = [(top, body.top), *body.rows] if top < body.top else list(body.rows)
    return _table(strokes, rows, edges)


def _body(boxes: Boxes) -> _Body | None:
    """The longest run of evenly spaced lines of writing; the more of it counts as white, the less do they touch."""
    runs = [_even_run(_runs(boxes[:, 1], boxes[:, 3], least)) for least in WHITER]
    bands = max(runs, key=len)
    if len(bands) < ROWS:
        return None
    middles = [(top + bottom) / 2 for top, bottom in bands]
    pitch = (middles[-1] - middles[0]) / (len(bands) - 1)
    cuts = [(above[1] + below[0]) / 2 for above, below in zip(bands, bands[1:], strict=False)]
    cuts = [middles[0] - pitch / 2, *cuts, middles[-1] + pitch / 2]
    return _Body(tuple(zip(cuts[:-1], cuts[1:], strict=True)), pitch)


def _even_run(bands: Sequence[Span]) -> Sequence[Span]:
    """The longest run of bands at even distances, each lower than its distance from the next."""
    middles = [(top + bottom) / 2 for top, bottom in bands]
    best: Sequence[Span] = ()
    for start in range(len(bands) - 1):
        pitch, end = middles[start + 1] - middles[start], start + 1
        while end < len(bands) and abs(middles[end] - middles[end - 1] - pitch) <= EVEN * pitch \
                and bands[end - 1][1] - bands[end - 1][0] < pitch:
            pitch = (middles[end] - middles[start]) / (end - start)
            end += 1
        best = max(best, bands[start:end], key=len)
    return best


def _runs(starts: NDArray[np.int32], ends: NDArray[np.int32], least: float) -> list[Span]:
    """The stretches that strokes cover, where fewer than `least` of the usual number do counting as white."""
    if not len(starts):
        return []
    covered = np.zeros(int(ends.max()) + 2)
    np.add.at(covered, starts, 1)
    np.add.at(covered, ends, -1)
    covered = np.cumsum(covered)
    dark = covered > least * np.median(covered[covered > 0])
    return [(float(a), float(b)) for a, b in stretches(dark) if b - a >= SMALLEST / 2]


def _within(boxes: Boxes, top: float, bottom: float) -> Boxes:
    middle = (boxes[:, 1] + boxes[:, 3]) / 2
    return boxes[(middle > top) & (middle < bottom)]


def _columns(boxes: Boxes, body: _Body) -> list[float]:
    """The edges of the columns, left to right.

    The last row is left out, the word for the sum stands across columns; the lowest line of the headings is taken in,
    for a column nobody wrote in.
    """
    low = _within(boxes, body.top - 0.9 * body.pitch, body.rows[-2][1])
    found = _runs(low[:, 0], low[:, 2], least=0.0)
    joined: list[Span] = []
    for run in found:
        if joined and run[0] - joined[-1][1] < WHITE * body.pitch:
            joined[-1] = (joined[-1][0], run[1])
        else:
            joined.append(run)
    joined = [run for run in joined if _stands_in(low, run, body)]
    if not joined:
        return []
    inner = [(a[1] + b[0]) / 2 for a, b in zip(joined, joined[1:], strict=False)]
    return [joined[0][0] - body.pitch / 2, *inner, joined[-1][1] + body.pitch / 2]


def _from_first_record(boxes: Boxes, body: _Body, edges: Sequence[float]) -> _Body:
    """The rows without the lower lines of headings above them, where no number and no name stands."""
    opening = boxes[boxes[:, 2] < edges[2]]
    first = next((place for place, row in enumerate(body.rows) if len(_within(opening, *row))), 0)
    return _Body(body.rows[first:], body.pitch)


def _stands_in(boxes: Boxes, run: Span, body: _Body) -> bool:
    """Whether between two edges something stands in the headings or in two rows: less is dust."""
    here = boxes[(boxes[:, 0] >= run[0]) & (boxes[:, 2] <= run[1] + 1)]
    rows = np.unique(np.searchsorted([row[0] for row in body.rows], (here[:, 1] + here[:, 3]) / 2))
    return len(rows) >= 2 or 0 in rows


def _heading_top(boxes: Boxes, body: _Body, edges: Sequence[float]) -> float:
    """Where the headings above the rows begin: after white as high as a row, or below a line across the columns."""
    top = body.top
    above = _within(boxes, body.top - HEADING * body.pitch, body.top)
    above = above[(above[:, 0] > edges[0]) & (above[:, 2] < edges[-1])]
    for start, end in reversed(_runs(above[:, 1], above[:, 3], least=0.0)):
        line = _within(above, start, end)
        across = sum(bool(((line[:, 0] < edge) & (line[:, 2] > edge)).any()) for edge in edges[1:-1])
        if top - end > 0.8 * body.pitch or across >= 2:
            break
        top = start - 2
    return top


def _table(strokes: InkMap, rows: Sequence[Span], edges: Sequence[float]) -> RuledTable:
    height, width = strokes.mask.shape

    def cell(row: int, col: int, colspan: int) -> Cell:
        area = edges[col], rows[row][0], edges[col + colspan], rows[row][1]
        return Cell(row, col, 1, colspan, relative(area, width, height), ink_in(strokes, area))

    last, cols = len(rows) - 1, len(edges) - 1
    cells = [cell(row, col, 1) for row in range(len(rows)) for col in range(cols)]
    first, second = cells[last * cols:last * cols + 2]
    near = (rows[last][1] - rows[last][0]) / 2
    if first.ink and second.ink and (second.ink.box[0] - first.ink.box[2]) * width < near:
        cells[last * cols:last * cols + 2] = [cell(last, 0, 2)]  # one word across two columns
    outer = edges[0], rows[0][0], edges[-1], rows[-1][1]
    return RuledTable(len(rows), cols, tuple(cells), relative(outer, width, height))
