"""The API's months: the figures of a month by unit, each with the address of the list behind it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field

from service.access import REPORTS
from service.errors import Invalid
from service.reports import listing, month
from service.reports.figures import Figure
from service.reports.month import UnitMonth
from service.reports.periods import parse_month
from service.reports.rows import ListRow
from service.web.context import actor, installation, requires
from service.web.reports import asked_issue, asked_question, month_choices

blueprint = Blueprint("api_months", __name__)


class FigureOut(BaseModel):
    """A number and the address of its list below /api/v1."""

    value: int
    list: str


class UnitMonthOut(BaseModel):
    """One row of a month."""

    unit_id: int | None = Field(description="null for the county")
    name: str
    figures: dict[str, FigureOut] = Field(
        description="opening + new + relapsed + taken_over - returned - closed - handed_over = closing; "
                    "remaining: closing without this month's newly found; recovered: of the opening, "
                    "in school at the month's end")
    parts: dict[str, FigureOut] = Field(description="figure.source or closed.closing, where not nought")
    rate: float | None = Field(description="recovered / opening, null when nothing was to be done")


class MonthOut(BaseModel):
    """A month by reporting unit, or by school of one."""

    month: str = Field(description="2019-04")
    issue: int | None = Field(description="the issue these figures are of, null for what is known now")
    units: list[UnitMonthOut]
    total: UnitMonthOut | None = Field(description="the county, for those who may see it")


class MonthsOut(BaseModel):
    """The months there are, newest first."""

    months: list[str]


class EntryOut(BaseModel):
    """One entry of a figure's list; `student_id` null where the child is another unit's now."""

    student_id: int | None
    name: str
    sex: str
    age: int | None
    id_number: str = Field(description="first and last character only")
    school: str
    unit: str
    source: str
    step: str
    on: str
    sheet_id: int | None


class FigureListOut(BaseModel):
    """A page of the list behind a figure; `total` is the figure."""

    label: str
    total: int
    page: int
    pages: int
    entries: list[EntryOut]


@blueprint.get("/months")
@requires(REPORTS)
def index() -> ResponseReturnValue:
    """The months there are."""
    return MonthsOut(months=[str(each) for each in month_choices()]).model_dump(mode="json")


@blueprint.get("/months/<wanted>")
@requires(REPORTS)
def show(wanted: str) -> ResponseReturnValue:
    """One month; ?unit= for the schools of a reporting unit."""
    which, unit = parse_month(wanted), request.args.get("unit", "")
    if unit and not (unit.isascii() and unit.isdigit() and len(unit) < 10):
        raise Invalid("unit 应为单位编号。")
    with installation().database.read() as session:
        issue, frozen = asked_issue(session, which)
        found = (month.month_within(session, actor(), which, int(unit), frozen) if unit
                 else month.month(session, actor(), which, frozen))
    return MonthOut(month=str(found.month), issue=issue.number if issue else None,
                    units=[_row(row) for row in found.rows],
                    total=_row(found.total) if found.total else None).model_dump(mode="json")


@blueprint.get("/figures")
@requires(REPORTS)
def figure() -> ResponseReturnValue:
    """The list behind a figure, 100 a page; recorded, because it shows children."""
    question = asked_question()
    with installation().database.write() as session:
        found = listing.listing(session, actor(), question, _page())
    return FigureListOut(label=question.label, total=found.total, page=found.page, pages=found.pages,
                         entries=[_entry(row) for row in found.rows]).model_dump(mode="json")


def _page() -> int:
    text = request.args.get("page", "1")
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= 1_000_000):
        raise Invalid("page 应为正整数。")
    return int(text)


def _row(row: UnitMonth) -> UnitMonthOut:
    share = row.rate.share
    return UnitMonthOut(
        unit_id=row.place.id if row.place else None, name=row.name,
        figures={name: _figure(it) for name, it in row.figures.items()},
        parts={f"{name}.{part}": _figure(it) for (name, part), it in row.parts.items() if it.value},
        rate=None if share is None else float(share))


def _figure(it: Figure) -> FigureOut:
    return FigureOut(value=it.value, list=f"{url_for('api_months.figure')}?{urlencode(it.question.params())}")


def _entry(row: ListRow) -> EntryOut:
    return EntryOut(student_id=row.student_id, name=row.name, sex=row.sex, age=row.age,
                    id_number=row.id_number, school=row.school, unit=row.unit, source=row.source,
                    step=row.step, on=row.on.isoformat(), sheet_id=row.sheet_id)


def json_answer(schema: str, description: str) -> dict[str, Any]:
    """An answer of the description: a body of this schema."""
    return {"description": description,
            "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}}


def _asked(name: str, kind: str, description: str, **rest: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": description, "schema": {"type": kind, **rest}}


ISSUE = _asked("issue", "string", "第几期（0 为首次下发）；now 为现在所知；不填为最新一期",
               pattern=r"^(now|[0-9]{1,4})$")
_MONTH = r"^\d{4}-\d{2}$"
SCHEMAS: tuple[type[BaseModel], ...] = (MonthsOut, MonthOut, FigureListOut)
PATHS: dict[str, dict[str, Any]] = {
    "/months": {"get": {
        "operationId": "listMonths", "tags": ["months"], "summary": "可查询的月份，新的在前",
        "responses": {"200": json_answer("MonthsOut", "月份")}}},
    "/months/{wanted}": {"get": {
        "operationId": "getMonth", "tags": ["months"], "summary": "一个月的数字，按单位；每个数字带名单地址",
        "parameters": [
            {"name": "wanted", "in": "path", "required": True, "description": "如 2019-04",
             "schema": {"type": "string", "pattern": _MONTH}},
            ISSUE,
            _asked("unit", "integer", "只看一个乡镇（或局直）的各学校", minimum=1)],
        "responses": {"200": json_answer("MonthOut", "月报")}}},
    "/figures": {"get": {
        "operationId": "listFigure", "tags": ["months"], "summary": "一个数字背后的名单（查看有记录）",
        "parameters": [
            _asked("figure", "string", "数字的名称，如 closing；某日的未劝返用 standing"),
            _asked("unit", "integer", "单位编号；不填为全县", minimum=1),
            _asked("month", "string", "月份，与 day 二选一", pattern=_MONTH),
            _asked("day", "string", "日期，figure=standing 时用", format="date"),
            _asked("part", "string", "来源、销号类别，或附件1的列"),
            _asked("known", "integer", "只算到这一条登记为止：某一期下发时所知", minimum=1, maximum=9_999_999_999),
            _asked("level", "string", "own 只数该单位本身", enum=["reporting", "own"]),
            _asked("page", "integer", "第几页", minimum=1, maximum=1_000_000)],
        "responses": {"200": json_answer("FigureListOut", "一页")}}},
}
