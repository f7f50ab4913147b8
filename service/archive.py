"""The archive: any scan and sheet found again by form, unit, month, child, state or file name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import Session

from ocr.template import load_templates
from service.access import FILES, Actor, within
from service.calendar import COUNTY_TIME
from service.cases.sight import student_in_sight
from service.errors import Invalid
from service.models import HomeVisit, Scan, Sheet, Student, Unit

PAGE = 40
STATES: Mapping[str, tuple[str, str]] = {
    "signed": ("已入档", "ok"), "to_review": ("待审核", "warn"), "returned": ("已退回", "bad"),
    "set_aside": ("已搁置", ""), "waiting": ("等待识别", "work"), "failed": ("识别失败", "bad"),
    "empty": ("无可用内容", ""),
}
"""Words and tone by state: of the sheet, or of a scan that no sheet has come from."""
OTHER_FORM = "other"


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for; `month` is yyyy-mm of arrival, `text` part of a file name or a receipt number."""

    template: str = ""
    unit_id: int | None = None
    month: str = ""
    state: str = ""
    student_id: int | None = None
    text: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """A sheet, or a scan without sheets (`sheet_id` None); `number` counts pages from 1."""

    scan_id: str
    sheet_id: int | None
    number: int
    form: str
    unit: str
    file_name: str
    state: str
    state_label: str
    tone: str
    received_at: datetime
    signed_at: datetime | None
    student_id: int | None
    student: str


@dataclass(frozen=True, slots=True)
class Found:
    """A page of what fits; `by_state` counts the same question over every state."""

    rows: tuple[Row, ...]
    total: int
    page: int
    pages: int
    by_state: Mapping[str, int]


def search(session: Session, actor: Actor, query: Query) -> Found:
    """What fits and lies in the actor's sight, the latest first. Raises Invalid for an impossible filter."""
    actor.require(FILES)
    by_state = _by_state(session, actor, query)
    total = by_state.get(query.state, 0) if query.state else sum(by_state.values())
    pages = max(1, -(-total // PAGE))
    page = min(max(1, query.page), pages)
    records = session.execute(
        _matching(select(Scan, Sheet, Student, Unit.name.label("unit")), actor, query)
        .order_by(Scan.received_at.desc(), Scan.id, Sheet.number).limit(PAGE).offset((page - 1) * PAGE)).all()
    return Found(tuple(_row(*record) for record in records), total, page, pages, by_state)


def forms() -> dict[str, str]:
    """The forms to choose from, by template id."""
    known = {template.id: template.title for template in load_templates().values()}
    return known | {OTHER_FORM: "未识别的表格"}


def _by_state(session: Session, actor: Actor, query: Query) -> dict[str, int]:
    stateless = _matching(select(Scan.state, Sheet.state, func.count()), actor, replace(query, state=""))
    found: dict[str, int] = {}
    for scan_state, sheet_state, count in session.execute(stateless.group_by(Scan.state, Sheet.state)):
        state = _state(scan_state, sheet_state)
        found[state] = found.get(state, 0) + count
    return found


def _matching(base: Select[*tuple[Any, ...]], actor: Actor, query: Query) -> Select[*tuple[Any, ...]]:
    joined = (base.select_from(Scan).join(Unit, Unit.id == Scan.unit_id)
              .outerjoin(Sheet, Sheet.scan_id == Scan.id)
              .outerjoin(HomeVisit, HomeVisit.sheet_id == Sheet.id)
              .outerjoin(Student, Student.id == HomeVisit.student_id))
    return joined.where(_in_sight(actor), *_conditions(query))


def _in_sight(actor: Actor) -> ColumnElement[bool]:
    if actor.unit_ids is None:
        return true()
    return or_(within(Scan.unit_id, actor), and_(Student.id.is_not(None), student_in_sight(actor)))


def _conditions(query: Query) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if query.template:
        wanted = None if query.template == OTHER_FORM else query.template
        found.append(and_(Sheet.id.is_not(None), Sheet.template == wanted))
    if query.unit_id is not None:
        units = select(Unit.id).where(or_(Unit.id == query.unit_id, Unit.parent_id == query.unit_id))
        found.append(Scan.unit_id.in_(units))
    if query.month:
        first, after = _month(query.month)
        found += [Scan.received_at >= first, Scan.received_at < after]
    if query.state:
        found.append(_has_state(query.state))
    if query.student_id is not None:
        found.append(Student.id == query.student_id)
    if query.text.strip():
        text = query.text.strip()
        receipt = text.replace("-", "").lower()  # people write receipt numbers as 3F9A-21C7
        found.append(or_(Scan.file_name.icontains(text, autoescape=True),
                         Scan.id.startswith(receipt, autoescape=True)))
    return found


def _has_state(state: str) -> ColumnElement[bool]:
    if state not in STATES:
        raise Invalid("没有这种状态。")
    alone = Sheet.id.is_(None)
    return {
        "waiting": and_(alone, Scan.state.in_(("received", "reading"))),
        "failed": and_(alone, Scan.state == "failed"),
        "empty": and_(alone, Scan.state == "read"),
    }.get(state, Sheet.state == state)


def _state(scan_state: str, sheet_state: str | None) -> str:
    return sheet_state or {"failed": "failed", "read": "empty"}.get(scan_state, "waiting")


def _month(text: str) -> tuple[datetime, datetime]:
    """The first moment of a local month and of the next one."""
    try:
        first = datetime.strptime(text, "%Y-%m").replace(tzinfo=COUNTY_TIME)
        after = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
        return first.astimezone(UTC), after.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid("「月份」应写成 2019-05 这样。") from None


def _row(scan: Scan, sheet: Sheet | None, student: Student | None, unit: str) -> Row:
    state = _state(scan.state, sheet.state if sheet else None)
    form = forms().get(sheet.template or OTHER_FORM, sheet.template or "") if sheet else ""
    return Row(
        scan.id, sheet.id if sheet else None, sheet.number if sheet else 0, form, unit, scan.file_name,
        state, *STATES[state], scan.received_at, sheet.signed_at if sheet else None,
        student.id if student else None, student.name if student else "")
