"""Children as papers speak of them: made new, or brought up to date without losing what was known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service import identity
from service.errors import Conflict
from service.models import HomeVisit, Student


@dataclass(frozen=True, slots=True)
class Told:
    """What one paper says about a child; "" where it says nothing. `id_number` is valid or ""."""

    name: str
    id_number: str
    sex: str
    school_id: int
    grade_class: str
    address: str
    guardian: str
    on: date


def new_student(session: Session, told: Told) -> Student:
    """A new child from its first paper."""
    student = Student(name=told.name, school_id=told.school_id)
    fill(student, told, newest=True)
    try:
        with session.begin_nested():
            session.add(student)
    except IntegrityError:  # two clerks signed two papers of one new child at the same moment
        raise Conflict("别人刚刚为同一名学生建了档案。", "请再签收一次，这张纸会归入那份档案。") from None
    return student


def update_student(session: Session, student: Student, told: Told, sheet_id: int) -> None:
    """Fill what was empty; replace what may change only by a paper at least as new as the others."""
    later = session.scalar(select(HomeVisit.id).where(
        HomeVisit.student_id == student.id, HomeVisit.visited_on > told.on,
        HomeVisit.sheet_id != sheet_id).limit(1))
    fill(student, told, newest=later is None)


def fill(student: Student, told: Told, *, newest: bool) -> None:
    """Write `told` into the student: identity only where empty, the rest also when newest."""
    if told.id_number and not student.id_number:
        identify(student, told.id_number)
    if told.sex and not student.sex:
        student.sex = told.sex
    for name in ("grade_class", "address", "guardian"):
        value = getattr(told, name)
        if value and (newest or not getattr(student, name)):
            setattr(student, name, value)
    if newest:
        student.school_id = told.school_id


def identify(student: Student, number: str) -> None:
    """Give the child this ID number, with the birth date and sex that stand in it."""
    student.id_number, student.id_number_mark = number, identity.mark(number)
    student.born_on = identity.born_on(number)
    student.sex = identity.sex(number) or student.sex
