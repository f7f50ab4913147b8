"""劝返记录: a signed-off record of a talk becomes a persuasion in its child's case."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service import audit, identity
from service.access import Actor
from service.calendar import today
from service.cases import due
from service.cases.answers import Row
from service.cases.doubts import raise_doubts
from service.cases.mistakes import close_as_mistaken, opened_only_by, tell
from service.cases.opening import begin, case_of
from service.cases.records import MOVES
from service.cases.states import AFTER_VISIT, OPEN, OPENED_BY_VISIT, reason_in
from service.cases.students import Told, fill, identify, update_student
from service.cases.told import Doubts, Spoken, spoken_of
from service.cases.visits import Paper, child_of
from service.database import Base
from service.models import Case, CaseEvent, Persuasion, Sheet, Student

OUTCOMES: Mapping[str, str] = {
    "已返校": "returned", "同意返校": "agreed", "暂不返校": "refused", "未见到本人": "not_found",
}
"""The answers of the form, and what they come to."""


def file(session: Session, actor: Actor, sheet: Sheet, rows: tuple[Row, ...], marks: Mapping[str, bool]) -> None:
    """Keep what the sheet says, or bring what it filed before in line with it; raises Invalid."""
    spoken = spoken_of(session, sheet, rows[0], "persuasion", "persuaded_on")
    columns = _columns(rows[0], marks)
    filed = session.scalar(select(Persuasion).where(Persuasion.sheet_id == sheet.id))
    if filed is None:
        _add(session, actor, sheet, spoken, columns)
    elif _same(filed, spoken.told):
        _change(session, actor, filed, spoken.told, columns)
    elif _renamed(session, filed, spoken.told):
        filed.student.name = spoken.told.name
        if spoken.told.id_number:
            identify(filed.student, spoken.told.id_number)
        _change(session, actor, filed, spoken.told, columns)
    else:
        _take_out(session, actor, filed, {"moved": True}, "persuasion_moved")
        _add(session, actor, sheet, spoken, columns)


def take_out(session: Session, actor: Actor, sheet: Sheet, reason: str) -> None:
    """Take the sheet's persuasion out of the records; a case that it alone had opened closes as a mistake."""
    for filed in session.scalars(select(Persuasion).where(Persuasion.sheet_id == sheet.id)):
        _take_out(session, actor, filed, {"withdrawn": True}, "persuasion_withdrawn", reason)


def _add(session: Session, actor: Actor, sheet: Sheet, spoken: Spoken, columns: Mapping[str, object]) -> None:
    told = spoken.told
    student, doubts = child_of(session, Paper(told, {}, spoken.age, ()))
    case = _case(session, actor, student, sheet, told, str(columns["reason"] or ""))
    late = case.state not in OPEN and case.closed_on is not None and told.on > case.closed_on
    before = student.school_id
    update_student(session, student, told, sheet.id)
    if student.school_id != before and case.unit_id != student.school_id:
        doubts = (*doubts, ("other_school", None))
    filed = Persuasion(student=student, case=case, sheet_id=sheet.id, unit_id=told.school_id, persuaded_on=told.on,
                       **columns)
    session.add(filed)
    session.flush()
    _append(session, actor, filed)
    raise_doubts(session, actor, case, sheet.id, told.on,
                 (*spoken.doubts, *doubts, *((("after_closing", None),) if late else ())))
    audit.record(session, actor, "persuasion.filed", "sheet", sheet.id, student=student.id, case=case.id)


def _case(session: Session, actor: Actor, student: Student, sheet: Sheet, told: Told, reason: str) -> Case:
    """The child's case, opened by this paper when there is none."""
    case = case_of(session, student)
    if case is None:
        return begin(session, actor, student, told.school_id, source="other", year=told.on.year,
                     state=OPENED_BY_VISIT, on=told.on, sheet_id=sheet.id, reason=reason_in(reason))
    case.reason = case.reason or reason_in(reason)
    return case


def _append(session: Session, actor: Actor, filed: Persuasion) -> None:
    """The talk as a step of its case: somebody having gone, a suspicion becomes a persuasion."""
    case, before = filed.case, filed.case.state
    case.state = AFTER_VISIT.get(before, before)
    case.events.append(CaseEvent(
        kind="persuaded", happened_on=filed.persuaded_on, unit_id=filed.unit_id, sheet_id=filed.sheet_id,
        user_id=actor.user_id, detail={"from": before, "to": case.state, "outcome": filed.outcome}))
    due.renew(session, case)


def _change(session: Session, actor: Actor, filed: Persuasion, told: Told, columns: Mapping[str, object]) -> None:
    changed = [name for name, value in columns.items() if getattr(filed, name) != value]
    for name, value in columns.items():
        setattr(filed, name, value)
    elsewhere, filed.unit_id = filed.unit_id != told.school_id, told.school_id
    fill(filed.student, told, newest=_newest(session, filed))
    if elsewhere:
        _append(session, actor, filed)
    tell(session, actor, filed.case, filed.sheet_id or 0, {"corrected": changed})
    due.renew(session, filed.case)
    audit.record(session, actor, "persuasion.corrected", "sheet", filed.sheet_id, fields=changed)


def _newest(session: Session, filed: Persuasion) -> bool:
    last = session.scalar(select(func.max(Persuasion.persuaded_on)).where(Persuasion.student_id == filed.student_id))
    return last is None or filed.persuaded_on >= last


def _same(filed: Persuasion, told: Told) -> bool:
    """Whether the paper still speaks of the same child on the same day."""
    number = not told.id_number or told.id_number == filed.student.id_number
    return filed.student.name == told.name and number and filed.persuaded_on == told.on


def _renamed(session: Session, filed: Persuasion, told: Told) -> bool:
    """Whether the child was made by this very sheet, so that the paper's new words are its name and number."""
    columns = (Base.metadata.tables[table].c[column] for table, column in MOVES)
    own = sum(session.scalar(select(func.count()).where(column == filed.student_id)) or 0 for column in columns)
    number = told.id_number
    taken = number and session.scalar(select(Student.id).where(
        Student.id_number_mark == identity.mark(number), Student.id != filed.student_id))
    alone = own == 2 and opened_only_by(filed.case, filed.sheet_id or 0)
    return alone and not taken and filed.persuaded_on == told.on


def _take_out(session: Session, actor: Actor, filed: Persuasion, detail: dict[str, bool], doubt: str,
              reason: str | None = None) -> None:
    case, sheet_id = filed.case, filed.sheet_id or 0
    session.delete(filed)
    tell(session, actor, case, sheet_id, detail, reason)
    if opened_only_by(case, sheet_id):
        close_as_mistaken(session, actor, case, sheet_id)
    else:
        doubts: Doubts = ((doubt, None),)
        raise_doubts(session, actor, case, sheet_id, today(), doubts)
        due.renew(session, case)


def _columns(row: Row, marks: Mapping[str, bool]) -> Mapping[str, object]:
    result = row.text("persuasion.result")
    people = (row.text("persuasion.persuaders"), row.text("persuasion.companion"))
    return {
        "number": row.count("persuasion.number"), "persuaders": "、".join(name for name in people if name),
        "method": row.text("persuasion.method"), "guardian": row.text("persuasion.guardian"),
        "grade_class": row.text("persuasion.grade_class"), "reason": row.text("persuasion.reason") or None,
        "content": row.text("persuasion.content") or None, "result": result or None,
        "outcome": OUTCOMES.get(result, ""), "promised_on": row.day("persuasion.promised_on"),
        "school_on": row.day("persuasion.school_on"), "parent_on": row.day("persuasion.parent_on"),
        "school_seal": bool(marks.get("school_seal")), "guardian_signature": bool(marks.get("guardian_signature")),
    }


