"""What waits for somebody: offers to answer, tasks, cases past their day, children nobody took in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from service.access import FILES, Actor, within
from service.calendar import today
from service.cases import handover, transfer_list
from service.cases.due import LABELS
from service.cases.duties import ROLE_LABELS
from service.cases.states import state_label
from service.errors import Invalid
from service.models import Case, CaseDuty, CaseTask, Handover, Student, Unit

PAGE = 30
SOON_DAYS = 7
SPANS: Mapping[str, str] = {"overdue": "已逾期", "soon": f"{SOON_DAYS} 天内到期", "all": "全部"}


@dataclass(frozen=True, slots=True)
class Counts:
    """How much waits: for the strip on everybody's first screen."""

    offers: int
    tasks: int
    overdue: int
    soon: int
    transfers: int

    @property
    def urgent(self) -> int:
        """What should not wait until tomorrow."""
        return self.offers + self.overdue + self.transfers


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case whose next thing is due; no ID digits beside the name."""

    case_id: int
    student_id: int
    name: str
    school: str
    unit: str
    state_label: str
    what: str
    due_on: date
    days_late: int
    responsible: str


@dataclass(frozen=True, slots=True)
class Offer:
    """A hand-over that waits for an answer. `answers` when the person may give it."""

    handover_id: int
    case_id: int
    student_id: int
    name: str
    from_unit: str
    to_unit: str
    reason: str
    asked_on: date
    due_on: date
    answers: bool
    withdraws: bool

    @property
    def late(self) -> bool:
        """Whether the answer is overdue."""
        return self.due_on < today()


@dataclass(frozen=True, slots=True)
class Task:
    """Something asked of a unit."""

    task_id: int
    student_id: int
    name: str
    unit: str
    text: str
    due_on: date

    @property
    def late(self) -> bool:
        """Whether its day has passed."""
        return self.due_on < today()


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of the list of cases: a key of SPANS, a unit, a key of LABELS."""

    span: str = "overdue"
    unit_id: int | None = None
    what: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Page:
    """A page of cases that wait, the longest overdue first."""

    rows: tuple[Waiting, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that waits for a person, and a page of the cases among it."""

    counts: Counts
    offers: tuple[Offer, ...]
    tasks: tuple[Task, ...]
    cases: Page


def counts(session: Session, actor: Actor) -> Counts:
    """How much waits within the actor's sight."""
    actor.require(FILES)
    return _counts(session, actor, offers(session, actor))


def overview(session: Session, actor: Actor, query: Query) -> Overview:
    """What waits, each count taken once: the page of cases goes by those of its span where nothing narrows it."""
    actor.require(FILES)
    narrow, offered = _narrowed(actor, query), offers(session, actor)
    counted = _counts(session, actor, offered)
    total = None if query.unit_id is not None or query.what else {
        "overdue": counted.overdue, "soon": counted.soon}.get(query.span)
    return Overview(counted, offered, tasks(session, actor), _page(session, narrow, query.page, total))


def _counts(session: Session, actor: Actor, offered: tuple[Offer, ...]) -> Counts:
    now = today()
    tasks = select(func.count()).select_from(CaseTask).where(CaseTask.done_at.is_(None))
    if actor.unit_ids is not None:
        tasks = tasks.where(within(CaseTask.unit_id, actor))
    overdue = select(func.count()).select_from(Case).where(_mine(actor), Case.due_on < now)
    soon = select(func.count()).select_from(Case).where(
        _mine(actor), Case.due_on >= now, Case.due_on <= now + timedelta(SOON_DAYS))
    counted = session.execute(select(tasks.scalar_subquery(), overdue.scalar_subquery(), soon.scalar_subquery(),
                                     transfer_list.overdue_count(actor).scalar_subquery())).one()
    return Counts(sum(offer.answers for offer in offered), *counted)


def offers(session: Session, actor: Actor) -> tuple[Offer, ...]:
    """Hand-overs without an answer that the person may give one to, or made itself."""
    actor.require(FILES)
    query = select(Handover, Student.id, Student.name).join(Case, Case.id == Handover.case_id).join(
        Student, Student.id == Case.student_id).where(Handover.state == "pending").options(
            joinedload(Handover.from_unit), joinedload(Handover.to_unit)).order_by(Handover.asked_on, Handover.id)
    if actor.unit_ids is not None:
        query = query.where(within(Handover.to_unit_id, actor) | within(Handover.from_unit_id, actor))
    return tuple(Offer(
        asked.id, asked.case_id, student_id, name, asked.from_unit.name, asked.to_unit.name, asked.reason,
        asked.asked_on, handover.answer_due_on(asked), handover.may_answer(session, actor, asked),
        actor.may("case_events") and actor.sees(asked.from_unit_id),
    ) for asked, student_id, name in session.execute(query.limit(100)))


def tasks(session: Session, actor: Actor) -> tuple[Task, ...]:
    """What was asked of the units in sight and is not done, the most urgent first."""
    actor.require(FILES)
    query = select(CaseTask, Student.id, Student.name, Unit.name.label("unit")).join(
        Case, Case.id == CaseTask.case_id).join(Student, Student.id == Case.student_id).join(
            Unit, Unit.id == CaseTask.unit_id).where(CaseTask.done_at.is_(None))
    if actor.unit_ids is not None:
        query = query.where(within(CaseTask.unit_id, actor))
    return tuple(Task(task.id, student_id, name, unit, task.text, task.due_on) for task, student_id, name, unit in
                 session.execute(query.order_by(CaseTask.due_on, CaseTask.id).limit(100)))


def waiting(session: Session, actor: Actor, query: Query) -> Page:
    """The cases for which something is due."""
    actor.require(FILES)
    return _page(session, _narrowed(actor, query), query.page)


def _page(session: Session, narrow: list[ColumnElement[bool]], wanted_page: int, total: int | None = None) -> Page:
    if total is None:
        total = session.scalar(select(func.count()).select_from(Case).where(*narrow)) or 0
    pages = max(1, -(-total // PAGE))
    page = min(max(1, wanted_page), pages)
    school = aliased(Unit)
    wanted = select(Case.id).where(*narrow).order_by(Case.due_on, Case.id).limit(PAGE).offset((page - 1) * PAGE)
    found = session.execute(
        select(Case, Student, school.name, Unit.name).join(Student, Student.id == Case.student_id)
        .join(school, school.id == Student.school_id).join(Unit, Unit.id == Case.unit_id)
        .where(Case.id.in_([row.id for row in session.execute(wanted)])).order_by(Case.due_on, Case.id)).all()
    people = _responsible(session, [case.id for case, *_ in found])
    rows = (_row(case, student, place, unit, people.get(case.id, "")) for case, student, place, unit in found)
    return Page(tuple(rows), total, page, pages)


def _mine(actor: Actor) -> ColumnElement[bool]:
    return Case.due_on.is_not(None) if actor.unit_ids is None else within(Case.unit_id, actor)


def _narrowed(actor: Actor, query: Query) -> list[ColumnElement[bool]]:
    if query.span not in SPANS or (query.what and query.what not in LABELS):
        raise Invalid("没有这种筛选。")
    now = today()
    spans = {"overdue": Case.due_on < now, "all": Case.due_on.is_not(None),
             "soon": and_(Case.due_on >= now, Case.due_on <= now + timedelta(days=SOON_DAYS))}
    narrow = [_mine(actor), spans[query.span]]
    if query.unit_id is not None:
        narrow.append(Case.unit_id.in_(select(Unit.id).where(
            (Unit.id == query.unit_id) | (Unit.parent_id == query.unit_id))))
    if query.what:
        narrow.append(Case.due_for == query.what)
    return narrow


def _responsible(session: Session, case_ids: list[int]) -> dict[int, str]:
    found: dict[int, list[str]] = {}
    for duty in session.scalars(select(CaseDuty).where(
            CaseDuty.case_id.in_(case_ids), CaseDuty.until_on.is_(None)).order_by(CaseDuty.id)):
        found.setdefault(duty.case_id, []).append(f"{ROLE_LABELS[duty.role]} {duty.name}")
    return {case_id: "、".join(names) for case_id, names in found.items()}


def _row(case: Case, student: Student, school: str, unit: str, responsible: str) -> Waiting:
    due_on = case.due_on or today()
    return Waiting(case.id, student.id, student.name, school, unit, state_label(case.state, case.closing),
                   LABELS.get(case.due_for, ""), due_on, (today() - due_on).days, responsible)
