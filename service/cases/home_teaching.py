"""送教上门: each child's lessons against the yearly norm, and what will be lacking at this pace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from service.access import FILES, Actor
from service.calendar import full_years, today
from service.cases.school_year import SchoolYear
from service.cases.sight import student_in_sight
from service.models import CategoryFact, Lesson, Student, Unit
from service.norms import norms


@dataclass(frozen=True, slots=True)
class Taught:
    """A child's year. `norm` is its share of the yearly norm when it was enrolled later; `expected` what
    should have been taught by today; `forecast` what the year will come to at this pace; `unsigned` days
    without the guardian's signature."""

    student_id: int
    name: str
    age: int | None
    school: str
    enrolled_on: date | None
    lessons: int
    days: int
    last_on: date | None
    unsigned: int
    norm: int
    expected: int
    forecast: int

    @property
    def shortfall(self) -> int:
        """Lessons that will be lacking at the end of the year."""
        return max(0, self.norm - self.forecast)

    @property
    def behind(self) -> int:
        """Lessons that are lacking today."""
        return max(0, self.expected - self.lessons)

    @property
    def share(self) -> int:
        """Percent of the year's norm that was taught."""
        return min(100, round(100 * self.lessons / self.norm)) if self.norm else 100

    @property
    def outside_ages(self) -> bool:
        """Whether the child is too young or too old for home teaching under the county's rule."""
        return self.age is not None and not norms().teaching_from_age <= self.age <= norms().teaching_until_age


@dataclass(frozen=True, slots=True)
class Ledger:
    """The children of a school year, those that will lack most first, with their sums."""

    year: SchoolYear
    children: tuple[Taught, ...]

    @property
    def lessons(self) -> int:
        """Lessons of all."""
        return sum(child.lessons for child in self.children)

    @property
    def short(self) -> int:
        """How many will not reach the norm."""
        return sum(child.shortfall > 0 for child in self.children)

    @property
    def unsigned(self) -> int:
        """Days without the guardian's signature."""
        return sum(child.unsigned for child in self.children)


def ledger(session: Session, actor: Actor, year: SchoolYear, unit_id: int | None = None) -> Ledger:
    """The home teaching of a school year within the actor's sight."""
    actor.require(FILES)
    taught = select(
        Lesson.student_id, func.sum(Lesson.lessons).label("lessons"), func.count().label("days"),
        func.max(Lesson.taught_on).label("last_on"),
        func.sum(case((Lesson.guardian_signature, 0), else_=1)).label("unsigned"),
    ).where(Lesson.taught_on.between(year.first, year.last)).group_by(Lesson.student_id).subquery()
    enrolled = select(CategoryFact.student_id, func.min(CategoryFact.from_on).label("from_on")).where(
        CategoryFact.kind == "home_teaching", CategoryFact.withdrawn_at.is_(None), CategoryFact.from_on <= year.last,
        or_(CategoryFact.until_on.is_(None), CategoryFact.until_on >= year.first)).group_by(
            CategoryFact.student_id).subquery()
    query = select(
        Student.id, Student.name, Student.born_on, Unit.name.label("school"), enrolled.c.from_on, taught.c.lessons,
        taught.c.days, taught.c.last_on, taught.c.unsigned,
    ).join(Unit, Unit.id == Student.school_id).outerjoin(taught, taught.c.student_id == Student.id).outerjoin(
        enrolled, enrolled.c.student_id == Student.id).where(
            or_(Student.id.in_(select(taught.c.student_id)), Student.id.in_(select(enrolled.c.student_id))),
            student_in_sight(actor))
    if unit_id is not None:
        query = query.where(or_(Unit.id == unit_id, Unit.parent_id == unit_id))
    children = [_child(year, *row) for row in session.execute(query)]
    return Ledger(year, tuple(sorted(children, key=lambda child: (-child.shortfall, child.name, child.student_id))))


def _child(year: SchoolYear, student_id: int, name: str, born_on: date | None, school: str, from_on: date | None,
           lessons: int | None, days: int | None, last_on: date | None, unsigned: int | None) -> Taught:
    now = min(today(), year.last)
    begins = max(from_on or year.first, year.first)
    whole, own = year.taught_days(year.first, year.last), year.taught_days(begins, year.last)
    so_far = year.taught_days(begins, now)
    norm = round(norms().teaching_year_lessons * own / whole)
    given = int(lessons or 0)
    forecast = round(given * own / so_far) if so_far else (norm if now < begins else given)
    return Taught(
        student_id, name, full_years(born_on, now) if born_on else None, school, from_on, given, int(days or 0),
        last_on, int(unsigned or 0), norm, round(norm * so_far / own) if own else 0, forecast)
