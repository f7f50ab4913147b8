"""What stands around the demo county's cases: pupils who moved, lessons at home, plans, doubled files, lists."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from service import identity
from service.access import Actor
from service.alike import children, chores
from service.cases import transfers
from service.cases.plans import SECTIONS
from service.cases.school_year import year_of
from service.demo import people
from service.installation import Installation
from service.lists import acts, shelf
from service.lists.receiving import receive_list
from service.lists.work import work_on_list
from service.models import (
    Agreement,
    CategoryFact,
    HouseholdMember,
    Lesson,
    SchoolPlan,
    Student,
    Transfer,
    Unit,
    User,
)

_LISTED = ("学校名称", "学生姓名", "性别", "出生日期", "身份证件号", "年级", "班级", "监护人姓名", "家庭住址")
_AT_HOME = ("乡镇", "姓名", "性别", "出生日期", "身份证号", "监护人姓名", "家庭住址")
_UNLISTED = 6
"""Children of the household list who are on no roster."""
Row = Sequence[str]
Rows = list[Row]


def around(session: Session, rng: Random, writer: User, today: date) -> None:
    """Add everything that stands in records; `writer` is who is said to have written it."""
    schools = list(session.scalars(select(Unit).where(Unit.kind == "school").order_by(Unit.id)))
    _moves(session, rng, schools, today)
    _lessons(session, rng, schools, today)
    _plans(session, rng, schools, writer, today)
    _twice(session, rng, today)


def _pupil(session: Session, rng: Random, school: Unit, today: date) -> Student:
    mark = None
    while mark is None or session.scalar(select(Student.id).where(Student.id_number_mark == mark)):
        told = people.child(rng, today - timedelta(days=rng.randrange(2600, 4600)))
        mark = identity.mark(told.id_number)
    child = Student(
        name=told.name, sex=told.sex, born_on=told.born_on, id_number=told.id_number, guardian=told.guardian,
        id_number_mark=mark, phone=told.phone, school=school,
        address=people.address(rng, school.parent.name if school.parent else ""),
        grade_class=people.grade_class(rng, told.born_on, today))
    session.add(child)
    session.flush()
    return child


def _moves(session: Session, rng: Random, schools: Sequence[Unit], today: date) -> None:
    """Pupils who left: most arrived, some are on their way, two are awaited too long, one came from nowhere."""
    lines = []
    for number in range(14):
        here, there = rng.sample(schools, 2)
        child = _pupil(session, rng, here, today)
        left = today - timedelta(days=rng.randrange(20, 80) if number < 10 else 4 if number < 12 else 40)
        lines.append(_move("out", child, child.school_id, there, left))
        if number < 9:
            lines.append(_move("in", child, there.id, child.school, left + timedelta(days=3)))
    stranger = people.child(rng, people.birthday(rng, today))
    lines.append(Transfer(direction="in", name=stranger.name, sex=stranger.sex, unit_id=schools[0].id,
                          other_school="邻县实验小学", moved_on=today - timedelta(days=9), reason="随父母务工"))
    session.add_all(lines)
    transfers.filed(session, None, lines)


def _move(direction: str, child: Student, unit_id: int, other: Unit, on: date) -> Transfer:
    line = Transfer(direction=direction, name=child.name, sex=child.sex, unit_id=unit_id, other_school=other.name,
                    other_unit_id=other.id, moved_on=on, grade_class=child.grade_class, reason="家庭搬迁")
    transfers.identify(line, child.id_number or "")
    return line


def _lessons(session: Session, rng: Random, schools: Sequence[Unit], today: date) -> None:
    """Disabled children taught at home since September, some twice a week, some less often."""
    begun = year_of(today).first
    for number in range(8):
        school = rng.choice(schools)
        child = _pupil(session, rng, school, today)
        session.add(HouseholdMember(student_id=child.id, name=child.guardian, relation="父亲", is_guardian=True,
                                    told_on=begun))
        for kind in ("disabled", "home_teaching"):
            session.add(CategoryFact(student_id=child.id, kind=kind, from_on=begun, told_on=begun, source="person",
                                     source_name="残疾人证"))
        day = begun + timedelta(days=2)
        while day <= today:
            session.add(Lesson(student_id=child.id, unit_id=school.id, taught_on=day, lessons=3, teachers="周老师",
                               guardian_signature=rng.random() > 0.06, teacher_signature=True, content="生活自理训练"))
            day += timedelta(days=rng.choice((3, 4)) if number % 3 else rng.choice((5, 9)))


def _plans(session: Session, rng: Random, schools: Sequence[Unit], writer: User, today: date) -> None:
    """Three schools in four have their plan and their signed agreement."""
    year = year_of(today).year
    for school in schools:
        if rng.random() < 0.75:
            texts = {name: f"{words}：由校长负责，班主任包到户，每月检查一次。" for name, words in SECTIONS.items()}
            session.add(SchoolPlan(unit_id=school.id, year=year, kind="written", sections=texts, user_id=writer.id))
        if rng.random() < 0.75:
            parent = school.parent.name if school.parent else ""
            session.add(Agreement(
                unit_id=school.id, level="township_school", year=year, signed_on=year_of(today).first,
                first_party=parent, second_party=school.name, first_signer="李国强", second_signer="周文静",
                first_signature=True, second_signature=rng.random() < 0.9, first_seal=True, second_seal=True))


def _twice(session: Session, rng: Random, today: date) -> None:
    """A few children who were recorded a second time, with a slip in the name or without their number."""
    known = list(session.scalars(select(Student).where(
        Student.guardian != "", Student.born_on > today - timedelta(days=15 * 365)).order_by(Student.id)))
    for number, child in enumerate(rng.sample(known, min(4, len(known)))):
        name = child.name[:-1] + rng.choice("静敏强磊") if number % 2 and len(child.name) > 2 else child.name
        session.add(Student(name=name, sex=child.sex, born_on=child.born_on, guardian=child.guardian,
                            school_id=child.school_id, grade_class=child.grade_class, phone=child.phone))
    session.flush()
    children.keep_found(session, children.search(session))


def lists(installation: Installation, actor: Actor, rng: Random, today: date) -> None:
    """Take in one township's roster and household list, which do not quite agree, and compare them."""
    with installation.database.read() as session:
        pupils, homes = _lists(session, rng, today)
    for kind, headings, rows in (("roster", _LISTED, pupils), ("household", _AT_HOME, homes)):
        _take_in(installation, actor, kind, headings, rows)
    with installation.database.write() as session:
        chores.ask(session, actor, "crosscheck")
    while chores.work_on_chore(installation):
        pass


def _lists(session: Session, rng: Random, today: date) -> tuple[Rows, Rows]:
    youngest = today - timedelta(days=14 * 365)
    pupils: Rows = []
    homes: Rows = []
    for child in session.scalars(select(Student).where(Student.born_on > youngest, Student.id_number.is_not(None))):
        school = child.school
        if school.kind != "school" or school.parent is None or school.parent.kind != "township":
            continue
        said = (child.sex, f"{child.born_on}", child.id_number or "")
        pupils.append((school.name, child.name, *said, child.grade_class[:3], child.grade_class[3:], child.guardian,
                       child.address or ""))
        homes.append((school.parent.name, child.name, *said, child.guardian, child.address or ""))
    for _ in range(_UNLISTED):
        told = people.child(rng, today - timedelta(days=rng.randrange(2700, 4700)))
        township = rng.choice(homes)[0]
        homes.append((township, told.name, told.sex, f"{told.born_on}", told.id_number, told.guardian,
                      people.address(rng, township)))
    return pupils, homes


def _take_in(installation: Installation, actor: Actor, kind: str, headings: Row, rows: Iterable[Row]) -> None:
    """All steps of a list, the columns as they are guessed."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([headings, *rows])
    data = io.BytesIO(out.getvalue().encode("utf-8-sig"))
    import_id = receive_list(installation, actor, kind, data, {"roster": "学籍名册.csv"}.get(kind, "户籍名册.csv"))
    work_on_list(installation, import_id)
    with installation.database.write() as session:
        told = shelf.find(session, actor, import_id)
        mapping = told.mapping
        acts.set_mapping(session, actor, import_id, acts.Said(
            mapping["sheet"], mapping["heading_row"], mapping["columns"], told.listed_on, told.year, whole=True))
    work_on_list(installation, import_id)
    with installation.database.write() as session:
        acts.confirm(session, actor, import_id, gone_seen=True)
    work_on_list(installation, import_id)
