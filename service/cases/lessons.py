"""送教上门记录: a signed-off record of a lesson day becomes a line of its child's ledger."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service import audit
from service.access import Actor
from service.cases.answers import Row
from service.cases.doubts import raise_doubts
from service.cases.opening import case_of
from service.cases.students import update_student
from service.cases.told import Doubts, spoken_of
from service.cases.visits import Paper, child_of
from service.models import Lesson, Sheet, Student


def file(session: Session, actor: Actor, sheet: Sheet, rows: tuple[Row, ...], marks: Mapping[str, bool]) -> None:
    """Keep what the sheet says, or bring what it filed before in line with it; raises Invalid."""
    row = rows[0]
    row.need("lesson.lessons")
    spoken = spoken_of(session, sheet, row, "lesson", "taught_on")
    filed = session.scalar(select(Lesson).where(Lesson.sheet_id == sheet.id))
    act = "lesson.filed" if filed is None else "lesson.corrected"
    student, doubts = child_of(session, Paper(spoken.told, {}, spoken.age, ()))
    update_student(session, student, spoken.told, sheet.id)
    filed = filed or Lesson(sheet_id=sheet.id)
    filed.student, filed.unit_id, filed.taught_on = student, spoken.told.school_id, spoken.told.on
    for name, value in _columns(row, marks).items():
        setattr(filed, name, value)
    session.add(filed)
    session.flush()
    _doubt(session, actor, student, sheet, filed, (*spoken.doubts, *doubts) if act == "lesson.filed" else ())
    audit.record(session, actor, act, "sheet", sheet.id, student=student.id)


def take_out(session: Session, actor: Actor, sheet: Sheet, reason: str) -> None:
    """Take the sheet's lessons out of the ledger."""
    session.execute(delete(Lesson).where(Lesson.sheet_id == sheet.id))


def _doubt(session: Session, actor: Actor, student: Student, sheet: Sheet, filed: Lesson, doubts: Doubts) -> None:
    """What filing was not sure of is said in the child's case, where it has one."""
    case = case_of(session, student) if doubts else None
    if case is not None:
        raise_doubts(session, actor, case, sheet.id, filed.taught_on, doubts)


def _columns(row: Row, marks: Mapping[str, bool]) -> Mapping[str, object]:
    people = (row.text("lesson.teachers"), row.text("lesson.companion"))
    said = (row.text("lesson.response"), row.text("lesson.parent_opinion"))
    return {
        "lessons": row.count("lesson.lessons") or 0, "teachers": "、".join(name for name in people if name),
        "content": row.text("lesson.content") or None, "response": "；".join(text for text in said if text) or None,
        "guardian": row.text("lesson.guardian"), "guardian_signature": bool(marks.get("guardian_signature")),
        "teacher_signature": bool(row.text("lesson.teachers")), "school_seal": bool(marks.get("school_seal")),
    }
