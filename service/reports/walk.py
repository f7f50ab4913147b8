"""The walk along every case: its steps in order, each with the state before and after and the day of the next.

Most of it is kept ready in `ledger_steps`. A case with an event after the kept mark, or after what a span
may know of, is walked afresh from its events; so nothing recorded meanwhile is ever missed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    Integer,
    Select,
    Subquery,
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from service.database import Moment
from service.models import CaseEvent, LedgerStep
from service.models.ledger import NEVER

ENTERING = ("opened", "relapsed")
LEAVING = ("returned", "closed")
STEPS = (*ENTERING, *LEAVING, "handed_over")
COLUMNS = ("event_id", "case_id", "kind", "happened_on", "unit_id", "out", "was_out", "from_unit_id",
           "next_on", "closing")


@dataclass(frozen=True, slots=True)
class Span:
    """The days of a report, both included, and what was known.

    `known_event` is the last case event known, of an issued month; `known_at` any moment. `kept_to` is how far
    kept steps may be used (see `kept`), None for walking all from scratch. `units` narrows to cases of these units.
    """

    first: date
    last: date
    known_at: datetime | None = None
    known_event: int | None = None
    kept_to: int | None = None
    units: frozenset[int] | None = None

    def kept(self, mark: int) -> Span:
        """With the steps kept up to `mark`, as far as the span may know of them; at 0 nothing is kept."""
        usable = mark if self.known_event is None else min(mark, self.known_event)
        return replace(self, kept_to=usable or None)

    def given(self) -> dict[str, Any]:
        """What it says, by name: the values of a statement built on the `blank` span of these names."""
        said = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: value for name, value in said.items() if value is not None}


_TYPES: dict[str, Any] = {"first": Date(), "last": Date(), "known_at": Moment(), "known_event": Integer(),
                          "kept_to": Integer(), "units": Integer()}


def blank(names: Iterable[str]) -> Span:
    """A span that says these things without their values, which come when a statement is executed.

    Building a statement takes Python longer than most take the database, so those that never change are built once.
    """
    places: dict[str, Any] = {name: bindparam(name, type_=_TYPES[name], expanding=name == "units") for name in names}
    return Span(**places)


def walk(span: Span) -> CTE:
    """The steps that matter to the span: those in it, and those whose state lasts into it."""
    if span.kept_to is None or span.known_at is not None:
        return _near_steps(lived(span), span)
    touched = select(CaseEvent.case_id).where(CaseEvent.id > span.kept_to).cte("touched")
    kept = select(*(getattr(LedgerStep, name) for name in COLUMNS)).where(
        _near(LedgerStep, span), LedgerStep.case_id.not_in(select(touched.c.case_id)))
    if span.units is not None:
        kept = kept.where(LedgerStep.case_id.in_(_cases_of(span.units, span)))
    live = _steps(lived(span, select(touched.c.case_id)))
    return union_all(kept, live.where(_near(live.selected_columns, span))).cte("walk")


def _near_steps(steps: Subquery, span: Span) -> CTE:
    rows = _steps(steps)
    return rows.where(_near(rows.selected_columns, span)).cte("walk")


def _steps(steps: Subquery) -> Select[Any]:
    return select(*(steps.c[name] for name in COLUMNS))


def _near(step: Any, span: Span) -> ColumnElement[bool]:
    lasting = and_(step.out == 1, step.next_on >= span.first, step.happened_on < span.first)
    return or_(step.happened_on.between(span.first, span.last), lasting)


def _cases_of(units: Collection[int], span: Span) -> Select[Any]:
    """Whatever counts for a unit belongs to a case with a near step of that unit."""
    mine = aliased(LedgerStep)
    return select(mine.case_id).where(mine.unit_id.in_(units), mine.next_on >= span.first,
                                      mine.happened_on <= span.last)


def lived(span: Span, cases: Select[Any] | None = None) -> Subquery:
    """Every step up to the span's end as the events tell it, of all cases or of these."""
    event = CaseEvent
    order: Any = {"partition_by": event.case_id, "order_by": (event.happened_on, event.id)}
    stays = case((event.kind.in_(ENTERING), 1), (event.kind.in_(LEAVING), 0))  # a hand-over: null
    query = select(
        event.id.label("event_id"), event.case_id, event.kind, event.happened_on, event.unit_id,
        (func.row_number().over(**order) * 2 + stays).label("turn"),
    ).where(event.kind.in_(STEPS), event.happened_on <= span.last, *known(span), ~_closes_a_mistake(event))
    if cases is None:
        query = query.where(event.case_id.not_in(_mistaken(span, None)))
    else:
        # What is left out is taken from the few cases, so that PostgreSQL goes to their events by index.
        few = cases.subquery("few")
        query = query.where(event.case_id.in_(
            select(few.c.case_id).where(few.c.case_id.not_in(_mistaken(span, few)))))
    steps = query.subquery("steps")
    along: Any = {"partition_by": steps.c.case_id, "order_by": (steps.c.happened_on, steps.c.event_id)}
    out = func.coalesce(func.max(steps.c.turn).over(**along), 0) % 2  # that of the last turn so far
    outs = select(steps, out.label("out")).subquery("outs")
    along = {"partition_by": outs.c.case_id, "order_by": (outs.c.happened_on, outs.c.event_id)}
    told = select(
        outs.c.event_id, outs.c.case_id, outs.c.kind, outs.c.happened_on, outs.c.unit_id, outs.c.out,
        func.coalesce(func.lag(outs.c.out).over(**along), 0).label("was_out"),
        func.lag(outs.c.unit_id).over(**along).label("from_unit_id"),
        func.coalesce(func.lead(outs.c.happened_on).over(**along), literal(NEVER)).label("next_on"),
    ).subquery("told")
    closed = aliased(CaseEvent)
    closing = case((told.c.kind == "closed", func.coalesce(closed.detail["closing"].as_string(), "")), else_="")
    return select(told, closing.label("closing")).outerjoin(
        closed, and_(closed.id == told.c.event_id, told.c.kind == "closed")).subquery("lived")


def known(span: Span, event: Any = CaseEvent) -> list[ColumnElement[bool]]:
    """Conditions on an event that the span may know of it."""
    by_time = [] if span.known_at is None else [event.recorded_at <= span.known_at]
    return by_time if span.known_event is None else [*by_time, event.id <= span.known_event]


def _mistaken(span: Span, among: Subquery | None) -> Select[Any]:
    """Cases closed as opened by mistake: from then on they count nowhere, until that is taken back.

    The note that takes it back says which. They are looked for `among` the cases that are walked, not in all
    the years.
    """
    event, undoing = aliased(CaseEvent), aliased(CaseEvent)
    taken_back = select(undoing.id).where(
        undoing.case_id == event.case_id, undoing.id > event.id, undoing.kind == "note",
        undoing.detail["merge_undone"].as_boolean(), *known(span, undoing)).exists()
    found = select(event.case_id).where(_closes_a_mistake(event), ~taken_back, *known(span, event))
    return found if among is None else found.where(event.case_id.in_(select(among.c.case_id)))


def _closes_a_mistake(event: Any) -> ColumnElement[bool]:
    """Such a closing is never a step."""
    return and_(event.kind == "closed", func.coalesce(event.detail["closing"].as_string(), "") == "mistaken")
