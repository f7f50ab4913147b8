"""How the reporting of a month stands: which units are expected, came in time, are late, were approved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from service.access import Actor
from service.calendar import today
from service.models import MonthlyReturn, Unit
from service.reports.deadlines import days_late, deadline
from service.reports.periods import Month
from service.reports.returns import KINDS, may_decide

STATE_LABELS: Mapping[str, tuple[str, str]] = {
    "missing": ("未上报", "warn"), "draft": ("已撤回，待上报", "warn"), "submitted": ("待审核", "info"),
    "approved": ("已通过", "ok"), "returned": ("退回待改", "bad"),
}


@dataclass(frozen=True, slots=True)
class UnitReturn:
    """One unit's return; `below` are those of its schools: how many are expected, in, and approved."""

    unit_id: int
    name: str
    kind: str
    parent_id: int | None
    state: str
    submitted_at: datetime | None
    days_late: int
    reason: str
    to_decide: bool
    version: int
    below: tuple[int, int, int] = (0, 0, 0)

    @property
    def is_in(self) -> bool:
        """Whether somebody has to look at it, or already did."""
        return self.state in ("submitted", "approved")

    @property
    def label(self) -> str:
        """The state in words."""
        return STATE_LABELS[self.state][0]

    @property
    def tone(self) -> str:
        """The state's colour."""
        return STATE_LABELS[self.state][1]


@dataclass(frozen=True, slots=True)
class Reported:
    """The month's returns in official order: townships with their schools after them, the bureau's schools last."""

    month: Month
    due: date
    rows: tuple[UnitReturn, ...]

    @property
    def expected(self) -> int:
        """How many units are to report."""
        return len(self.rows)

    @property
    def received(self) -> tuple[UnitReturn, ...]:
        """Those that are in."""
        return tuple(row for row in self.rows if row.is_in)

    @property
    def missing(self) -> tuple[UnitReturn, ...]:
        """Those that are not in, whether never submitted or sent back."""
        return tuple(row for row in self.rows if not row.is_in)

    @property
    def late(self) -> tuple[UnitReturn, ...]:
        """Those that came late, or are late by now."""
        return tuple(row for row in self.rows if row.days_late)

    @property
    def approved(self) -> tuple[UnitReturn, ...]:
        """Those approved."""
        return tuple(row for row in self.rows if row.state == "approved")

    @property
    def to_decide(self) -> tuple[UnitReturn, ...]:
        """Those that wait for the person who looks."""
        return tuple(row for row in self.rows if row.to_decide)

    @property
    def days_left(self) -> int:
        """Days until the deadline; negative when it is past."""
        return (self.due - today()).days

    def own(self, unit_id: int) -> UnitReturn | None:
        """The return of this unit."""
        return next((row for row in self.rows if row.unit_id == unit_id), None)


def reported(session: Session, actor: Actor, wanted: Month, deadline_day: int) -> Reported:
    """How the month's reporting stands, for the units in the actor's sight."""
    due = deadline(wanted, deadline_day)
    units = [unit for unit in session.scalars(select(Unit).where(Unit.kind.in_(KINDS), Unit.active).order_by(
        Unit.kind.desc(), Unit.position, Unit.id)) if actor.sees(unit.id)]
    found = {record.unit_id: record for record in session.scalars(
        select(MonthlyReturn).where(MonthlyReturn.month == wanted.first).options(defer(MonthlyReturn.figures)))}
    rows = [_row(actor, unit, found.get(unit.id), due) for unit in units]
    return Reported(wanted, due, tuple(_ordered(rows)))


def _row(actor: Actor, unit: Unit, record: MonthlyReturn | None, due: date) -> UnitReturn:
    state = record.state if record else "missing"
    first = record.first_submitted_at if record else None
    decides = state == "submitted" and may_decide(actor, unit)
    return UnitReturn(unit.id, unit.name, unit.kind, unit.parent_id, state, record.submitted_at if record else None,
                      days_late(due, first, today()), record.reason if record else "", decides,
                      record.version if record else 0)


def _ordered(rows: list[UnitReturn]) -> Iterable[UnitReturn]:
    schools: dict[int | None, list[UnitReturn]] = {}
    for row in rows:
        if row.kind == "school":
            schools.setdefault(row.parent_id, []).append(row)
    for row in rows:
        if row.kind == "township":
            below = schools.pop(row.unit_id, [])
            told = (len(below), sum(each.is_in for each in below), sum(each.state == "approved" for each in below))
            yield replace(row, below=told)
            yield from below
    for rest in schools.values():
        yield from rest

