"""The demo county's children: those of the notice's 附件1, and those found in the months since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from ocr.kinds.id_number import born_on as birth_date
from ocr.kinds.id_number import sex as sex_of
from ocr.lists import RosterEntry
from service import identity
from service.cases.states import REASONS
from service.demo import people
from service.demo.county import NOTICE
from service.demo.lives import Plan, Step, life
from service.models import Case, CaseEvent, Student, Unit

NOTICE_ON = date(2019, 4, 11)
"""The day of the notice: on it all of its children were still to be brought back."""
SAMPLES_UNTIL = date(2019, 7, 1)
"""The samples' home visits end before this day: their children do not come back earlier."""
INITIAL = "系统初始数据"
_WATCH = ("school_watch", "school_watch", "school_watch", "home_visit", "other")


@dataclass(frozen=True, slots=True)
class Found:
    """How and where a case began; `township` is whom a county school hands it to."""

    school: Unit
    source: str
    year: int
    plan: Plan
    township: Unit | None = None


class Maker:
    """Makes students and cases; `roster` are pupils of known name who come first in their school."""

    def __init__(self, session: Session, rng: Random, schools: dict[str, list[Unit]],
                 roster: Sequence[RosterEntry], today: date) -> None:
        self.session, self.rng, self.schools, self.today = session, rng, schools, today
        self.waiting = list(roster)
        self.listed = frozenset(entry.id_number for entry in roster)
        self.taken = set(self.listed)
        self.events: list[tuple[Case, list[Step], Unit | None]] = []
        self.effort = {name: rng.uniform(0.55, 1.5) for name in schools}

    def notice(self) -> None:
        """The 718 children of the notice, in the units it names."""
        for township, (prior_year, listed) in NOTICE.items():
            for number in range(prior_year + listed):
                ministry = number >= prior_year
                opened = self._day(date(2019, 3, 1), 38) if ministry else self._day(date(2018, 9, 10), 100)
                self._begin(township, opened, "ministry_list" if ministry else "annual_check",
                            2019 if ministry else 2018)

    def since(self) -> None:
        """Children found after the notice, fewer as the years go."""
        first = date(2019, 5, 1)
        while first <= self.today:
            for source, year in self._sources(first):
                opened = self._day(first, 27)
                if opened <= self.today:
                    self._begin(self.rng.choice(list(NOTICE)), opened, source, year)
            first = (first + timedelta(days=32)).replace(day=1)

    def rest_of_roster(self) -> None:
        """Pupils on the roster without a case."""
        by_name = {unit.name: unit for schools in self.schools.values() for unit in schools}
        for entry in self.waiting:
            if entry.school in by_name:
                self.session.add(self._listed(entry, by_name[entry.school]))
        self.waiting = []

    def save(self) -> int:
        """Write everything; returns the number of cases."""
        self.session.flush()
        rows = [row for case, steps, township in self.events for row in _rows(case, steps, township)]
        self.session.execute(insert(CaseEvent), rows)
        return len(self.events)

    def _sources(self, month: date) -> Iterator[tuple[str, int]]:
        lately = (self.today - month).days < 700  # so that this year's pages have something to show
        for _ in range(self.rng.randrange(5, 12) if lately else self.rng.choice((1, 2, 2, 3, 4))):
            yield self.rng.choice(_WATCH), month.year
        if month.month == 12:
            yield from [("annual_check", month.year)] * self.rng.randrange(8, 16)
        if month.month == 3:
            yield from [("ministry_list", month.year)] * self.rng.randrange(3, 8)

    def _begin(self, township: str, opened_on: date, source: str, year: int) -> None:
        student, school = self._child(township, opened_on)
        handed_to = None
        if source == "school_watch" and self.schools["局直"] and self.rng.random() < 0.2:
            handed_to, school = school, self.rng.choice(self.schools["局直"])  # found by a county school
            student.school_id = school.id
        start = NOTICE_ON if opened_on <= NOTICE_ON else opened_on
        listed = student.id_number in self.listed and opened_on <= NOTICE_ON
        plan = Plan(opened_on, SAMPLES_UNTIL if listed else start, self.effort[township],
                    student.born_on or date(2008, 1, 1))
        steps = life(self.rng, plan, self.today)
        case = Case(student=student, unit_id=(school if handed_to is None else handed_to).id, source=source,
                    source_year=year, reason=self.rng.choice(list(REASONS)), opened_on=opened_on,
                    state=steps[-1].state, **_closing(steps))
        self.session.add(case)
        self.events.append((case, steps, school if handed_to is not None else None))

    def _child(self, township: str, on: date) -> tuple[Student, Unit]:
        schools = self.schools[township]
        names = {school.name: school for school in schools}
        for entry in self.waiting if on <= NOTICE_ON else ():
            if entry.school in names:
                self.waiting.remove(entry)
                return self._listed(entry, names[entry.school]), names[entry.school]
        school = self.rng.choice(schools)
        while (child := people.child(self.rng, people.birthday(self.rng, on))).id_number in self.taken:
            pass
        self.taken.add(child.id_number)
        return self._invented(child, school, township, on), school

    def _invented(self, child: people.Child, school: Unit, township: str, on: date) -> Student:
        return Student(
            name=child.name, sex=child.sex, born_on=child.born_on, id_number=child.id_number,
            id_number_mark=identity.mark(child.id_number), address=people.address(self.rng, township),
            guardian=child.guardian, phone=child.phone, school_id=school.id, created_at=_evening(on),
            grade_class=people.grade_class(self.rng, child.born_on, on))

    def _listed(self, entry: RosterEntry, school: Unit) -> Student:
        number = entry.id_number
        return Student(
            name=entry.name, sex=sex_of(number), born_on=birth_date(number), id_number=number,
            id_number_mark=identity.mark(number), grade_class=entry.grade + entry.klass, school_id=school.id,
            created_at=_evening(NOTICE_ON))

    def _day(self, first: date, days: int) -> date:
        return first + timedelta(days=self.rng.randrange(days))


def _closing(steps: list[Step]) -> dict[str, Any]:
    last = next(step for step in reversed(steps) if step.kind != "note")
    if last.kind != "closed":
        return {}
    return {"closing": last.detail["closing"], "closed_on": last.on}


def _rows(case: Case, steps: list[Step], finder: Unit | None) -> Iterator[dict[str, Any]]:
    """The events of a case; one found by a county school is handed over after its first step."""
    unit_id, before = finder.id if finder else case.unit_id, None
    for number, step in enumerate(steps):
        yield _row(case, step.kind, step.on, unit_id, {**step.detail, "from": before, "to": step.state})
        before = step.state
        if finder and number == 0:
            moved = {"from_unit": finder.id, "to_unit": case.unit_id}
            yield _row(case, "handed_over", step.on, case.unit_id, {**moved, "from": before, "to": before})
            unit_id = case.unit_id


def _row(case: Case, kind: str, on: date, unit_id: int, detail: dict[str, Any]) -> dict[str, Any]:
    return {"case_id": case.id, "kind": kind, "happened_on": on, "recorded_at": _evening(on),
            "unit_id": unit_id, "note": INITIAL, "detail": {**detail, "initial": True}}


def _evening(on: date) -> datetime:
    return datetime.combine(on, time(10), UTC)
