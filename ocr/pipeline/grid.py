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
_AT_ONCE = 64
"""Lines looked at together; what is said of them takes half a megabyte each until it is cut down to a text."""
_BLANK = ("", 0.9995)


def ruled_grid(sheet: RectifiedSheet, tables: Sequence[RuledTable], engine: Engine) -> Grid:
    """The largest ruled table with the text of its cells; blank cells have empty text."""
    table = max(tables, key=lambda each: len(each.cells))
    strokes = ink_map(sheet)
    written = _written(sheet, [cell.box if cell.ink is not None else None for cell in table.cells], strokes, engine)
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


def _written(sheet: RectifiedSheet, boxes: Sequence[Box | None], strokes: InkMap,
             engine: Engine) -> list[list[Written]]:
    """The lines of each cell from top to bottom; a cell without a box has none."""
    lines = [(place, line) for place, box in enumerate(boxes) if box is not None
             for line in text_lines(strokes, pixels(box, strokes))]
    written: list[list[Written]] = [[] for _ in boxes]
    for start in range(0, len(lines), _AT_ONCE):
        some = lines[start:start + _AT_ONCE]
        seen = engine.emissions([sheet.crop(relative(line, strokes), _MARGIN) for _, line in some])
        for (place, (left, top, right, bottom)), emissions in zip(some, seen, strict=True):
            written[place].append(Written.of(emissions, (right - left) / (bottom - top)))
    return written


def _text(lines: Sequence[Written]) -> tuple[str, float]:
    """The lines of a cell one under the other, and the least of their probabilities."""
    if not lines:
        return _BLANK
    return "\n".join(line.text for line in lines), round(min(line.score for line in lines), 4)
