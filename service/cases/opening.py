"""Cases: the one a child has, and a new one with its first event."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from service import audit
from service.access import CASE_EVENTS, Actor
from service.calendar import today
from service.cases import due
from service.cases.states import OPEN
from service.errors import Conflict, Invalid, NotFound
from service.models import Case, CaseEvent, Student, Unit
from service.models.cases import SOURCES

FIRST_YEAR = 2000


def case_of(session: Session, student: Student) -> Case | None:
    """The child's case: the open one, else the last closed one that was not opened by mistake."""
    cases = session.scalars(select(Case).where(Case.student_id == student.id, Case.closing != "mistaken")
                            .order_by(Case.opened_on, Case.id).with_for_update()).all()
    still_open = [case for case in cases if case.state in OPEN]
    return next(reversed(still_open or cases), None)


def begin(session: Session, actor: Actor | None, student: Student, unit_id: int, *, source: str, year: int,
          state: str, on: date, sheet_id: int | None = None, reason: str = "") -> Case:
    """A new case with its `opened` event; the caller has made sure that the child has no other."""
    case = Case(student=student, unit_id=unit_id, source=source, source_year=year, state=state, reason=reason,
                opened_on=on)
    session.add(case)
    case.events.append(CaseEvent(
        kind="opened", happened_on=on, unit_id=unit_id, sheet_id=sheet_id,
        user_id=actor.user_id if actor else None, detail={"from": None, "to": state, "source": source}))
    due.renew(session, case)
    return case


def open_case(session: Session, actor: Actor, student_id: int, *, source: str, year: int, on: date,
              reason: str = "", state: str = "suspected") -> Case:
    """Open a case by hand for a child without one; raises NotFound, Invalid or Conflict.

    A child whose case was closed is brought back into it by the act `relapse`.
    """
    actor.require(CASE_EVENTS)
    student = session.get(Student, student_id)
    if student is None or not actor.sees(student.school_id):
        raise NotFound
    check_source(source, year)
    if on > today():
        raise Invalid("「立案日期」不能晚于今天。")
    if case_of(session, student) is not None:
        raise Conflict("这名学生已有个案。", "结案后又辍学的，请在原个案上登记复辍。")
    case = begin(session, actor, student, student.school_id, source=source, year=year, state=state, on=on,
                 reason=reason)
    audit.record(session, actor, "case.opened", "case", case.id, source=source, year=year)
    return case


def add_student(session: Session, actor: Actor | None, student: Student) -> Student:
    """Keep a new child; raises Invalid when its unit is not there."""
    if session.get(Unit, student.school_id) is None:
        raise Invalid("「学校」不在单位名单中。")
    session.add(student)
    session.flush()
    audit.record(session, actor, "student.added", "student", student.id)
    return student


def check_source(source: str, year: int) -> None:
    """Raise Invalid unless it is a known source and a year that can have had it."""
    if source not in SOURCES:
        raise Invalid("「来源」不在可选范围内。")
    if not FIRST_YEAR <= year <= today().year:
        raise Invalid(f"「来源年度」应在 {FIRST_YEAR} 年到今年之间。")
