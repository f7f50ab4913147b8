"""What a sheet was read as: the plain data that leaves `ocr/`, and its JSON shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

Box = tuple[float, float, float, float]
"""Left, top, right, bottom of a rectangle, 0–1 of the rectified sheet, origin top left."""

NOWHERE: Box = (0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class FieldReading:
    """One field as the machine read it.

    `value` is normalised, `raw` as written. `confidence` is the probability (0–1) that the whole
    value is right; `accept` says that it reaches the field's threshold. `candidates` are (value,
    probability) pairs, best first. `flags` name rules that object or oddities of the writing.
    """

    value: str
    raw: str
    confidence: float
    accept: bool
    box: Box
    candidates: tuple[tuple[str, float], ...] = ()
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell of a ruled table that matched no template; row, col and spans count from 0 and 1."""

    row: int
    col: int
    rowspan: int
    colspan: int
    text: str
    confidence: float
    box: Box


@dataclass(frozen=True, slots=True)
class Grid:
    """The ruling of a sheet with the text of every cell."""

    rows: int
    cols: int
    cells: tuple[GridCell, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about the sheet a person should know; `text` is Chinese and says what to do."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class SheetReading:
    """Everything read from one sheet of a file; `template` is None when no template fits."""

    file: str
    sheet: int
    template: str | None
    template_confidence: float
    seconds: float
    fields: Mapping[str, FieldReading] = field(default_factory=dict)
    rows: tuple[Mapping[str, FieldReading], ...] = ()
    totals: Mapping[str, FieldReading] = field(default_factory=dict)
    marks: Mapping[str, bool] = field(default_factory=dict)
    grid: Grid | None = None
    problems: tuple[Problem, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The sheet as the JSON object `python -m ocr` prints."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class ReadSheet:
    """A reading together with the rectified sheet its boxes refer to, as JPEG bytes.

    `ink` is the print of the ink in its cells (see `ocr.inkprint`), by which the same paper is known again.
    """

    reading: SheetReading
    image: bytes
    ink: Mapping[str, str] = field(default_factory=dict)


def boxes_of(reading: SheetReading) -> dict[str, Box]:
    """Where each field of a reading stands, by `row.name`: lone fields are in row 0, a table's rows count from 1."""
    lines = [(0, reading.fields), *enumerate(reading.rows, start=1)]
    return {f"{row}.{name}": one.box for row, fields in lines for name, one in fields.items() if one.box != NOWHERE}
