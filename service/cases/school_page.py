"""A school's page: its plan, its children by state, its papers, and what supervision asks for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, func, literal_column, select
from sqlalchemy.orm import Session

from service.access import Actor, within
from service.calendar import today
from service.cases import plans
from service.cases.school_year import SchoolYear
from service.cases.states import OPEN, OUTSTANDING, STATE_LABELS
from service.cases.supervision import Item, items_of, pairs
from service.errors import Invalid
from service.models import (
    Agreement,
    Case,
    HomeVisit,
    Lesson,
    Persuasion,
    SchoolPlan,
    Unit,
)

LISTS: Mapping[str, str] = {"all": "全部学校", "no_plan": "缺方案", "no_agreement": "缺责任书", "overdue": "有逾期个案"}
PAGE = 50
LEVEL_LABELS: Mapping[str, str] = {
    "bureau_township": "教体局与乡镇", "township_school": "乡镇与学校", "school_teacher": "学校与教师",
    "school_parent": "学校与家长", "other": "其他",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan that holds."""

    plan_id: int
    kind: str
    file_name: str
    sections: Mapping[str, str]
    saved_at: datetime
    saved_by: str


@dataclass(frozen=True, slots=True)
class Signed:
    """A letter of responsibility of the year."""

    level: str
    parties: str
    signers: str
    signed_on: date | None
    complete: bool
    sheet_id: int | None


@dataclass(frozen=True, slots=True)
class SchoolPage:
    """Everything on the page of a school."""

    unit_id: int
    name: str
    township: str
    kind: str
    year: SchoolYear
    plan: Plan | None
    states: tuple[tuple[str, str, int], ...]
    """State, its words, how many children."""
    visits: int
    persuasions: int
    lessons: int
    agreements: tuple[Signed, ...]
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """A school in the list."""

    unit_id: int
    name: str
    township: str
    has_plan: bool
    has_agreement: bool
    outstanding: int
    returned: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Schools:
    """A page of the list; `total` is how many schools the whole list has."""

    rows: tuple[SchoolRow, ...]
    total: int
    page: int
    pages: int


def open_school(session: Session, actor: Actor, unit_id: int, year: SchoolYear) -> SchoolPage:
    """The page of a school in sight; raises NotFound."""
    unit = plans.school(session, actor, unit_id)
    span = (year.first, year.last)
    held = plans.plan_of(session, unit_id, year)

    made = (
        select(func.count()).select_from(HomeVisit).where(
            HomeVisit.unit_id == unit_id, HomeVisit.visited_on.between(*span)),
        select(func.count()).select_from(Persuasion).where(
            Persuasion.unit_id == unit_id, Persuasion.persuaded_on.between(*span)),
        select(func.coalesce(func.sum(Lesson.lessons), 0)).where(
            Lesson.unit_id == unit_id, Lesson.taught_on.between(*span)))
    visits, talks, lessons = session.execute(select(*(counted.scalar_subquery() for counted in made))).one()
    found = pairs(session.execute(select(Case.state, func.count()).where(
        Case.unit_id == unit_id, Case.closing != "mistaken").group_by(Case.state)))
    return SchoolPage(
        unit_id, unit.name, unit.parent.name if unit.parent else "", unit.kind, year, _plan(held),
        tuple((state, words, found.get(state, 0)) for state, words in STATE_LABELS.items()),
        visits, talks, lessons,
        _agreements(session, unit_id, year), items_of(session, actor, unit, year, held))


def listing(session: Session, actor: Actor, year: SchoolYear, wanted: str = "all", township_id: int | None = None,
            page: int | None = None) -> Schools:
    """The schools in sight with what each has and lacks; a key of LISTS narrows it. Without a `page` all of them."""
    if wanted not in LISTS:
        raise Invalid("没有这种名单。")
    planned = set(session.scalars(select(SchoolPlan.unit_id).where(SchoolPlan.year == year.year)))
    bound = set(session.scalars(select(Agreement.unit_id).where(_of_year(year))))
    late = _late(session) if wanted == "overdue" else {}
    units = [unit for unit in session.scalars(_schools(actor, township_id)) if {
        "no_plan": unit.id not in planned, "no_agreement": unit.id not in bound,
        "overdue": unit.id in late}.get(wanted, True)]
    pages = max(1, -(-len(units) // PAGE)) if page else 1
    page = min(max(1, page or 1), pages)
    shown = units if pages == 1 else units[(page - 1) * PAGE:page * PAGE]
    ids = [unit.id for unit in shown]
    late, counted = late or _late(session, ids), _states(session, ids)
    parent = {unit.id: unit.name for unit in session.scalars(select(Unit).where(Unit.kind != "school"))}
    return Schools(tuple(SchoolRow(
        unit.id, unit.name, parent.get(unit.parent_id or 0, ""), unit.id in planned, unit.id in bound,
        sum(counted.get((unit.id, state), 0) for state in OUTSTANDING), counted.get((unit.id, "returned"), 0),
        late.get(unit.id, 0)) for unit in shown), len(units), page, pages)


def _schools(actor: Actor, township_id: int | None) -> Select[Unit]:
    query = select(Unit).where(Unit.kind == "school", Unit.active).order_by(Unit.parent_id, Unit.position, Unit.id)
    if actor.unit_ids is not None:
        query = query.where(within(Unit.id, actor))
    return query if township_id is None else query.where(Unit.parent_id == township_id)


def _states(session: Session, units: Collection[int]) -> dict[tuple[int, str], int]:
    """How many open cases the units have in each state."""
    found = session.execute(select(Case.unit_id, Case.state, func.count()).where(
        Case.unit_id.in_(units), Case.state.in_(OPEN)).group_by(Case.unit_id, Case.state))
    return {(unit_id, state): count for unit_id, state, count in found}


def _late(session: Session, units: Collection[int] | None = None) -> dict[int, int]:
    """How many cases are overdue in each unit; of all units, or of these."""
    unit_id = Case.unit_id + literal_column("0")  # the bare column sends SQLite through all cases, school by school
    query = select(unit_id, func.count()).where(Case.due_on < today()).group_by(unit_id)
    return pairs(session.execute(query if units is None else query.where(unit_id.in_(units))))


def _of_year(year: SchoolYear) -> ColumnElement[bool]:
    """Letters are dated by calendar or by school year: either counts."""
    return Agreement.year.in_((year.year, year.year + 1))


def _plan(plan: SchoolPlan | None) -> Plan | None:
    if plan is None:
        return None
    return Plan(plan.id, plan.kind, plan.file_name, plan.sections, plan.created_at, plan.user.name)


def _agreements(session: Session, unit_id: int, year: SchoolYear) -> tuple[Signed, ...]:
    found = session.scalars(select(Agreement).where(Agreement.unit_id == unit_id, _of_year(year)).order_by(
        Agreement.signed_on.desc().nulls_last(), Agreement.id.desc()).limit(30))
    return tuple(Signed(
        LEVEL_LABELS[one.level], " — ".join(filter(None, (one.first_party, one.second_party))),
        "、".join(filter(None, (one.first_signer, one.second_signer))), one.signed_on,
        one.first_signature and one.second_signature, one.sheet_id) for one in found)
