"""The county as tiles: where each unit lies to the others, and how it stands, in five shades."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import yaml

from service.reports.figures import Figure
from service.reports.layouts import FOLDER
from service.reports.month import UnitMonth

SHADES = 5
MEASURES = {"rate": "劝返率", "outstanding": "未劝返人数"}


@dataclass(frozen=True, slots=True)
class Tile:
    """One unit: its cell, its number in words, and its shade, 0 best; None where there is nothing to bring back."""

    unit: UnitMonth
    column: int
    row: int
    value: str
    note: str
    shade: int | None
    figure: Figure


@dataclass(frozen=True, slots=True)
class CountyMap:
    """The tiles, with what each shade stands for."""

    measure: str
    columns: int
    tiles: tuple[Tile, ...]
    key: tuple[str, ...]


def county_map(rows: Sequence[UnitMonth], measure: str) -> CountyMap:
    """The rows of a month as tiles, shaded by rate or by number outstanding."""
    told = _layout()
    columns, placed = int(told["columns"]), dict(told["tiles"])
    free = max((row for _, row in placed.values()), default=0) + 1
    rest = [row.name for row in rows if row.name not in placed]
    placed |= {name: (n % columns + 1, free + n // columns) for n, name in enumerate(rest)}
    shade, key = _shades(rows, measure)
    return CountyMap(measure, columns, tuple(_tile(row, placed[row.name], measure, shade) for row in rows), key)


def _tile(row: UnitMonth, cell: tuple[int, int], measure: str, shade: Callable[[UnitMonth], int | None]) -> Tile:
    rate = f"{row.rate.recovered} ÷ {row.rate.obliged}"
    if measure == "rate":
        return Tile(row, cell[0], cell[1], row.rate.percent, rate, shade(row), row["recovered"])
    note = f"本月劝返 {row['returned'].value}"
    return Tile(row, cell[0], cell[1], str(row["closing"].value), note, shade(row), row["closing"])


def _shades(rows: Sequence[UnitMonth], measure: str) -> tuple[Callable[[UnitMonth], int | None], tuple[str, ...]]:
    if measure == "rate":
        best = max((row.rate.share or Fraction(0) for row in rows), default=Fraction(0)) or Fraction(1)

        def by_rate(row: UnitMonth) -> int | None:
            share = row.rate.share
            return None if share is None else min(SHADES - 1, SHADES - 1 - int(share * (SHADES - 1) / best))
        return by_rate, ("劝返率高", "", "", "", "劝返率低")
    most = max((row["closing"].value for row in rows), default=0) or 1
    return (lambda row: min(SHADES - 1, -(-row["closing"].value * (SHADES - 1) // most)),
            ("没有未劝返", "", "", "", f"最多 {most} 人"))


@cache
def _layout() -> dict[str, Any]:
    told: dict[str, Any] = yaml.safe_load((FOLDER / "map.yaml").read_text(encoding="utf-8"))
    return told
