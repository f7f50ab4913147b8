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
from service.models import Unit
from service.reports.issuing import frozen_latest
from service.reports.keeping import kept_to
from service.reports.ledger import FLOWS, Level, entries
from service.reports.month import UnitMonth
from service.reports.periods import Month
from service.reports.places import unit_ids_of
from service.reports.tally import Tally
from service.reports.walk import Span

_SIGN = {"new": 1, "relapsed": 1, "taken_over": 1, "returned": -1, "closed": -1, "handed_over": -1}


@dataclass(frozen=True, slots=True)
class TrendMonth:
    """A month's movements, visits, and what was outstanding at its end; as issued, where it was."""

    month: Month
    counts: Mapping[str, int]
    closing: int
    issued: bool = False


def trend(session: Session, actor: Actor, last: Month, months: int = 12,
          unit_id: int | None = None, counted: UnitMonth | None = None) -> tuple[TrendMonth, ...]:
    """The months up to `last`, of one unit or, None, of the county: issued ones as issued, the others as now known.

    `counted` is the last month's row, where it is at hand already.
    NotFound for a unit out of sight, NotAllowed for the county without the right to it.
    """
    if unit_id is None:
        actor.require(access.COUNTY)
    elif not actor.sees(unit_id):
        raise NotFound
    first = last.shifted(1 - months)
    level: Level = "own" if actor.role == "school" else "reporting"
    wanted = [first.shifted(step) for step in range(months)]
    kept = {month: frozen.tallies[level] for month, frozen in frozen_latest(session, wanted).items()}
    at_hand = [_of_row(wanted.pop(), counted)] if counted is not None and last not in kept else []
    found = [told for stretch in _stretches(wanted, kept)
             for told in _told(session, actor, stretch, kept, unit_id, level)]
    return (*found, *at_hand)


def _of_row(month: Month, row: UnitMonth) -> TrendMonth:
    return TrendMonth(month, {figure: row[figure].value for figure in (*FLOWS, "visits")}, row["closing"].value)


def _stretches(wanted: list[Month], kept: Mapping[Month, Tally]) -> list[list[Month]]:
    """Consecutive months that were never issued are counted in one pass."""
    found: list[list[Month]] = []
    for month in wanted:
        if found and month not in kept and found[-1][-1] not in kept:
            found[-1].append(month)
        else:
            found.append([month])
    return found


def _told(session: Session, actor: Actor, stretch: list[Month], kept: Mapping[Month, Tally],
          unit_id: int | None, level: Level) -> list[TrendMonth]:
    first = stretch[0]
    if first not in kept:
        span = Span(first.first, stretch[-1].last, units=_units(session, actor, unit_id)).kept(kept_to(session))
        return _months(_counts(session, span, unit_id, level), first, len(stretch))
    tally = kept[first]
    own = {figure: tally.of(figure, unit_id) for figure in (*FLOWS, "visits")}
    return [TrendMonth(first, own, tally.of("closing", unit_id), issued=True)]


def _units(session: Session, actor: Actor, unit_id: int | None) -> frozenset[int] | None:
    if unit_id is None:
        return actor.unit_ids
    return unit_ids_of(session, session.get_one(Unit, unit_id))


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
