"""How many wrong values a month's records still hold, as far as second readings and known answers tell."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from ocr.template import load_templates
from service.access import QUALITY, Actor
from service.calendar import COUNTY_TIME
from service.models import Reading, SecondEntry, SecondReading, Sheet, User
from service.review.intervals import Share, Sum, ends, weighted, wilson
from service.review.values import spec_of
from service.review.wording import title

FEWEST, FEWEST_CHECKS = 50, 30
"""Second readings below which no error rate is told, known answers below which no catch rate is."""
FIRST_WRONG = ("first_wrong", "all_differ")
_CHECKS_OF = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Months:
    """A calendar month of the county as moments: from `begin` up to, not including, `end`."""

    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """One field, or several together: how many values are `settled`, how many of them were read `twice`,
    in how many of those the first was wrong (`errors` as a share, None with fewer than FEWEST), how many
    values no second reading vouches for (`open`), how many wrong ones are estimated to remain, and how
    many second readings are `lacking` for a figure."""

    form: str
    name: str
    settled: int
    twice: int
    found: int
    open: float
    errors: Share | None = None
    remaining: Sum | None = None
    lacking: int = 0

    @property
    def rate(self) -> Sum | None:
        """The wrong values that remain as a share of all."""
        left, n = self.remaining, max(1, self.settled)
        return left and Sum(left.value / n, left.low / n, left.high / n)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a target asks: `more` second readings by line, most rewarding first (None: out of reach), and
    how many more of any field to be 95 % sure that the target holds (None: all are not enough)."""

    target: float
    more: int | None
    where: tuple[tuple[str, int], ...]
    to_be_sure: int | None


@dataclass(frozen=True, slots=True)
class Reader:
    """How often a person, or anybody in a field, read a known answer right: with it, how often at least
    an error would be caught. None with fewer than FEWEST_CHECKS."""

    name: str
    checks: int
    caught: Share | None


@dataclass(frozen=True, slots=True)
class Quality:
    """The month. `total` covers the share `covered` of its values; None while nothing can be told."""

    forms: tuple[tuple[Line, tuple[Line, ...]], ...]
    total: Line | None
    settled: int
    covered: float
    caught: Reader
    readers: tuple[Reader, ...]
    by_field: tuple[Reader, ...]
    cost: Cost | None
    lacking: int


def month_of(year: int, month: int) -> Months:
    """The county's month."""
    following = (year + month // 12, month % 12 + 1)
    return Months(datetime(year, month, 1, tzinfo=COUNTY_TIME), datetime(*following, 1, tzinfo=COUNTY_TIME))


def look(session: Session, actor: Actor, month: Months, target: float) -> Quality:
    """The month's quality, and what it would cost to reach `target` (a share of wrong values)."""
    actor.require(QUALITY)
    settled, read = _settled(session, month), _read_twice(session, month)
    caught, readers, by_field = _readers(session, month)
    rate = caught.caught.share if caught.caught and caught.caught.share else 1.0
    by_form: dict[str, list[Line]] = {}
    for (form, field), number in settled.items():
        twice, found = read.get((form, field), (0, 0))
        by_form.setdefault(form, []).append(_line(form, _title(form, field), number, twice, found, rate))
    strata = {form: _strata(form, lines, rate) for form, lines in by_form.items()}
    every = [line for found in strata.values() for line in found if line.errors]
    whole, covered = sum(settled.values()), sum(line.settled for line in every)
    total = _sum("", "全部表格", every) if every else None
    return Quality(
        tuple((_sum(form, load_templates()[form].title, strata[form]), tuple(lines))
              for form, lines in sorted(by_form.items())),
        total, whole, covered / whole if whole else 0.0, caught, readers, by_field,
        _cost(total, every, total.rate, target) if total and total.rate else None,
        min((line.lacking for found in strata.values() for line in found), default=FEWEST))


def _line(form: str, name: str, settled: int, twice: int, found: int, caught: float) -> Line:
    """Of p wrong values in a hundred a second reading shows p·caught; what it does not show remains."""
    left = max(0.0, settled / caught - twice)
    if twice < min(FEWEST, settled):
        return Line(form, name, settled, twice, found, left, lacking=min(FEWEST, settled) - twice)
    errors = wilson(found, twice)
    remaining = Sum(errors.share * left, errors.low * left, errors.high * left)
    return Line(form, name, settled, twice, found, left, errors, remaining)


def _strata(form: str, lines: list[Line], caught: float) -> list[Line]:
    """Fields with data enough on their own, and one line for all others of the form together."""
    own, rest = [line for line in lines if line.errors], [line for line in lines if not line.errors]
    if not rest:
        return own
    settled, twice, found = _added(rest)
    return [*own, _line(form, f"{load_templates()[form].title}其余各项", settled, twice, found, caught)]


def _sum(form: str, name: str, lines: list[Line]) -> Line:
    """Several lines as one; told only when each of them can be."""
    settled, twice, found = _added(lines)
    left, told = sum(line.open for line in lines), [line.errors for line in lines if line.errors]
    if len(told) < len(lines):
        return Line(form, name, settled, twice, found, left, lacking=sum(line.lacking for line in lines))
    remaining = weighted((line.open, share.share, share.low, share.high)
                         for line, share in zip(lines, told, strict=True))
    return Line(form, name, settled, twice, found, left, wilson(found, twice), remaining)


def _added(lines: list[Line]) -> tuple[int, int, int]:
    return (sum(line.settled for line in lines), sum(line.twice for line in lines),
            sum(line.found for line in lines))


def _cost(total: Line, strata: list[Line], rate: Sum, target: float) -> Cost:
    """Each further second reading of a line takes away as many errors as were found per reading there."""
    over, where = (rate.value - target) * total.settled, []
    for share, line in sorted(((line.errors.share, line) for line in strata if line.errors),
                              key=lambda pair: -pair[0]):
        if over <= 1e-9 or not share:
            break
        number = min(line.settled - line.twice, ceil(over / share - 1e-9))
        over -= number * share
        where += [(line.name, number)] if number else []
    more = sum(number for _, number in where) if over <= 1e-9 else None
    return Cost(target, more, tuple(where), _to_be_sure(total, target))


def _to_be_sure(total: Line, target: float) -> int | None:
    """How many more second readings bring the upper end of what remains down to the target.

    Errors are taken to keep their share; what is read twice leaves what is open, and narrows the interval.
    """
    share = total.found / total.twice

    def holds(twice: int) -> bool:
        return (total.open + total.twice - twice) * ends(share, twice)[1] <= target * total.settled

    if not holds(total.settled):
        return None
    return bisect_left(range(total.twice, total.settled + 1), True, key=holds)


def _settled(session: Session, month: Months) -> Mapping[tuple[str, str], int]:
    query = (select(Sheet.template, Reading.field, func.count()).join(Sheet, Sheet.id == Reading.sheet_id)
             .where(Sheet.state == "signed", Sheet.signed_at >= month.begin, Sheet.signed_at < month.end)
             .group_by(Sheet.template, Reading.field))
    return {(str(form), field): number for form, field, number in session.execute(query)
            if form in load_templates()}


def _read_twice(session: Session, month: Months) -> Mapping[tuple[str, str], tuple[int, int]]:
    wrong = func.sum(case((SecondReading.outcome.in_(FIRST_WRONG), 1), else_=0))
    query = (select(Sheet.template, SecondReading.field, func.count(), wrong)
             .join(Sheet, Sheet.id == SecondReading.sheet_id)
             .where(SecondReading.kind != "known", SecondReading.state == "closed", Sheet.state == "signed",
                    Sheet.signed_at >= month.begin, Sheet.signed_at < month.end)
             .group_by(Sheet.template, SecondReading.field))
    return {(str(form), field): (number, found) for form, field, number, found in session.execute(query)}


def _readers(session: Session, month: Months) -> tuple[Reader, tuple[Reader, ...], tuple[Reader, ...]]:
    """All together, each person, and each field; known answers of the year up to the month's end."""
    rows = session.execute(
        select(User.name, Sheet.template, SecondReading.field, SecondEntry.agrees, func.count())
        .join(SecondReading, SecondReading.id == SecondEntry.second_reading_id)
        .join(Sheet, Sheet.id == SecondReading.sheet_id).join(User, User.id == SecondEntry.user_id)
        .where(SecondReading.kind == "known", SecondEntry.entered_at < month.end,
               SecondEntry.entered_at >= month.end - _CHECKS_OF)
        .group_by(User.id, User.name, Sheet.template, SecondReading.field, SecondEntry.agrees)).all()
    tallies: tuple[dict[str, list[int]], ...] = ({}, {}, {})
    for name, form, field, agrees, number in rows:
        for tally, key in zip(tallies, ("全部", name, _title(str(form), field)), strict=True):
            right, checks = tally.setdefault(key, [0, 0])
            tally[key] = [right + number * agrees, checks + number]
    everybody, people, fields = (tuple(_reader(key, *tally[key]) for key in sorted(tally)) for tally in tallies)
    return (everybody[0] if everybody else Reader("全部", 0, None)), people, fields


def _reader(name: str, right: int, checks: int) -> Reader:
    return Reader(name, checks, wilson(right, checks) if checks >= FEWEST_CHECKS else None)


def _title(form: str, field: str) -> str:
    spec = spec_of(load_templates().get(form), field)
    return title(spec) if spec else field
