"""Counting the ledger: how many entries each figure, unit and part has, within a person's sight."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, case, func, select
from sqlalchemy.orm import Session

from service.access import Actor
from service.models import Case, CaseEvent
from service.reports.figures import STANDING, Question
from service.reports.ledger import FIGURES, Level, Span, entries

ANNEX_PARTS = ("prior_year", "ministry_list")


class Tally:
    """Counts by figure, unit and part; sums over all units and all parts are kept ready."""

    def __init__(self, rows: Iterable[tuple[str, int, str, int]]) -> None:
        self._counts: Counter[tuple[str, int | None, str]] = Counter()
        for figure, unit, part, count in rows:
            for key in {(figure, unit, part), (figure, unit, ""), (figure, None, part), (figure, None, "")}:
                self._counts[key] += count

    def of(self, figure: str, unit_id: int | None = None, part: str = "") -> int:
        """The count of a figure; None and "" stand for all units and all parts."""
        return self._counts[figure, unit_id, part]


def tally(session: Session, actor: Actor, span: Span, level: Level,
          figures: tuple[str, ...] = FIGURES) -> Tally:
    """All counts of a month; `part` is the source, or for `closed` what the case was closed as."""
    return _counted(session, actor, _parted(span, level, figures, _month_part()))


def tally_standing(session: Session, actor: Actor, day: date, level: Level = "reporting") -> Tally:
    """Children still to be brought back at the end of `day`, by column of 附件1 or other source."""
    return _counted(session, actor, _standing(day, level))


def entries_behind(actor: Actor, question: Question) -> Select[Any]:
    """The entries (figure, unit_id, case_id, event_id, happened_on, part) that a question's figure counts."""
    span, part = question.span, question.part
    if question.figure == STANDING:
        rows = _standing(question.day or span.last, question.level)
        narrowed = _standing_part(rows.c.part, part)
    else:
        rows = _parted(span, question.level, (question.figure,), _month_part())
        narrowed = rows.c.part == part if part else None
    query = select(rows).where(_seen(rows, actor))
    if question.unit_id is not None:
        query = query.where(rows.c.unit_id == question.unit_id)
    return query if narrowed is None else query.where(narrowed)


def _standing(day: date, level: Level) -> Subquery:
    prior = (Case.source == "annual_check") & (Case.source_year < day.year)
    part = case((prior, "prior_year"), else_=Case.source)
    return _parted(Span(day, day), level, ("closing",), part)


def _standing_part(column: ColumnElement[Any], part: str) -> ColumnElement[bool] | None:
    if part in ("", "closing"):
        return None
    if part in ("total", "other"):
        return column.in_(ANNEX_PARTS) if part == "total" else column.not_in(ANNEX_PARTS)
    return column == part


def _month_part() -> ColumnElement[str]:
    closed_as = func.coalesce(CaseEvent.detail["closing"].as_string(), Case.closing, "")
    return case((CaseEvent.kind == "closed", closed_as), else_=Case.source)


def _parted(span: Span, level: Level, figures: tuple[str, ...], part: ColumnElement[str]) -> Subquery:
    rows = entries(span, level, figures)
    return select(rows, part.label("part")).join_from(rows, Case, Case.id == rows.c.case_id).outerjoin(
        CaseEvent, CaseEvent.id == rows.c.event_id).subquery("parted")


def _counted(session: Session, actor: Actor, rows: Subquery) -> Tally:
    by = (rows.c.figure, rows.c.unit_id, rows.c.part)
    found = session.execute(select(*by, func.count()).where(_seen(rows, actor)).group_by(*by))
    return Tally((figure, unit, part, count) for figure, unit, part, count in found)


def _seen(rows: Subquery, actor: Actor) -> ColumnElement[bool]:
    if actor.unit_ids is None:
        return rows.c.unit_id.is_not(None)
    return rows.c.unit_id.in_(actor.unit_ids)
