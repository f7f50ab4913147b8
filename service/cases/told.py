"""What a form about one child says of whom: the child's own particulars, and what filing should not be sure of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from service import identity
from service.calendar import today
from service.cases.answers import Row
from service.cases.students import Told
from service.errors import Invalid
from service.models import Sheet
from service.unit_names import school_named

Doubts = tuple[tuple[str, int | None], ...]


@dataclass(frozen=True, slots=True)
class Spoken:
    """Whom a paper speaks of, how old the child is by it, and what is unsure."""

    told: Told
    age: int | None
    doubts: Doubts


def spoken_of(session: Session, sheet: Sheet, row: Row, record: str, day: str) -> Spoken:
    """The child as answers under `student.` and `record.` tell; `day` is the answer that dates the paper.

    Raises Invalid naming what is missing or impossible.
    """
    for target in ("student.name", f"{record}.{day}"):
        row.need(target)
    on = not_to_come(row, f"{record}.{day}")
    number = identity.canonical(row.text("student.id_number"))
    proven = number if identity.identifies(number) else ""
    school = school_named(session, row.text(f"{record}.school"), sheet.unit)
    doubts: list[tuple[str, int | None]] = [] if proven else [("bad_id" if number else "no_id", None)]
    if school is None and (row.text(f"{record}.school") or sheet.unit.kind != "school"):
        doubts.append(("unknown_school", None))
    told = Told(
        name=row.text("student.name"), id_number=proven, sex=row.text("student.sex"),
        school_id=(school or sheet.unit).id, grade_class=row.text(f"{record}.grade_class"),
        address=row.text(f"{record}.address"), guardian=row.text(f"{record}.guardian"), on=on)
    return Spoken(told, row.count(f"{record}.age"), tuple(doubts))


def not_to_come(row: Row, target: str) -> date:
    """The day a paper is dated; raises Invalid for one after today."""
    on = row.day(target) or date.max
    if on > today():
        raise Invalid(f"「{row.labels[target]}」晚于今天，不能入档。", "请对照纸面更正日期。")
    return on
