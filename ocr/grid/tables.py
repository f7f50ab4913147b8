"""What a ruling encloses: cells with rows, columns, spans and boxes, and the table they make up."""

from __future__ import annotations

from dataclasses import dataclass

from ocr.grid.ink import Ink
from ocr.results import Box


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


def relative(area: tuple[float, float, float, float], width: int, height: int) -> Box:
    """An area in pixels of a picture as a box."""
    return area[0] / width, area[1] / height, area[2] / width, area[3] / height
