"""控辍目标责任书: a signed-off agreement becomes the record of who bound himself, for which school and year."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service import audit
from service.access import Actor
from service.cases.answers import Row
from service.cases.told import not_to_come
from service.errors import Invalid
from service.models import Agreement, Sheet, Unit
from service.unit_names import UnitNames

LEVELS: Mapping[tuple[str, str], str] = {
    ("bureau", "township"): "bureau_township", ("township", "school"): "township_school",
    ("bureau", "school"): "township_school",
}
"""Between whom, by the kinds of the two units."""


def file(session: Session, actor: Actor, sheet: Sheet, rows: tuple[Row, ...], marks: Mapping[str, bool]) -> None:
    """Keep what the sheet says, in place of what it said before; raises Invalid."""
    row = rows[0]
    for target in ("agreement.second_party", "agreement.signed_on"):
        row.need(target)
    signed_on = not_to_come(row, "agreement.signed_on")
    names = UnitNames.of(session)
    issuer, bound = _party(names, row.text("agreement.first_party")), _bound(names, row, sheet)
    filed = session.scalar(select(Agreement).where(Agreement.sheet_id == sheet.id)) or Agreement(sheet_id=sheet.id)
    term = row.text("agreement.term")
    filed.unit_id, filed.signed_on = bound.id, signed_on
    filed.level = LEVELS.get((issuer.kind if issuer else "", bound.kind), "other")
    filed.year = int(term[:4]) if term[:4].isdigit() else signed_on.year
    for name in ("first_party", "second_party", "first_signer", "second_signer"):
        setattr(filed, name, row.text(f"agreement.{name}"))
    filed.first_signature, filed.second_signature = bool(filed.first_signer), bool(marks.get("signature"))
    filed.first_seal, filed.second_seal = bool(marks.get("issuer_seal")), bool(marks.get("school_seal"))
    posts = (("甲方", row.text("agreement.first_post")), ("乙方", row.text("agreement.second_post")))
    filed.remark = "；".join(f"{side}签字人职务：{post}" for side, post in posts if post)[:200]
    session.add(filed)
    session.flush()
    audit.record(session, actor, "agreement.filed", "sheet", sheet.id, unit=bound.id, year=filed.year)


def take_out(session: Session, actor: Actor, sheet: Sheet, reason: str) -> None:
    """Take the sheet's agreement out of the records."""
    session.execute(delete(Agreement).where(Agreement.sheet_id == sheet.id))


def _party(names: UnitNames, name: str) -> Unit | None:
    return names.reporting(name) if name else None


def _bound(names: UnitNames, row: Row, sheet: Sheet) -> Unit:
    """The unit that binds itself; raises Invalid when the name is nobody's and the sender is no school."""
    name = row.text("agreement.second_party")
    found = names.school(name, sheet.unit) or names.reporting(name)
    if found is None and sheet.unit.kind != "school":
        raise Invalid(f"乙方「{name}」不在单位名单中，不能入档。",
                      "请对照纸面更正学校名称；确是新单位的，请管理员先登记。")
    return found or sheet.unit
