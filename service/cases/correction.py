"""A filed visit brought in line with new decisions on its sheet, without losing a figure's track."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service import audit, identity
from service.access import Actor
from service.calendar import today
from service.cases import due, visits
from service.cases.doubts import raise_doubts
from service.cases.mistakes import close_as_mistaken, opened_only_by, tell
from service.cases.students import Told, fill, identify
from service.cases.told import Doubts
from service.cases.visits import COLUMNS, Paper
from service.models import HomeVisit, Sheet, Student


def correct_visit(session: Session, actor: Actor, sheet: Sheet, visit: HomeVisit, paper: Paper) -> None:
    """Bring a filed visit in line with its sheet's new decisions.

    The same child on the same day only changes its columns. Another child or day moves the visit; a
    case that this sheet alone had opened is then closed as a mistake, so that it counts nowhere.
    """
    student, doubts = _child(session, visit, paper)
    moved = {"student": student.id != visit.student_id, "visited_on": paper.told.on != visit.visited_on}
    changed = [name for name in COLUMNS if getattr(visit, name) != paper.columns[name]]
    changed += [name for name, differs in moved.items() if differs]
    elsewhere = any(moved.values()) or paper.told.school_id != visit.unit_id
    if any(moved.values()):
        _move(session, actor, sheet, visit, student, paper)
    for name, value in paper.columns.items():
        setattr(visit, name, value)
    visit.unit_id = paper.told.school_id
    if elsewhere:
        visits.append_visited(session, actor, visit)
    _refresh(session, visit, paper)
    tell(session, actor, visit.case, sheet.id, {"corrected": changed})
    due.renew(session, visit.case)
    raise_doubts(session, actor, visit.case, sheet.id, today(), doubts)
    audit.record(session, actor, "visit.corrected", "sheet", sheet.id, fields=changed, student=student.id,
                 case=visit.case_id)


def _child(session: Session, visit: HomeVisit, paper: Paper) -> tuple[Student, Doubts]:
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
    return visits_of_child == 1 and live == [visit.case] and opened_only_by(visit.case, visit.sheet_id)


def _move(session: Session, actor: Actor, sheet: Sheet, visit: HomeVisit, student: Student,
          paper: Paper) -> None:
    """The visit leaves its case for the right child and day."""
    old, same_child = visit.case, student.id == visit.student_id
    visit.student, visit.visited_on = student, paper.told.on
    if opened_only_by(old, sheet.id):
        close_as_mistaken(session, actor, old, sheet.id)
    elif same_child:
        return  # the case stands on more than this visit: only the visit's day changes
    else:
        raise_doubts(session, actor, old, sheet.id, today(), [("visit_moved", student.id)])
        due.renew(session, old)
    visit.case = visits.case_for(session, actor, student, sheet, paper)
    session.flush()


def _refresh(session: Session, visit: HomeVisit, paper: Paper) -> None:
    """The child's own fields follow its newest paper, corrected ones included."""
    session.flush()
    newest = session.scalars(
        select(func.max(HomeVisit.visited_on)).where(HomeVisit.student_id == visit.student_id)).one()
    fill(visit.student, paper.told, newest=paper.told.on >= newest)
    if paper.told.sex and not visit.student.id_number:
        visit.student.sex = paper.told.sex
