"""The API's month paperwork: returns of units with their receipts, issues, and the ranking."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from service.access import REPORTS, RETURNS
from service.errors import Invalid
from service.reports import issuing, keeping, ranking, reported, returns
from service.reports.periods import parse_month
from service.reports.ranking import Placing
from service.web.api.months import ISSUE, json_answer
from service.web.context import actor, installation, requires
from service.web.months import deadline_day
from service.web.reports import asked_issue

blueprint = Blueprint("api_month_returns", __name__)


class ReturnOut(BaseModel):
    """How one unit's return stands."""

    unit_id: int
    name: str
    state: str = Field(description="missing, draft, submitted, approved, returned")
    submitted_at: str | None
    days_late: int
    version: int


class ReturnsOut(BaseModel):
    """A month's returns in the caller's sight."""

    month: str
    due: str
    expected: int
    received: int
    approved: int
    units: list[ReturnOut]


class ReturnIn(BaseModel):
    """What is handed in: `version` as last seen (0 at first), `remark` where paper and records differ."""

    model_config = ConfigDict(extra="forbid", strict=True)

    version: int = Field(0, ge=0, le=1_000_000)
    remark: str = Field("", max_length=1000)


class ReturnReceiptOut(BaseModel):
    """The receipt: the return is stored, with its figures as known at `known_event`."""

    unit_id: int
    month: str
    state: str
    version: int
    known_event: int
    submitted_at: str | None


class IssueOut(BaseModel):
    """One issue of a month; 0 is the first, the others are corrections."""

    number: int
    known_at: str
    known_event: int
    reason: str


class IssuesOut(BaseModel):
    """A month's issues, the first one first."""

    month: str
    issues: list[IssueOut]


class PlacingOut(BaseModel):
    """A unit's rank; ties share it."""

    rank: int
    unit_id: int
    name: str
    recovered: int
    opening: int
    remaining: int


class RankingOut(BaseModel):
    """Both rankings of a month and the units that had nobody to bring back."""

    month: str
    issue: int | None = Field(description="the issue ranked; null for what is known now")
    by_rate: list[PlacingOut]
    by_outstanding: list[PlacingOut]
    idle: list[str]


@blueprint.get("/months/<wanted>/returns")
@requires(REPORTS)
def index(wanted: str) -> ResponseReturnValue:
    """How the month's reporting stands."""
    which = parse_month(wanted)
    with installation().database.read() as session:
        found = reported.reported(session, actor(), which, deadline_day())
    units = [ReturnOut(unit_id=row.unit_id, name=row.name, state=row.state, days_late=row.days_late,
                       submitted_at=row.submitted_at.isoformat() if row.submitted_at else None, version=row.version)
             for row in found.rows]
    return ReturnsOut(month=str(which), due=found.due.isoformat(), expected=found.expected,
                      received=len(found.received), approved=len(found.approved), units=units).model_dump(mode="json")


@blueprint.post("/months/<wanted>/returns")
@requires(RETURNS)
def submit(wanted: str) -> ResponseReturnValue:
    """Hand in the caller's own unit's return; the same again gets the same receipt."""
    which = parse_month(wanted)
    if actor().role not in returns.KINDS:
        raise Invalid("月报由学校和乡镇中心校上报。")
    try:
        told = ReturnIn.model_validate(request.get_json(silent=True) or {})
    except ValidationError:
        raise Invalid("version 应为非负整数，remark 应为文字。") from None
    known = keeping.horizon(installation().database)
    with installation().database.write() as session:
        found = returns.submit(session, actor(), actor().unit_id, which, known, told.version, told.remark,
                               deadline_day())
        receipt = ReturnReceiptOut(unit_id=found.unit_id, month=str(which), state=found.state, version=found.version,
                             known_event=found.known_event,
                             submitted_at=found.submitted_at.isoformat() if found.submitted_at else None)
    return receipt.model_dump(mode="json"), 201


@blueprint.get("/months/<wanted>/issues")
@requires(REPORTS)
def issues(wanted: str) -> ResponseReturnValue:
    """The month's issues."""
    which = parse_month(wanted)
    with installation().database.read() as session:
        found = issuing.issues(session, which)
    return IssuesOut(month=str(which), issues=[
        IssueOut(number=each.number, known_at=each.known_at.isoformat(), known_event=each.known_event,
                 reason=each.reason) for each in found]).model_dump(mode="json")


@blueprint.get("/months/<wanted>/ranking")
@requires(REPORTS)
def rank(wanted: str) -> ResponseReturnValue:
    """The ranking as issued, or with ?issue=now as now known."""
    which = parse_month(wanted)
    with installation().database.read() as session:
        issue, frozen = asked_issue(session, which)
        found = ranking.ranking(session, actor(), which, frozen)
    return RankingOut(month=str(which), issue=issue.number if issue else None,
                      by_rate=[_placing(each) for each in found.by_rate],
                      by_outstanding=[_placing(each) for each in found.by_outstanding],
                      idle=[unit.name for unit in found.idle]).model_dump(mode="json")


def _placing(each: Placing) -> PlacingOut:
    unit = each.unit
    return PlacingOut(rank=each.rank, unit_id=unit.place.id if unit.place else 0, name=unit.name,
                      recovered=unit["recovered"].value, opening=unit["opening"].value,
                      remaining=unit["remaining"].value)


_WANTED: dict[str, Any] = {"name": "wanted", "in": "path", "required": True, "description": "如 2019-04",
                           "schema": {"type": "string", "pattern": r"^\d{4}-\d{2}$"}}
SCHEMAS: tuple[type[BaseModel], ...] = (ReturnsOut, ReturnIn, ReturnReceiptOut, IssuesOut, RankingOut)
PATHS: dict[str, dict[str, Any]] = {
    "/months/{wanted}/returns": {
        "get": {"operationId": "listReturns", "tags": ["months"], "summary": "一个月的上报情况",
                "parameters": [_WANTED], "responses": {"200": json_answer("ReturnsOut", "上报情况")}},
        "post": {"operationId": "submitReturn", "tags": ["months"], "summary": "上报本单位的月报；重复提交得到同一回执",
                 "parameters": [_WANTED],
                 "requestBody": {"required": True, "content": {"application/json": {
                     "schema": {"$ref": "#/components/schemas/ReturnIn"}}}},
                 "responses": {"201": json_answer("ReturnReceiptOut", "回执")}}},
    "/months/{wanted}/issues": {"get": {
        "operationId": "listIssues", "tags": ["months"], "summary": "一个月的各期下发与更正",
        "parameters": [_WANTED], "responses": {"200": json_answer("IssuesOut", "各期")}}},
    "/months/{wanted}/ranking": {"get": {
        "operationId": "getRanking", "tags": ["months"], "summary": "月度排名",
        "parameters": [_WANTED, ISSUE], "responses": {"200": json_answer("RankingOut", "排名")}}},
}
