"""The timeline's entries from papers other than home visits: persuasions, transfers, lessons at home."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from service.access import Actor
from service.cases.entries import Entry
from service.cases.paper_values import SheetValues
from service.cases.sight import sheet_in_sight
from service.models import Lesson, Persuasion, Sheet, Transfer, User
from service.models.values import FORM_ROW

Record = Persuasion | Lesson | Transfer
OUTCOMES: Mapping[str, str] = {
    "": "", "agreed": "同意返校", "returned": "已返校", "refused": "暂不返校", "not_found": "未见到本人",
}


def other_papers(session: Session, actor: Actor, student_id: int, opened: frozenset[str],
                 filers: Mapping[int | None, User | None]) -> list[Entry]:
    """One entry a record; one that was filed from a sheet the person may open carries the sheet's values."""
    on_paper = (Persuasion.student_id == student_id, Persuasion.sheet_id.is_not(None))
    talks = session.scalars(select(Persuasion).where(*on_paper).options(joinedload(Persuasion.unit))).all()
    lessons = session.scalars(select(Lesson).where(Lesson.student_id == student_id).options(
        joinedload(Lesson.unit))).all()
    moves = session.scalars(select(Transfer).where(Transfer.student_id == student_id).options(
        joinedload(Transfer.unit), joinedload(Transfer.other_unit))).all()
    papers: tuple[Record, ...] = (*talks, *lessons, *moves)
    sheets = {record.sheet_id for record in papers if record.sheet_id is not None}
    seen = _seen(session, actor, sheets) if sheets else set()
    values = SheetValues(session, seen, opened)
    return [*(_talk(talk, values, seen, filers) for talk in talks),
            *(_lesson(lesson, values, seen) for lesson in lessons),
            *(_move(move, values, seen) for move in moves)]


def _seen(session: Session, actor: Actor, sheets: set[int]) -> set[int]:
    return set(session.scalars(select(Sheet.id).where(Sheet.id.in_(sheets), sheet_in_sight(actor))))


def _talk(talk: Persuasion, values: SheetValues, seen: set[int],
          filers: Mapping[int | None, User | None]) -> Entry:
    text = OUTCOMES[talk.outcome] + (f"，约定 {talk.promised_on} 返校" if talk.promised_on else "")
    user = filers.get(talk.sheet_id)
    return _entry("persuaded", talk, "劝返", text, values, seen, user.name if user else "", talk.persuaded_on)


def _lesson(lesson: Lesson, values: SheetValues, seen: set[int]) -> Entry:
    text = f"{lesson.lessons} 课时" + (f"，{lesson.subject}" if lesson.subject else "")
    return _entry("taught", lesson, "送教上门", text, values, seen, "", lesson.taught_on)


def _move(move: Transfer, values: SheetValues, seen: set[int]) -> Entry:
    other = (move.other_unit.name if move.other_unit else move.other_school) or "未写明"
    own = move.unit.name
    text = f"{own} → {other}" if move.direction == "out" else f"{other} → {own}"
    if move.direction == "out":
        text += "，已有转入登记" if move.partner_id else "，已有接收凭据" if move.receipt_on else "，还没有转入登记"
    title = "转出" if move.direction == "out" else "转入"
    return _entry("transferred", move, title, text, values, seen, "", move.moved_on)


def _entry(kind: str, record: Record, title: str, text: str, values: SheetValues,
           seen: set[int], who: str, on: date) -> Entry:
    sheet_id = record.sheet_id if record.sheet_id in seen else None
    shown = values.shown(sheet_id, record.row) if sheet_id is not None else ()
    marks = values.marks(sheet_id, record) if sheet_id is not None and record.row == FORM_ROW else ()
    tone = "" if not marks else "ok" if all(mark.there for mark in marks) else "warn"
    return Entry(kind, on, record.filed_at, title, text, who, record.unit.name, sheet_id, tone, shown, marks,
                 row=record.row)
