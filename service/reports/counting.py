"""Counting steps by figure, unit and part in one pass: the same rules as the lists, without making the lists."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import CTE, ColumnElement, CompoundSelect, Select, case, func, literal, select, union_all
from sqlalchemy.orm import aliased

from service.models import Case, Unit
from service.reports.ledger import Level, Rule, handed, place_of, rules, told, visits
from service.reports.sources import Source, sourced
from service.reports.walk import Span


def counts(span: Span, level: Level, figures: tuple[str, ...], day: date | None = None,
           narrowed: ColumnElement[bool] | None = None) -> CompoundSelect[Any]:
    """Rows (figure, unit_id, part, count), the unit a place of `level` or, for visits, as recorded.

    `narrowed` is a condition on the cases of figures that count steps.
    """
    source = sourced(span)
    steps = _with_cases(span, source, day, narrowed)
    wanted = {figure: rule for figure, rule in rules(steps.c, span).items() if figure in figures}
    parts: list[Select[Any]] = []
    for unit_id in ("unit_id", "from_unit_id", "obliged_unit_id"):
        own = {figure: rule for figure, rule in wanted.items() if rule.unit_id is steps.c[unit_id]}
        parts += _of_unit(steps, unit_id, own, level, day) if own else ()
    parts += [_over(figure, steps, span, level) for figure in figures if figure.endswith("over")]
    return union_all(*parts, *([_counted_visits(span, source)] if "visits" in figures else []))


def _with_cases(span: Span, source: Source, day: date | None, narrowed: ColumnElement[bool] | None) -> CTE:
    """The steps with how each is split, so that cases are looked up once for all figures."""
    steps = told(span)
    step = steps.c
    query: Select[Any] = select(steps, source.name.label("source"), parted(
        step.kind == "closed", step.closing, source, day).label("part"))
    query = source.joined(query.join_from(steps, Case, Case.id == step.case_id))
    return (query if narrowed is None else query.where(narrowed)).cte("steps_with_cases")


def parted(closed: ColumnElement[bool], closing: ColumnElement[str], source: Source,
         day: date | None) -> ColumnElement[str]:
    """How a figure is split: by source, `closed` by what the case was closed as, of a `day` by column of 附件1."""
    if day is not None:
        prior = (source.name == "annual_check") & (source.year < day.year)
        return case((prior, "prior_year"), else_=source.name)
    return case((closed, func.coalesce(func.nullif(closing, ""), Case.closing)), else_=source.name)


def _of_unit(steps: CTE, unit_id: str, own: dict[str, Rule], level: Level, day: date | None) -> Iterable[Select[Any]]:
    """One scan for all figures counted under the same unit, then a row for each."""
    step, unit = steps.c, aliased(Unit)
    place, part = place_of(unit, level), step.part if "closed" in own or day else step.source
    columns: list[Any] = [func.sum(case((rule.counts, 1), else_=0)).label(figure) for figure, rule in own.items()]
    query: Select[Any] = select(place.label("unit_id"), part.label("part"), *columns)
    query = query.join_from(steps, unit, unit.id == step[unit_id])
    summed = query.group_by(place, part).cte(f"by_{unit_id}")
    for figure in own:
        yield select(literal(figure).label("figure"), summed.c.unit_id, summed.c.part,
                     summed.c[figure].label("count")).where(summed.c[figure] > 0)


def _over(figure: str, steps: CTE, span: Span, level: Level) -> Select[Any]:
    found = handed(figure, steps, span, level).add_columns(steps.c.source).subquery()
    return select(literal(figure).label("figure"), found.c.unit_id, found.c.source.label("part"),
                  func.count().label("count")).group_by(found.c.unit_id, found.c.source)


def _counted_visits(span: Span, source: Source) -> Select[Any]:
    found = visits(span).subquery("visited")
    query: Select[Any] = select(literal("visits").label("figure"), found.c.unit_id, source.name.label("part"),
                                func.count().label("count"))
    query = source.joined(query.join_from(found, Case, Case.id == found.c.case_id))
    return query.group_by(found.c.unit_id, source.name)
