"""The explorer's chart as geometry: stacked bars by row, or lines along months; hidden numbers are left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from service.reports.explorer import Answer, Cell, Head
from service.reports.periods import parse_month

WIDTH, STEP, TOP = 720.0, 26.0, 12.0
MOST_BARS, SHADES = 24, 6
_LINE_HEIGHT, _LEFT, _RIGHT = 240.0, 52.0, 96.0
_CHARACTER, _NUMBER = 15.5, 60.0


@dataclass(frozen=True, slots=True)
class Piece:
    """One colour's part of a bar."""

    x: float
    width: float
    shade: int
    words: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: its name, its parts, and its sum as shown."""

    name: str
    y: float
    pieces: tuple[Piece, ...]
    end: float
    shown: str


@dataclass(frozen=True, slots=True)
class Line:
    """One row or column along the months."""

    name: str
    shade: int
    points: tuple[tuple[float, float, str], ...]
    """Where each month's number stands, and its words."""

    @property
    def path(self) -> str:
        """As SVG has it."""
        return " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in self.points)


@dataclass(frozen=True, slots=True)
class AnswerChart:
    """Bars or lines. `key` names the shades; `left_out` counts rows that found no room."""

    height: float
    name_end: float
    bars: tuple[Bar, ...] = ()
    lines: tuple[Line, ...] = ()
    marks: tuple[tuple[float, str], ...] = ()
    ticks: tuple[tuple[float, int], ...] = ()
    key: tuple[tuple[int, str], ...] = ()
    left_out: int = 0


def answer_chart(found: Answer) -> AnswerChart | None:
    """The chart of a table; None where it has no number to draw."""
    if not any(cell.value for line in found.cells for cell in line):
        return None
    if found.asked.columns == "month":
        return _lines(found.columns, found.rows, found.cells)
    if found.asked.rows == "month":
        return _lines(found.rows, found.columns, tuple(zip(*found.cells, strict=True)))
    return _bars(found)


def _bars(found: Answer) -> AnswerChart:
    sums = [sum(cell.value or 0 for cell in line) for line in found.cells]
    chosen = sorted(range(len(sums)), key=lambda n: -sums[n])[:MOST_BARS]
    busy = [n for n in sorted(chosen) if sums[n]]
    left = 16 + _CHARACTER * max(min(len(found.rows[n].words), 12) for n in busy)
    reach = (WIDTH - left - _NUMBER) / max(sums)
    bars = []
    for place, n in enumerate(busy):
        x, pieces = left, []
        for shade, (cell, head) in enumerate(zip(found.cells[n], found.columns, strict=True)):
            width = reach * (cell.value or 0)
            if width:
                words = f"{found.rows[n].words}，{head.words}：{cell.shown}"
                pieces.append(Piece(x, width, min(shade, SHADES - 1), words))
            x += width
        shown = found.row_sums[n].shown if found.row_sums else found.cells[n][0].shown
        bars.append(Bar(_short(found.rows[n].words), TOP + STEP * place, tuple(pieces), x, shown))
    heads = found.columns if len(found.columns) > 1 else ()
    key = [(shade, head.words) for shade, head in enumerate(heads[:SHADES])]
    if len(heads) > SHADES:
        key[-1] = (SHADES - 1, "其余")
    hidden = sum(1 for total in sums if total) - len(busy)
    return AnswerChart(TOP + STEP * len(busy) + 6, left - 10, tuple(bars), key=tuple(key), left_out=hidden)


def _lines(months: Sequence[Head], heads: Sequence[Head], cells: Sequence[Sequence[Cell]]) -> AnswerChart:
    sums = [sum(cell.value or 0 for cell in line) for line in cells]
    chosen = sorted(sorted(range(len(sums)), key=lambda n: -sums[n])[:SHADES])
    top = max(1, *(cell.value or 0 for n in chosen for cell in cells[n]))
    step = (WIDTH - _LEFT - _RIGHT) / max(1, len(months) - 1)

    def height(value: float) -> float:
        return TOP + (_LINE_HEIGHT - TOP) * (1 - value / top)

    lines = tuple(Line(_short(heads[n].words), shade, tuple(
        (_LEFT + step * place, height(cell.value), f"{heads[n].words}，{months[place].words}：{cell.shown}")
        for place, cell in enumerate(cells[n]) if cell.value is not None)) for shade, n in enumerate(chosen))
    marks = tuple((_LEFT + step * place, _month_words(head.value, place)) for place, head in enumerate(months))
    ticks = tuple((height(value), value) for value in sorted({0, top // 2, top}))
    key = tuple((shade, heads[n].words) for shade, n in enumerate(chosen))
    return AnswerChart(_LINE_HEIGHT + 30, _LEFT, lines=lines, marks=marks, ticks=ticks, key=key,
                       left_out=len(sums) - len(chosen))


def _short(words: str) -> str:
    return words if len(words) <= 12 else f"{words[:11]}…"


def _month_words(value: str, place: int) -> str:
    month = parse_month(value)
    return month.on_axis if place else f"{month.year}年"
