"""附件1 of the notice for any day, counted from the case database, beside what the units' papers say.

The notice's table is of children who are not on the register of the poor (非建档立卡), and so are its papers;
the same table of those who are, and of all, stands beside it without papers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service import access
from service.access import Actor
from service.errors import Invalid
from service.models import Sheet, TownshipCount, Unit
from service.reports.dimensions import category_words
from service.reports.figures import STANDING, Figure, Question
from service.reports.ledger import Level, place_of
from service.reports.places import Place, members, reporting, rows_for
from service.reports.tally import ANNEX_PARTS, Tally, tally_standing

COLUMNS = (*ANNEX_PARTS, "total")
PLAIN = "plain"
CATEGORIES = (PLAIN, "poor", "")
"""Whose table it is: 非建档立卡, 建档立卡, or everybody's."""
OTHER_SOURCES = ("annual_check", "school_watch", "home_visit", "other")


@dataclass(frozen=True, slots=True)
class PaperRow:
    """What a unit's latest paper says; `row` is its place on the sheet."""

    sheet_id: int
    row: int
    counted_on: date
    counts: Mapping[str, int]
    in_sight: bool = True
    """Whether the person may open the sheet: one that the bureau handed in shows other units too."""
    filed_at: datetime | None = None

    @property
    def adds_up(self) -> bool:
        """Whether the paper's own 合计 is the sum of its parts."""
        return self.counts["total"] == sum(self.counts[part] for part in ANNEX_PARTS)


@dataclass(frozen=True, slots=True)
class UnitAnnex:
    """One row: counts from the case database, and the paper's where there is one."""

    place: Place | None
    name: str
    figures: Mapping[str, Figure]
    """By column of the notice, `others`, each of these sources, and `closing` for all of them."""
    paper: PaperRow | None

    def __getitem__(self, column: str) -> Figure:
        return self.figures[column]

    def difference(self, column: str) -> int | None:
        """Paper less database; None without a paper."""
        return None if self.paper is None else self.paper.counts[column] - self.figures[column].value

    @property
    def agrees(self) -> bool | None:
        """Whether paper and database say the same; None without a paper."""
        return None if self.paper is None else not any(self.difference(column) for column in COLUMNS)

    def others(self) -> list[tuple[str, Figure]]:
        """The other sources that are not nought."""
        return [(source, self.figures[source]) for source in OTHER_SOURCES if self.figures[source].value]


@dataclass(frozen=True, slots=True)
class Annex1:
    """The table of a day; `total` for those who may see the county, or of the reporting unit `place`."""

    day: date
    rows: tuple[UnitAnnex, ...]
    total: UnitAnnex | None
    category: str = PLAIN
    place: Place | None = None

    @property
    def category_words(self) -> str:
        """Whose table it is: 非建档立卡; empty where it is everybody's."""
        return category_words(self.category, self.day) if self.category else ""

    @property
    def is_papers_own(self) -> bool:
        """Whether it is the table that the units' papers carry, so that the two can be compared."""
        return self.category == PLAIN and self.place is None

    @property
    def paper_total(self) -> Mapping[str, int]:
        """The sums of the papers that are there."""
        papers = [row.paper for row in self.rows if row.paper]
        return {column: sum(paper.counts[column] for paper in papers) for column in COLUMNS}

    @property
    def papers(self) -> int:
        """How many rows have a paper."""
        return sum(row.paper is not None for row in self.rows)

    @property
    def differing(self) -> tuple[UnitAnnex, ...]:
        """The rows whose paper says something else."""
        return tuple(row for row in self.rows if row.agrees is False)


def annex1(session: Session, actor: Actor, day: date, category: str = PLAIN, unit_id: int | None = None) -> Annex1:
    """The table at the end of `day`, narrowed to the actor's sight; of one reporting unit, by its schools.

    `category` is a key of CATEGORIES. NotFound for a unit out of sight.
    """
    if category not in CATEGORIES:
        raise Invalid("没有这样的统计表。", "请从页面上的选项中选择。")
    place = reporting(session, actor, unit_id) if unit_id is not None else None
    level: Level = "own" if place or actor.role == "school" else "reporting"
    counts = tally_standing(session, actor, day, level, category)
    papers = _papers(session, actor, day, level) if category == PLAIN and place is None else {}
    places = members(session, place) if place else rows_for(session, actor)
    rows = tuple(_row(each, counts, day, level, category, papers.get(each.id)) for each in places)
    kept = tuple(row for row in rows if row.paper or row["closing"].value or _stands(row, place))
    return Annex1(day, kept, _total(session, actor, day, category, place, counts), category, place)


def _stands(row: UnitAnnex, place: Place | None) -> bool:
    """Whether a row without any number stays: the township's own does not, where its schools are told."""
    return bool(row.place and row.place.active and not (place and row.place.id == place.id))


def _total(session: Session, actor: Actor, day: date, category: str, place: Place | None,
           counts: Tally) -> UnitAnnex | None:
    if place is not None:
        whole = tally_standing(session, actor, day, "reporting", category)
        return replace(_row(place, whole, day, "reporting", category, None), name="合计")
    return _row(None, counts, day, "reporting", category, None) if actor.may(access.COUNTY) else None


def _row(place: Place | None, counts: Tally, day: date, level: Level, category: str,
         paper: PaperRow | None) -> UnitAnnex:
    unit = place.id if place else None
    by = (("category", category),) if category else ()

    def figure(part: str, *parts: str) -> Figure:
        value = sum(counts.of("closing", unit, one) for one in parts or (part,))
        return Figure(value, Question(STANDING, unit, None, day, part, level, by=by))

    figures = {part: figure(part) for part in (*ANNEX_PARTS, *OTHER_SOURCES)}
    figures |= {"total": figure("total", *ANNEX_PARTS), "others": figure("others", *OTHER_SOURCES),
                "closing": figure("closing", "")}
    return UnitAnnex(place, place.name if place else "合计", figures, paper)


def _papers(session: Session, actor: Actor, day: date, level: Level) -> dict[int, PaperRow]:
    """Each unit's latest paper row on or before `day`; of papers of one day the last filed counts."""
    latest = func.row_number().over(
        partition_by=TownshipCount.unit_id,
        order_by=(TownshipCount.counted_on.desc(), TownshipCount.filed_at.desc(), TownshipCount.id.desc()))
    ranked = select(TownshipCount.id, latest.label("age")).where(TownshipCount.counted_on <= day).subquery()
    query = select(TownshipCount, Sheet.unit_id).join(ranked, ranked.c.id == TownshipCount.id).join(
        Unit, Unit.id == TownshipCount.unit_id).join(Sheet, Sheet.id == TownshipCount.sheet_id)
    query = query.where(ranked.c.age == 1, place_of(Unit, level) == Unit.id)
    if actor.unit_ids is not None:
        query = query.where(access.within(TownshipCount.unit_id, actor))
    return {count.unit_id: _paper(count, actor.sees(sender)) for count, sender in session.execute(query)}


def _paper(count: TownshipCount, in_sight: bool) -> PaperRow:
    counts = {"prior_year": count.prior_year, "ministry_list": count.ministry_list, "total": count.total}
    return PaperRow(count.sheet_id, count.row, count.counted_on, counts, in_sight, count.filed_at)
