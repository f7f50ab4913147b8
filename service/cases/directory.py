"""The list of children: found by name or ID number, narrowed by unit, state and what needs attention."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from service import audit, identity
from service.access import FILES, Actor
from service.calendar import full_years, today
from service.cases.sight import student_in_sight
from service.cases.states import OUTSTANDING, OVERDUE_DAYS, state_label
from service.errors import Invalid
from service.models import Case, CaseEvent, HomeVisit, Student, Unit

PAGE = 30
NO_CASE = "none"
STATES: Mapping[str, str] = {
    "outstanding": "未劝返", "suspected": "疑似", "verified": "已核实", "persuading": "劝返中",
    "returned": "已劝返", "closed": "已结案", NO_CASE: "无个案",
}
WATCHES: Mapping[str, str] = {"overdue": f"{OVERDUE_DAYS} 天以上没有家访", "doubts": "入档提示待核对"}


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for. `text` is a name's beginning or a whole ID number; `watch` a key of WATCHES."""

    text: str = ""
    unit_id: int | None = None
    state: str = ""
    watch: str = ""
    page: int = 1
    student_id: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A child in the list; no ID digits beside the age."""

    student_id: int
    name: str
    sex: str
    age: int | None
    school: str
    grade_class: str
    state: str
    state_label: str
    unit: str
    opened_on: date | None
    last_visit_on: date | None
    overdue: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A page of the list, `total` over all pages."""

    rows: tuple[Row, ...]
    total: int
    page: int
    pages: int


def search(session: Session, actor: Actor, query: Query) -> Found:
    """The children in the actor's sight that fit, the latest cases first."""
    actor.require(FILES)
    base = _narrowed(_joined(), actor, query)
    total = session.scalar(select(func.count()).select_from(base.subquery())) or 0
    pages = max(1, -(-total // PAGE))
    page = min(max(1, query.page), pages)
    records = session.execute(base.order_by(Case.opened_on.desc().nulls_last(), Student.id.desc())
                              .limit(PAGE).offset((page - 1) * PAGE)).all()
    visits = _last_visits(session, [record.Student.id for record in records])
    rows = tuple(_row(record.Student, record.Case, record.school, record.unit, visits.get(record.Student.id))
                 for record in records)
    return Found(rows, total, page, pages)


def by_id_number(session: Session, actor: Actor, number: str) -> int | None:
    """The id of the child in sight with exactly this ID number; the search itself goes on record."""
    actor.require(FILES)
    found = session.scalar(select(Student.id).where(
        Student.id_number_mark == identity.mark(number), student_in_sight(actor)))
    audit.record(session, actor, "student.searched", "student", found or 0, found=found is not None)
    return found


def looks_like_id_number(text: str) -> bool:
    """Whether what was typed is meant as an ID number, right or wrong."""
    plain = identity.canonical(text)
    return len(plain) >= 10 and sum(symbol.isdigit() for symbol in plain) >= len(plain) - 1


def counts(session: Session, actor: Actor) -> dict[str, int]:
    """How many children each watch has, for the tabs above the list."""
    actor.require(FILES)
    return {watch: session.scalar(select(func.count()).select_from(
        _narrowed(_joined(), actor, Query(watch=watch)).subquery())) or 0 for watch in WATCHES}


def _joined() -> Select[*tuple[Any, ...]]:
    """Every child with its one live case: there is at most one that is not a mistake."""
    answering = aliased(Unit)
    return (select(Student, Case, Unit.name.label("school"), answering.name.label("unit"))
            .join(Unit, Unit.id == Student.school_id)
            .outerjoin(Case, and_(Case.student_id == Student.id, Case.closing != "mistaken"))
            .outerjoin(answering, answering.id == Case.unit_id))


def _narrowed(base: Select[*tuple[Any, ...]], actor: Actor,
              query: Query) -> Select[*tuple[Any, ...]]:
    base = base.where(student_in_sight(actor))
    if query.student_id is not None:
        base = base.where(Student.id == query.student_id)
    if query.text.strip():
        base = base.where(Student.name.startswith(query.text.strip(), autoescape=True))
    if query.unit_id is not None:
        base = base.where(_under(query.unit_id))
    if query.state:
        base = base.where(_in_state(query.state))
    if query.watch:
        base = base.where(_watched(query.watch))
    return base


def _under(unit_id: int) -> ColumnElement[bool]:
    """The child's school is the unit or lies under it, or the unit answers for its case."""
    schools = select(Unit.id).where(or_(Unit.id == unit_id, Unit.parent_id == unit_id))
    return or_(Student.school_id.in_(schools), Case.unit_id == unit_id)


def _in_state(state: str) -> ColumnElement[bool]:
    if state not in STATES:
        raise Invalid("没有这种状态。")
    if state == NO_CASE:
        return Case.id.is_(None)
    return Case.state.in_(OUTSTANDING) if state == "outstanding" else Case.state == state


def _watched(watch: str) -> ColumnElement[bool]:
    if watch == "overdue":
        since = today() - timedelta(days=OVERDUE_DAYS)
        lately = exists().where(HomeVisit.case_id == Case.id, HomeVisit.visited_on > since)
        told = exists().where(CaseEvent.case_id == Case.id, _told_visit(), CaseEvent.happened_on > since)
        return and_(Case.state.in_(OUTSTANDING), Case.opened_on <= since, ~lately, ~told)
    if watch == "doubts":
        return _has_open_doubts()
    raise Invalid("没有这种筛选。")


def _has_open_doubts() -> ColumnElement[bool]:
    """More doubts raised in the child's cases than settled: each is settled at most once."""
    case = aliased(Case)
    event = aliased(CaseEvent)
    raised = func.count(event.detail["doubt"].as_string())
    settled = func.count(event.detail["settles"].as_string())
    doubtful = (select(case.student_id).join(event, event.case_id == case.id).where(event.kind == "note")
                .group_by(case.student_id).having(raised > settled))
    return Student.id.in_(doubtful)


def _last_visits(session: Session, student_ids: list[int]) -> dict[int, date]:
    filed = select(HomeVisit.student_id, HomeVisit.visited_on.label("day")).where(
        HomeVisit.student_id.in_(student_ids))
    told = select(Case.student_id, CaseEvent.happened_on.label("day")).join(Case).where(
        Case.student_id.in_(student_ids), _told_visit())
    visits = union_all(filed, told).subquery()
    rows = session.execute(select(visits.c.student_id, func.max(visits.c.day).label("last_on"))
                           .group_by(visits.c.student_id))
    return {row.student_id: row.last_on for row in rows}


def _told_visit() -> ColumnElement[bool]:
    """A visit recorded without paper; one on paper counts by its HomeVisit, which corrections keep right."""
    return and_(CaseEvent.kind == "visited", CaseEvent.sheet_id.is_(None))


def _row(student: Student, case: Case | None, school: str, unit: str | None, visited: date | None) -> Row:
    since = today() - timedelta(days=OVERDUE_DAYS)
    out = case is not None and case.state in OUTSTANDING
    last = max((day for day in (visited, case.opened_on if case else None) if day), default=None)
    return Row(
        student.id, student.name, student.sex,
        full_years(student.born_on, today()) if student.born_on else None, school, student.grade_class,
        case.state if case else NO_CASE, state_label(case.state, case.closing) if case else STATES[NO_CASE],
        unit or "", case.opened_on if case else None, visited, out and last is not None and last <= since)
