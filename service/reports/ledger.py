"""The ledger: case events turned into entries, one for each child that a figure counts.

A step is an event that moves a case: opened and relapsed put it among those to be brought back, returned
and closed take it out, handed_over gives it to another unit. An event's unit is the one answering after it.
A figure is a number of entries, so the list behind it is the same query without the counting.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import CTE, ColumnElement, Select, and_, case, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from service.models import CaseEvent, HomeVisit, Unit

Level = Literal["reporting", "own"]
"""Whether a child counts for its reporting unit (township; bureau for its own schools) or its very unit."""

LEVELS: tuple[Level, ...] = ("reporting", "own")
ENTERING = ("opened", "relapsed")
LEAVING = ("returned", "closed")
STEPS = (*ENTERING, *LEAVING, "handed_over")
FLOWS = ("new", "relapsed", "taken_over", "returned", "closed", "handed_over")
FIGURES = ("opening", *FLOWS, "closing", "recovered", "remaining", "visits")


@dataclass(frozen=True, slots=True)
class Span:
    """The days of a report, both included, and what was known: only events recorded by `known_at`."""

    first: date
    last: date
    known_at: datetime | None = None


def as_of(day: date, known_at: datetime | None = None) -> Span:
    """The span whose closing is the state at the end of `day`."""
    return Span(day, day, known_at)


def place_of(unit: type[Unit], level: Level) -> ColumnElement[int]:
    """The unit under which a record of `unit` is counted."""
    if level == "own":
        return unit.id.expression
    return case((unit.kind == "school", unit.parent_id), else_=unit.id)


def entries(span: Span, level: Level, figures: tuple[str, ...] = FIGURES) -> CTE:
    """Rows (figure, unit_id, case_id, event_id, happened_on) of the wanted figures.

    `event_id` is the event that made the entry; for opening and closing the step that led to the state.
    """
    walk = _walk(span)
    makers: dict[str, Callable[[CTE, Span], Select[Any]]] = {
        "opening": _opening, "new": _entered("opened"), "relapsed": _entered("relapsed"),
        "returned": _left("returned"), "closed": _left("closed"), "closing": _closing,
        "recovered": _recovered, "remaining": _remaining,
    }
    parts = [_placed(figure, makers[figure](walk, span), level) for figure in figures if figure in makers]
    parts += [_handed(figure, walk, span, level) for figure in figures if figure.endswith("over")]
    parts += [_placed("visits", _visits(span), level)] if "visits" in figures else []
    return union_all(*parts).cte("entries")


def _walk(span: Span) -> CTE:
    """Every step up to the span's end, with the state before and after it and the day of the next."""
    event = CaseEvent
    order: Any = {"partition_by": event.case_id, "order_by": (event.happened_on, event.id)}
    stays = case((event.kind.in_(ENTERING), 1), (event.kind.in_(LEAVING), 0))  # a hand-over: null
    steps = select(
        event.id.label("event_id"), event.case_id, event.kind, event.happened_on, event.unit_id,
        stays.label("stays"), func.count(stays).over(**order).label("stretch"),
    ).where(event.kind.in_(STEPS), event.happened_on <= span.last, *_known(span), _meant(span)).cte("steps")
    stays_in_stretch = func.max(steps.c.stays).over(partition_by=(steps.c.case_id, steps.c.stretch))
    outs = select(steps, func.coalesce(stays_in_stretch, 0).label("out")).cte("outs")
    along: Any = {"partition_by": outs.c.case_id, "order_by": (outs.c.happened_on, outs.c.event_id)}
    return select(
        outs.c.event_id, outs.c.case_id, outs.c.kind, outs.c.happened_on, outs.c.unit_id, outs.c.out,
        func.coalesce(func.lag(outs.c.out).over(**along), 0).label("was_out"),
        func.lag(outs.c.unit_id).over(**along).label("from_unit_id"),
        func.lead(outs.c.happened_on).over(**along).label("next_on"),
    ).cte("walk")


def _known(span: Span) -> list[ColumnElement[bool]]:
    return [] if span.known_at is None else [CaseEvent.recorded_at <= span.known_at]


def _meant(span: Span) -> ColumnElement[bool]:
    """Leaves out cases closed as opened by mistake: from then on they count nowhere."""
    event = aliased(CaseEvent)
    mistakes = select(event.case_id).where(
        event.kind == "closed", event.detail["closing"].as_string() == "mistaken")
    if span.known_at is not None:
        mistakes = mistakes.where(event.recorded_at <= span.known_at)
    return CaseEvent.case_id.not_in(mistakes)


def _standing(walk: CTE, day: date) -> tuple[ColumnElement[bool], ...]:
    """Conditions that leave one row for each case still to be brought back at the end of `day`."""
    step = walk.c
    return step.happened_on <= day, or_(step.next_on.is_(None), step.next_on > day), step.out == 1


def _row(walk: CTE, unit_id: ColumnElement[int]) -> Select[Any]:
    step = walk.c
    return select(unit_id.label("unit_id"), step.case_id, step.event_id, step.happened_on)


def _opening(walk: CTE, span: Span) -> Select[Any]:
    return _row(walk, walk.c.unit_id).where(*_standing(walk, span.first - timedelta(days=1)))


def _closing(walk: CTE, span: Span) -> Select[Any]:
    return _row(walk, walk.c.unit_id).where(*_standing(walk, span.last))


def _entered(kind: str) -> Callable[[CTE, Span], Select[Any]]:
    def rows(walk: CTE, span: Span) -> Select[Any]:
        step = walk.c
        return _row(walk, step.unit_id).where(
            step.happened_on >= span.first, step.kind == kind, step.was_out == 0, step.out == 1)
    return rows


def _left(kind: str) -> Callable[[CTE, Span], Select[Any]]:
    def rows(walk: CTE, span: Span) -> Select[Any]:
        step = walk.c
        return _row(walk, step.from_unit_id).where(  # it leaves the figures of the unit that had it
            step.happened_on >= span.first, step.kind == kind, step.was_out == 1, step.out == 0)
    return rows


def _recovered(walk: CTE, span: Span) -> Select[Any]:
    """Children of the opening whose last turn in the span was a return, under the unit then obliged.

    Windows instead of a join: databases guess badly how many rows either side has.
    """
    step = walk.c
    obliged = case((and_(*_standing(walk, span.first - timedelta(days=1))), step.unit_id))
    obliged_unit = func.max(obliged).over(partition_by=step.case_id).label("obliged_unit_id")
    told = select(walk, obliged_unit).cte("told")
    in_span = (told.c.out != told.c.was_out, told.c.happened_on >= span.first)
    next_turn = func.lead(told.c.event_id).over(
        partition_by=told.c.case_id, order_by=(told.c.happened_on, told.c.event_id)).label("next_turn")
    turn = select(told, next_turn).where(*in_span).cte("turns").c
    unit_id = turn.obliged_unit_id
    return select(unit_id.label("unit_id"), turn.case_id, turn.event_id, turn.happened_on).where(
        turn.kind == "returned", turn.next_turn.is_(None), unit_id.is_not(None))


def _remaining(walk: CTE, span: Span) -> Select[Any]:
    """Children still to be brought back at the end, without those first found in the span."""
    found = _entered("opened")(walk, span).subquery("found")
    return _closing(walk, span).where(walk.c.case_id.not_in(select(found.c.case_id)))


def _visits(span: Span) -> Select[Any]:
    """Visits filed from sheets, under the unit that made them, and visits that are told of without paper.

    A corrected sheet moves its visit and leaves the older event behind, so the visit is what counts.
    """
    event, visit = CaseEvent, HomeVisit
    steps = select(event.sheet_id, func.max(event.id).label("id")).where(
        event.kind == "visited").group_by(event.sheet_id).subquery()
    filed: Any = select(
        visit.unit_id, visit.case_id, steps.c.id.label("event_id"), visit.visited_on.label("happened_on"),
    ).outerjoin(steps, steps.c.sheet_id == visit.sheet_id).where(
        visit.visited_on.between(span.first, span.last),
        *([] if span.known_at is None else [visit.filed_at <= span.known_at]))
    told: Any = select(event.unit_id, event.case_id, event.id.label("event_id"), event.happened_on).where(
        event.kind == "visited", event.sheet_id.is_(None),
        event.happened_on.between(span.first, span.last), *_known(span))
    return select(union_all(filed, told).subquery("visits"))


def _placed(figure: str, rows: Select[Any], level: Level) -> Select[Any]:
    found = rows.subquery()
    unit = aliased(Unit)
    return select(
        literal(figure).label("figure"), place_of(unit, level).label("unit_id"),
        found.c.case_id, found.c.event_id, found.c.happened_on,
    ).join_from(found, unit, unit.id == found.c.unit_id)


def _handed(figure: str, walk: CTE, span: Span, level: Level) -> Select[Any]:
    """Outstanding cases whose place changed: an entry for the taker, or one for the giver."""
    step, giver, taker = walk.c, aliased(Unit), aliased(Unit)
    before, after = place_of(giver, level), place_of(taker, level)
    rows: Select[Any] = select(
        literal(figure).label("figure"), (after if figure == "taken_over" else before).label("unit_id"),
        step.case_id, step.event_id, step.happened_on)
    rows = rows.select_from(walk).join(giver, giver.id == step.from_unit_id)
    return rows.join(taker, taker.id == step.unit_id).where(
        step.happened_on >= span.first, step.was_out == 1, step.out == 1, before != after)
