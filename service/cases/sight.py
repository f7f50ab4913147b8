"""Which children, cases and sheets a person may see; another unit's are the same as absent."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, or_, select, true
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.base import ExecutableOption

from service.access import Actor, within
from service.errors import NotFound
from service.models import Case, Handover, HomeVisit, Lesson, Persuasion, Sheet, Student

OF_ONE_CHILD: tuple[type[HomeVisit] | type[Persuasion] | type[Lesson], ...] = (HomeVisit, Persuasion, Lesson)
"""Records whose sheets speak of one child only: a register of transfers names others beside it."""


def student_in_sight(actor: Actor) -> ColumnElement[bool]:
    """A child is seen by its school's side, by the township of its household register, by the unit that
    answers for a case of it, and by one that is asked to take it over."""
    if actor.unit_ids is None:
        return Student.merged_into.is_(None)
    case = aliased(Case)  # its own name: the query around may hold the case itself
    answered = exists().where(case.student_id == Student.id, within(case.unit_id, actor))
    offered = select(Case.student_id).join(Handover, Handover.case_id == Case.id).where(
        Handover.state == "pending", within(Handover.to_unit_id, actor))
    return and_(Student.merged_into.is_(None), or_(
        within(Student.school_id, actor), within(Student.register_unit_id, actor), answered,
        Student.id.in_(offered)))


def sheet_in_sight(actor: Actor) -> ColumnElement[bool]:
    """A sheet is seen by the side that uploaded it, and by those who see the one child it was filed under."""
    if actor.unit_ids is None:
        return true()
    return or_(within(Sheet.unit_id, actor), *(
        Sheet.id.in_(select(record.sheet_id).join(Student, Student.id == record.student_id).where(
            record.sheet_id.is_not(None), student_in_sight(actor))) for record in OF_ONE_CHILD))


def student(session: Session, actor: Actor, student_id: int, *loads: ExecutableOption) -> Student:
    """The child, when the actor may see it, with what `loads` says of it read afresh; a file that was merged leads to
    the one it went into. Raises NotFound."""
    query = select(Student).where(Student.id == student_id, student_in_sight(actor)).options(*loads)
    found = session.scalar(query.execution_options(populate_existing=bool(loads)))
    if found is None:
        kept = session.scalar(select(Student.merged_into).where(Student.id == student_id))
        if kept is None:
            raise NotFound
        return student(session, actor, kept, *loads)
    return found


def case(session: Session, actor: Actor, case_id: int, *, lock: bool = False) -> Case:
    """The case of a child the actor may see, locked against others when asked; raises NotFound."""
    query = select(Case).join(Student, Student.id == Case.student_id).where(
        Case.id == case_id, student_in_sight(actor))
    found = session.scalar(query.with_for_update(of=Case) if lock else query)
    if found is None:
        raise NotFound
    return found


def sheet(session: Session, actor: Actor, sheet_id: int) -> Sheet:
    """The sheet, when the actor may see it; raises NotFound."""
    found = session.scalar(select(Sheet).where(Sheet.id == sheet_id, sheet_in_sight(actor)))
    if found is None:
        raise NotFound
    return found
