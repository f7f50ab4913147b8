"""The API's casework: what waits, hand-overs, transfers, schools, and the ledger of home teaching."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field

from service.access import CASE_EVENTS, FILES
from service.calendar import today
from service.cases import due, handover, home_teaching, school_page, transfer_list, transfers, work
from service.cases.school_year import SchoolYear, this_year
from service.errors import Invalid
from service.web.api import casework_paths
from service.web.api.students import read_body
from service.web.context import actor, installation, requires
from service.web.parameters import plain, whole

blueprint = Blueprint("api_casework", __name__)


class _Plain(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class WaitingOut(_Plain):
    """A case whose next thing is due."""

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


class OfferOut(_Plain):
    """A hand-over without an answer; `answers` when this account may give it."""

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


class TaskOut(_Plain):
    """Something asked of a unit."""

    task_id: int
    student_id: int
    name: str
    unit: str
    text: str
    due_on: date


class WorkOut(BaseModel):
    """What waits for this account: offers, tasks, and one page of cases."""

    offers: list[OfferOut]
    tasks: list[TaskOut]
    cases: list[WaitingOut]
    page: int
    pages: int
    total: int


class AnswerIn(BaseModel):
    """The answer to a hand-over; sending back and withdrawing say why."""

    model_config = ConfigDict(extra="forbid")
    step: Literal["accept", "send_back", "withdraw"]
    reason: str = Field("", max_length=300)


class AnswerOut(BaseModel):
    """The hand-over after the answer, and the unit that answers for the case."""

    handover_id: int
    case_id: int
    state: str
    unit_id: int


class LineOut(_Plain):
    """One line of a register; ID digits masked, `due_on` while the child is awaited."""

    transfer_id: int
    direction: str
    student_id: int | None
    name: str
    sex: str
    grade_class: str
    id_number: str
    from_school: str
    to_school: str
    moved_on: date
    sheet_id: int | None
    row: int
    receipt_on: date | None
    due_on: date | None
    overdue: bool
    suspected_on: date | None


class PairOut(BaseModel):
    """A line with its other half; `candidates` could be it, when one line is asked for."""

    line: LineOut
    partner: LineOut | None
    joined_by: str
    candidates: list[LineOut] = []


class TransferList(BaseModel):
    """One page of a list, and how long each list is."""

    transfers: list[PairOut]
    counts: dict[str, int]
    page: int
    pages: int


class TransferIn(BaseModel):
    """A step on a line: joined with `other_id`, parted, or a receipt noted or taken back."""

    model_config = ConfigDict(extra="forbid")
    step: Literal["pair", "unpair", "receive", "unreceive"]
    other_id: int | None = Field(None, ge=1, le=999_999_999)
    receipt: str = Field("", max_length=200)
    on: date | None = None


class SchoolBrief(_Plain):
    """A school in the list."""

    unit_id: int
    name: str
    township: str
    has_plan: bool
    has_agreement: bool
    outstanding: int
    returned: int
    overdue: int


class SchoolList(BaseModel):
    """The schools in sight."""

    schools: list[SchoolBrief]


class ItemOut(BaseModel):
    """A supervision item; `state`: ok, missing, none."""

    name: str
    label: str
    state: str
    evidence: list[str]
    missing: list[str]
    lacking: list[int]


class SchoolOut(BaseModel):
    """A school's page."""

    unit_id: int
    name: str
    township: str
    year: int
    has_plan: bool
    states: dict[str, int]
    visits: int
    persuasions: int
    lessons: int
    agreements: int
    items: list[ItemOut]


class TaughtOut(_Plain):
    """A child's year of home teaching."""

    student_id: int
    name: str
    school: str
    lessons: int
    days: int
    last_on: date | None
    unsigned: int
    norm: int
    expected: int
    forecast: int
    shortfall: int


class LedgerOut(BaseModel):
    """The ledger of a school year, those that will lack most first."""

    year: int
    children: list[TaughtOut]


@blueprint.get("/work")
@requires(FILES)
def open_work() -> ResponseReturnValue:
    """What waits for this account."""
    asked = request.args
    query = work.Query(asked.get("span", "overdue"), _unit(), asked.get("what", ""), _page())
    with installation().database.read() as session:
        found = work.waiting(session, actor(), query)
        out = WorkOut(
            offers=[OfferOut.model_validate(offer) for offer in work.offers(session, actor())],
            tasks=[TaskOut.model_validate(task) for task in work.tasks(session, actor())],
            cases=[WaitingOut.model_validate(row) for row in found.rows], page=found.page, pages=found.pages,
            total=found.total)
    return out.model_dump(mode="json")


@blueprint.post("/handovers/<int:handover_id>/answer")
@requires(CASE_EVENTS)
def answer(handover_id: int) -> ResponseReturnValue:
    """Take a case that is offered, send it back, or take the offer back."""
    asked = read_body(AnswerIn)
    reason = plain(asked.reason, 300)
    with installation().database.write() as session:
        if asked.step == "withdraw":
            done = handover.withdraw(session, actor(), handover_id, reason)
        else:
            done = handover.answer(session, actor(), handover_id, accept=asked.step == "accept", reason=reason)
        out = AnswerOut(handover_id=done.id, case_id=done.case_id, state=done.state, unit_id=done.case.unit_id)
    return out.model_dump(mode="json")


@blueprint.get("/transfers")
@requires(FILES)
def transfers_list() -> ResponseReturnValue:
    """One of the lists of transfers."""
    with installation().database.read() as session:
        found = transfer_list.listing(session, actor(), request.args.get("tab", "overdue"), _unit(), "", _page())
    out = TransferList(transfers=[_pair(entry) for entry in found.entries], counts=dict(found.counts),
                       page=found.page, pages=found.pages)
    return out.model_dump(mode="json")


@blueprint.get("/transfers/<int:transfer_id>")
@requires(FILES)
def transfer(transfer_id: int) -> ResponseReturnValue:
    """One line with what it could be joined with."""
    with installation().database.write() as session:  # the opening is recorded
        return _line(transfer_list.open_line(session, actor(), transfer_id))


@blueprint.post("/transfers/<int:transfer_id>")
@requires(CASE_EVENTS)
def change_transfer(transfer_id: int) -> ResponseReturnValue:
    """Join a line with another, part it, note a receipt, take it back."""
    asked = read_body(TransferIn)
    with installation().database.write() as session:
        if asked.step == "pair":
            transfers.pair(session, actor(), transfer_id, asked.other_id or 0)
        elif asked.step == "receive":
            transfers.receive(session, actor(), transfer_id, plain(asked.receipt, 200), asked.on or today())
        else:
            steps = {"unpair": transfers.unpair, "unreceive": transfers.unreceive}
            steps[asked.step](session, actor(), transfer_id)
        return _line(transfer_list.open_line(session, actor(), transfer_id))


@blueprint.get("/schools")
@requires(FILES)
def schools() -> ResponseReturnValue:
    """The schools in sight."""
    with installation().database.read() as session:
        rows = school_page.listing(session, actor(), _year(), request.args.get("list", "all"), _unit()).rows
    return SchoolList(schools=[SchoolBrief.model_validate(row) for row in rows]).model_dump(mode="json")


@blueprint.get("/schools/<int:unit_id>")
@requires(FILES)
def school(unit_id: int) -> ResponseReturnValue:
    """A school's page."""
    with installation().database.read() as session:
        page = school_page.open_school(session, actor(), unit_id, _year())
    items = [ItemOut(name=item.name, label=item.label, state=item.state, evidence=list(item.evidence),
                     missing=list(item.missing), lacking=[child.student_id for child in item.lacking])
             for item in page.items]
    out = SchoolOut(
        unit_id=page.unit_id, name=page.name, township=page.township, year=page.year.year,
        has_plan=page.plan is not None, states={state: count for state, _, count in page.states},
        visits=page.visits, persuasions=page.persuasions, lessons=page.lessons, agreements=len(page.agreements),
        items=items)
    return out.model_dump(mode="json")


@blueprint.get("/home-teaching")
@requires(FILES)
def teaching() -> ResponseReturnValue:
    """The ledger of home teaching."""
    with installation().database.read() as session:
        found = home_teaching.ledger(session, actor(), _year(), _unit())
    children = [TaughtOut.model_validate(child) for child in found.children]
    return LedgerOut(year=found.year.year, children=children).model_dump(mode="json")


def _pair(entry: transfer_list.Entry, others: tuple[transfer_list.Line, ...] = ()) -> PairOut:
    partner = LineOut.model_validate(entry.partner) if entry.partner else None
    return PairOut(line=LineOut.model_validate(entry.line), partner=partner, joined_by=entry.joined_by,
                   candidates=[LineOut.model_validate(other) for other in others])


def _line(choice: transfer_list.Choice) -> ResponseReturnValue:
    return _pair(choice.entry, choice.others).model_dump(mode="json")


def _unit() -> int | None:
    text = request.args.get("unit", "")
    if text and whole(text) is None:
        raise Invalid("unit 应为正整数。")
    return whole(text)


def _page() -> int:
    page = whole(request.args.get("page", "1"))
    if not page:
        raise Invalid("page 应为正整数。")
    return page


def _year() -> SchoolYear:
    text = request.args.get("year", "")
    number = whole(text)
    if text and (number is None or not 2000 <= number <= this_year().year + 1):
        raise Invalid("year 应为学年开始的年份。")
    return SchoolYear(number) if number else this_year()


SCHEMAS: tuple[type[BaseModel], ...] = (
    WorkOut, AnswerIn, AnswerOut, TransferList, PairOut, TransferIn, SchoolList, SchoolOut, LedgerOut)
PATHS: dict[str, dict[str, Any]] = casework_paths.paths(
    tuple(work.SPANS), tuple(due.LABELS), tuple(transfer_list.TABS), tuple(school_page.LISTS))
