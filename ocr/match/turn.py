"""Turning what was found on a sheet by quarter turns, so that nothing has to be found again."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from ocr.grid import Cell, InkMap, RuledTable
from ocr.grid.ink import Ink
from ocr.results import Box

_CODES = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


def turned_box(box: Box, degrees: int) -> Box:
    """A relative box after its sheet was turned clockwise."""
    x0, y0, x1, y1 = box
    return {0: box, 90: (1 - y1, x0, 1 - y0, x1), 180: (1 - x1, 1 - y1, 1 - x0, 1 - y0),
            270: (y0, 1 - x1, y1, 1 - x0)}[degrees % 360]


def turned_table(table: RuledTable, degrees: int) -> RuledTable:
    """A table after its sheet was turned clockwise, cells in reading order again."""
    degrees %= 360
    if not degrees:
        return table
    rows, cols = (table.rows, table.cols) if degrees == 180 else (table.cols, table.rows)
    cells = sorted((_turned_cell(cell, table, degrees) for cell in table.cells), key=lambda c: (c.row, c.col))
    return RuledTable(rows, cols, tuple(cells), turned_box(table.box, degrees))


def turned_strokes(strokes: InkMap, degrees: int) -> InkMap:
    """The strokes after their sheet was turned clockwise."""
    degrees %= 360
    if not degrees:
        return strokes
    height, width = strokes.mask.shape
    x0, y0, x1, y1 = strokes.boxes.T
    boxes = {90: (height - y1, x0, height - y0, x1), 180: (width - x1, height - y1, width - x0, height - y0),
             270: (y0, width - x1, y1, width - x0)}[degrees]
    return replace(strokes, mask=cv2.rotate(strokes.mask, _CODES[degrees]), boxes=np.stack(boxes, axis=1))


def _turned_cell(cell: Cell, table: RuledTable, degrees: int) -> Cell:
    end_row, end_col = table.rows - cell.row - cell.rowspan, table.cols - cell.col - cell.colspan
    row, col, rowspan, colspan = {
        90: (cell.col, end_row, cell.colspan, cell.rowspan),
        180: (end_row, end_col, cell.rowspan, cell.colspan),
        270: (end_col, cell.row, cell.colspan, cell.rowspan)}[degrees]
    ink = cell.ink and Ink(turned_box(cell.ink.box, degrees), cell.ink.share)
    return Cell(row, col, rowspan, colspan, turned_box(cell.box, degrees), ink)
