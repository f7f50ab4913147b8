"""The labels found on a form: what its ruling, or its print alone, says of where the fields are."""

from __future__ import annotations

from dataclasses import dataclass, field

from ocr.grid import Cell, RuledTable


@dataclass(slots=True)
class Labelled:
    """The labels found on a sheet: for each field its cell, its likeness, and its value's cells."""

    table: RuledTable
    cells: dict[str, Cell] = field(default_factory=dict)
    scores: dict[str, float] = field(default_factory=dict)
    values: dict[str, list[Cell]] = field(default_factory=dict)

    def taken(self) -> set[int]:
        """The cells, by identity, that are a label or a value."""
        return {id(cell) for cells in (self.cells.values(), *self.values.values()) for cell in cells}


def width(cell: Cell) -> float:
    """Width of a cell, of the sheet's."""
    return cell.box[2] - cell.box[0]
