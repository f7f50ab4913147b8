"""The API's sheets: what was read, what people decided, and the sign-off that files it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field, ValidationError
from sqlalchemy.orm import Session

from service import cases, review
from service.access import REVIEW
from service.cases import twins
from service.cases.twins import SamePaper
from service.errors import Conflict, Invalid
from service.models import Sheet
from service.models.scans import SHEET_STATES
from service.review.claims import record_viewing
from service.review.desk import lay_out
from service.review.filters import Filters
from service.review.queue import PAGE, QueueRow
from service.web.context import actor, installation, requires
from service.web.errors import status_of

blueprint = Blueprint("api_sheets", __name__)
State = Literal["to_review", "signed", "returned", "set_aside"]


class SheetLine(BaseModel):
    """A sheet in the list."""

    id: int
    scan_id: str
    number: int = Field(description="page of the scan, from 0")
    template: str | None = Field(description="null: no form was recognised")
    state: State
    unit: str
    uncertain: int = Field(description="fields a person still has to look at")
    received_at: datetime
    reason: str = Field(description="why it was returned or set aside")


class SheetsOut(BaseModel):
    """A page of sheets: those to review longest waiting first, others newest first."""

    sheets: list[SheetLine]
    page: int
    has_more: bool


class SaidOut(BaseModel):
    """The decision that stands on a field."""

    id: int
    kind: Literal["accepted", "corrected", "picked", "illegible"]
    by: str
    at: datetime


class FieldOut(BaseModel):
    """A field as it stands: the latest decision, else the machine's reading."""

    row: int = Field(description="0: a field of a form; from 1: a row of a table; -1: the row of totals")
    name: str
    title: str
    kind: str
    value: str
    raw: str = Field(description="as written")
    confidence: float
    accepted: bool = Field(description="the machine is sure enough")
    waiting: bool = Field(description="a person still has to look")
    box: list[float] = Field(description="relative to the sheet, empty when it was not found")
    candidates: list[str]
    decided: SaidOut | None


class MarkOut(BaseModel):
    """A seal or signature."""

    name: str
    title: str
    there: bool
    decided: SaidOut | None


class ObjectionOut(BaseModel):
    """A rule that does not hold; confirm it by a decision on field `rule` of `row`."""

    row: int
    rule: str
    text: str
    confirmed: bool
    fix: dict[str, str] | None = Field(description="key (row.field), value, label of a change that mends it")


class SheetOut(BaseModel):
    """A sheet with all that stands on it. Send `version` back with every change."""

    id: int
    version: int
    state: State
    template: str | None
    title: str
    fields: list[FieldOut]
    marks: list[MarkOut]
    objections: list[ObjectionOut]
    gaps: list[dict[str, str]] = Field(description="what keeps it from being signed off")


class DecisionIn(BaseModel):
    """What a person says about one field; the value as typed, it is normalised here."""

    version: int = Field(ge=0)
    row: int = Field(0, ge=-1, le=999)
    field: str = Field(min_length=1, max_length=60)
    kind: Literal["accepted", "corrected", "picked", "illegible"] = "corrected"
    value: str = Field("", max_length=4000)


class SignOffIn(BaseModel):
    """The version that is signed off."""

    version: int = Field(ge=0)


class SamePaperIn(BaseModel):
    """Whether the sheet is the same paper as the sheet `other`."""

    version: int = Field(ge=0)
    other: int = Field(ge=1, description="id of the other sheet, as named in `same_paper`")
    same: bool


@blueprint.get("/sheets")
@requires(REVIEW)
def index() -> ResponseReturnValue:
    """The sheets in one state, narrowed by `template` and `unit`."""
    state = request.args.get("state", "to_review")
    if state not in SHEET_STATES:
        raise Invalid("state 的取值不对。", f"可用：{'、'.join(SHEET_STATES)}。")
    page = max(1, min(request.args.get("page", 1, type=int), 1_000_000))
    filters = Filters(state, request.args.get("template", ""), request.args.get("unit", type=int))
    with installation().database.read() as session:
        rows = review.listing(session, actor(), filters, page)
    return SheetsOut(sheets=[_line(row) for row in rows], page=page,
                     has_more=len(rows) == PAGE).model_dump(mode="json")


@blueprint.get("/sheets/<int:sheet_id>")
@requires(REVIEW)
def show(sheet_id: int) -> ResponseReturnValue:
    """One sheet with its fields; the first look goes on record."""
    with installation().database.write() as session:
        sheet = review.find(session, actor(), sheet_id)
        record_viewing(session, actor(), sheet)
        return _out(session, sheet)


@blueprint.post("/sheets/<int:sheet_id>/decisions")
@requires(REVIEW)
def decide(sheet_id: int) -> ResponseReturnValue:
    """Save one decision; 409 carries the sheet as it stands now."""
    asked = _body(DecisionIn)
    try:
        with installation().database.write() as session:
            review.decide(session, actor(), sheet_id, asked.version, asked.row, asked.field, asked.kind,
                          asked.value)
            return _out(session, review.find(session, actor(), sheet_id)), 201
    except Conflict as error:
        return _overtaken(error, sheet_id)


@blueprint.post("/sheets/<int:sheet_id>/sign-off")
@requires(REVIEW)
def sign_off(sheet_id: int) -> ResponseReturnValue:
    """Sign the sheet off and file it, both or neither."""
    asked = _body(SignOffIn)
    try:
        with installation().database.write() as session:
            return _out(session, cases.sign_off(session, actor(), sheet_id, asked.version))
    except SamePaper as error:
        answer, status = _overtaken(error, sheet_id)
        return {**answer, "same_paper": [twin.to_json() for twin in error.twins]}, status
    except Conflict as error:
        return _overtaken(error, sheet_id)


@blueprint.post("/sheets/<int:sheet_id>/same-paper")
@requires(REVIEW)
def same_paper(sheet_id: int) -> ResponseReturnValue:
    """Say whether the sheet is the same paper as another: then it is set aside and counts nothing."""
    asked = _body(SamePaperIn)
    with installation().database.write() as session:
        twins.answer(session, actor(), sheet_id, asked.version, asked.other, same=asked.same)
        return _out(session, review.find(session, actor(), sheet_id))


def _body(model: type[Any]) -> Any:
    try:
        return model.model_validate(request.get_json(silent=True) or {})
    except ValidationError as error:
        wrong = "、".join(".".join(str(part) for part in each["loc"]) for each in error.errors())
        raise Invalid(f"提交的内容不完整或格式不对：{wrong}。") from None


def _overtaken(error: Conflict, sheet_id: int) -> tuple[dict[str, Any], int]:
    with installation().database.read() as session:
        now = _out(session, review.find(session, actor(), sheet_id))
    said = {"code": error.code, "message": error.message, "advice": error.advice}
    return {"error": said, "sheet": now}, status_of(error)


def _line(row: QueueRow) -> SheetLine:
    return SheetLine(id=row.id, scan_id=row.scan_id, number=row.number, template=row.template,
                     state=row.state, unit=row.unit, uncertain=row.uncertain,  # type: ignore[arg-type]
                     received_at=row.received_at, reason=row.reason)


def _out(session: Session, sheet: Sheet) -> dict[str, Any]:
    desk = lay_out(session, actor(), review.standing(session, sheet)).to_json()
    objections = [{**objection, "row": int(objection["key"].partition(".")[0]),
                   "rule": objection["key"].partition(".")[2]} for objection in desk["objections"]]
    whole = SheetOut.model_validate({**desk, "id": desk["sheet_id"], "objections": objections})
    return whole.model_dump(mode="json")


def _content(schema: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


def _json(schema: str, description: str) -> dict[str, Any]:
    return {"description": description, "content": _content(schema)}


def _takes(schema: str) -> dict[str, Any]:
    return {"required": True, "content": _content(schema)}


def _query(name: str, **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema}


_SHEET_ID = {"name": "sheet_id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}
SCHEMAS: tuple[type[BaseModel], ...] = (SheetsOut, SheetOut, DecisionIn, SignOffIn, SamePaperIn)
PATHS: dict[str, dict[str, Any]] = {
    "/sheets": {"get": {
        "operationId": "listSheets", "tags": ["sheets"], "summary": "某一状态的表，待核对的先来先看",
        "parameters": [_query("state", type="string", enum=list(SHEET_STATES)),
                       _query("template", type="string"), _query("unit", type="integer"),
                       _query("page", type="integer", minimum=1, maximum=1_000_000)],
        "responses": {"200": _json("SheetsOut", "一页")}}},
    "/sheets/{sheet_id}": {"get": {
        "operationId": "getSheet", "tags": ["sheets"], "summary": "一张表的各项内容（查看有记录）",
        "parameters": [_SHEET_ID], "responses": {"200": _json("SheetOut", "这张表")}}},
    "/sheets/{sheet_id}/decisions": {"post": {
        "operationId": "decide", "tags": ["sheets"], "summary": "对一项内容作出决定；版本已变时 409",
        "parameters": [_SHEET_ID], "requestBody": _takes("DecisionIn"),
        "responses": {"201": _json("SheetOut", "已保存，这张表现在的样子")}}},
    "/sheets/{sheet_id}/same-paper": {"post": {
        "operationId": "samePaper", "tags": ["sheets"],
        "summary": "回答这张表与另一张是不是同一张纸；是则搁置，不重复计入",
        "parameters": [_SHEET_ID], "requestBody": _takes("SamePaperIn"),
        "responses": {"200": _json("SheetOut", "这张表现在的样子")}}},
    "/sheets/{sheet_id}/sign-off": {"post": {
        "operationId": "signOff", "tags": ["sheets"],
        "summary": "签发并归档；还有未核对的地方时 422，可能是已入档的同一张纸时 409（same_paper 列出）",
        "parameters": [_SHEET_ID], "requestBody": _takes("SignOffIn"),
        "responses": {"200": _json("SheetOut", "已入档")}}},
}
