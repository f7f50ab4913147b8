"""What a unit's own papers say of a month, beside what the records count: each number, and how they differ."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access import Actor
from service.models import Sheet, TownshipCount, Unit
from service.reports.annex1 import PLAIN
from service.reports.figures import ANNEX_LABELS, STANDING, Figure, Question
from service.reports.periods import Month
from service.reports.places import of_unit
from service.reports.tally import ANNEX_PARTS, tally_standing


@dataclass(frozen=True, slots=True)
class PaperCheck:
    """One number of a paper; `figure` is what the records count on the paper's day."""

    paper: str
    on: date
    column: str
    label: str
    written: int
    figure: Figure
    sheet_id: int
    row: int
    in_sight: bool

    @property
    def differs(self) -> bool:
        """Whether paper and records say different things."""
        return self.written != self.figure.value

    @property
    def by(self) -> int:
        """Paper less records."""
        return self.written - self.figure.value


def paper_checks(session: Session, actor: Actor, unit: Unit, wanted: Month) -> tuple[PaperCheck, ...]:
    """The numbers of the unit's last 统计表 of the month."""
    found = session.execute(select(TownshipCount, Sheet.unit_id).join(Sheet, Sheet.id == TownshipCount.sheet_id).where(
        TownshipCount.unit_id == unit.id, TownshipCount.counted_on.between(wanted.first, wanted.last)).order_by(
        TownshipCount.counted_on.desc(), TownshipCount.filed_at.desc(), TownshipCount.id.desc()).limit(1)).first()
    return () if found is None else _of_count(session, actor, unit, *found)


def _of_count(session: Session, actor: Actor, unit: Unit, count: TownshipCount, sender: int) -> tuple[PaperCheck, ...]:
    place, day, by = of_unit(unit), count.counted_on, (("category", PLAIN),)
    counted = tally_standing(session, actor, day, place.level, PLAIN)
    values = {part: counted.of("closing", unit.id, part) for part in ANNEX_PARTS}
    values["total"] = sum(values.values())
    return tuple(PaperCheck(
        "统计表", day, column, ANNEX_LABELS[column], getattr(count, column),
        Figure(value, Question(STANDING, unit.id, None, day, column, place.level, by=by)), count.sheet_id, count.row,
        actor.sees(sender)) for column, value in values.items())
