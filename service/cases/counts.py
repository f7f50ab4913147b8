"""Township tables: a signed-off 统计表 becomes one count per unit it names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from service import audit
from service.access import Actor
from service.calendar import local_date, today
from service.cases.answers import Row
from service.errors import Invalid
from service.models import Sheet, TownshipCount, Unit
from service.unit_names import reporting_unit_named

NOT_ADDING_UP = "合计与两项之和不符，按纸面登记。"


@dataclass(frozen=True, slots=True)
class Count:
    """One row, understood: blank numbers are 0, a blank total is the sum of the two."""

    row: int
    unit_id: int
    prior_year: int
    ministry_list: int
    total: int

    @property
    def remark(self) -> str:
        """What is odd about the row on the paper itself."""
        return "" if self.prior_year + self.ministry_list == self.total else NOT_ADDING_UP


def file_counts(session: Session, actor: Actor, sheet: Sheet, rows: Iterable[Row]) -> None:
    """Keep the table's counts, replacing those of an earlier sign-off of the same sheet.

    Raises Invalid naming the row when a unit is missing, unknown or named twice.
    """
    rows = tuple(rows)
    counts = understand(session, rows)
    day = _counted_on(sheet, rows)
    filed = {count.row: count for count in
             session.scalars(select(TownshipCount).where(TownshipCount.sheet_id == sheet.id))}
    for count in counts:
        record = filed.pop(count.row, None) or TownshipCount(sheet_id=sheet.id, row=count.row)
        _write(record, count, day)
        session.add(record)
    for gone in filed.values():
        session.delete(gone)  # its reading and decisions stay: the paper's history is there
    session.flush()
    audit.record(session, actor, "counts.filed", "sheet", sheet.id, rows=len(counts), dropped=len(filed))


def understand(session: Session, rows: Iterable[Row]) -> tuple[Count, ...]:
    """The rows with their units found; raises Invalid naming the row that does not fit."""
    found: dict[int, Count] = {}
    for row in rows:
        unit = _unit(session, row)
        if unit.id in found:
            raise Invalid(f"第{row.number}行的单位「{unit.name}」与第{found[unit.id].row}行重复，不能入档。",
                          "请对照纸面更正其中一行的单位。")
        found[unit.id] = _count(row, unit)
    if not found:
        raise Invalid("表中没有任何一行，不能入档。", "请对照纸面补填，或将此表搁置。")
    return tuple(found.values())


def _unit(session: Session, row: Row) -> Unit:
    row.need("count.unit")
    name = row.text("count.unit")
    unit = reporting_unit_named(session, name)
    if unit is None:
        raise Invalid(f"第{row.number}行的单位「{name}」不在单位名单中，不能入档。",
                      "请对照纸面更正单位名称；确是新单位的，请管理员先登记。")
    return unit


def _count(row: Row, unit: Unit) -> Count:
    prior_year, ministry_list = row.count("count.prior_year") or 0, row.count("count.ministry_list") or 0
    total = row.count("count.total")
    return Count(row.number, unit.id, prior_year, ministry_list,
                 prior_year + ministry_list if total is None else total)


def _counted_on(sheet: Sheet, rows: tuple[Row, ...]) -> date:
    """The day the table speaks of: as written in it where the form asks, else the day it came in."""
    written = next((day for row in rows if (day := row.day("count.counted_on"))), None)
    if written and written > today():
        raise Invalid("统计日期晚于今天，不能入档。", "请对照纸面更正日期。")
    return written or local_date(sheet.scan.received_at)


def _write(record: TownshipCount, count: Count, day: date) -> None:
    record.unit_id, record.counted_on, record.remark = count.unit_id, day, count.remark
    record.prior_year, record.ministry_list, record.total = count.prior_year, count.ministry_list, count.total
