"""The month at a glance: what a person sees first after logging in."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from service import access
from service.access import Actor
from service.models import Scan, Sheet, Unit
from service.reports.ledger import place_of
from service.reports.month import UnitMonth, month
from service.reports.periods import Month
from service.reports.places import rows_for
from service.reports.ranking import Ranking, rank
from service.reports.reminders import Reminder, reminders
from service.reports.trend import TrendMonth, trend


@dataclass(frozen=True, slots=True)
class Glance:
    """`row` is the county's, or the person's own unit's; `ranking` and `silent` for the county only."""

    month: Month
    row: UnitMonth
    rows: tuple[UnitMonth, ...]
    ranking: Ranking | None
    trend: tuple[TrendMonth, ...]
    waiting: int
    """Sheets that wait for review."""
    silent: tuple[str, ...]
    """Units that sent no paper this month."""
    reminders: tuple[Reminder, ...] = ()


def glance(session: Session, actor: Actor, wanted: Month, deadline_day: int = 31) -> Glance:
    """The month as it stands, for the county or for the person's own unit."""
    report = month(session, actor, wanted)
    county = actor.may(access.COUNTY)
    row = report.total or report.rows[0]
    return Glance(
        wanted, row, report.rows, rank(report) if county else None,
        trend(session, actor, wanted, unit_id=row.place.id if row.place else None, counted=row),
        _waiting(session, actor), _silent(session, actor, wanted) if county else (),
        reminders(session, actor, deadline_day))


def _waiting(session: Session, actor: Actor) -> int:
    query = access.scoped(select(func.count()).where(Sheet.state == "to_review"), Sheet.unit_id, actor)
    return session.scalar(query) or 0


def _silent(session: Session, actor: Actor, wanted: Month) -> tuple[str, ...]:
    unit = aliased(Unit)
    sent = set(session.scalars(select(place_of(unit, "reporting")).join_from(
        Scan, unit, unit.id == Scan.unit_id).where(
            Scan.received_at >= wanted.begins_at, Scan.received_at < wanted.shifted(1).begins_at).distinct()))
    return tuple(place.name for place in rows_for(session, actor) if place.active and place.id not in sent)
