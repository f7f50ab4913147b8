"""Children whom no school took in after they were transferred out: suspects once the time is over."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from service import audit, identity
from service.calendar import today
from service.cases import due
from service.cases.doubts import raise_doubts
from service.cases.evidence import arrived_on
from service.cases.opening import begin, case_of
from service.cases.states import OPEN
from service.cases.transfers import waiting
from service.database import Database
from service.models import Case, CaseEvent, Student, Transfer
from service.norms import norms


def due_on(out: Transfer) -> date:
    """The last day on which the child may still be taken in without being looked for."""
    return norms().workdays.after(out.moved_on, norms().transfer_days)


def last_overdue(on: date | None = None) -> date:
    """Children who left on this day or before and are still awaited are overdue."""
    return norms().workdays.latest_due(on or today(), norms().transfer_days)


def watch(database: Database, most: int = 200) -> int:
    """Make suspects of the children who are overdue; safe to run as often as one likes, by several at once."""
    overdue = unnoticed().limit(most)
    with database.read() as session:
        if session.scalar(overdue) is None:
            return 0
    with database.write() as session:
        return len([suspect(session, out) for out in session.scalars(_locked(overdue)).all()])


def unnoticed() -> Select[Transfer]:
    """Children who are overdue, and for whom nothing was done yet."""
    return select(Transfer).where(Transfer.direction == "out", waiting(), Transfer.suspected_on.is_(None),
                                  Transfer.moved_on <= last_overdue()).order_by(Transfer.id)


def _locked(query: Select[Transfer]) -> Select[Transfer]:
    return query.with_for_update(of=Transfer, skip_locked=True)


def suspect(session: Session, out: Transfer) -> Case | None:
    """Open the child's case, reopen the one it has, or note the fact in one that is open."""
    child = _child(session, out)
    case = case_of(session, child)
    out.suspected_on = today()
    if case is None:
        case = begin(session, None, child, out.unit_id, source="school_watch", year=today().year, state="suspected",
                     on=today())
        step = "opened"
    else:
        step = _again(session, case, out)
    out.case_id = case.id
    _tell(case, out, step)
    due.renew(session, case)
    audit.record(session, None, "transfer.overdue", "transfer", out.id, case=case.id)
    return case


def _again(session: Session, case: Case, out: Transfer) -> str:
    """An open case is told. A closed one is reopened when the child left after it was closed, or when it was
    closed on an arrival that is none any more; otherwise a person is asked to look."""
    if case.state in OPEN:
        return "noted"
    if case.closing == "died" or not (_left_later(case, out) or _closed_on_nothing(session, case)):
        raise_doubts(session, None, case, out.sheet_id, today(), [("transfer_closed", None)])
        return "noted"
    before, case.state, case.closing, case.closed_on = case.state, "suspected", "", None
    case.events.append(CaseEvent(kind="relapsed", happened_on=today(), unit_id=case.unit_id,
                                 detail={"from": before, "to": "suspected", "watch": "transfer"}))
    session.flush()
    return "reopened"


def _left_later(case: Case, out: Transfer) -> bool:
    return case.closed_on is None or out.moved_on > case.closed_on


def _closed_on_nothing(session: Session, case: Case) -> bool:
    last = next((event for event in reversed(case.events) if event.kind == "closed"), None)
    return last is not None and "arrival" in last.detail and arrived_on(session, case) is None


def _child(session: Session, out: Transfer) -> Student:
    """The child's file, made from what the register says when there is none."""
    if out.student is None and out.id_number_mark:
        out.student = session.scalar(select(Student).where(Student.id_number_mark == out.id_number_mark))
    if out.student is None:
        number = out.id_number if out.id_number_mark else None
        out.student = Student(name=out.name, sex=out.sex, born_on=out.born_on, id_number=number,
                              id_number_mark=identity.mark(number) if number else None, phone=out.phone,
                              guardian=out.guardian, grade_class=out.grade_class, school_id=out.unit_id)
        session.add(out.student)
    session.flush()
    return out.student


def _tell(case: Case, out: Transfer, step: str) -> None:
    case.events.append(CaseEvent(kind="note", happened_on=today(), unit_id=case.unit_id, sheet_id=out.sheet_id,
                                 detail={"transfer": "overdue", "line": out.id, "step": step}))
