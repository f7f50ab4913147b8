"""The ledger: case events turned into entries, one for each child that a figure counts.

A step is an event that moves a case: opened and relapsed put it among those to be brought back, returned
and closed take it out, handed_over gives it to another unit. An event's unit is the one answering after it.
A figure is a number of entries, so the list behind it is the same query without the counting.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import CTE, ColumnElement, Select, and_, case, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from service.models import CaseEvent, Unit
from service.reports.walk import Span, known, walk

Level = Literal["reporting", "own"]
"""Whether a child counts for its reporting unit (township; bureau for its own schools) or its very unit."""

LEVELS: tuple[Level, ...] = ("reporting", "own")
FLOWS = ("new", "relapsed", "taken_over", "returned", "closed", "handed_over")
FIGURES = ("opening", *FLOWS, "closing", "recovered", "remaining", "visits")


def place_of(unit: type[Unit], level: Level) -> ColumnElement[int]:
    """The unit under which a record of `unit` is counted."""
    if level == "own":
        return unit.id.expression
    return case((unit.kind == "school", unit.parent_id), else_=unit.id)


@dataclass(frozen=True, slots=True)
class Rule:
    """Which steps a figure counts, and under which unit."""

    unit_id: ColumnElement[Any]
    counts: ColumnElement[bool]


def rules(steps: Any, span: Span) -> dict[str, Rule]:
    """The rule of each figure that counts steps; `steps` are the columns of `told`."""
    before, after = _standing_before(steps, span.first), _standing(steps, span.last)
    within = steps.happened_on >= span.first
    came, left = and_(steps.was_out == 0, steps.out == 1), and_(steps.was_out == 1, steps.out == 0)
    return {
        "opening": Rule(steps.unit_id, before),
        "new": Rule(steps.unit_id, and_(within, came, steps.kind == "opened")),
        "relapsed": Rule(steps.unit_id, and_(within, came, steps.kind == "relapsed")),
        # it leaves the figures of the unit that had it
        "returned": Rule(steps.from_unit_id, and_(within, left, steps.kind == "returned")),
        "closed": Rule(steps.from_unit_id, and_(within, left, steps.kind == "closed")),
        "closing": Rule(steps.unit_id, after),
        # of the opening, those whose last turn was a return, under the unit then obliged
        "recovered": Rule(steps.obliged_unit_id, and_(within, left, steps.kind == "returned",
                                                      steps.place == steps.last_turn,
                                                      steps.obliged_unit_id.is_not(None))),
        "remaining": Rule(steps.unit_id, and_(after, steps.fresh == 0)),
    }


def told(span: Span) -> CTE:
    """The steps near the span with what the span holds of their case.

    `place` orders a case's steps, `last_turn` is the place of the last one in the span that changed its
    state, `fresh` whether the case was first found in the span, `obliged_unit_id` whose it was before.
    """
    near = walk(span)
    step: Any = near.c
    order: Any = {"partition_by": step.case_id, "order_by": (step.happened_on, step.event_id)}
    placed = select(near, func.row_number().over(**order).label("place")).subquery("placed").c
    turned = and_(placed.happened_on >= span.first, placed.out != placed.was_out)
    found = and_(turned, placed.kind == "opened", placed.out == 1)
    obliged = _standing_before(placed, span.first)

    def of_case(value: ColumnElement[Any]) -> ColumnElement[Any]:
        return func.max(value).over(partition_by=placed.case_id)

    return select(
        *placed, of_case(case((turned, placed.place))).label("last_turn"),
        of_case(case((found, 1), else_=0)).label("fresh"),
        of_case(case((obliged, placed.unit_id))).label("obliged_unit_id")).cte("told")


def entries(span: Span, level: Level, figures: tuple[str, ...] = FIGURES) -> CTE:
    """Rows (figure, unit_id, case_id, event_id, happened_on, closing) of the wanted figures.

    `event_id` is the event that made the entry; for opening and closing the step that led to the state.
    """
    steps = told(span)
    known_rules = rules(steps.c, span)
    parts = [_placed(figure, _row(steps, known_rules[figure]), level) for figure in figures
             if figure in known_rules]
    parts += [_handed(figure, steps, span, level) for figure in figures if figure.endswith("over")]
    parts += [_placed("visits", visits(span), level)] if "visits" in figures else []
    return union_all(*parts).cte("entries")


def _standing(step: Any, day: date) -> ColumnElement[bool]:
    """Leaves one row for each case still to be brought back at the end of `day`."""
    return and_(step.happened_on <= day, step.next_on > day, step.out == 1)


def _standing_before(step: Any, day: date) -> ColumnElement[bool]:
    """Likewise at the beginning of `day`."""
    return and_(step.happened_on < day, step.next_on >= day, step.out == 1)


def moved(step: Any, span: Span) -> ColumnElement[bool]:
    """Whether an outstanding case went from one unit to another, or stayed where it was."""
    return and_(step.happened_on >= span.first, step.was_out == 1, step.out == 1)


def _row(steps: CTE, rule: Rule) -> Select[Any]:
    step = steps.c
    return select(rule.unit_id.label("unit_id"), step.case_id, step.event_id, step.happened_on,
                  step.closing).where(rule.counts)


def visits(span: Span) -> Any:
    """Visits under the unit that made them: of each sheet the last word, those told of without paper all.

    A corrected sheet leaves an event for each of its versions, a withdrawn one a note that says so.
    """
    event = CaseEvent
    rows: Any = select(event.unit_id, event.case_id, event.id.label("event_id"), event.happened_on,
                               literal("").label("closing"))
    rows = rows.where(
        event.kind == "visited", event.happened_on.between(span.first, span.last), *known(span),
        or_(event.sheet_id.is_(None), ~_overtaken(event, span)))
    return rows if span.units is None else rows.where(event.unit_id.in_(span.units))


def _overtaken(visit: type[CaseEvent], span: Span) -> ColumnElement[bool]:
    """Whether the visit's sheet was corrected or withdrawn later."""
    later = aliased(CaseEvent)
    gone = (later.kind == "note") & later.detail["withdrawn"].as_boolean()
    return select(later.id).where(later.sheet_id == visit.sheet_id, later.id > visit.id,
                                  or_(later.kind == "visited", gone), *known(span, later)).exists()


def _placed(figure: str, rows: Select[Any], level: Level) -> Select[Any]:
    found = rows.subquery()
    unit = aliased(Unit)
    return select(
        literal(figure).label("figure"), place_of(unit, level).label("unit_id"),
        found.c.case_id, found.c.event_id, found.c.happened_on, found.c.closing,
    ).join_from(found, unit, unit.id == found.c.unit_id)


def _handed(figure: str, steps: CTE, span: Span, level: Level) -> Select[Any]:
    """Outstanding cases whose place changed: an entry for the taker, or one for the giver."""
    step, giver, taker = steps.c, aliased(Unit), aliased(Unit)
    before, after = place_of(giver, level), place_of(taker, level)
    rows: Select[Any] = select(
        literal(figure).label("figure"), (after if figure == "taken_over" else before).label("unit_id"),
        step.case_id, step.event_id, step.happened_on, step.closing)
    rows = rows.select_from(steps).join(giver, giver.id == step.from_unit_id)
    return rows.join(taker, taker.id == step.unit_id).where(moved(step, span), before != after)
