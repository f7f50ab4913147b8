"""What a case waits for next and by when: found out after every step, so that lists need not search."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.cases.evidence import arrived_on
from service.cases.states import ATTENDANCE_DAYS, OPEN, OUTSTANDING, OVERDUE_DAYS
from service.database import Database
from service.models import Case, CaseEvent, CaseTask, HomeVisit, Persuasion
from service.norms import norms

LABELS: Mapping[str, str] = {
    "verify": "核实是否辍学", "visit": "家访或劝返", "attend": "确认在校", "settle": "办理销号",
    "arrival": "转入已登记，办理转出核实", "task": "交办事项",
}
"""What may be due, in words."""
ATTEND_WITHIN = 10
"""Days to confirm attendance in, once it counts."""
SETTLE_WITHIN = 30
"""Days to settle a case in, once attendance is confirmed."""


@dataclass(frozen=True, slots=True)
class Due:
    """Something that must have happened by the end of a day."""

    on: date
    what: str


def renew(session: Session, case: Case) -> None:
    """Write into the case what it waits for now; to be called after anything that happened to it."""
    session.flush()
    found = due_of(session, case)
    case.due_on, case.due_for = (found.on, found.what) if found else (None, "")
    session.flush()


def due_of(session: Session, case: Case) -> Due | None:
    """The earliest thing that is due; None for a closed case."""
    if case.state not in OPEN:
        return None
    waiting = [_by_state(session, case)]
    task = session.scalar(select(func.min(CaseTask.due_on)).where(
        CaseTask.case_id == case.id, CaseTask.done_at.is_(None)))
    if task is not None:
        waiting.append(Due(task, "task"))
    if (arrived := arrived_on(session, case)) is not None:
        waiting.append(Due(norms().workdays.after(arrived, norms().verify_days), "arrival"))
    return min(waiting, key=lambda due: due.on)


def renew_unknown(database: Database, most: int = 500) -> int:
    """Find out what open cases wait for that nobody has found out yet; returns how many there were."""
    unknown = select(Case).where(Case.state.in_(OPEN), Case.due_on.is_(None)).limit(most)
    with database.read() as session:
        if session.scalar(unknown) is None:
            return 0
    with database.write() as session:
        found = session.scalars(unknown.with_for_update(skip_locked=True)).all()
        for case in found:
            renew(session, case)
        return len(found)


def _by_state(session: Session, case: Case) -> Due:
    events = session.execute(select(CaseEvent.kind, CaseEvent.happened_on, CaseEvent.detail).where(
        CaseEvent.case_id == case.id)).all()
    last = {kind: max((on for each, on, _ in events if each == kind), default=None)
            for kind in ("relapsed", "returned")}
    began = max(day for day in (case.opened_on, last["relapsed"]) if day)
    if case.state == "suspected":
        return Due(norms().workdays.after(began, norms().verify_days), "verify")
    if case.state in OUTSTANDING:
        return Due(max(began, _last_contact(session, case)) + timedelta(days=OVERDUE_DAYS - 1), "visit")
    from_on = (last["returned"] or began) + timedelta(days=ATTENDANCE_DAYS)
    confirmed = min((on for _, on, detail in events if "attendance" in detail and on >= from_on), default=None)
    if confirmed is None:
        return Due(from_on + timedelta(days=ATTEND_WITHIN), "attend")
    return Due(confirmed + timedelta(days=SETTLE_WITHIN), "settle")


def _last_contact(session: Session, case: Case) -> date:
    visited = session.scalar(select(func.max(HomeVisit.visited_on)).where(HomeVisit.case_id == case.id))
    persuaded = session.scalar(select(func.max(Persuasion.persuaded_on)).where(Persuasion.case_id == case.id))
    told = session.scalar(select(func.max(CaseEvent.happened_on)).where(
        CaseEvent.case_id == case.id, CaseEvent.kind.in_(("visited", "persuaded")), CaseEvent.sheet_id.is_(None)))
    return max((day for day in (visited, persuaded, told) if day), default=case.opened_on)
