"""The cells of a form whose ruling is gone or worn, from its labels: each begins a value, in its row's middle."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.grid import Cell, RuledTable
from ocr.grid.ink import ink_in
from ocr.match.labelled import Labelled
from ocr.match.lines import Area, relative
from ocr.match.printed import Label, Print, labels_in, on_one_line, print_of
from ocr.match.view import View
from ocr.template import Template

LEAST = 5
"""Labels that make a form."""

# All that follow are in heights of the writing, but for the last.
COLUMN = 4.0
"""How far right of the leftmost label the others of its column begin at most."""
ROOM = 0.25
"""White left to a label on each side."""
NEAR = 0.4
"""How near a border may pass by strokes."""
STRAY, RULED = 2.0, 8.0
"""How many strokes a border crosses rather than be off by a height of the writing, or leave what is left of a line."""

Row = Sequence[Label]


def by_labels(view: View, template: Template) -> Labelled | None:
    """The fields that a template's labels tell, in a table of their rows; None when too few labels are found."""
    page = print_of(view)
    labels = labels_in(view, page, template) if page else []
    if page is None or len(labels) < LEAST:
        return None
    rows = _rows(labels)
    return _labelled(view, rows, _borders(view, rows, page), page)


def _rows(labels: Sequence[Label]) -> list[list[Label]]:
    """The labels by rows, each from left to right."""
    rows: list[list[Label]] = []
    for label in sorted(labels, key=lambda label: label.middle):
        if rows and on_one_line(rows[-1][0].area, label.area):
            rows[-1].append(label)
        else:
            rows.append([label])
    return [sorted(row, key=lambda label: label.area[0]) for row in rows]


def _borders(view: View, rows: Sequence[Row], page: Print) -> list[float]:
    """Top of the first row and bottom of each: as far below its label's middle as its top is above, moved to where
    fewer strokes are crossed and to what is left of a line.
    """
    high = page.high
    cost = _crossed(page, view.strokes.mask.shape[0]) - RULED * _ruled(view, page.boxes)
    middles = [row[0].middle for row in rows]
    lower = [max(label.area[3] for label in row) for row in rows]
    upper = [min(label.area[1] for label in row) for row in rows]
    half = min((middles[1] - middles[0]) / 2, 1.3 * high) if len(rows) > 1 else 1.3 * high
    borders = [_cheapest(cost, middles[0] - half - 0.5 * high, upper[0], middles[0] - half, high)]
    for number, middle in enumerate(middles[:-1]):
        borders.append(_cheapest(cost, lower[number], upper[number + 1], 2 * middle - borders[-1], high))
    last = max(2 * middles[-1] - borders[-1], lower[-1] + 1)
    return [*borders, _cheapest(cost, last - 0.5 * high, last + 2 * high, last, high)]


def _crossed(page: Print, height: int) -> NDArray[np.float64]:
    """How many strokes each row of the map crosses, and with less weight how many it passes closely by."""
    change = np.zeros(height + 1)
    np.add.at(change, page.boxes[:, 1], 1)
    np.add.at(change, page.boxes[:, 3], -1)
    near = np.hanning(2 * round(NEAR * page.high) + 3)
    return np.asarray(np.convolve(np.cumsum(change)[:height], near / near.sum(), "same"))


def _ruled(view: View, boxes: NDArray[np.int32]) -> NDArray[np.float64]:
    """The share of the form's width that level lines of the ruling cover at each row of the map."""
    left, right = int(boxes[:, 0].min()), int(boxes[:, 2].max())
    lines = cv2.dilate(view.sheet.across[:, left:right], np.ones((5, 1), np.uint8)) > 0
    return np.asarray(lines.mean(axis=1))


def _cheapest(cost: NDArray[np.float64], top: float, bottom: float, wanted: float, high: float) -> float:
    """The height between two others that costs least, nearness to `wanted` counted in."""
    first, last = np.clip((int(top), int(bottom)), 0, len(cost) - 1)
    heights = np.arange(first, max(first, last) + 1)
    return float(heights[np.argmin(cost[heights] + STRAY * np.abs(heights - wanted) / high)])


def _labelled(view: View, rows: Sequence[Row], borders: Sequence[float], page: Print) -> Labelled:
    """The labels with their cells; what follows a label in its row is its value."""
    high, begin = page.high, min(row[0].area[0] for row in rows)
    words = [block for block in page.blocks if borders[0] < (block[1] + block[3]) / 2 < borders[-1]
             and max(block[2] - block[0], block[3] - block[1]) > high / 2]
    left, right = begin - high / 2, max(block[2] for block in words) + high / 2
    column = max(row[0].area[2] for row in rows if row[0].area[0] < begin + COLUMN * high) + ROOM * high
    divided = [[left, *_edges(row, column, page), right] for row in rows]
    cols = max(len(edges) - 1 for edges in divided)
    cells = [[_cell(view, (number, col, 1 if col + 2 < len(edges) else cols - col),
                    (start, borders[number], max(end, start + 1), borders[number + 1]))
              for col, (start, end) in enumerate(pairwise(edges))] for number, edges in enumerate(divided)]
    box = relative((left, borders[0], right, borders[-1]), view.strokes)
    found = Labelled(RuledTable(len(rows), cols, tuple(cell for row in cells for cell in row), box))
    for row, own in zip(rows, cells, strict=True):
        pairs = list(zip(own[len(own) % 2::2], own[len(own) % 2 + 1::2], strict=True))
        heads = len(row) > 1 or row[0].area[0] > column
        if heads and all(value.ink is None for _, value in pairs):
            continue  # their values stand underneath
        for label, (cell, value) in zip(row, pairs, strict=True):
            found.cells[label.name], found.scores[label.name], found.values[label.name] = cell, label.score, [value]
    return found


def _cell(view: View, place: tuple[int, int, int], area: Area) -> Cell:
    row, col, colspan = place
    return Cell(row, col, 1, colspan, relative(area, view.strokes), ink_in(view.strokes, area))


def _edges(row: Row, column: float, page: Print) -> list[float]:
    """The borders beside the labels of a row: before and behind each, the form's own left side apart.

    `column` is the right side of the first column of labels.
    """
    edges: list[float] = []
    room = ROOM * page.high
    for number, label in enumerate(row):
        beside = [block for block in page.blocks if on_one_line(label.area, block)]
        before = [block[2] for block in beside if block[2] <= label.area[0]]
        after = [block[0] for block in beside if block[0] >= label.area[2]]
        first = number == 0 and label.area[0] < column
        if not first:
            edges.append(max(label.area[0] - room, (max(before, default=0.0) + label.area[0]) / 2))
        behind = max(column, label.area[2] + 1) if first else label.area[2] + room
        edges.append(min(behind, (label.area[2] + min(after, default=behind)) / 2))
    return edges
