"""The API's students: the list, a child's file, and what is done to a case."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal, TypeVar

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from service import cases
from service.access import CASE_EVENTS, FILES, REVEAL
from service.cases import child_file, directory
from service.cases.child_file import ChildFile
from service.cases.entries import Entry
from service.cases.states import ACTS
from service.errors import Invalid
from service.web.api import student_paths
from service.web.context import actor, installation, requires
from service.web.parameters import plain, whole

blueprint = Blueprint("api_students", __name__)
Model = TypeVar("Model", bound=BaseModel)


class StudentBrief(BaseModel):
    """A child in the list. `state` is that of its case, `none` without one."""

    model_config = ConfigDict(from_attributes=True)
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


class StudentList(BaseModel):
    """One page of children, latest cases first."""

    students: list[StudentBrief]
    page: int
    pages: int
    total: int


class DutyOut(BaseModel):
    """A responsible person."""

    model_config = ConfigDict(from_attributes=True)
    duty_id: int
    role: str
    name: str
    unit: str
    from_on: date


class FactOut(BaseModel):
    """A dated category fact; `value` is empty until revealed."""

    model_config = ConfigDict(from_attributes=True)
    fact_id: int
    kind: str
    label: str
    value: str
    from_on: date
    until_on: date | None
    source: str
    holds: bool


class CaseOut(BaseModel):
    """A case as it stands; `acts` are what this account may do to it now, evidence aside."""

    case_id: int
    state: str
    state_label: str
    source: str
    source_year: int
    unit: str
    unit_id: int
    reason: str
    opened_on: date
    closed_on: date | None
    overdue: bool
    due_on: date | None
    due_for: str
    duties: list[DutyOut]
    acts: list[str]


class ValueOut(BaseModel):
    """One value of a paper; `sealed` names the attribute to reveal before it is shown in full."""

    model_config = ConfigDict(from_attributes=True)
    field: str
    label: str
    text: str
    sealed: str
    has_crop: bool


class MarkOut(BaseModel):
    """A seal or signature."""

    model_config = ConfigDict(from_attributes=True)
    label: str
    there: bool


class EntryOut(BaseModel):
    """One thing that happened. With a sheet, each value's crop is /sheets/{sheet_id}/crop?row=0&field=…"""

    kind: str
    on: date
    recorded_at: datetime
    title: str
    text: str
    who: str
    unit: str
    sheet_id: int | None
    values: list[ValueOut]
    marks: list[MarkOut]


class StudentOut(BaseModel):
    """A child's file; personal values are masked unless this answer is one to a reveal."""

    student_id: int
    name: str
    sex: str
    age: int | None
    born_on: date | None
    id_number: str
    address: str
    phone: str
    guardian: str
    grade_class: str
    school: str
    labels: list[str]
    register_unit: str
    facts: list[FactOut]
    cases: list[CaseOut]
    entries: list[EntryOut]


class SearchIn(BaseModel):
    """A name's beginning, or a whole ID number; posted, so that neither enters an address."""

    model_config = ConfigDict(extra="forbid")
    text: str = Field(min_length=1, max_length=60)
    page: int = Field(1, ge=1, le=100_000)


class RevealIn(BaseModel):
    """Which masked value to show; each time is recorded."""

    model_config = ConfigDict(extra="forbid")
    field: Literal["id_number", "address", "phone", "facts", "all"]


class EventIn(BaseModel):
    """An act on a case; `state` is the state the caller saw, to be told when it has changed."""

    model_config = ConfigDict(extra="forbid")
    act: Literal["verify", "persuade", "return", "follow_up", "assign", "attend", "relapse", "settle",
                 "transferred", "died", "abroad", "over_age", "exempted", "hand_over", "set_source", "note"]
    on: date
    note: str = Field("", max_length=500)
    document: str = Field("", max_length=200)
    unit_id: int | None = Field(None, ge=1, le=999_999_999)
    source: str = Field("", max_length=40)
    year: int = Field(0, ge=0, le=9999)
    state: str = Field("", max_length=40)


class EventOut(BaseModel):
    """The event that was added, and the state of the case after it."""

    event_id: int
    case_id: int
    kind: str
    act: str
    happened_on: date
    state: str


@blueprint.get("/students")
@requires(FILES)
def index() -> ResponseReturnValue:
    """The children in sight, 30 a page."""
    unit, page = request.args.get("unit", ""), request.args.get("page", "1")
    if (unit and whole(unit) is None) or not whole(page):
        raise Invalid("unit 和 page 应为正整数。")
    return _list(directory.Query("", whole(unit), request.args.get("state", ""),
                                 request.args.get("watch", ""), whole(page) or 1))


@blueprint.post("/students/search")
@requires(FILES)
def search() -> ResponseReturnValue:
    """Children by the beginning of a name, or the one with an ID number."""
    asked = read_body(SearchIn)
    text = plain(asked.text, 60)
    if not directory.looks_like_id_number(text):
        return _list(directory.Query(text, page=asked.page))
    with installation().database.write() as session:  # the search for a number is recorded
        found = directory.by_id_number(session, actor(), text)
        return _list_of(directory.search(session, actor(), directory.Query(student_id=found or 0)))


@blueprint.get("/students/<int:student_id>")
@requires(FILES)
def show(student_id: int) -> ResponseReturnValue:
    """A child's file, masked."""
    with installation().database.write() as session:  # the opening is recorded
        return _file(child_file.open_file(session, actor(), student_id))


@blueprint.post("/students/<int:student_id>/reveal")
@requires(REVEAL)
def reveal(student_id: int) -> ResponseReturnValue:
    """The file with a masked value open."""
    asked = read_body(RevealIn)
    with installation().database.write() as session:
        return _file(child_file.reveal(session, actor(), student_id, asked.field))


@blueprint.post("/cases/<int:case_id>/events")
@requires(CASE_EVENTS)
def act(case_id: int) -> ResponseReturnValue:
    """Do something to a case."""
    asked = read_body(EventIn)
    texts = {name: plain(getattr(asked, name), 500) for name in ("note", "document", "source", "state")}
    wanted = cases.Request(asked.act, asked.on, unit_id=asked.unit_id, year=asked.year, **texts)
    with installation().database.write() as session:
        event = cases.perform(session, actor(), case_id, wanted)
        out = EventOut(event_id=event.id, case_id=case_id, kind=event.kind, act=asked.act,
                       happened_on=event.happened_on, state=event.case.state)
    return out.model_dump(mode="json"), 201


def _list(query: directory.Query) -> ResponseReturnValue:
    with installation().database.read() as session:
        return _list_of(directory.search(session, actor(), query))


def _list_of(found: directory.Found) -> ResponseReturnValue:
    rows = [StudentBrief.model_validate(row) for row in found.rows]
    return StudentList(students=rows, page=found.page, pages=found.pages,
                       total=found.total).model_dump(mode="json")


def _file(file: ChildFile) -> ResponseReturnValue:
    made = ("cases", "entries", "labels", "facts", "register_unit")
    told = {name: getattr(file, name) for name in StudentOut.model_fields if name not in made}
    held = [CaseOut(acts=[offer.act.name for offer in case.offers],
                    duties=[DutyOut.model_validate(duty) for duty in case.duties],
                    **{name: getattr(case, name) for name in CaseOut.model_fields if name not in ("acts", "duties")})
            for case in file.cases]
    out = StudentOut(cases=held, entries=[_entry(entry) for entry in file.entries], labels=list(file.labels),
                     facts=[FactOut.model_validate(fact) for fact in file.facts],
                     register_unit=file.household.register_unit, **told)
    return out.model_dump(mode="json")


def _entry(entry: Entry) -> EntryOut:
    plain_parts = {name: getattr(entry, name) for name in EntryOut.model_fields
                   if name not in ("values", "marks")}
    return EntryOut(values=[ValueOut.model_validate(value) for value in entry.values],
                    marks=[MarkOut.model_validate(mark) for mark in entry.marks], **plain_parts)


def read_body(model: type[Model]) -> Model:
    """The request's body as `model`; raises Invalid naming what does not fit."""
    try:
        return model.model_validate(request.get_json(silent=True) or {})
    except ValidationError as error:
        named = "、".join(sorted({str(place) for fault in error.errors() for place in fault["loc"][:1]}))
        raise Invalid(f"提交的内容不合要求：{named or '正文'}。", "请对照接口说明修改后再提交。") from None


SCHEMAS: tuple[type[BaseModel], ...] = (
    StudentBrief, StudentList, StudentOut, SearchIn, RevealIn, EventIn, EventOut)
PATHS: dict[str, dict[str, Any]] = student_paths.paths(
    tuple(directory.STATES), tuple(directory.WATCHES), tuple(ACTS))
