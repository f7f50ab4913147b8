"""A unit's paper held against the records: who explains the difference, and who may be missing on either side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from service import audit
from service.access import Actor
from service.calendar import full_years
from service.cases import sight
from service.cases.states import EVENT_LABELS
from service.models import Case, CaseEvent, Student, Unit
from service.reports.annex1 import UnitAnnex, annex1
from service.reports.dimensions import is_poor
from service.reports.keeping import kept_to
from service.reports.places import unit_ids_of
from service.reports.sources import source_words
from service.reports.tally import ANNEX_PARTS, column_of, standing_cases
from service.reports.walk import STEPS

NEARBY = timedelta(days=45)
"""Steps so many days before or after the paper's day may stand differently on paper."""
MOST = 200

REASONS: Mapping[str, tuple[str, str]] = {
    # reason: (which side it makes larger, words)
    "back_lately": ("paper", "此前不久登记为返校或结案的：纸表上可能还算未劝返"),
    "handed_away": ("paper", "此前不久移交给其他单位的：纸表上可能还算在本单位"),
    "found_later": ("paper", "此后不久才立案的：纸表上可能已经算进去"),
    "other_source": ("paper", "未劝返、但来源不在附件1两列内的：纸表上可能算进了其中一列"),
    "on_register": ("paper", "未劝返、但属于建档立卡户的：不在本表之内，纸表上可能算进去了"),
    "told_later": ("either", "这一天以前的事、制表以后才登记的：制表时还不知道"),
    "found_lately": ("database", "此前不久立案的：纸表上可能还没有"),
    "taken_lately": ("database", "此前不久由其他单位移交来的：纸表上可能还没有"),
    "back_soon": ("database", "此后不久登记为返校或结案的：纸表上可能已经减去"),
    "on_no_paper": ("database", "算作未劝返、但从没有家访和任何纸表的：可能重复建档，或纸表上没有"),
}


@dataclass(frozen=True, slots=True)
class Child:
    """A child that may explain a difference; `student_id` None and the name cut where it is another unit's now."""

    student_id: int | None
    name: str
    age: int | None
    source: str
    column: str
    step: str
    on: date
    sheet_id: int | None


@dataclass(frozen=True, slots=True)
class Group:
    """Children with one reason; `fits` when they alone make up the whole difference."""

    reason: str
    words: str
    children: tuple[Child, ...]
    fits: bool


@dataclass(frozen=True, slots=True)
class Reconciled:
    """The unit's paper and figures of a day with what may explain a difference, the likeliest first."""

    row: UnitAnnex
    day: date
    groups: tuple[Group, ...]


def reconcile(session: Session, actor: Actor, unit: Unit, day: date) -> Reconciled | None:
    """The unit's latest paper on or before `day`, held against the records of the paper's own day.

    None without a paper. Recorded, because it shows children.
    """
    first = _row(session, actor, unit, day)
    if first is None or first.paper is None:
        return None
    row = _row(session, actor, unit, first.paper.counted_on) or first
    day = first.paper.counted_on
    wanted = {column for column in ANNEX_PARTS if row.difference(column)}
    groups = tuple(_groups(session, actor, unit, day, row)) if wanted or row.difference("total") else ()
    audit.record(session, actor, "list.opened", "figure", "reconcile", unit=unit.id, day=day.isoformat(),
                 rows=sum(len(group.children) for group in groups))
    return Reconciled(row, day, groups)


def _row(session: Session, actor: Actor, unit: Unit, day: date) -> UnitAnnex | None:
    found = annex1(session, actor, day)
    return next((row for row in found.rows if row.place and row.place.id == unit.id), None)


def _groups(session: Session, actor: Actor, unit: Unit, day: date, row: UnitAnnex) -> Iterable[Group]:
    off = row.difference("total") or 0
    side = "paper" if off > 0 else "database" if off < 0 else ""
    columns = {column: row.difference(column) or 0 for column in ANNEX_PARTS}
    found = _by_reason(session, actor, unit, day, row)
    ranked = []
    for reason, (larger, words) in REASONS.items():
        children = tuple(child for child in found.get(reason, ()) if _helps(child, reason, larger, columns))
        if children and (not side or larger in (side, "either")):
            ranked.append(Group(reason, words, children[:MOST], len(children) == abs(off) > 0))
    return sorted(ranked, key=lambda group: (not group.fits, len(group.children)))


def _helps(child: Child, reason: str, larger: str, columns: Mapping[str, int]) -> bool:
    """Whether the child could move a column that differs, in the direction it differs."""
    if reason in ("other_source", "on_register"):
        return any(by > 0 for by in columns.values())
    by = columns.get(child.column, 0)
    return by > 0 if larger == "paper" else by < 0 if larger == "database" else by != 0


def _by_reason(session: Session, actor: Actor, unit: Unit, day: date, row: UnitAnnex) -> dict[str, list[Child]]:
    mine = unit_ids_of(session, unit)
    every = set(session.scalars(standing_cases(day, mine, kept_to(session))))
    out = every - set(session.scalars(select(Case.id).where(Case.id.in_(every), is_poor(day))))
    filed_at = row.paper.filed_at if row.paper else None
    found: dict[str, dict[int, Child]] = {}
    for record in session.execute(_steps_near(actor, mine, day)):
        event, case, student = record.CaseEvent, record.Case, record.Student
        for reason in _reasons(event, case.id in out, day, mine, filed_at):
            found.setdefault(reason, {})[case.id] = _child(event, case, student, record.in_sight, day)
    for record in session.execute(_others(actor, out)) if out else ():
        if column_of(record.Case.source, record.Case.source_year, day) not in ANNEX_PARTS:
            found.setdefault("other_source", {})[record.Case.id] = _child(
                record.CaseEvent, record.Case, record.Student, record.in_sight, day)
    for record in session.execute(_others(actor, every).where(is_poor(day))) if every else ():
        found.setdefault("on_register", {})[record.Case.id] = _child(
            record.CaseEvent, record.Case, record.Student, record.in_sight, day)
    for record in session.execute(_others(actor, out).where(~_told_of())) if out else ():
        found.setdefault("on_no_paper", {})[record.Case.id] = _child(
            record.CaseEvent, record.Case, record.Student, record.in_sight, day)
    return {reason: list(children.values()) for reason, children in found.items()}


def _told_of() -> Any:
    """Whether the case has a visit or any paper."""
    event = aliased(CaseEvent)
    return select(event.id).where(
        event.case_id == Case.id, (event.kind == "visited") | event.sheet_id.is_not(None)).exists()


def _steps_near(actor: Actor, mine: frozenset[int], day: date) -> Any:
    event = CaseEvent
    cases = select(CaseEvent.case_id).where(CaseEvent.unit_id.in_(mine), CaseEvent.kind.in_(STEPS))
    return _people(actor).where(
        event.kind.in_(STEPS), event.happened_on.between(day - NEARBY, day + NEARBY), event.case_id.in_(cases),
        Case.closing != "mistaken").order_by(event.happened_on, event.id)


def _others(actor: Actor, out: set[int]) -> Any:
    return _people(actor).where(CaseEvent.kind == "opened", Case.id.in_(sorted(out)[:5000]))


def _people(actor: Actor) -> Any:
    return select(CaseEvent, Case, Student, sight.student_in_sight(actor).label("in_sight")).join_from(
        CaseEvent, Case, Case.id == CaseEvent.case_id).join(Student, Student.id == Case.student_id)


def _reasons(event: CaseEvent, out: bool, day: date, mine: frozenset[int], filed_at: Any) -> Iterable[str]:
    before, ours = event.happened_on <= day, event.unit_id in mine
    gone = event.kind in ("returned", "closed")
    if before and filed_at is not None and event.recorded_at > filed_at and ours:
        yield "told_later"
    if gone:
        if before and not out:
            yield "back_lately"
        elif not before and out:
            yield "back_soon"
    elif event.kind == "handed_over":
        if before and not ours and not out:
            yield "handed_away"
        elif before and ours and out:
            yield "taken_lately"
    elif ours and before and out:
        yield "found_lately"
    elif ours and not before and not out:
        yield "found_later"


def _child(event: CaseEvent, case: Case, student: Student, seen: bool, day: date) -> Child:
    return Child(
        student.id if seen else None, student.name if seen else student.name[:1] + "＊＊",
        full_years(student.born_on, day) if student.born_on else None,
        source_words(case.source, case.source_year), column_of(case.source, case.source_year, day),
        EVENT_LABELS[event.kind], event.happened_on, event.sheet_id if seen else None)
