"""Counting the ledger: how many entries each figure, unit and part has, within a person's sight."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, select
from sqlalchemy.orm import Session

from service.access import Actor
from service.models import Case, Student
from service.reports.counting import Counts, Row, counts, parted
from service.reports.dimensions import Told, within
from service.reports.figures import STANDING, Question
from service.reports.keeping import kept_to
from service.reports.ledger import FIGURES, LEVELS, Level, entries
from service.reports.records import RECORD_FIGURES, record_counts, under
from service.reports.sources import sourced
from service.reports.walk import Span

ANNEX_PARTS = ("prior_year", "ministry_list")


class Tally:
    """Counts by figure, unit and part; sums over all units and all parts are kept ready."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._counts: Counter[tuple[str, int | None, str]] = Counter()
        self._plain: Counter[tuple[str, int, str]] = Counter()
        self.add(rows)

    def add(self, rows: Iterable[Row]) -> None:
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


def tally(session: Session, actor: Actor, span: Span, level: Level) -> Tally:
    """All counts of a month; `part` is the source, or for `closed` what the case was closed as."""
    return tallies(session, actor, span, (level,))[level]


def tallies(session: Session, actor: Actor, span: Span, levels: tuple[Level, ...] = LEVELS) -> dict[Level, Tally]:
    """All counts of a month by level, the events gone through once."""
    found = counts(session, _seen_by(session, actor, span), FIGURES)
    found.entries.extend(record_counts(session, span))
    places = under(session)
    return {level: _at(actor, found, places[level]) for level in levels}


def tally_standing(session: Session, actor: Actor, day: date, level: Level = "reporting",
                   category: str = "") -> Tally:
    """Children still to be brought back at the end of `day`, by column of 附件1 or other source.

    Of a `category`, those on the register of the poor (poor) or the others (plain) only.
    """
    found = counts(session, _seen_by(session, actor, Span(day, day)), ("closing",), day.year, category)
    return _at(actor, found, under(session)[level])


def _seen_by(session: Session, actor: Actor, span: Span) -> Span:
    return replace(span, units=actor.unit_ids).kept(kept_to(session))


def _at(actor: Actor, found: Counts, places: Mapping[int, int]) -> Tally:
    """The counts summed up by place, those within sight."""
    summed: Counter[tuple[str, int, str]] = Counter()
    for figure, place, part, number in found.under(places):
        summed[figure, place, part] += number
    return Tally((*key, number) for key, number in summed.items() if actor.sees(key[1]))


def entries_behind(actor: Actor, question: Question, kept: int = 0) -> Select[Any]:
    """The entries (figure, unit_id, case_id, event_id, happened_on, part) that a question's figure counts.

    `kept` is the mark of the kept steps; without it every case is walked from its events.
    """
    span = replace(question.span, units=actor.unit_ids).kept(kept)
    if question.figure in RECORD_FIGURES:
        raise ValueError("records are listed by records.record_entries")
    if question.figure == STANDING:
        rows = _parted(span, question.level, ("closing",), span.last.year)
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
    rows = entries(Span(day, day, units=units).kept(kept), "own", ("closing",))
    return select(rows.c.case_id).where(rows.c.unit_id.in_(units))


def column_of(source: str, year: int, day: date) -> str:
    """The column of that day's 附件1, or the other source, that a case counts under."""
    return "prior_year" if source == "annual_check" and year < day.year else source


def entries_of(actor: Actor, span: Span, level: Level, cases: Select[Any] | None = None) -> Select[Any]:
    """Every entry of a month as (figure, unit_id, part, case_id), counted nowhere yet; of all cases or of these."""
    rows = _parted(span, level, FIGURES)
    query = select(rows.c.figure, rows.c.unit_id, rows.c.part, rows.c.case_id).where(_seen(rows, actor))
    return query if cases is None else query.where(rows.c.case_id.in_(cases))


@lru_cache(maxsize=64)  # a list is counted, sorted and turned over: its statement takes Python longer than its rows
def _parted(span: Span, level: Level, figures: tuple[str, ...], year: int | None = None) -> Subquery:
    """Entries with their part; given a `year`, the column of its 附件1."""
    rows, source = entries(span, level, figures), sourced(span)
    part = parted(rows.c.figure == "closed", rows.c.closing, source, year)
    query = select(rows, part.label("part")).join_from(rows, Case, Case.id == rows.c.case_id)
    return source.joined(query).subquery("parted")


def _seen(rows: Subquery, actor: Actor) -> ColumnElement[bool]:
    if actor.unit_ids is None:
        return rows.c.unit_id.is_not(None)
    return rows.c.unit_id.in_(actor.unit_ids)
