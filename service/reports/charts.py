"""Charts as geometry: where points, bars and labels stand in an SVG of fixed size; templates draw them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from service.reports.month import UnitMonth
from service.reports.trend import TrendMonth

WIDTH, HEIGHT = 720.0, 300.0
_LEFT, _RIGHT, _TOP = 44.0, 14.0, 22.0
_LINE_FOOT, _BARS_AXIS, _BARS_REACH = 168.0, 226.0, 40.0


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle and the number it stands for."""

    x: float
    y: float
    width: float
    height: float
    value: int


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One month: its point on the line, its two bars, and the month they tell of."""

    month: TrendMonth
    x: float
    y: float
    back: Bar
    """Brought back: upwards."""
    away: Bar
    """Newly found and gone again: downwards."""
    label: str


@dataclass(frozen=True, slots=True)
class TrendChart:
    """What was outstanding as a line, what changed it as bars below."""

    points: tuple[TrendPoint, ...]
    line: str
    area: str
    ticks: tuple[tuple[float, int], ...]
    """Height and number of each rule behind the line."""
    axis: float = _BARS_AXIS
    left: float = _LEFT
    right: float = WIDTH - _RIGHT


def trend_chart(months: Sequence[TrendMonth]) -> TrendChart:
    """The chart of consecutive months, at least one."""
    top = _round_up(max(month.closing for month in months))
    step = (WIDTH - _LEFT - _RIGHT) / len(months)
    reach = max([1, *(max(month.counts["returned"], _gone(month)) for month in months)])

    def height(value: float) -> float:
        return _LINE_FOOT - (_LINE_FOOT - _TOP) * value / top

    points = []
    for number, month in enumerate(months):
        x = _LEFT + step * (number + 0.5)
        points.append(TrendPoint(
            month, x, height(month.closing), _bar(x, step, month.counts["returned"], reach, up=True),
            _bar(x, step, _gone(month), reach, up=False), month.month.on_axis))
    line = " ".join(f"{point.x:.1f},{point.y:.1f}" for point in points)
    area = f"{points[0].x:.1f},{_LINE_FOOT} {line} {points[-1].x:.1f},{_LINE_FOOT}"
    return TrendChart(tuple(points), line, area, tuple((height(top * n / 4), top * n // 4) for n in range(5)))


@dataclass(frozen=True, slots=True)
class UnitBar:
    """One unit's outstanding children: those obliged before and, lighter, those this month added."""

    unit: UnitMonth
    y: float
    older: Bar
    newer: Bar


BAR_STEP = 26.0
_NAME_WIDTH, _NUMBER_WIDTH = 20.5, 56.0
"""A Chinese character of a name, and the room for the number behind a bar."""


def unit_bars(rows: Sequence[UnitMonth]) -> tuple[UnitBar, ...]:
    """A bar for each unit that has somebody outstanding, longest first."""
    busy = sorted((row for row in rows if row["closing"].value), key=lambda row: -row["closing"].value)
    most = max((row["closing"].value for row in busy), default=1)
    left = 14 + _NAME_WIDTH * max((len(row.name) for row in busy), default=0)
    reach = WIDTH - left - _NUMBER_WIDTH
    bars = []
    for number, row in enumerate(busy):
        y, older = BAR_STEP * number, row["remaining"].value
        newer = row["closing"].value - older
        width = reach * older / most
        bars.append(UnitBar(
            row, y, Bar(left, y + 4, width, BAR_STEP - 8, older),
            Bar(left + width, y + 4, reach * newer / most, BAR_STEP - 8, newer)))
    return tuple(bars)


def _gone(month: TrendMonth) -> int:
    return month.counts["new"] + month.counts["relapsed"]


def _bar(x: float, step: float, value: int, reach: int, *, up: bool) -> Bar:
    height = _BARS_REACH * value / reach
    width = min(26.0, step * 0.55)
    return Bar(x - width / 2, _BARS_AXIS - height if up else _BARS_AXIS, width, height, value)


def _round_up(value: int) -> int:
    """A round number not below `value` that four rules divide."""
    for unit in (4, 8, 20, 40, 80, 100, 200, 400, 800, 1000, 2000, 4000, 8000, 10000, 20000, 40000, 100000):
        if value <= unit:
            return unit
    return -(-value // 400000) * 400000
