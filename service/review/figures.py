"""A reviewer's own figures: sheets and fields an hour, keys a sheet; and the same for all together.

Time at work is estimated from the marks the work leaves: pauses longer than PAUSE do not count, and each
stretch of work begins one typical step before its first mark. Nobody is compared with anybody by name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.access import LEARNING, REVIEW, Actor
from service.calendar import COUNTY_TIME
from service.models import Decision, Sheet

PAUSE = timedelta(minutes=5)
_FIRST_STEP = timedelta(seconds=10)
PERIODS = (("今天", 1), ("最近 7 天", 7), ("最近 30 天", 30))


@dataclass(frozen=True, slots=True)
class Figures:
    """What was done in a period. `hours` is time at work, of all people together."""

    period: str
    sheets: int
    fields: int
    keys: int
    hours: float

    @property
    def sheets_an_hour(self) -> float | None:
        """None without any work."""
        return self.sheets / self.hours if self.hours else None

    @property
    def fields_an_hour(self) -> float | None:
        """None without any work."""
        return self.fields / self.hours if self.hours else None

    @property
    def keys_a_sheet(self) -> float | None:
        """Key presses of decisions for each sheet signed off; None without any."""
        return self.keys / self.sheets if self.sheets else None


def of_one(session: Session, actor: Actor, today: date) -> tuple[Figures, ...]:
    """The actor's own figures for each of PERIODS."""
    actor.require(REVIEW)
    return tuple(_figures(session, words, _since(today, days), (actor.user_id,)) for words, days in PERIODS)


def of_all(session: Session, actor: Actor, today: date) -> tuple[Figures, ...]:
    """Everybody's together, without names."""
    actor.require(LEARNING)
    people = tuple(session.scalars(select(Decision.user_id).where(
        Decision.decided_at >= _since(today, PERIODS[-1][1])).distinct()))
    return tuple(_figures(session, words, _since(today, days), people) for words, days in PERIODS)


def hours_at_work(marks: Iterable[datetime]) -> float:
    """Hours that the moments `marks` (in order) speak of."""
    total, last = timedelta(), None
    for mark in marks:
        total += mark - last if last and mark - last <= PAUSE else _FIRST_STEP
        last = mark
    return total.total_seconds() / 3600


def _figures(session: Session, words: str, since: datetime, people: tuple[int, ...]) -> Figures:
    hours = sum(hours_at_work(_marks(session, since, person)) for person in people)
    counted = select(func.count(), func.coalesce(func.sum(Decision.keys), 0)).where(
        Decision.user_id.in_(people), Decision.decided_at >= since, Decision.kind != "undone")
    fields, keys = session.execute(counted).one()
    sheets = session.scalar(select(func.count()).select_from(Sheet).where(
        Sheet.signed_by.in_(people), Sheet.signed_at >= since)) or 0
    return Figures(words, sheets, fields, keys, hours)


def _marks(session: Session, since: datetime, person: int) -> list[datetime]:
    decided = session.scalars(select(Decision.decided_at).where(
        Decision.user_id == person, Decision.decided_at >= since))
    signed = session.scalars(select(Sheet.signed_at).where(Sheet.signed_by == person, Sheet.signed_at >= since))
    return sorted([*decided, *(moment for moment in signed if moment)])


def _since(today: date, days: int) -> datetime:
    first = today - timedelta(days=days - 1)
    return datetime(first.year, first.month, first.day, tzinfo=COUNTY_TIME)
