"""Files that may be of one child: searched for, shown side by side, answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from service import audit
from service.access import MERGE, Actor
from service.calendar import full_years, today
from service.cases.masking import masked_address, masked_id, masked_phone
from service.cases.states import state_label
from service.database import now
from service.errors import Conflict, NotFound
from service.likeness import Pair, Person, likely_pairs
from service.likeness.score import WEIGHTS, WORDS, compare
from service.models import Case, DuplicatePair, HomeVisit, Student, StudentMerge

PAGE = 20
PAIR_STATES: Mapping[str, str] = {"open": "待判断", "merged": "已合并", "different": "不是同一人"}


@dataclass(frozen=True, slots=True)
class Side:
    """A child as one side of the comparison shows it, sealed values masked."""

    student_id: int
    name: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Compared:
    """One line of the comparison: its label, both sides, and whether they agree (None when one is silent)."""

    label: str
    one: str
    other: str
    agrees: bool | None


@dataclass(frozen=True, slots=True)
class Offered:
    """A pair with what agrees and what does not; `merge_id` when it was merged and can be taken apart."""

    id: int
    one_id: int
    other_id: int
    names: tuple[str, str]
    lines: tuple[Compared, ...]
    findings: tuple[tuple[str, bool], ...]
    state: str
    decided_at: datetime | None
    by: str
    note: str
    merge_id: int | None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of pairs."""

    pairs: tuple[Offered, ...]
    total: int
    page: int
    pages: int


def people_on_file(session: Session) -> list[Person]:
    """Every child on file; the ID number's mark stands in for it, for nothing but being equal is asked."""
    columns = (Student.id, Student.name, Student.id_number_mark, Student.born_on, Student.sex, Student.guardian,
               Student.phone, Student.school_id)
    rows = session.execute(select(*columns).where(Student.merged_into.is_(None)).order_by(Student.id))
    return [Person(key, name, number or "", born, sex, guardian, phone or "", school)
            for key, name, number, born, sex, guardian, phone, school in rows]


def keep_found(session: Session, found: list[Pair]) -> dict[str, int]:
    """Offer what was found and not answered yet; open pairs that are no longer likely are withdrawn."""
    known = {(pair.one_id, pair.other_id): pair for pair in session.scalars(select(DuplicatePair))}
    seen, fresh = set(), 0
    for pair in found:
        first, second = int(str(pair.one.key)), int(str(pair.other.key))
        place = (min(first, second), max(first, second))
        seen.add(place)
        if place in known:
            known[place].score, known[place].findings = pair.score, list(pair.findings)
            continue
        fresh += 1
        session.add(DuplicatePair(one_id=place[0], other_id=place[1], score=pair.score, findings=list(pair.findings)))
    gone = [pair for place, pair in known.items() if pair.state == "open" and place not in seen]
    for unlikely in gone:
        session.delete(unlikely)
    return {"found": len(found), "fresh": fresh, "gone": len(gone)}


def search(session: Session) -> list[Pair]:
    """The pairs among all children on file."""
    return likely_pairs(people_on_file(session))


def offered(session: Session, actor: Actor, state: str = "open", page: int = 1) -> Page:
    """The pairs of a state, likeliest first; looking at them goes on record with the children's ids."""
    actor.require(MERGE)
    if state not in PAIR_STATES:
        raise NotFound
    one, other = aliased(Student), aliased(Student)
    query = select(DuplicatePair).where(DuplicatePair.state == state)
    if state == "open":
        query = (query.join(one, one.id == DuplicatePair.one_id).join(other, other.id == DuplicatePair.other_id)
                 .where(one.merged_into.is_(None), other.merged_into.is_(None)))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    order = DuplicatePair.score.desc() if state == "open" else DuplicatePair.decided_at.desc()
    pairs = session.scalars(query.order_by(order, DuplicatePair.id).limit(PAGE).offset((page - 1) * PAGE).options(
        joinedload(DuplicatePair.one).joinedload(Student.school), joinedload(DuplicatePair.decider),
        joinedload(DuplicatePair.other).joinedload(Student.school))).all()
    if pairs:
        audit.record(session, actor, "duplicates.opened", "student", pairs[0].one_id,
                     students=sorted({number for pair in pairs for number in (pair.one_id, pair.other_id)}))
    return Page(tuple(_offered(session, pair) for pair in pairs), total, page, pages)


def keep_apart(session: Session, actor: Actor, pair_id: int, note: str) -> None:
    """They are two children: not asked again. Raises NotFound or Conflict."""
    actor.require(MERGE)
    pair = find(session, actor, pair_id)
    if pair.state != "open":
        raise Conflict("这一对刚刚已经判断过了。", "请刷新页面。")
    pair.state, pair.note = "different", note or None
    pair.decided_by, pair.decided_at = actor.user_id, now()
    audit.record(session, actor, "duplicates.kept_apart", "student", pair.one_id, other=pair.other_id)


def ask_again(session: Session, actor: Actor, pair_id: int) -> None:
    """Take back that they are two."""
    pair = find(session, actor, pair_id)
    if pair.state != "different":
        raise Conflict("这一对没有判为两个人。", "请刷新页面。")
    pair.state, pair.decided_by, pair.decided_at = "open", None, None
    audit.record(session, actor, "duplicates.asked_again", "student", pair.one_id, other=pair.other_id)


def find(session: Session, actor: Actor, pair_id: int) -> DuplicatePair:
    """The pair; raises NotFound."""
    actor.require(MERGE)
    pair = session.scalar(select(DuplicatePair).where(DuplicatePair.id == pair_id).with_for_update())
    if pair is None:
        raise NotFound
    return pair


def _offered(session: Session, pair: DuplicatePair) -> Offered:
    lines = tuple(_line(session, label, pair.one, pair.other) for label in LINES)
    good = [(WORDS[finding], WEIGHTS[finding] > 0) for finding in pair.findings or _findings(pair)]
    merge = session.scalar(select(StudentMerge.id).where(
        StudentMerge.undone_at.is_(None), or_(
            (StudentMerge.kept_id == pair.one_id) & (StudentMerge.merged_id == pair.other_id),
            (StudentMerge.kept_id == pair.other_id) & (StudentMerge.merged_id == pair.one_id))))
    names = (pair.one.name, pair.other.name)
    return Offered(pair.id, pair.one_id, pair.other_id, names, lines, tuple(good), pair.state, pair.decided_at,
                   pair.decider.name if pair.decider else "", pair.note or "", merge)


def _findings(pair: DuplicatePair) -> tuple[str, ...]:
    return compare(_person(pair.one), _person(pair.other)).findings


def _person(child: Student) -> Person:
    return Person(child.id, child.name, child.id_number_mark or "", child.born_on, child.sex, child.guardian,
                  child.phone or "", child.school_id)


def _line(session: Session, label: str, one: Student, other: Student) -> Compared:
    shown, whole = LINES[label]
    mine, theirs = whole(session, one), whole(session, other)
    agrees = None if not mine or not theirs else mine == theirs
    return Compared(label, shown(session, one) or "—", shown(session, other) or "—", agrees)


def _case(session: Session, child: Student) -> str:
    case = session.scalar(select(Case).where(Case.student_id == child.id, Case.closing != "mistaken")
                          .order_by(Case.id.desc()).limit(1))
    return f"{state_label(case.state, case.closing)}（{case.opened_on} 立案）" if case else ""


def _visits(session: Session, child: Student) -> str:
    count = session.scalar(select(func.count()).where(HomeVisit.student_id == child.id)) or 0
    return f"{count} 次" if count else ""


def _age(child: Student) -> str:
    born: date | None = child.born_on
    return f"{full_years(born, today())} 岁" if born else ""


Told = Callable[[Session, Student], Any]
LINES: Mapping[str, tuple[Told, Told]] = {
    "姓名": (lambda s, c: c.name, lambda s, c: c.name),
    "性别、年龄": (lambda s, c: "　".join(filter(None, (c.sex, _age(c)))),
                   lambda s, c: (c.sex, c.born_on) if c.born_on else ""),
    "身份证号": (lambda s, c: masked_id(c.id_number), lambda s, c: c.id_number),
    "学校": (lambda s, c: c.school.name, lambda s, c: c.school_id),
    "年级班级": (lambda s, c: c.grade_class, lambda s, c: c.grade_class),
    "监护人": (lambda s, c: c.guardian, lambda s, c: c.guardian),
    "联系电话": (lambda s, c: masked_phone(c.phone), lambda s, c: c.phone),
    "住址": (lambda s, c: masked_address(c.address), lambda s, c: c.address),
    "个案": (_case, lambda s, c: ""),
    "家访": (_visits, lambda s, c: ""),
}
"""Label → what is shown of a child, and the whole value that is compared."""
