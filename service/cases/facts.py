"""Dated category facts of a child, and the labels that people know them by, derived for a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from service import audit
from service.access import CASE_EVENTS, Actor
from service.calendar import today
from service.cases import sight
from service.database import now
from service.errors import Conflict, Invalid, NotFound
from service.models import CategoryFact

KIND_LABELS: Mapping[str, str] = {
    "poverty": "建档立卡", "poverty_lifted": "脱贫户", "poverty_watched": "防返贫监测对象", "disabled": "残疾",
    "left_behind": "留守", "migrant": "随迁", "orphan": "孤儿", "low_income": "低保", "destitute": "特困",
    "single_parent": "单亲", "illness": "患病", "home_teaching": "送教上门", "other": "其他",
}
POVERTY_ENDED_ON = date(2021, 1, 1)
"""From this day 建档立卡 is history: who was on the register is a household lifted out of poverty."""
LONGEST = 120


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact as people read it; `value` is empty until it is opened. `holds` today."""

    fact_id: int
    kind: str
    label: str
    value: str
    from_on: date
    until_on: date | None
    source: str
    told_on: date
    sheet_id: int | None
    holds: bool


def holding(day: date) -> ColumnElement[bool]:
    """The facts that hold on a day."""
    return (CategoryFact.withdrawn_at.is_(None) & (CategoryFact.from_on <= day)
            & or_(CategoryFact.until_on.is_(None), CategoryFact.until_on >= day))


def labels(kinds: Iterable[str], day: date) -> tuple[str, ...]:
    """What a child with these facts is called on a day, in the official order, each once."""
    held = set(kinds)
    if "poverty" in held and day >= POVERTY_ENDED_ON:
        held = (held - {"poverty"}) | {"poverty_lifted"}
    return tuple(label for kind, label in KIND_LABELS.items() if kind in held)


def of_child(session: Session, student_id: int, *, opened: bool) -> tuple[Fact, ...]:
    """All facts of a child that were not withdrawn, those that hold first."""
    found = session.scalars(select(CategoryFact).where(
        CategoryFact.student_id == student_id, CategoryFact.withdrawn_at.is_(None)).order_by(CategoryFact.from_on))
    day = today()
    facts = [Fact(fact.id, fact.kind, KIND_LABELS[fact.kind], (fact.value or "") if opened else "", fact.from_on,
                  fact.until_on, fact.source_name, fact.told_on, fact.sheet_id,
                  fact.from_on <= day and (fact.until_on is None or fact.until_on >= day)) for fact in found]
    return tuple(sorted(facts, key=lambda fact: not fact.holds))


def add(session: Session, actor: Actor, student_id: int, kind: str, *, from_on: date, until_on: date | None = None,
        value: str = "", source_name: str = "") -> CategoryFact:
    """A fact as a person knows it from a document. Raises NotFound, Invalid or Conflict."""
    actor.require(CASE_EVENTS)
    student = sight.student(session, actor, student_id)
    if kind not in KIND_LABELS:
        raise Invalid("请选择「类别」。")
    if from_on > today() or (until_on is not None and until_on < from_on):
        raise Invalid("「起始日期」不能晚于今天，也不能晚于「终止日期」。")
    if not source_name.strip() or len(source_name) > LONGEST or len(value) > LONGEST:
        raise Invalid("请填写「依据」：证件、名单或文件的名称。", f"不超过 {LONGEST} 字。")
    clash = session.scalar(select(CategoryFact.id).where(
        CategoryFact.student_id == student_id, CategoryFact.kind == kind, holding(from_on)).limit(1))
    if clash is not None:
        raise Conflict(f"这一天已经登记为「{KIND_LABELS[kind]}」。", "有变动的，请先终止原来的一条。")
    fact = CategoryFact(student_id=student.id, kind=kind, value=value.strip() or None, from_on=from_on,
                        until_on=until_on, source="person", source_name=source_name.strip(), told_on=today(),
                        user_id=actor.user_id)
    session.add(fact)
    session.flush()
    audit.record(session, actor, "fact.added", "student", student_id, kind=kind)
    return fact


def end(session: Session, actor: Actor, fact_id: int, until_on: date | None) -> CategoryFact:
    """Say until when a fact held; None takes back one that never did."""
    actor.require(CASE_EVENTS)
    fact = session.get(CategoryFact, fact_id)
    if fact is None:
        raise NotFound
    sight.student(session, actor, fact.student_id)
    if fact.withdrawn_at is not None:
        raise Conflict("这一条已经撤销。", "请刷新后再看。")
    if until_on is None:
        fact.withdrawn_at = now()
    elif until_on < fact.from_on:
        raise Invalid("「终止日期」不能早于起始日期。")
    else:
        fact.until_on = until_on
    audit.record(session, actor, "fact.ended" if until_on else "fact.withdrawn", "student", fact.student_id)
    return fact
