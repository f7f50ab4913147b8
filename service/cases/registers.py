"""学校流动生情况登记表: each line of a signed-off sheet becomes a transfer, a child going or coming."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from service import audit
from service.access import Actor
from service.cases import transfers
from service.cases.answers import Row
from service.cases.told import not_to_come
from service.errors import Invalid
from service.models import Sheet, Transfer, Unit
from service.unit_names import UnitNames

DIRECTIONS: Mapping[str, str] = {"转入": "in", "转出": "out"}


def file(session: Session, actor: Actor, sheet: Sheet, rows: tuple[Row, ...], marks: Mapping[str, bool]) -> None:
    """Keep a transfer for each line, changing what the same line filed before; a line gone from it is forgotten.

    Raises Invalid naming the line that keeps the sheet from being filed.
    """
    if not rows:
        raise Invalid("表中没有任何一行，不能入档。", "请对照纸面补填，或将此表搁置。")
    names = UnitNames.of(session)
    school = _school(names, rows[0], sheet)
    known = {line.row: line for line in session.scalars(select(Transfer).where(Transfer.sheet_id == sheet.id))}
    lines = [_line(session, actor, sheet, row, school, names, known.pop(row.number, None)) for row in rows]
    for gone in known.values():
        transfers.forget(session, actor, gone)
    transfers.filed(session, actor, lines)
    audit.record(session, actor, "transfers.filed", "sheet", sheet.id, rows=len(lines), dropped=len(known))


def take_out(session: Session, actor: Actor, sheet: Sheet, reason: str) -> None:
    """Forget the sheet's lines: the other halves wait again."""
    for line in session.scalars(select(Transfer).where(Transfer.sheet_id == sheet.id)).all():
        transfers.forget(session, actor, line)


def _school(names: UnitNames, row: Row, sheet: Sheet) -> Unit:
    """Whose register it is: the school named above the table, else the one that sent it in."""
    name = row.text("transfer.school")
    found = names.school(name, sheet.unit) if name else None
    if found is None and sheet.unit.kind != "school":
        raise Invalid(f"学校「{name}」不在单位名单中，不能入档。", "请对照纸面更正表头的学校名称。")
    return found or sheet.unit


def _line(session: Session, actor: Actor, sheet: Sheet, row: Row, school: Unit, names: UnitNames,
          known: Transfer | None) -> Transfer:
    for target in ("student.name", "transfer.direction", "transfer.moved_on"):
        row.need(target)
    direction = DIRECTIONS.get(row.text("transfer.direction"))
    if direction is None:
        raise Invalid(f"第{row.number}行的「{row.labels['transfer.direction']}」应为转入或转出，不能入档。",
                      "请对照纸面更正。")
    line = _kept(session, actor, row, direction, known) or Transfer(sheet_id=sheet.id, row=row.number)
    other = row.text("transfer.other_school")
    there = names.school(other) if other else None
    line.direction, line.name, line.sex = direction, row.text("student.name"), row.text("student.sex")
    line.born_on = None
    transfers.identify(line, row.text("student.id_number"))
    line.grade_class, line.moved_on = row.text("transfer.grade_class"), not_to_come(row, "transfer.moved_on")
    line.unit_id, line.other_school, line.other_unit_id = school.id, other, there.id if there else None
    line.reason, line.remark = row.text("transfer.reason") or None, row.text("transfer.remark") or None
    line.user_id = actor.user_id
    session.add(line)
    return line


def _kept(session: Session, actor: Actor, row: Row, direction: str, known: Transfer | None) -> Transfer | None:
    """The line as filed before, when it still speaks of the same child going the same way."""
    if known is None:
        return None
    if known.direction == direction and known.name == row.text("student.name"):
        return known
    transfers.forget(session, actor, known)
    return None
