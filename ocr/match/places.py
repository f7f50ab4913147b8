"""Where a template's fields are on a sheet: the result of a match."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ocr.grid import RuledTable
from ocr.rectify.sheet import Image, RectifiedSheet
from ocr.results import NOWHERE, Box
from ocr.template import Template

ReadLine = Callable[[Image], tuple[str, float]]
"""Reads one line of print from a BGR crop: text and the mean probability of its characters."""

Locate = Callable[[Image], Sequence[tuple[str, float]]]
"""Reads one line and says where: each character with its middle, 0–1 of the crop's width."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a field is written.

    `box` is the area the paper gives it. `cells` are its single boxes in order when it has them
    (18 for an ID number), else empty. `ink` says that something is written; `ink_box` encloses it
    (what to crop). `lines` are the boxes of the written lines from top to bottom, one for a short
    value. `printed` are printed words inside the box that are no part of the value. `covered`: nothing
    was found, but under a grey seal there may be writing.
    """

    name: str
    box: Box
    ink: bool
    ink_box: Box = NOWHERE
    cells: tuple[Box, ...] = ()
    lines: tuple[Box, ...] = ()
    printed: tuple[Box, ...] = ()
    covered: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """A sheet recognised as `template`.

    `sheet` and `tables` are turned upright: every box refers to them. `confidence` is the
    probability that the template is right. `places` are the fields of a form, by name; `rows` the
    records of a table, each by column name; `totals` its row of sums. `turned` are the degrees
    clockwise between the sheet given to the match and `sheet`. `seals` are the squares around round
    seals, looked for where the template says that seals matter.
    """

    template: Template
    confidence: float
    sheet: RectifiedSheet
    tables: tuple[RuledTable, ...]
    places: Mapping[str, Place] = field(default_factory=dict)
    rows: tuple[Mapping[str, Place], ...] = ()
    totals: Mapping[str, Place] = field(default_factory=dict)
    turned: int = 0
    seals: tuple[Box, ...] = ()
