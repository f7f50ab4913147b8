"""Turning upside down what was found on a sheet, so that it need not be found again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ocr.grid import Cell, InkMap, RuledTable
from ocr.grid.ink import Ink
from ocr.results import Box


def turned_box(box: Box) -> Box:
    """A relative box after its sheet was turned upside down."""
    return 1 - box[2], 1 - box[3], 1 - box[0], 1 - box[1]


def turned_table(table: RuledTable, degrees: int) -> RuledTable:
    """A table after its sheet was turned by 0 or 180 degrees, cells in reading order again."""
    if degrees % 360 == 0:
        return table
    cells = sorted((turned_cell(cell, table) for cell in table.cells), key=lambda c: (c.row, c.col))
    return RuledTable(table.rows, table.cols, tuple(cells), turned_box(table.box))


def turned_strokes(strokes: InkMap, degrees: int) -> InkMap:
    """The strokes after their sheet was turned by 0 or 180 degrees."""
    if degrees % 360 == 0:
        return strokes
    height, width = strokes.mask.shape
    x0, y0, x1, y1 = strokes.boxes.T
    boxes = np.stack([width - x1, height - y1, width - x0, height - y0], axis=1)
    return replace(strokes, mask=np.ascontiguousarray(strokes.mask[::-1, ::-1]), boxes=boxes)


def turned_cell(cell: Cell, table: RuledTable) -> Cell:
    """A cell after its sheet was turned upside down."""
    row, col = table.rows - cell.row - cell.rowspan, table.cols - cell.col - cell.colspan
    ink = cell.ink and Ink(turned_box(cell.ink.box), cell.ink.share)
    return Cell(row, col, cell.rowspan, cell.colspan, turned_box(cell.box), ink)
