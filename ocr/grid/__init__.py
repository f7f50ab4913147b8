"""From ruling lines to tables: cells with their rows, columns, spans and boxes."""

from __future__ import annotations

from collections.abc import Sequence

from ocr.grid.cells import spans
from ocr.grid.courses import encloses
from ocr.grid.ink import Ink, InkMap, ink_in, ink_map
from ocr.grid.lattice import Lattice
from ocr.grid.tables import Cell, RuledTable, relative
from ocr.grid.through import own_lines
from ocr.grid.unruled import unruled_table
from ocr.rectify.quick import across_of
from ocr.rectify.rules import Rule, rules_in
from ocr.rectify.rulings import rulings
from ocr.rectify.sheet import RectifiedSheet
from ocr.results import Box

WORN = 4
"""Broken places from which on a missing border may have been worn away rather than never printed, and a
table is looked for without its ruling too."""

EDGE = 4
"""Pixels of the masks within which a line lies on the picture's edge."""

__all__ = ["WORN", "Cell", "Ink", "InkMap", "RuledTable", "find_grid", "ink", "ink_map", "unruled_table"]


def find_grid(sheet: RectifiedSheet) -> list[RuledTable]:
    """The ruled tables of the sheet from top to bottom; empty when nothing is ruled.

    Strokes that were taken for lines and prove to be none are taken out of the sheet's line masks,
    so that they count as ink again.
    """
    height, width = sheet.across.shape
    across = sheet.level if sheet.level is not None else rules_in(sheet.across)
    down = sheet.plumb if sheet.plumb is not None else rules_in(across_of(sheet.down))
    across = own_lines(_off_the_edge(across, height), sheet.flat)
    down = own_lines(_off_the_edge(down, width), across_of(sheet.flat))
    lattices = [Lattice(level, plumb, sheet.across, sheet.down) for level, plumb in rulings(across, down)
                if encloses(level) and encloses(plumb)]
    if not lattices:
        return []
    strokes = ink_map(sheet)
    for lattice in lattices:
        lattice.divide(strokes.boxes)
        lattice.complete(strokes.boxes, worn=sheet.worn >= WORN)
    dropped = [line for lattice in lattices for line in lattice.dropped]
    for x, top, bottom in dropped:
        sheet.down[int(top) + 3:int(bottom) - 2, max(0, int(x) - 5):int(x) + 6] = 0
    strokes = ink_map(sheet) if dropped else strokes
    return [table for table in (_table(lattice, strokes) for lattice in lattices) if len(table.cells) >= 2]


def _off_the_edge(rules: Sequence[Rule], side: int) -> list[Rule]:
    """The rules without those on the picture's very edge: the paper's own outline, or a shadow beside it."""
    return [rule for rule in rules if EDGE < rule.at < side - 1 - EDGE]


def ink(sheet: RectifiedSheet, box: Box, strokes: InkMap | None = None) -> Ink | None:
    """What is written in `box`; None when blank but for specks, line remains and print-through."""
    strokes = strokes or ink_map(sheet)
    height, width = strokes.mask.shape
    return ink_in(strokes, (box[0] * width, box[1] * height, box[2] * width, box[3] * height))


def _table(lattice: Lattice, strokes: InkMap) -> RuledTable:
    height, width = strokes.mask.shape
    cells = tuple(Cell(span.row, span.col, span.rowspan, span.colspan, relative(span.area, width, height),
                       ink_in(strokes, span.area)) for span in spans(lattice))
    outer = (lattice.xs[0], lattice.ys[0], lattice.xs[-1], lattice.ys[-1])
    return RuledTable(lattice.rows, lattice.cols, cells, relative(outer, width, height))
