"""Suspects of 四查三比对 as people see and answer them: confirmed into a case, or dismissed with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from service import audit, cases, identity
from service.access import CHECK, Actor, scoped
from service.alike.crosscheck import reason_words
from service.calendar import full_years, today
from service.cases.masking import masked_id
from service.cases.opening import add_student
from service.database import now
from service.errors import Conflict, Invalid, NotFound
from service.lists.kinds import list_kinds
from service.models import Case, ListEntry, Student, Suspect, Unit

PAGE = 30
STATES: Mapping[str, str] = {"open": "待核查", "confirmed": "已立案", "dismissed": "已排除", "resolved": "名单已更正"}
_LONGEST_NOTE = 200


@dataclass(frozen=True, slots=True)
class Row:
    """A suspect in the list, its ID number masked to first and last."""

    id: int
    name: str
    sex: str
    age: int | None
    number: str
    unit: str
    guardian: str
    reasons: tuple[str, ...]
    lists: tuple[str, ...]
    source: str
    year: int
    state: str
    student_id: int | None
    note: str
    by: str
    decided_at: datetime | None
    asked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of suspects, with how many there are in each state."""

    rows: tuple[Row, ...]
    total: int
    page: int
    pages: int
    counts: Mapping[str, int]


def listing(session: Session, actor: Actor, state: str = "open", unit_id: int | None = None, page: int = 1,
            size: int = PAGE) -> Page:
    """The suspects in sight; looking at them goes on record."""
    actor.require(CHECK)
    if state not in STATES:
        raise NotFound
    base = _in_unit(scoped(select(Suspect).where(Suspect.state == state), Suspect.unit_id, actor), unit_id)
    total = session.scalar(select(func.count()).select_from(base.subquery())) or 0
    pages = max(1, -(-total // size))
    page = min(max(1, page), pages)
    found = session.scalars(base.order_by(Suspect.unit_id, Suspect.id).limit(size).offset((page - 1) * size).options(
        joinedload(Suspect.unit), joinedload(Suspect.decider))).all()
    counted = scoped(select(Suspect.state, func.count()).group_by(Suspect.state), Suspect.unit_id, actor)
    if found:
        audit.record(session, actor, "suspects.opened", "suspect", found[0].id, suspects=[one.id for one in found])
    return Page(tuple(_row(one) for one in found), total, page, pages, dict(session.execute(counted).all()))


def confirm(session: Session, actor: Actor, suspect_id: int, source: str, year: int, note: str = "") -> Case:
    """Open the child's case with its source and year; the child's file is made when there is none.

    Raises NotFound, Invalid, or Conflict when somebody was faster or the child has a case already.
    """
    suspect = _open(session, actor, suspect_id)
    student = _student(session, actor, suspect)
    case = cases.open_case(session, actor, student.id, source=source, year=year, on=today())
    suspect.case_id, suspect.student_id = case.id, student.id
    _decide(session, actor, suspect, "confirmed", note)
    return case


def dismiss(session: Session, actor: Actor, suspect_id: int, note: str) -> None:
    """No child gone missing, for the reason written down; not asked again for what the lists say now."""
    if not note.strip():
        raise Invalid("请填写排除的理由。", "例如：在外县就读，已核实学籍。")
    _decide(session, actor, _open(session, actor, suspect_id), "dismissed", note)


def reopen(session: Session, actor: Actor, suspect_id: int) -> None:
    """Take a dismissal back."""
    suspect = _find(session, actor, suspect_id)
    if suspect.state != "dismissed":
        raise Conflict("只有已排除的可以恢复。", "请刷新页面。")
    suspect.state, suspect.asked = "open", []
    audit.record(session, actor, "suspect.reopened", "suspect", suspect.id)


def _decide(session: Session, actor: Actor, suspect: Suspect, state: str, note: str) -> None:
    if len(note) > _LONGEST_NOTE:
        raise Invalid(f"说明不超过 {_LONGEST_NOTE} 个字。")
    suspect.state, suspect.note = state, note.strip() or None
    suspect.asked = sorted({*suspect.asked, *suspect.reasons})
    suspect.decided_by, suspect.decided_at = actor.user_id, now()
    audit.record(session, actor, f"suspect.{state}", "suspect", suspect.id, case=suspect.case_id)


def _open(session: Session, actor: Actor, suspect_id: int) -> Suspect:
    suspect = _find(session, actor, suspect_id)
    if suspect.state != "open":
        raise Conflict("这一条刚刚已经处理过了。", "请刷新页面。")
    return suspect


def _find(session: Session, actor: Actor, suspect_id: int) -> Suspect:
    actor.require(CHECK)
    found = session.scalar(scoped(select(Suspect).where(Suspect.id == suspect_id), Suspect.unit_id, actor)
                           .with_for_update())
    if found is None:
        raise NotFound
    return found


def _student(session: Session, actor: Actor, suspect: Suspect) -> Student:
    """The child's file: the one linked or under its ID number, else a new one from what the lists say."""
    if suspect.student_id:
        return session.get_one(Student, suspect.student_id)
    if suspect.id_number:
        mark = identity.mark(suspect.id_number)
        known = session.scalar(select(Student).where(Student.id_number_mark == mark))
        if known is not None:
            return session.get_one(Student, known.merged_into) if known.merged_into else known
    entries = list(session.scalars(select(ListEntry).where(ListEntry.id.in_(suspect.entries.values()))))

    def told(name: str) -> Any:
        return next((value for entry in entries if (value := getattr(entry, name))), None)

    number = suspect.id_number
    return add_student(session, actor, Student(
        name=suspect.name, sex=suspect.sex, born_on=suspect.born_on, id_number=number, school_id=suspect.unit_id,
        id_number_mark=identity.mark(number) if number else None, guardian=suspect.guardian,
        address=told("address"), phone=told("phone"), grade_class=told("grade_class") or ""))


def _in_unit(query: Select[Any], unit_id: int | None) -> Select[Any]:
    if unit_id is None:
        return query
    return query.where(Suspect.unit_id.in_(select(Unit.id).where(or_(Unit.id == unit_id, Unit.parent_id == unit_id))))


def _row(suspect: Suspect) -> Row:
    born: date | None = suspect.born_on
    titles = {kind.id: kind.title for kind in list_kinds().values()}
    source, year = _usual_source(suspect)
    return Row(suspect.id, suspect.name, suspect.sex, full_years(born, today()) if born else None,
               masked_id(suspect.id_number), suspect.unit.name, suspect.guardian,
               tuple(reason_words(reason) for reason in suspect.reasons),
               tuple(titles[kind] for kind in suspect.entries), source, year,
               suspect.state, suspect.student_id, suspect.note or "",
               suspect.decider.name if suspect.decider else "", suspect.decided_at,
               tuple(reason_words(reason) for reason in suspect.asked))


def _usual_source(suspect: Suspect) -> tuple[str, int]:
    """Where a case would come from, to begin with: the ministry's list of its year, the school's watch, else the
    yearly check."""
    for reason in suspect.reasons:
        code, _, said = reason.partition("@")
        if code == "ministry_list":
            return "ministry_list", int(said)
    watched = any(reason.startswith(("absent", "not_attending", "not_listed")) for reason in suspect.reasons)
    return ("school_watch" if watched else "annual_check"), today().year
