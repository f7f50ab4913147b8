"""The text of every cell of a ruled table that matches no template, or of a page without ruling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ocr.engine import Engine
from ocr.grid import InkMap, RuledTable, ink_map
from ocr.match.lines import pixels, relative, text_lines
from ocr.pipeline.numbers import Written, numbers
from ocr.rectify.sheet import RectifiedSheet
from ocr.results import Box, Grid, GridCell

_MARGIN = 6
_BLANK = ("", 0.9995)


def ruled_grid(sheet: RectifiedSheet, tables: Sequence[RuledTable], engine: Engine) -> Grid:
    """The largest ruled table with the text of its cells; blank cells have empty text."""
    table = max(tables, key=lambda each: len(each.cells))
    strokes = ink_map(sheet)
    written = [_written(sheet, cell.box, strokes, engine) if cell.ink is not None else [] for cell in table.cells]
    cells = [GridCell(cell.row, cell.col, cell.rowspan, cell.colspan, *_text(lines), cell.box)
             for cell, lines in zip(table.cells, written, strict=True)]
    columns = [[place for place, cell in enumerate(cells)
                if cell.col == col and cell.colspan == 1 and len(written[place]) == 1] for col in range(table.cols)]
    found = numbers([[written[place][0] for place in column] for column in columns])
    for column, answers in zip(columns, found, strict=True):
        for place, number in zip(column, answers, strict=True):
            if number is not None:
                cells[place] = replace(cells[place], text=number[0], confidence=round(number[1], 4))
    return Grid(table.rows, table.cols, tuple(cells))


def lines_grid(sheet: RectifiedSheet, engine: Engine) -> Grid | None:
    """A page without ruling as a table of one column: its text lines from top to bottom."""
    found = engine.lines(sheet.pixels)
    cells = []
    for row, (left, top, right, bottom) in enumerate(found):
        text, score = engine.read_line(sheet.pixels[max(0, top):bottom, max(0, left):right])
        cells.append(GridCell(row, 0, 1, 1, text, round(score, 4), sheet.box(left, top, right, bottom)))
    return Grid(len(cells), 1, tuple(cells)) if cells else None


def _written(sheet: RectifiedSheet, box: Box, strokes: InkMap, engine: Engine) -> list[Written]:
    """The lines of a cell from top to bottom."""
    return [Written.of(engine.emissions(sheet.crop(relative(line, strokes), _MARGIN)),
                       (line[2] - line[0]) / (line[3] - line[1]))
            for line in text_lines(strokes, pixels(box, strokes))]


def _text(lines: Sequence[Written]) -> tuple[str, float]:
    """The lines of a cell one under the other, and the least of their probabilities."""
    if not lines:
        return _BLANK
    return "\n".join(line.text for line in lines), round(min(line.score for line in lines), 4)
