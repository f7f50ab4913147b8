"""Figures month after month, counted in one pass over the ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import extract, func, select
from sqlalchemy.orm import Session

from service import access
from service.access import Actor
from service.errors import NotFound
from service.reports.ledger import FLOWS, Level, entries
from service.reports.periods import Month
from service.reports.walk import Span

_SIGN = {"new": 1, "relapsed": 1, "taken_over": 1, "returned": -1, "closed": -1, "handed_over": -1}


@dataclass(frozen=True, slots=True)
class TrendMonth:
    """A month's movements, visits, and what was outstanding at its end."""

    month: Month
    counts: Mapping[str, int]
    closing: int


def trend(session: Session, actor: Actor, last: Month, months: int = 12,
          unit_id: int | None = None) -> tuple[TrendMonth, ...]:
    """The months up to `last`, of one unit or, None, of the county.

    NotFound for a unit out of sight, NotAllowed for the county without the right to it.
    """
    if unit_id is None:
        actor.require(access.COUNTY)
    elif not actor.sees(unit_id):
        raise NotFound
    first = last.shifted(1 - months)
    level: Level = "own" if actor.role == "school" else "reporting"
    return tuple(_months(_counts(session, Span(first.first, last.last), unit_id, level), first, months))


def _counts(session: Session, span: Span, unit_id: int | None, level: Level) -> Counter[tuple[str, int, int]]:
    rows = entries(span, level, ("opening", *FLOWS, "visits"))
    year, month = extract("year", rows.c.happened_on), extract("month", rows.c.happened_on)
    dated = select(rows.c.figure, year.label("year"), month.label("month"))
    if unit_id is not None:
        dated = dated.where(rows.c.unit_id == unit_id)
    by = dated.subquery()
    found = session.execute(select(by, func.count().label("n")).group_by(by.c.figure, by.c.year, by.c.month))
    counts: Counter[tuple[str, int, int]] = Counter()
    for figure, in_year, in_month, n in found:
        counts[(figure, 0, 0) if figure == "opening" else (figure, int(in_year), int(in_month))] += n
    return counts


def _months(counts: Counter[tuple[str, int, int]], first: Month, months: int) -> list[TrendMonth]:
    outstanding, found = counts["opening", 0, 0], []
    for step in range(months):
        month = first.shifted(step)
        own = {figure: counts[figure, month.year, month.month] for figure in (*FLOWS, "visits")}
        outstanding += sum(sign * own[figure] for figure, sign in _SIGN.items())
        found.append(TrendMonth(month, own, outstanding))
    return found
