"""The text of every cell of a ruled table that matches no template, or of a page without ruling."""

from __future__ import annotations

from collections.abc import Sequence

from ocr.engine import Engine
from ocr.grid import InkMap, RuledTable, ink_map
from ocr.match.lines import pixels, relative, text_lines
from ocr.rectify.sheet import RectifiedSheet
from ocr.results import Box, Grid, GridCell

_MARGIN = 6


def ruled_grid(sheet: RectifiedSheet, tables: Sequence[RuledTable], engine: Engine) -> Grid:
    """The largest ruled table with the text of its cells; blank cells have empty text."""
    table = max(tables, key=lambda each: len(each.cells))
    strokes = ink_map(sheet)
    cells = tuple(
        GridCell(cell.row, cell.col, cell.rowspan, cell.colspan,
                 *(_text(sheet, cell.box, strokes, engine) if cell.ink is not None else ("", 0.9995)), cell.box)
        for cell in table.cells)
    return Grid(table.rows, table.cols, cells)


def lines_grid(sheet: RectifiedSheet, engine: Engine) -> Grid | None:
    """A page without ruling as a table of one column: its text lines from top to bottom."""
    found = engine.lines(sheet.pixels)
    cells = []
    for row, (left, top, right, bottom) in enumerate(found):
        text, score = engine.read_line(sheet.pixels[max(0, top):bottom, max(0, left):right])
        cells.append(GridCell(row, 0, 1, 1, text, round(score, 4), sheet.box(left, top, right, bottom)))
    return Grid(len(cells), 1, tuple(cells)) if cells else None


def _text(sheet: RectifiedSheet, box: Box, strokes: InkMap, engine: Engine) -> tuple[str, float]:
    """The lines of a cell one under the other, and the least of their probabilities."""
    lines = [relative(line, strokes) for line in text_lines(strokes, pixels(box, strokes))]
    read = [engine.read_line(sheet.crop(line, _MARGIN)) for line in lines]
    if not read:
        return "", 0.9995
    return "\n".join(text for text, _ in read), round(min(score for _, score in read), 4)
