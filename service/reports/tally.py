"""Counting the ledger: how many entries each figure, unit and part has, within a person's sight."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, select
from sqlalchemy.orm import Session

from service.access import Actor
from service.models import Case, Student
from service.reports.counting import counts, parted
from service.reports.dimensions import Told, is_poor, within
from service.reports.figures import STANDING, Question
from service.reports.keeping import kept_to
from service.reports.ledger import FIGURES, Level, entries
from service.reports.records import RECORD_FIGURES, record_counts, under
from service.reports.sources import sourced
from service.reports.walk import Span

ANNEX_PARTS = ("prior_year", "ministry_list")


class Tally:
    """Counts by figure, unit and part; sums over all units and all parts are kept ready."""

    def __init__(self, rows: Iterable[tuple[str, int, str, int]]) -> None:
        self._counts: Counter[tuple[str, int | None, str]] = Counter()
        self._plain: Counter[tuple[str, int, str]] = Counter()
        self.add(rows)

    def add(self, rows: Iterable[tuple[str, int, str, int]]) -> None:
        """Count more rows (figure, unit, part, count)."""
        for figure, unit, part, count in rows:
            self._plain[figure, unit, part] += count
            for key in {(figure, unit, part), (figure, unit, ""), (figure, None, part), (figure, None, "")}:
                self._counts[key] += count

    def of(self, figure: str, unit_id: int | None = None, part: str = "") -> int:
        """The count of a figure; None and "" stand for all units and all parts."""
        return self._counts[figure, unit_id, part]

    def rows(self) -> list[list[Any]]:
        """What it was made of, sums left out, in a settled order: to be kept."""
        return [[*key, n] for key, n in sorted(self._plain.items()) if n]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tally) and +self._plain == +other._plain

    __hash__ = None  # type: ignore[assignment]


def tally(session: Session, actor: Actor, span: Span, level: Level,
          figures: tuple[str, ...] = FIGURES) -> Tally:
    """All counts of a month; `part` is the source, or for `closed` what the case was closed as."""
    counted = Tally(_counted(session, actor, span, level, figures))
    if figures == FIGURES:
        counted.add(record_counts(session, actor, span, level))
    return counted


def tally_standing(session: Session, actor: Actor, day: date, level: Level = "reporting",
                   category: str = "") -> Tally:
    """Children still to be brought back at the end of `day`, by column of 附件1 or other source.

    Of a `category`, those on the register of the poor (poor) or the others (plain) only.
    """
    narrowed = {"": None, "poor": is_poor(day), "plain": ~is_poor(day)}[category]
    return Tally(_counted(session, actor, Span(day, day), level, ("closing",), day, narrowed))


def _counted(session: Session, actor: Actor, span: Span, level: Level, figures: tuple[str, ...],
             day: date | None = None,
             narrowed: ColumnElement[bool] | None = None) -> Iterator[tuple[str, int, str, int]]:
    span = replace(span, kept_to=kept_to(session), units=actor.unit_ids)
    places = under(session, level)
    found = session.execute(counts(span, level, figures, day, narrowed))
    placed = ((figure, places[unit], part, count) for figure, unit, part, count in found)
    return (row for row in placed if actor.sees(row[1]))


def entries_behind(actor: Actor, question: Question, kept: int = 0) -> Select[Any]:
    """The entries (figure, unit_id, case_id, event_id, happened_on, part) that a question's figure counts.

    `kept` is the mark of the kept steps; without it every case is walked from its events.
    """
    span = replace(question.span, kept_to=kept, units=actor.unit_ids)
    if question.figure in RECORD_FIGURES:
        raise ValueError("records are listed by records.record_entries")
    if question.figure == STANDING:
        rows = _parted(span, question.level, ("closing",), question.day)
        narrowed = _standing_part(rows.c.part, question.part)
    else:
        rows = _parted(span, question.level, (question.figure,))
        narrowed = rows.c.part == question.part if question.part else None
    query = select(rows).where(_seen(rows, actor))
    if question.by:
        query = query.join(Case, Case.id == rows.c.case_id).join(Student, Student.id == Case.student_id)
        query = within(query, question.by, Told(sourced(span), span.last))
    if question.unit_id is not None:
        query = query.where(rows.c.unit_id == question.unit_id)
    return query if narrowed is None else query.where(narrowed)


def _standing_part(column: ColumnElement[Any], part: str) -> ColumnElement[bool] | None:
    if part in ("", "closing"):
        return None
    if part in ("total", "others"):
        return column.in_(ANNEX_PARTS) if part == "total" else column.not_in(ANNEX_PARTS)
    return column == part


def standing_cases(day: date, units: frozenset[int], kept: int) -> Select[Any]:
    """The cases of these units still to be brought back at the end of `day`, whatever their source."""
    rows = entries(Span(day, day, kept_to=kept, units=units), "own", ("closing",))
    return select(rows.c.case_id).where(rows.c.unit_id.in_(units))


def column_of(source: str, year: int, day: date) -> str:
    """The column of that day's 附件1, or the other source, that a case counts under."""
    return "prior_year" if source == "annual_check" and year < day.year else source


def entries_of(actor: Actor, span: Span, level: Level, cases: Select[Any] | None = None) -> Select[Any]:
    """Every entry of a month as (figure, unit_id, part, case_id), counted nowhere yet; of all cases or of these."""
    rows = _parted(span, level, FIGURES)
    query = select(rows.c.figure, rows.c.unit_id, rows.c.part, rows.c.case_id).where(_seen(rows, actor))
    return query if cases is None else query.where(rows.c.case_id.in_(cases))


def _parted(span: Span, level: Level, figures: tuple[str, ...], day: date | None = None) -> Subquery:
    """Entries with their part; given a `day`, the column of that day's 附件1."""
    rows, source = entries(span, level, figures), sourced(span)
    part = parted(rows.c.figure == "closed", rows.c.closing, source, day)
    query = select(rows, part.label("part")).join_from(rows, Case, Case.id == rows.c.case_id)
    return source.joined(query).subquery("parted")


def _seen(rows: Subquery, actor: Actor) -> ColumnElement[bool]:
    if actor.unit_ids is None:
        return rows.c.unit_id.is_not(None)
    return rows.c.unit_id.in_(actor.unit_ids)
