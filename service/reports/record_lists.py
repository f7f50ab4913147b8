"""The lists behind figures of records: lessons at home, moves in and out, as they are or as they were kept."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access import Actor
from service.calendar import full_years
from service.cases import sight
from service.models import IssuedReport, Lesson, MonthlyReturn, ReturnStep, Student, Transfer, Unit
from service.reports.figures import Question
from service.reports.records import Entry, record_entries, thawed, under
from service.reports.rows import ListRow


def records_behind(session: Session, actor: Actor, question: Question) -> list[Entry]:
    """The records that a question's figure counts, of an issued month or a return those that were kept."""
    entries = _kept(session, question)
    if entries is None:
        entries = record_entries(session, actor, question.span, (question.figure,))
    places = under(session)[question.level]
    return [entry for entry in entries if entry.figure == question.figure and actor.sees(places[entry.unit_id])
            and question.unit_id in (None, places[entry.unit_id])]


def record_rows(session: Session, actor: Actor, entries: Iterable[Entry], label: str) -> tuple[ListRow, ...]:
    """The entries with who they tell of; what has been taken out of the records meanwhile says so."""
    return tuple(_row(session, actor, entry, label) for entry in entries)


def _kept(session: Session, question: Question) -> list[Entry] | None:
    if question.known is None or question.month is None:
        return None
    month = question.month.first
    figures = session.scalar(select(IssuedReport.figures).where(
        IssuedReport.month == month, IssuedReport.known_event == question.known))
    if figures is None:
        figures = session.scalar(select(ReturnStep.figures).join(MonthlyReturn).where(
            MonthlyReturn.month == month, MonthlyReturn.unit_id == question.unit_id,
            ReturnStep.known_event == question.known, ReturnStep.act == "submitted"))
    return None if figures is None else [thawed(row) for row in figures["records"]]


def _row(session: Session, actor: Actor, entry: Entry, label: str) -> ListRow:
    record = session.get(Lesson if entry.figure == "lessons" else Transfer, entry.record_id)
    student = _seen(session, actor, entry.student_id)
    unit = session.get_one(Unit, entry.unit_id).name
    name = student.name if student else record.name if isinstance(record, Transfer) else "（记录已撤回）"
    born = student.born_on if student else None
    return ListRow(
        student_id=student.id if student else None, name=name, sex=student.sex if student else "",
        age=full_years(born, entry.on) if born else None, id_number="", school=unit, unit=unit, source="",
        step=f"{label} {entry.amount}" if entry.amount != 1 else label, on=entry.on, sheet_id=entry.sheet_id,
        is_initial=False, row=entry.row, amount=entry.amount)


def _seen(session: Session, actor: Actor, student_id: int | None) -> Student | None:
    return session.scalar(select(Student).where(Student.id == student_id, sight.student_in_sight(actor)))
