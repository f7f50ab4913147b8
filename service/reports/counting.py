"""Counting steps by figure, unit and part in one pass: the same rules as the lists, without making the lists."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import CTE, ColumnElement, CompoundSelect, Select, case, func, literal, select, union_all

from service.models import Case
from service.reports.ledger import Level, Rule, handed, rules, told, visits
from service.reports.sources import Source, sourced
from service.reports.walk import Span


def counts(span: Span, level: Level, figures: tuple[str, ...], day: date | None = None,
           narrowed: ColumnElement[bool] | None = None) -> CompoundSelect[Any]:
    """Rows (figure, unit_id, part, count), the unit as recorded; hand-overs are those between places of `level`.

    `narrowed` is a condition on the cases of figures that count steps.
    """
    steps, source = told(span), sourced(span)
    wanted = {figure: rule for figure, rule in rules(steps.c, span).items() if figure in figures}
    parts: list[Select[Any]] = []
    for unit_id in ("unit_id", "from_unit_id", "obliged_unit_id"):
        own = {figure: rule for figure, rule in wanted.items() if rule.unit_id is steps.c[unit_id]}
        parts += _of_unit(steps, unit_id, own, source, day, narrowed) if own else ()
    listed = [handed(figure, steps, span, level) for figure in figures if figure.endswith("over")]
    listed += [_visits(span)] if "visits" in figures else []
    return union_all(*parts, *(_counted(rows, source) for rows in listed))


def parted(closed: ColumnElement[bool], closing: ColumnElement[str], source: Source,
         day: date | None) -> ColumnElement[str]:
    """How a figure is split: by source, `closed` by what the case was closed as, of a `day` by column of 附件1."""
    if day is not None:
        prior = (source.name == "annual_check") & (source.year < day.year)
        return case((prior, "prior_year"), else_=source.name)
    return case((closed, func.coalesce(func.nullif(closing, ""), Case.closing)), else_=source.name)


def _of_unit(steps: CTE, unit_id: str, own: dict[str, Rule], source: Source, day: date | None,
             narrowed: ColumnElement[bool] | None) -> Iterable[Select[Any]]:
    """One scan for all figures counted under the same unit, then a row for each."""
    step = steps.c
    part = parted(step.kind == "closed", step.closing, source, day) if "closed" in own or day else source.name
    columns = [func.sum(case((rule.counts, 1), else_=0)).label(figure) for figure, rule in own.items()]
    query = select(step[unit_id].label("unit_id"), part.label("part"), *columns).join_from(
        steps, Case, Case.id == step.case_id).where(step[unit_id].is_not(None))
    if narrowed is not None:
        query = query.where(narrowed)
    summed = source.joined(query).group_by(step[unit_id], part).cte(f"by_{unit_id}")
    for figure in own:
        yield select(literal(figure).label("figure"), summed.c.unit_id, summed.c.part,
                     summed.c[figure].label("count")).where(summed.c[figure] > 0)


def _visits(span: Span) -> Select[Any]:
    found = visits(span).subquery("visited")
    return select(literal("visits").label("figure"), found)


def _counted(rows: Select[Any], source: Source) -> Select[Any]:
    found = rows.subquery()
    query = select(found.c.figure, found.c.unit_id, source.name.label("part"), func.count().label("count"))
    query = source.joined(query.join_from(found, Case, Case.id == found.c.case_id))
    return query.group_by(found.c.figure, found.c.unit_id, source.name)
