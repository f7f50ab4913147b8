"""Figures counted from records of their own rather than from a case's steps: lessons at home, moves in and out."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import date
from typing import Any

from sqlalchemy import CompoundSelect, func, literal, select, union_all
from sqlalchemy.orm import Session

from service.access import Actor
from service.models import Lesson, Transfer, Unit
from service.reports.ledger import Level
from service.reports.walk import Span

RECORD_FIGURES = ("lessons", "moved_in", "moved_out")


@dataclass(frozen=True, slots=True)
class Entry:
    """One record that a figure counts, and by how much: a line of lessons counts as many as it tells of."""

    figure: str
    unit_id: int
    """The very unit; `under` says where that one is counted."""
    record_id: int
    amount: int
    on: date
    sheet_id: int | None
    row: int
    student_id: int | None

    def frozen(self) -> list[Any]:
        """As kept in JSON."""
        return [value.isoformat() if isinstance(value, date) else value for value in astuple(self)]


def thawed(row: list[Any]) -> Entry:
    """What `frozen` wrote."""
    return Entry(row[0], row[1], row[2], row[3], date.fromisoformat(row[4]), *row[5:])


def record_entries(session: Session, actor: Actor, span: Span,
                   figures: tuple[str, ...] = RECORD_FIGURES) -> list[Entry]:
    """The records of the span's days in the actor's sight, the newest first."""
    rows = _rows(span, figures).subquery("records")
    query = select(rows).order_by(rows.c.on.desc(), rows.c.record_id.desc())
    return [Entry(*row) for row in session.execute(query) if actor.sees(row.unit_id)]


def record_counts(session: Session, span: Span) -> list[tuple[str, int, str, int]]:
    """Rows (figure, unit, part, count), by the very unit; records have no parts."""
    rows = _rows(span, RECORD_FIGURES).subquery("records")
    query = select(rows.c.figure, rows.c.unit_id, func.sum(rows.c.amount)).group_by(rows.c.figure, rows.c.unit_id)
    return [(figure, unit, "", int(amount)) for figure, unit, amount in session.execute(query)]


def under(session: Session) -> dict[Level, dict[int, int]]:
    """Where each unit's records are counted, by level."""
    units = session.execute(select(Unit.id, Unit.parent_id, Unit.kind)).all()
    return {"own": {unit: unit for unit, _, _ in units},
            "reporting": {unit: parent if parent and kind == "school" else unit for unit, parent, kind in units}}


def _rows(span: Span, figures: tuple[str, ...]) -> CompoundSelect[Any]:
    parts: list[Any] = []
    if "lessons" in figures:
        parts.append(select(
            literal("lessons").label("figure"), Lesson.unit_id, Lesson.id.label("record_id"),
            Lesson.lessons.label("amount"), Lesson.taught_on.label("on"), Lesson.sheet_id, Lesson.row,
            Lesson.student_id).where(Lesson.taught_on.between(span.first, span.last)))
    parts += [select(
        literal(f"moved_{way}").label("figure"), Transfer.unit_id, Transfer.id.label("record_id"),
        literal(1).label("amount"), Transfer.moved_on.label("on"), Transfer.sheet_id, Transfer.row,
        Transfer.student_id).where(Transfer.direction == way, Transfer.moved_on.between(span.first, span.last))
        for way in ("in", "out") if f"moved_{way}" in figures]
    return union_all(*parts)
