"""Counting steps by figure, unit and part in one pass: the same rules as the lists, without making the lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, false, func, null, or_, select
from sqlalchemy.orm import Session

from service.models import Case
from service.reports.dimensions import is_poor
from service.reports.ledger import moved, rules, told, visits
from service.reports.sources import Source, sourced
from service.reports.walk import Span, blank

Row = tuple[str, int, str, int]
"""A figure, its unit, its part, and how many entries it has there."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Entries by their very unit; hand-overs by giver and taker, as they only count between two places."""

    entries: list[Row]
    moves: list[tuple[int, int, str, int]]

    def under(self, places: Mapping[int, int]) -> Iterator[Row]:
        """The counts by the place under which each unit is counted."""
        for figure, unit, part, number in self.entries:
            yield figure, places[unit], part, number
        for giver, taker, part, number in self.moves:
            if places[giver] != places[taker]:
                yield "handed_over", places[giver], part, number
                yield "taken_over", places[taker], part, number


def counts(session: Session, span: Span, figures: tuple[str, ...], year: int | None = None,
           category: str = "") -> Counts:
    """What the span holds of the figures; of a `category` (poor, plain) of children only.

    `part` is the source, or for `closed` what the case was closed as; given a `year`, the column of its 附件1.
    """
    given = span.given()
    counted = _steps_counted(tuple(given), figures, year is not None, category)
    found = Counts([], [])
    for row in session.execute(counted.statement, {**given, "year": year}).mappings():
        part = row["part"]
        found.entries.extend((figure, row[unit], part, row[figure]) for figure, unit in counted.under if row[figure])
        if row["moved"]:
            found.moves.append((row["from_unit_id"], row["unit_id"], part, row["moved"]))
    if "visits" in figures:
        rows = session.execute(_visits_counted(tuple(given)), given)
        found.entries.extend(("visits", unit, part, number) for unit, part, number in rows)
    return found


def parted(closed: ColumnElement[bool], closing: ColumnElement[str], source: Source,
           year: Any) -> ColumnElement[str]:
    """How a figure is split: by source, `closed` by what the case was closed as, given a `year` by column of 附件1."""
    if year is not None:
        prior = (source.name == "annual_check") & (source.year < year)
        return case((prior, "prior_year"), else_=source.name)
    return case((closed, func.coalesce(func.nullif(closing, ""), Case.closing)), else_=source.name)


@dataclass(frozen=True, slots=True)
class _Counted:
    """A statement with a column of counts for each figure, and the column of the unit each is counted under."""

    statement: Select[Any]
    under: tuple[tuple[str, str], ...]


@cache
def _steps_counted(names: tuple[str, ...], figures: tuple[str, ...], by_column: bool, category: str) -> _Counted:
    """Steps are gone through once; other units than a step's own are only told where a figure asks for them."""
    span = blank(names)
    source, steps = sourced(span), told(span)
    step, over = steps.c, moved(steps.c, span) if "handed_over" in figures else false()
    wanted = {figure: rule for figure, rule in rules(step, span).items() if figure in figures}

    def asked(unit: str) -> ColumnElement[int]:
        asking = [rule.counts for rule in wanted.values() if rule.unit_id is step[unit]]
        asking += [over] if unit == "from_unit_id" else []
        return case((or_(false(), *asking), step[unit]), else_=null()).label(unit)

    columns = {figure: rule.counts for figure, rule in wanted.items()} | {"moved": over}
    part = parted(step.kind == "closed", step.closing, source, bindparam("year") if by_column else None)
    query: Select[Any] = select(
        step.unit_id, asked("from_unit_id"), asked("obliged_unit_id"), part.label("part"),
        *(case((condition, 1), else_=0).label(name) for name, condition in columns.items()))
    query = source.joined(query.join_from(steps, Case, Case.id == step.case_id))
    rows = _of_category(query, category, span).subquery("rows").c
    keys = rows.unit_id, rows.from_unit_id, rows.obliged_unit_id, rows.part
    sums = (func.sum(rows[name]).label(name) for name in columns)
    return _Counted(select(*keys, *sums).group_by(*keys),
                    tuple((figure, str(rule.unit_id.key)) for figure, rule in wanted.items()))


def _of_category(query: Select[Any], category: str, span: Span) -> Select[Any]:
    if not category:
        return query
    return query.where(is_poor(span.last) if category == "poor" else ~is_poor(span.last))


@cache
def _visits_counted(names: tuple[str, ...]) -> Select[Any]:
    span = blank(names)
    source, found = sourced(span), visits(span).subquery("visited")
    query: Select[Any] = select(found.c.unit_id, source.name, func.count())
    query = source.joined(query.join_from(found, Case, Case.id == found.c.case_id))
    return query.group_by(found.c.unit_id, source.name)
