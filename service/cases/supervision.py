"""督导六项: for each item that the notice supervises at a school, what is there and what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from sqlalchemy import ColumnElement, Result, case, func, or_, select
from sqlalchemy.orm import Session, joinedload

from service.access import Actor
from service.calendar import today
from service.cases import home_teaching, missing, plans
from service.cases.school_year import SchoolYear
from service.cases.states import OUTSTANDING, OVERDUE_DAYS
from service.cases.transfers import waiting
from service.models import Case, CaseEvent, HomeVisit, Inspection, Persuasion, SchoolPlan, Student, Transfer, Unit

Key = TypeVar("Key")
NAMED = 8
"""How many children without evidence an item names."""


@dataclass(frozen=True, slots=True)
class Lacking:
    """A child for whom something is missing."""

    student_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Item:
    """A supervision item. `state`: ok, missing, none (nothing to show evidence for)."""

    name: str
    label: str
    state: str
    evidence: tuple[str, ...]
    missing: tuple[str, ...]
    lacking: tuple[Lacking, ...]
    inspections: tuple[tuple[date, str, str], ...]
    """Day, text, who."""


def pairs(rows: Result[Key, int]) -> dict[Key, int]:
    """Counts by what they were grouped by."""
    return {row[0]: row[1] for row in rows}


def items_of(session: Session, actor: Actor, unit: Unit, year: SchoolYear, plan: SchoolPlan | None) -> tuple[Item, ...]:
    """The six items for a school and a year."""
    noted: dict[str, list[tuple[date, str, str]]] = {}
    for note in session.scalars(select(Inspection).where(
            Inspection.unit_id == unit.id, Inspection.inspected_on.between(year.first, year.last)).options(
                joinedload(Inspection.user)).order_by(Inspection.inspected_on.desc(), Inspection.id.desc())):
        noted.setdefault(note.item, []).append((note.inspected_on, note.text, note.user.name))
    made = (_files(session, unit, plan), _persuasion(session, unit), _returned(session, unit),
            _transfers(session, unit, year), _teaching(session, actor, unit, year), _guidance(noted))
    return tuple(Item(name, plans.ITEMS[name], state, evidence, lacks, children, tuple(noted.get(name, ())))
                 for name, state, evidence, lacks, children in made)


Found = tuple[str, str, tuple[str, ...], tuple[str, ...], tuple[Lacking, ...]]


def _without(session: Session, unit: Unit, states: tuple[str, ...],
             evidence: ColumnElement[bool]) -> tuple[int, int, tuple[Lacking, ...]]:
    """How many cases in these states there are, how many lack the evidence, and the first of those by name."""
    cases = (Case.unit_id == unit.id, Case.state.in_(states))
    total, count = session.execute(
        select(func.count(), func.count(case((~evidence, Case.id)))).select_from(Case).where(*cases)).one()
    if not count:
        return total, 0, ()
    lacking = select(Case.id).where(*cases, ~evidence)
    named = session.execute(select(Student.id, Student.name).join(Case, Case.student_id == Student.id).where(
        Case.id.in_(lacking)).order_by(Case.opened_on, Case.id).limit(NAMED))
    return total, count, tuple(Lacking(*row) for row in named)


def _on_paper(since: date | None = None) -> ColumnElement[bool]:
    visit = select(HomeVisit.id).where(HomeVisit.case_id == Case.id)
    talk = select(Persuasion.id).where(Persuasion.case_id == Case.id)
    if since is not None:
        visit, talk = visit.where(HomeVisit.visited_on >= since), talk.where(Persuasion.persuaded_on >= since)
    return or_(visit.exists(), talk.exists())


def _files(session: Session, unit: Unit, plan: SchoolPlan | None) -> Found:
    total, without, names = _without(session, unit, (*OUTSTANDING, "returned"), _on_paper())
    evidence = ["本学年方案已提交"] if plan else []
    evidence += [f"{total - without} 名学生的档案里有纸面记录"] if total else []
    lacks = ([] if plan else ["本学年的一校一案"]) + ([f"{without} 名学生的档案还没有任何纸面记录"] if without else [])
    return "files", "missing" if lacks else "ok", tuple(evidence), tuple(lacks), names


def _persuasion(session: Session, unit: Unit) -> Found:
    since = today() - timedelta(days=OVERDUE_DAYS)
    total, without, names = _without(session, unit, OUTSTANDING, _on_paper(since))
    if not total:
        return "persuasion", "none", ("没有应劝返的学生",), (), ()
    evidence = (f"{total - without} 名应劝返学生近 {OVERDUE_DAYS} 天内有家访或劝返记录",)
    lacks = (f"{without} 名应劝返学生近 {OVERDUE_DAYS} 天没有家访或劝返记录",) if without else ()
    return "persuasion", "missing" if without else "ok", evidence, lacks, names


def _returned(session: Session, unit: Unit) -> Found:
    followed = select(CaseEvent.id).where(
        CaseEvent.case_id == Case.id, CaseEvent.detail["follow_up"].as_string().is_not(None)).exists()
    total, without, names = _without(session, unit, ("returned",), followed)
    if not total:
        return "returned", "none", ("没有正在跟踪的已劝返学生",), (), ()
    lacks = (f"{without} 名已劝返学生没有登记跟踪情况",) if without else ()
    return "returned", "missing" if without else "ok", (f"{total - without} 名已劝返学生有跟踪情况",), lacks, names


def _transfers(session: Session, unit: Unit, year: SchoolYear) -> Found:
    lines = (Transfer.unit_id == unit.id, Transfer.moved_on.between(year.first, year.last))
    found = pairs(session.execute(select(Transfer.direction, func.count()).where(*lines).group_by(
        Transfer.direction)))
    undecided = select(func.count()).select_from(Transfer).where(
        *lines, or_(Transfer.id_number_mark.is_(None), Transfer.other_school == ""))
    late = select(func.count()).select_from(Transfer).where(
        Transfer.unit_id == unit.id, Transfer.direction == "out", waiting(),
        Transfer.moved_on <= missing.last_overdue())
    unclear, overdue = session.execute(select(undecided.scalar_subquery(), late.scalar_subquery())).one()
    evidence = (f"本学年登记转出 {found.get('out', 0)} 人、转入 {found.get('in', 0)} 人",) if found else ()
    lacks = (() if found else ("本学年没有流动生登记",)) + (
        (f"{unclear} 条登记缺身份证号或对方学校",) if unclear else ()) + (
        (f"{overdue} 名转出学生超期没有转入登记",) if overdue else ())
    return "transfers", "missing" if lacks else "ok", evidence, lacks, ()


def _teaching(session: Session, actor: Actor, unit: Unit, year: SchoolYear) -> Found:
    children = home_teaching.ledger(session, actor, year, unit.id).children
    if not children:
        return "home_teaching", "none", ("没有登记送教上门的学生",), (), ()
    behind = [child for child in children if child.behind]
    unsigned = sum(child.unsigned for child in children)
    lacks = ((f"{len(behind)} 名学生的课时落后于进度",) if behind else ()) + (
        (f"{unsigned} 次送教没有家长签字",) if unsigned else ())
    evidence = (f"{len(children)} 名学生，本学年已送教 {sum(child.lessons for child in children)} 课时",)
    return ("home_teaching", "missing" if lacks else "ok", evidence, lacks,
            tuple(Lacking(child.student_id, child.name) for child in behind[:NAMED]))


def _guidance(noted: Mapping[str, list[tuple[date, str, str]]]) -> Found:
    count = sum(len(notes) for notes in noted.values())
    if not noted.get("guidance"):
        return "guidance", "missing", (), ("本学年没有指导记录",), ()
    return "guidance", "ok", (f"本学年督导记录 {count} 条，其中指导 {len(noted['guidance'])} 条",), (), ()
