"""From a sheet back to the figures: every number of every month that the sheet is part of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access import Actor
from service.models import Case, CaseEvent, Lesson, Student, Transfer, Unit
from service.reports.figures import LABELS, Question
from service.reports.issuing import issues
from service.reports.ledger import Level
from service.reports.periods import Month, month_with

_FIGURE_OF = {"opened": "new", "relapsed": "relapsed", "returned": "returned", "closed": "closed",
              "visited": "visits"}


@dataclass(frozen=True, slots=True)
class Counted:
    """A figure that the sheet counts in; `question` opens its list; `issues` are those of the month that hold it."""

    month: Month
    unit: str
    label: str
    who: str
    question: Question
    issues: tuple[str, ...]


def counted_in(session: Session, actor: Actor, sheet_id: int) -> tuple[Counted, ...]:
    """The figures of the units in the actor's sight that count what the sheet filed, by month."""
    found = [*_steps(session, actor, sheet_id), *_records(session, actor, sheet_id)]
    return tuple(sorted(set(found), key=lambda each: (str(each.month), each.label, each.unit)))


def _steps(session: Session, actor: Actor, sheet_id: int) -> list[Counted]:
    query = select(CaseEvent, Student.name).join(Case, Case.id == CaseEvent.case_id).join(
        Student, Student.id == Case.student_id).where(
        CaseEvent.sheet_id == sheet_id, CaseEvent.kind.in_(_FIGURE_OF), Case.closing != "mistaken")
    events = [(event, name) for event, name in session.execute(query.order_by(CaseEvent.id))]
    last_visit = max((event.id for event, _ in events if event.kind == "visited"), default=0)
    withdrawn = session.scalar(select(CaseEvent.id).where(
        CaseEvent.sheet_id == sheet_id, CaseEvent.id > last_visit,
        CaseEvent.detail["withdrawn"].as_boolean()).limit(1)) is not None
    return [_counted(session, event.unit_id, _FIGURE_OF[event.kind], month_with(event.happened_on), name, event.id)
            for event, name in events if actor.sees(event.unit_id)
            and (event.kind != "visited" or (event.id == last_visit and not withdrawn))]


def _records(session: Session, actor: Actor, sheet_id: int) -> list[Counted]:
    lessons = session.execute(select(Lesson, Student.name).join(
        Student, Student.id == Lesson.student_id).where(Lesson.sheet_id == sheet_id))
    found = [_counted(session, record.unit_id, "lessons", month_with(record.taught_on), name, filed_at=record.filed_at)
             for record, name in lessons if actor.sees(record.unit_id)]
    moves = session.scalars(select(Transfer).where(Transfer.sheet_id == sheet_id))
    return found + [_counted(session, record.unit_id, f"moved_{record.direction}", month_with(record.moved_on),
                             record.name, filed_at=record.filed_at) for record in moves if actor.sees(record.unit_id)]


def _counted(session: Session, unit_id: int, figure: str, month: Month, who: str, event_id: int = 0,
             filed_at: datetime | None = None) -> Counted:
    unit = session.get_one(Unit, unit_id)
    level: Level = "own" if unit.kind == "school" else "reporting"
    holding = tuple(each.title for each in issues(session, month)
                    if (each.known_at >= filed_at if filed_at else each.known_event >= event_id))
    return Counted(month, unit.name, LABELS[figure], who,
                   Question(figure, unit_id, month, level=level), holding)
