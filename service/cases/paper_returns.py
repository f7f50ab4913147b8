"""控辍保学月报表: a signed-off paper return becomes the unit's own numbers for a month."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service import audit
from service.access import Actor
from service.calendar import today
from service.cases.answers import Row
from service.errors import Invalid
from service.models import PaperReturn, Sheet, Unit
from service.models.returns import FIGURES
from service.unit_names import reporting_unit_named

_MONTH = re.compile(r"(\d{4})-(\d{2})")


def file(session: Session, actor: Actor, sheet: Sheet, rows: tuple[Row, ...], marks: Mapping[str, bool]) -> None:
    """Keep the numbers, in place of what the sheet said before; raises Invalid."""
    row = rows[0]
    for target in ("return.unit", "return.month"):
        row.need(target)
    unit, month = _unit(session, row), _month(row)
    known = session.scalar(select(PaperReturn).where(PaperReturn.sheet_id == sheet.id))
    filed = known or PaperReturn(sheet_id=sheet.id)
    filed.unit_id, filed.month = unit.id, month
    for name in FIGURES:
        setattr(filed, name, row.count(f"return.{name}") or 0)
    filed.problems, filed.opinion = row.text("return.problems") or None, row.text("return.opinion") or None
    filed.signed_by, filed.signed_on = row.text("return.signed_by"), row.day("return.signed_on")
    filed.unit_seal, filed.leader_signature = bool(marks.get("unit_seal")), bool(marks.get("leader_signature"))
    session.add(filed)
    session.flush()
    audit.record(session, actor, "paper_return.filed", "sheet", sheet.id, unit=unit.id, month=f"{month:%Y-%m}")


def take_out(session: Session, actor: Actor, sheet: Sheet, reason: str) -> None:
    """Take the sheet's numbers out of the records."""
    session.execute(delete(PaperReturn).where(PaperReturn.sheet_id == sheet.id))


def _unit(session: Session, row: Row) -> Unit:
    name = row.text("return.unit")
    unit = reporting_unit_named(session, name)
    if unit is None:
        raise Invalid(f"填报单位「{name}」不在单位名单中，不能入档。",
                      "请对照纸面更正单位名称；确是新单位的，请管理员先登记。")
    return unit


def _month(row: Row) -> date:
    found = _MONTH.fullmatch(row.text("return.month"))
    if found is None or not 1 <= int(found[2]) <= 12:
        raise Invalid("「报告月份」不是有效的月份，不能入档。", "请回到核对页面，按纸面内容更正这一项。")
    month = date(int(found[1]), int(found[2]), 1)
    if month > today():
        raise Invalid("「报告月份」晚于本月，不能入档。", "请对照纸面更正月份。")
    return month
