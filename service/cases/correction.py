"""A sheet signed off wrongly: opened again with a reason, then filed anew without losing a figure's track."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from service import audit
from service.access import Actor
from service.calendar import today
from service.cases import identity, visits
from service.cases.doubts import raise_doubts
from service.cases.students import Told, fill, identify
from service.cases.visits import COLUMNS, Paper
from service.errors import Conflict, Invalid, NotAllowed, NotFound
from service.models import Case, CaseEvent, HomeVisit, Sheet, Student


def reopen(session: Session, actor: Actor, sheet_id: int, version: int, reason: str) -> int:
    """Give a signed sheet back to review; what it filed stays in the figures until it is signed again.

    Only the bureau may, with a reason. Returns the new version; raises NotFound, Invalid or Conflict.
    """
    if actor.role != "bureau":
        raise NotAllowed
    if not reason.strip():
        raise Invalid("请填写重新打开的「理由」。")
    sheet = session.get(Sheet, sheet_id)
    if sheet is None:
        raise NotFound
    changed = session.execute(
        update(Sheet).where(Sheet.id == sheet_id, Sheet.version == version, Sheet.state == "signed")
        .values(state="to_review", version=version + 1, signed_by=None, signed_at=None)
        .returning(Sheet.id)).scalar()
    if changed is None:
        raise Conflict("这张表的状态刚刚有了变化，没有重新打开。", "请刷新后再看。")
    session.refresh(sheet)
    filed = visits.visit_of(session, sheet_id)
    if filed is not None:
        _tell(session, actor, filed.case, sheet_id, {"reopened": True}, reason.strip())
    audit.record(session, actor, "sheet.reopened", "sheet", sheet_id)
    return sheet.version


def correct_visit(session: Session, actor: Actor, sheet: Sheet, visit: HomeVisit, paper: Paper) -> None:
    """Bring a filed visit in line with its sheet's new decisions.

    The same child on the same day only changes its columns. Another child or day moves the visit; a
    case that this sheet alone had opened is then closed as a mistake, so that it counts nowhere.
    """
    student, doubts = _child(session, visit, paper)
    moved = {"student": student.id != visit.student_id, "visited_on": paper.told.on != visit.visited_on}
    changed = [name for name in COLUMNS if getattr(visit, name) != paper.columns[name]]
    changed += [name for name, differs in moved.items() if differs]
    if any(moved.values()):
        _move(session, actor, sheet, visit, student, paper)
    for name, value in paper.columns.items():
        setattr(visit, name, value)
    visit.unit_id = paper.told.school_id
    _refresh(session, visit, paper)
    _tell(session, actor, visit.case, sheet.id, {"corrected": changed})
    raise_doubts(session, actor, visit.case, sheet.id, today(), doubts)
    audit.record(session, actor, "visit.corrected", "sheet", sheet.id, fields=changed, student=student.id,
                 case=visit.case_id)


def _child(session: Session, visit: HomeVisit, paper: Paper) -> tuple[Student, visits.Doubts]:
    """Whom the corrected paper speaks of: the same child, one already known, or one made for it."""
    known = visit.student
    if _tells_of(known, paper.told):
        return known, ()
    ours = _made_by(session, visit)
    number = paper.told.id_number
    taken = number and session.scalar(select(Student.id).where(
        Student.id_number_mark == identity.mark(number), Student.id != known.id))
    if ours and not taken:
        known.name = paper.told.name
        if number:
            identify(known, number)
        return known, ()
    return visits.child_of(session, paper, ignoring=known.id)


def _tells_of(student: Student, told: Told) -> bool:
    same_number = not told.id_number or told.id_number == student.id_number
    return student.name == told.name and same_number


def _made_by(session: Session, visit: HomeVisit) -> bool:
    """Whether this sheet is all that is known of its child: it opened the one case and nothing followed."""
    visits_of_child = session.scalar(
        select(func.count()).select_from(HomeVisit).where(HomeVisit.student_id == visit.student_id))
    live = [case for case in visit.student.cases if case.closing != "mistaken"]
    return visits_of_child == 1 and live == [visit.case] and _opened_only_by(visit.case, visit.sheet_id)


def _opened_only_by(case: Case, sheet_id: int) -> bool:
    return all(event.sheet_id == sheet_id or "settles" in event.detail for event in case.events)


def _move(session: Session, actor: Actor, sheet: Sheet, visit: HomeVisit, student: Student,
          paper: Paper) -> None:
    """The visit leaves its case for the right child and day."""
    old, same_child = visit.case, student.id == visit.student_id
    visit.student, visit.visited_on = student, paper.told.on
    if _opened_only_by(old, sheet.id):
        _close_as_mistaken(session, actor, old, sheet.id)
    elif same_child:
        return  # the case stands on more than this visit: only the visit's day changes
    else:
        raise_doubts(session, actor, old, sheet.id, today(), [("visit_moved", student.id)])
    visit.case = visits.case_for(session, actor, student, sheet, paper)
    session.flush()
    visits.append_visited(session, actor, visit)


def _close_as_mistaken(session: Session, actor: Actor, case: Case, sheet_id: int) -> None:
    """Closed on the very day it was opened: in no month does it add to what is outstanding."""
    before, case.state, case.closing, case.closed_on = case.state, "closed", "mistaken", case.opened_on
    _append(case, "closed", case.opened_on, actor, sheet_id,
            {"from": before, "to": "closed", "closing": "mistaken"})
    session.flush()


def _refresh(session: Session, visit: HomeVisit, paper: Paper) -> None:
    """The child's own fields follow its newest paper, corrected ones included."""
    session.flush()
    newest = session.scalars(
        select(func.max(HomeVisit.visited_on)).where(HomeVisit.student_id == visit.student_id)).one()
    fill(visit.student, paper.told, newest=paper.told.on >= newest)
    if paper.told.sex and not visit.student.id_number:
        visit.student.sex = paper.told.sex


def _tell(session: Session, actor: Actor, case: Case, sheet_id: int, detail: dict[str, object],
          note: str | None = None) -> None:
    _append(case, "note", today(), actor, sheet_id, detail, note)
    session.flush()


def _append(case: Case, kind: str, on: date, actor: Actor, sheet_id: int, detail: dict[str, object],
            note: str | None = None) -> None:
    case.events.append(CaseEvent(kind=kind, happened_on=on, unit_id=case.unit_id, sheet_id=sheet_id,
                                 user_id=actor.user_id, detail=detail, note=note))
