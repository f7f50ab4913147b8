"""Responsible persons of a case (包保责任人): named, replaced, and told of in its history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from service import audit
from service.access import CASE_EVENTS, Actor
from service.calendar import today
from service.cases import sight
from service.errors import Conflict, Invalid, NotAllowed, NotFound
from service.models import Case, CaseDuty, CaseEvent
from service.models.duties import DUTY_ROLES

ROLE_LABELS: Mapping[str, str] = {
    "teacher": "包保教师", "school_head": "学校责任人", "township_head": "乡镇责任人", "bureau": "教体局责任人",
    "village": "村（社区）责任人",
}


@dataclass(frozen=True, slots=True)
class Named:
    """Who answers for a case in what role, since when."""

    duty_id: int
    role: str
    role_label: str
    name: str
    phone: str
    unit: str
    from_on: date


def name(session: Session, actor: Actor, case_id: int, role: str, person: str, phone: str = "") -> CaseDuty:
    """Name the responsible person of a role; the one who had it before is relieved today."""
    case = _held(session, actor, case_id)
    if role not in DUTY_ROLES:
        raise Invalid("请选择责任人的「身份」。")
    if not person.strip() or len(person) > 60 or len(phone) > 40:
        raise Invalid("请填写责任人的「姓名」。")
    for before in session.scalars(select(CaseDuty).where(
            CaseDuty.case_id == case_id, CaseDuty.role == role, CaseDuty.until_on.is_(None))):
        before.until_on = today()
    duty = CaseDuty(case_id=case_id, role=role, name=person.strip(), phone=phone.strip() or None,
                    unit_id=case.unit_id, from_on=today(), named_by=actor.user_id)
    session.add(duty)
    _tell(session, actor, case, duty, "named")
    return duty


def relieve(session: Session, actor: Actor, duty_id: int) -> CaseDuty:
    """End a person's responsibility today."""
    duty = session.get(CaseDuty, duty_id)
    if duty is None:
        raise NotFound
    case = _held(session, actor, duty.case_id)
    if duty.until_on is not None:
        raise Conflict("这位责任人已经解除。", "请刷新后再看。")
    duty.until_on = today()
    _tell(session, actor, case, duty, "relieved")
    return duty


def named(session: Session, case: Case, *, phones: bool = False) -> tuple[Named, ...]:
    """Who answers for the case now; telephone numbers only when asked for."""
    found = session.scalars(select(CaseDuty).where(CaseDuty.case_id == case.id, CaseDuty.until_on.is_(None)))
    by_role = sorted(found, key=lambda duty: (DUTY_ROLES.index(duty.role), duty.id))
    return tuple(Named(duty.id, duty.role, ROLE_LABELS[duty.role], duty.name,
                       (duty.phone or "") if phones else "", duty.unit.name, duty.from_on) for duty in by_role)


def _held(session: Session, actor: Actor, case_id: int) -> Case:
    actor.require(CASE_EVENTS)
    case = sight.case(session, actor, case_id, lock=True)
    if not actor.sees(case.unit_id):
        raise NotAllowed("此案已由其他单位负责，您可以查看，不能指定责任人。")
    return case


def _tell(session: Session, actor: Actor, case: Case, duty: CaseDuty, step: str) -> None:
    session.flush()
    case.events.append(CaseEvent(
        kind="note", happened_on=today(), unit_id=case.unit_id, user_id=actor.user_id,
        note=duty.name, detail={"duty": duty.role, "step": step}))
    audit.record(session, actor, f"duty.{step}", "case", case.id, role=duty.role)
