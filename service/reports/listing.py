"""The list behind a figure: the children it counts, with the step that counts and the paper it stands on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, Subquery, func, select
from sqlalchemy.orm import Session, aliased

from service import access, audit
from service.access import Actor
from service.calendar import full_years
from service.cases import sight
from service.cases.masking import masked_id
from service.cases.states import EVENT_LABELS
from service.errors import NotFound
from service.models import Case, CaseEvent, Student, Unit
from service.reports.figures import LABELS, Question
from service.reports.keeping import kept_to
from service.reports.places import named
from service.reports.record_lists import record_rows, records_behind
from service.reports.records import RECORD_FIGURES
from service.reports.rows import ListRow
from service.reports.sources import source_words
from service.reports.tally import entries_behind

PAGE = 100


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of the list; `total` is the figure."""

    question: Question
    unit: str
    total: int
    rows: tuple[ListRow, ...]
    page: int
    pages: int


def listing(session: Session, actor: Actor, question: Question, page: int = 1, size: int = PAGE) -> Listing:
    """A page of the entries a figure counts; recorded, because it shows children.

    NotFound for a unit out of sight, NotAllowed for the county without the right to it.
    """
    _check_sight(actor, question)
    if question.figure in RECORD_FIGURES:
        return _records(session, actor, question, page, size)
    behind = entries_behind(actor, question, kept_to(session)).subquery("behind")
    total = session.scalar(select(func.count()).select_from(behind)) or 0
    pages = max(1, -(-total // size))
    page = min(max(1, page), pages)
    found = session.execute(_rows(behind, actor).offset((page - 1) * size).limit(size)).all()
    audit.record(session, actor, "list.opened", "figure", question.figure, rows=len(found),
                 **_asked(question))
    rows = tuple(_row(row, question.span.last) for row in found)
    return Listing(question, named(session, question.unit_id, question.level), total, rows, page, pages)


def _records(session: Session, actor: Actor, question: Question, page: int, size: int) -> Listing:
    entries = records_behind(session, actor, question)
    pages = max(1, -(-len(entries) // size))
    page = min(max(1, page), pages)
    shown = entries[(page - 1) * size:page * size]
    audit.record(session, actor, "list.opened", "figure", question.figure, rows=len(shown), **_asked(question))
    rows = record_rows(session, actor, shown, LABELS[question.figure])
    total = sum(entry.amount for entry in entries)
    return Listing(question, named(session, question.unit_id, question.level), total, rows, page, pages)


def _asked(question: Question) -> dict[str, str]:
    return {name: value for name, value in question.params().items() if name != "figure"}


def _check_sight(actor: Actor, question: Question) -> None:
    if question.unit_id is None:
        actor.require(access.COUNTY)
    elif not actor.sees(question.unit_id):
        raise NotFound


def _rows(behind: Subquery, actor: Actor) -> Select[Any]:
    school, place = aliased(Unit), aliased(Unit)
    query: Select[Any] = select(
        Student, school.name.label("school"), place.name.label("unit"), Case.source, Case.source_year,
        CaseEvent.kind, CaseEvent.sheet_id, CaseEvent.detail, behind.c.happened_on,
        sight.student_in_sight(actor).label("in_sight"))
    query = query.select_from(behind).join(Case, Case.id == behind.c.case_id).join(
        Student, Student.id == Case.student_id).outerjoin(CaseEvent, CaseEvent.id == behind.c.event_id)
    query = query.join(school, school.id == Student.school_id).join(place, place.id == Case.unit_id)
    return query.order_by(behind.c.happened_on.desc(), behind.c.event_id.desc(), behind.c.case_id)


def _row(row: Any, on: date) -> ListRow:
    student, seen = row.Student, bool(row.in_sight)
    return ListRow(
        student_id=student.id if seen else None,
        name=student.name if seen else student.name[:1] + "＊＊", sex=student.sex,
        age=full_years(student.born_on, on) if student.born_on else None,
        id_number=masked_id(student.id_number) if seen else "", school=row.school, unit=row.unit,
        source=source_words(row.source, row.source_year), step=EVENT_LABELS.get(row.kind or "visited", ""),
        on=row.happened_on, sheet_id=row.sheet_id if seen else None,
        is_initial=bool((row.detail or {}).get("initial")))
