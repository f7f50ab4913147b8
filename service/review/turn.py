"""Whose turn it is: the next sheet nobody else works on, in the order the reviewer chose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, and_, case, select, tuple_, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from service import audit, calendar
from service.access import REVIEW, Actor, scoped
from service.database import now
from service.models import Sheet
from service.review import second
from service.review.claims import is_free, mine, until
from service.review.filters import Filters, conditions

ORDERS: Mapping[str, str] = {"due": "该上报的月份先", "oldest": "等得最久的先", "school": "一个学校接一个学校"}
"""How the queue may be worked through; the first is the usual one."""
_ATTEMPTS = 20
Stage = ColumnElement[bool]


def claim_next(session: Session, actor: Actor, filters: Filters, after: int | None = None) -> int | None:
    """Claim the sheet whose turn it is and return its id, None when there is none.

    `after` passes over sheets up to and including that one, as if it had been skipped; when nothing
    comes after it, the queue starts again from the front.
    """
    actor.require(REVIEW)
    passed = session.get(Sheet, after) if after else None
    for _ in range(_ATTEMPTS):
        found = next((found for query in _lines(actor, filters, passed)
                      if (found := session.scalar(query)) is not None), None)
        if found is None or _take(session, actor, found):
            return found
    return None


def due_months(day: date, deadline_day: int) -> tuple[date, date]:
    """First days of the two months that are urgent: the one that may be late, and the next to be reported."""
    last = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    coming = day.replace(day=1) if day.day <= min(deadline_day, last.day) else last + timedelta(days=1)
    return (coming - timedelta(days=1)).replace(day=1), coming


def stages(actor: Actor, filters: Filters) -> list[Stage]:
    """What comes before what: asked of oneself, then by month where that is the order, then all others.

    Sheets that wait for a colleague are in none. Each stage is a stretch of one index.
    """
    open_to_all = Sheet.asked_of.is_(None)
    found: list[Stage] = [Sheet.asked_of == actor.user_id]
    if filters.order != "due":
        return [*found, open_to_all]
    months = due_months(calendar.today(), filters.deadline_day)
    found += [and_(open_to_all, Sheet.counts_in == month) for month in months]
    return [*found, and_(open_to_all, Sheet.counts_in < months[0]), and_(open_to_all, Sheet.counts_in > months[1])]


def rank(actor: Actor, filters: Filters) -> ColumnElement[int]:
    """The same as a number to sort a list by; sheets that wait for a colleague come last."""
    places = [(stage, place) for place, stage in enumerate(stages(actor, filters))]
    return case(*places, else_=len(places))


def columns(filters: Filters) -> tuple[InstrumentedAttribute[object], ...]:
    """The order within a stage."""
    first = {"school": (Sheet.unit_id,), "due": (Sheet.counts_in,)}.get(filters.order, ())
    return (*first, Sheet.created_at, Sheet.id)  # type: ignore[return-value]


def _lines(actor: Actor, filters: Filters, passed: Sheet | None) -> Iterator[Select[int]]:
    """The queries to try one after the other; each finds the first free sheet of a stretch of the queue."""
    every = stages(actor, filters)
    if passed is None:
        yield from (_first(actor, filters, stage) for stage in every)
        return
    place = _place(actor, filters, passed)
    order = columns(filters)
    beyond = tuple_(*order) > tuple(getattr(passed, column.key) for column in order)
    yield _first(actor, filters, every[place]).where(beyond)
    yield from (_first(actor, filters, stage) for stage in every[place + 1:])
    yield from (_first(actor, filters, stage).where(Sheet.id != passed.id) for stage in every[:place + 1])


def _place(actor: Actor, filters: Filters, sheet: Sheet) -> int:
    """The stage that `sheet` is in, or would be if it waited for nobody."""
    if sheet.asked_of == actor.user_id:
        return 0
    if filters.order != "due":
        return 1
    months: Sequence[date] = due_months(calendar.today(), filters.deadline_day)
    return 1 + months.index(sheet.counts_in) if sheet.counts_in in months else 3 + (sheet.counts_in > months[1])


def _first(actor: Actor, filters: Filters, stage: Stage) -> Select[int]:
    query = select(Sheet.id).where(*conditions(filters), Sheet.state == "to_review", stage, is_free(actor),
                                    ~second.waits())
    return scoped(query, Sheet.unit_id, actor).order_by(*columns(filters)).limit(1)


def _take(session: Session, actor: Actor, sheet_id: int) -> bool:
    """Claim a sheet that was free a moment ago; the opening goes on record unless it was ours already."""
    already = session.scalar(select(Sheet.id).where(Sheet.id == sheet_id, mine(actor))) is not None
    taken = session.execute(
        update(Sheet).where(Sheet.id == sheet_id, Sheet.state == "to_review", is_free(actor))
        .values(claimed_by=actor.user_id, claimed_until=until(now()))
        .execution_options(synchronize_session=False))
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        return False
    if not already:
        audit.record(session, actor, "sheet.opened", "sheet", sheet_id, state="to_review", taken_over=False)
    return True
