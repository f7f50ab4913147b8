"""From ruling lines to tables: cells with their rows, columns, spans and boxes."""

from __future__ import annotations

from dataclasses import dataclass

from ocr.rectify.sheet import RectifiedSheet
from ocr.results import Box


@dataclass(frozen=True, slots=True)
class Ink:
    """Writing or print found in a cell: its box, and the share of the cell it darkens."""

    box: Box
    share: float


@dataclass(frozen=True, slots=True)
class Cell:
    """A field of the ruling; `box` is what its lines enclose, `ink` None when it is blank."""

    row: int
    col: int
    rowspan: int
    colspan: int
    box: Box
    ink: Ink | None = None


@dataclass(frozen=True, slots=True)
class RuledTable:
    """A connected ruling with its cells in reading order."""

    rows: int
    cols: int
    cells: tuple[Cell, ...]
    box: Box

    def at(self, row: int, col: int) -> Cell | None:
        """The cell covering that place of the grid."""
        for cell in self.cells:
            if cell.row <= row < cell.row + cell.rowspan and cell.col <= col < cell.col + cell.colspan:
                return cell
        return None


def find_grid(sheet: RectifiedSheet) -> list[RuledTable]:
    """The ruled tables of the sheet from top to bottom; empty when nothing is ruled."""
    raise NotImplementedError


def ink(sheet: RectifiedSheet, box: Box, without: tuple[Box, ...] = ()) -> Ink | None:
    """What is written in `box`; None when blank but for specks, line remains and print-through."""
    raise NotImplementedError
