"""Which child a paper speaks of: found by ID number, else by name, school and birth date, else new."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from rapidfuzz.distance import Levenshtein
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from service import identity
from service.calendar import full_years
from service.models import Student

_SLIP = 2
"""Two ID numbers differing in so few places may be one number written wrong once."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What a paper says of a child. `id_number` is canonical and valid, or "" ; `age` as of `on`."""

    name: str
    id_number: str
    school_id: int
    age: int | None
    on: date

    @property
    def born_on(self) -> date | None:
        """The birth date in the ID number."""
        return identity.born_on(self.id_number) if self.id_number else None


@dataclass(frozen=True, slots=True)
class Match:
    """The child found, or None for a new one, and what a person should look at: (reason, student id)."""

    student: Student | None
    doubts: tuple[tuple[str, int], ...] = ()


def find(session: Session, sought: Sought) -> Match:
    """The child of the paper. Never picks between two: doubtful likenesses are named, not merged."""
    if sought.id_number:
        mark = identity.mark(sought.id_number)
        found = session.scalar(select(Student).where(Student.id_number_mark == mark))
        if found is not None and found.merged_into:
            found = session.get_one(Student, found.merged_into)
        if found is not None:
            return Match(found, () if found.name == sought.name else (("other_name", found.id),))
    alike = _alike(session, sought)
    same = [student for student in alike if _is_same(student, sought)]
    if len(same) == 1:
        return Match(same[0], () if sought.born_on else (("by_age", same[0].id),))
    return Match(None, tuple((_likeness(student, sought), student.id) for student in alike))


def _is_same(student: Student, sought: Sought) -> bool:
    """Name, school and birth date agree, and no two different ID numbers stand against it."""
    if student.name != sought.name or student.school_id != sought.school_id:
        return False
    if student.id_number and sought.id_number:
        return False
    return _birth_agrees(student, sought)


def _birth_agrees(student: Student, sought: Sought) -> bool:
    """Equal birth dates; where the paper has only an age, the age (周岁 or 虚岁) on the day of the visit."""
    if student.born_on is None:
        return False
    if sought.born_on is not None:
        return student.born_on == sought.born_on
    years = full_years(student.born_on, sought.on)
    return sought.age in (years, years + 1)


def _alike(session: Session, sought: Sought) -> list[Student]:
    """Children that could be this one: the same name, or the same school and birth date."""
    near = [and_(Student.name == sought.name)]
    if sought.born_on is not None:
        near.append(and_(Student.school_id == sought.school_id, Student.born_on == sought.born_on))
    alike = select(Student).where(or_(*near), Student.merged_into.is_(None))
    found = session.scalars(alike.order_by(Student.id).limit(200))
    return [student for student in found if _could_be(student, sought)]


def _could_be(student: Student, sought: Sought) -> bool:
    if student.id_number and sought.id_number \
            and identity.differing(student.id_number, sought.id_number) <= _SLIP:
        return True
    if student.name == sought.name:
        return student.school_id == sought.school_id or _birth_agrees(student, sought)
    return Levenshtein.distance(student.name, sought.name) == 1 and _birth_agrees(student, sought)


def _likeness(student: Student, sought: Sought) -> str:
    both = bool(student.id_number and sought.id_number)
    if both and identity.differing(student.id_number or "", sought.id_number) <= _SLIP:
        return "id_slip"
    if student.name != sought.name:
        return "like_name"
    return "same_name_other_id" if both else "same_name"
