"""The month's ranking of units: by 劝返率 and by number outstanding.

Both count the children a unit had to bring back when the month began. A child found during the month enters
neither, so that looking carefully never costs a unit its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy.orm import Session

from service import access
from service.access import Actor
from service.reports.frozen import Frozen
from service.reports.month import MonthReport, UnitMonth, month
from service.reports.periods import Month

SMALL = 10
"""Below so many children to bring back a rate is marked: one child more or less is ten points of it."""


@dataclass(frozen=True, slots=True)
class Placing:
    """A unit's rank, shared by units that tie; the next rank skips as many."""

    rank: int
    unit: UnitMonth

    @property
    def is_small(self) -> bool:
        """Whether so few children were to be brought back that one of them moves the rate a lot."""
        return self.unit["opening"].value < SMALL


@dataclass(frozen=True, slots=True)
class Ranking:
    """`by_rate` highest first, `by_outstanding` fewest first; `idle` had nothing to bring back."""

    month: Month
    by_rate: tuple[Placing, ...]
    by_outstanding: tuple[Placing, ...]
    idle: tuple[UnitMonth, ...]
    total: UnitMonth | None

    def places(self, by: str) -> dict[int, int]:
        """Rank by unit, `by` rate or outstanding."""
        return {placing.unit.place.id: placing.rank for placing in getattr(self, f"by_{by}") if placing.unit.place}


def ranking(session: Session, actor: Actor, wanted: Month, frozen: Frozen | None = None) -> Ranking:
    """The county's ranking of a month, as now known or as `frozen`; NotAllowed for those without the county."""
    actor.require(access.COUNTY)
    return rank(month(session, actor, wanted, frozen))


def rank(report: MonthReport) -> Ranking:
    """The ranking of a month's rows."""
    obliged = [row for row in report.rows if row["opening"].value]
    idle = tuple(row for row in report.rows if not row["opening"].value)
    by_rate, by_outstanding = _placed(obliged, _worse_rate), _placed(obliged, _outstanding)
    return Ranking(report.month, by_rate, by_outstanding, idle, report.total)


def _worse_rate(row: UnitMonth) -> Fraction:
    return -(row.rate.share or Fraction(0))


def _outstanding(row: UnitMonth) -> Fraction:
    return Fraction(row["remaining"].value)


def _placed(rows: Iterable[UnitMonth], key: Callable[[UnitMonth], Fraction]) -> tuple[Placing, ...]:
    ordered = sorted(rows, key=key)  # stable: units that tie stay in official order
    keys = [key(row) for row in ordered]
    return tuple(Placing(keys.index(key(row)) + 1, row) for row in ordered)
