"""A child's home and schools: the people there, the household register, and where it went to school."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from service import audit
from service.access import CASE_EVENTS, Actor
from service.calendar import today
from service.cases import sight
from service.cases.masking import masked_address, masked_phone
from service.database import now
from service.errors import Conflict, Invalid, NotFound
from service.models import HouseholdMember, SchoolPeriod, Student, Transfer, Unit

SITUATION_HIDDEN = "（已遮盖）"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody at home; telephone masked and situation hidden until opened."""

    member_id: int
    name: str
    relation: str
    is_guardian: bool
    phone: str
    situation: str
    told_on: date


@dataclass(frozen=True, slots=True)
class Attended:
    """A school and the days there, as far as known; `source` says where that comes from."""

    school: str
    grade_class: str
    from_on: date | None
    until_on: date | None
    source: str


@dataclass(frozen=True, slots=True)
class Household:
    """The people, the register and the schools of a child."""

    members: tuple[Member, ...]
    register_unit: str
    register_address: str
    schools: tuple[Attended, ...]


def of_child(session: Session, student: Student, opened: frozenset[str]) -> Household:
    """What is known; personal values masked unless `opened` names them."""
    members = session.scalars(select(HouseholdMember).where(
        HouseholdMember.student_id == student.id, HouseholdMember.withdrawn_at.is_(None)).order_by(
            HouseholdMember.is_guardian.desc(), HouseholdMember.id))
    address = student.register_address or ""
    return Household(
        tuple(_member(member, opened) for member in members),
        student.register_unit.name if student.register_unit else "",
        address if "address" in opened else masked_address(address), _schools(session, student))


def add_member(session: Session, actor: Actor, student_id: int, name: str, relation: str, *, is_guardian: bool,
               phone: str = "", situation: str = "") -> HouseholdMember:
    """Somebody of the household, as a person was told."""
    actor.require(CASE_EVENTS)
    sight.student(session, actor, student_id)
    if not name.strip() or len(name) > 60 or len(relation) > 20 or len(phone) > 40 or len(situation) > 200:
        raise Invalid("请填写家庭成员的「姓名」，各项不要过长。")
    member = HouseholdMember(student_id=student_id, name=name.strip(), relation=relation.strip(),
                             is_guardian=is_guardian, phone=phone.strip() or None,
                             situation=situation.strip() or None, told_on=today(), user_id=actor.user_id)
    session.add(member)
    session.flush()
    audit.record(session, actor, "household.added", "student", student_id)
    return member


def remove_member(session: Session, actor: Actor, member_id: int) -> HouseholdMember:
    """Take somebody out of the household; what was told stays on record."""
    actor.require(CASE_EVENTS)
    member = session.get(HouseholdMember, member_id)
    if member is None:
        raise NotFound
    sight.student(session, actor, member.student_id)
    if member.withdrawn_at is not None:
        raise Conflict("这名成员已经移除。", "请刷新后再看。")
    member.withdrawn_at = now()
    audit.record(session, actor, "household.removed", "student", member.student_id)
    return member


def set_register(session: Session, actor: Actor, student_id: int, unit_id: int | None, address: str) -> Student:
    """Where the child's household is registered: that township sees the child from now on."""
    actor.require(CASE_EVENTS)
    student = sight.student(session, actor, student_id)
    unit = session.get(Unit, unit_id) if unit_id else None
    if unit_id and (unit is None or unit.kind != "township"):
        raise Invalid("「户籍所在乡镇」应是乡镇。")
    if len(address) > 200:
        raise Invalid("「户籍地址」最多 200 字。")
    student.register_unit = unit
    if address.strip():
        student.register_address = address.strip()
    session.flush()
    audit.record(session, actor, "student.registered", "student", student_id, unit=unit.id if unit else None)
    return student


def add_school(session: Session, actor: Actor, student_id: int, school: str, from_on: date | None,
               until_on: date | None, source_name: str = "") -> SchoolPeriod:
    """A school the child went to, as a person knows it."""
    actor.require(CASE_EVENTS)
    sight.student(session, actor, student_id)
    if not school.strip() or len(school) > 100 or len(source_name) > 120:
        raise Invalid("请填写「学校」。")
    if from_on and until_on and until_on < from_on:
        raise Invalid("离校日期不能早于入校日期。")
    period = SchoolPeriod(student_id=student_id, school=school.strip(), from_on=from_on, until_on=until_on,
                          source_name=source_name.strip(), user_id=actor.user_id)
    session.add(period)
    session.flush()
    audit.record(session, actor, "school.added", "student", student_id)
    return period


def _member(member: HouseholdMember, opened: frozenset[str]) -> Member:
    seen = "facts" in opened
    situation = (member.situation or "") if seen else SITUATION_HIDDEN if member.situation else ""
    return Member(member.id, member.name, member.relation, member.is_guardian,
                  (member.phone or "") if seen else masked_phone(member.phone), situation, member.told_on)


def _schools(session: Session, student: Student) -> tuple[Attended, ...]:
    """Periods that were told, then what the registers of transfers tell, oldest first; the present school last."""
    told = [Attended(period.school, period.grade_class, period.from_on, period.until_on, period.source_name or "补录")
            for period in session.scalars(select(SchoolPeriod).where(SchoolPeriod.student_id == student.id))]
    moves = session.scalars(select(Transfer).where(
        Transfer.student_id == student.id, or_(Transfer.direction == "in", Transfer.partner_id.is_(None))).options(
            joinedload(Transfer.unit), joinedload(Transfer.partner)).order_by(Transfer.moved_on)).all()
    came = [Attended(line.unit.name, line.grade_class, line.moved_on, None, "转入登记")
            if line.direction == "in" else
            Attended(line.unit.name, line.grade_class, None, line.moved_on, "转出登记") for line in moves]
    found = sorted([*told, *came], key=lambda one: one.from_on or one.until_on or date.min)
    if not any(one.school == student.school.name and one.until_on is None for one in found):
        found.append(Attended(student.school.name, student.grade_class, None, None, "现登记学校"))
    return tuple(found)
