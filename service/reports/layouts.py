"""Workbook layouts: the titles, headings and widths of a report, read from templates/reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "reports"
KINDS = ("text", "count", "blank_count", "signed", "percent")
Value = str | int | float | None
Row = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `formula` names other columns in braces; `sum` puts their sum into the row of totals."""

    key: str
    heading: str
    width: float
    kind: str = "text"
    group: str = ""
    sum: bool = False
    formula: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """A worksheet's frame; texts hold {names} that a report fills."""

    sheet: str
    title: str
    above: str
    fonts: Mapping[str, str]
    heading_height: float
    columns: tuple[Column, ...]
    total: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """A layout with what fills it: `words` for its texts, one mapping by column key for each row."""

    layout: Layout
    words: Mapping[str, str]
    rows: tuple[Row, ...]
    total: Row | None = None

    def text(self, pattern: str) -> str:
        """A text of the layout with its names filled in."""
        return pattern.format_map(self.words)


def escaped(text: str) -> str:
    """`text` for a heading that is made, not read: its braces are no names to fill."""
    return text.replace("{", "{{").replace("}", "}}")


@cache
def load_layout(name: str) -> Layout:
    """The layout templates/reports/<name>.yaml; ValueError when it holds what no layout knows."""
    told: dict[str, Any] = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    columns = tuple(Column(**column) for column in told.pop("columns"))
    unknown = {column.kind for column in columns} - set(KINDS)
    if unknown:
        raise ValueError(f"{name}.yaml: unknown kinds of column {sorted(unknown)}")
    return Layout(columns=columns, notes=tuple(told.pop("notes", ())), **told)
