"""Which template a sheet is and where its fields are, from the ruling and a few printed labels."""

from __future__ import annotations

from collections.abc import Iterable

from ocr.grid import RuledTable
from ocr.match.places import Match, Place, ReadLine
from ocr.rectify.sheet import RectifiedSheet
from ocr.template import Template

__all__ = ["Match", "Place", "ReadLine", "match", "upright"]


def match(sheet: RectifiedSheet, tables: list[RuledTable], templates: Iterable[Template],
          read_line: ReadLine) -> Match | None:
    """The template of the sheet with the place of each field; None when no template fits."""
    raise NotImplementedError


def upright(sheet: RectifiedSheet, tables: list[RuledTable],
            read_line: ReadLine) -> tuple[RectifiedSheet, list[RuledTable]]:
    """A sheet of no known template turned so that its text reads, with its tables found again."""
    raise NotImplementedError
