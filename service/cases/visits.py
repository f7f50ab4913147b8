"""Home visits: a signed-off 家访记录表 becomes a visit in its child's file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from service import audit
from service.access import Actor
from service.cases import due, matching
from service.cases.answers import Row
from service.cases.doubts import raise_doubts
from service.cases.opening import begin, case_of
from service.cases.states import AFTER_VISIT, OPEN, OPENED_BY_VISIT, reason_in
from service.cases.students import Told, new_student, update_student
from service.cases.told import Doubts, spoken_of
from service.models import Case, CaseEvent, HomeVisit, Sheet, Student

COLUMNS = ("age", "grade_class", "teacher", "companion", "guardian", "reason", "content", "school_opinion",
           "parent_opinion", "school_on", "parent_on", "school_seal", "guardian_signature")
"""What a visit keeps of its sheet besides child, unit and day."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A visit's sheet, understood: what it tells of the child, its own columns, and what is unsure."""

    told: Told
    columns: Mapping[str, object]
    age: int | None
    doubts: Doubts


def understand(session: Session, sheet: Sheet, row: Row, marks: Mapping[str, bool]) -> Paper:
    """The sheet's answers with its unit found; raises Invalid naming what is missing or impossible."""
    spoken = spoken_of(session, sheet, row, "visit", "visited_on")
    return Paper(spoken.told, _columns(row, marks), spoken.age, spoken.doubts)


def file_visit(session: Session, actor: Actor, sheet: Sheet, paper: Paper) -> HomeVisit:
    """Find or make the child and its case, and add the visit; the sheet has none yet."""
    student, doubts = child_of(session, paper)
    case = case_for(session, actor, student, sheet, paper)
    doubts += update_child(session, student, case, paper, sheet.id)
    visit = HomeVisit(student=student, case=case, sheet_id=sheet.id, unit_id=paper.told.school_id,
                      visited_on=paper.told.on, **paper.columns)
    session.add(visit)
    session.flush()
    append_visited(session, actor, visit)
    raise_doubts(session, actor, case, sheet.id, paper.told.on,
                 (*paper.doubts, *doubts, *_afterwards(case, paper)))
    audit.record(session, actor, "visit.filed", "sheet", sheet.id, student=student.id, case=case.id)
    return visit


def child_of(session: Session, paper: Paper, ignoring: int | None = None) -> tuple[Student, Doubts]:
    """The child the paper speaks of, made when new; likenesses to the child `ignoring` are no doubts."""
    told = paper.told
    sought = matching.Sought(told.name, told.id_number, told.school_id, paper.age, told.on)
    match = matching.find(session, sought)
    doubts = tuple(doubt for doubt in match.doubts if doubt[1] != ignoring or match.student)
    return match.student or new_student(session, told), doubts


def case_for(session: Session, actor: Actor, student: Student, sheet: Sheet, paper: Paper) -> Case:
    """The child's case, opened by this visit when there is none."""
    reason = reason_in(str(paper.columns["reason"] or ""))
    case = case_of(session, student)
    if case is None:
        return begin(session, actor, student, paper.told.school_id, source="home_visit",
                     year=paper.told.on.year, state=OPENED_BY_VISIT, on=paper.told.on, sheet_id=sheet.id,
                     reason=reason)
    case.reason = case.reason or reason
    return case


def update_child(session: Session, student: Student, case: Case, paper: Paper, sheet_id: int) -> Doubts:
    """Bring the child's file up to date; a move to another school leaves the case with its unit."""
    before = student.school_id
    update_student(session, student, paper.told, sheet_id)
    moved = student.school_id != before and case.unit_id != student.school_id
    return (("other_school", None),) if moved else ()


def append_visited(session: Session, actor: Actor, visit: HomeVisit) -> None:
    """The visit as a step of its case; somebody having gone, a suspicion becomes a persuasion.

    Of a corrected visit the last such step is what counts: no month already issued is changed by it.
    """
    case, before = visit.case, visit.case.state
    case.state = AFTER_VISIT.get(before, before)
    case.events.append(CaseEvent(
        kind="visited", happened_on=visit.visited_on, unit_id=visit.unit_id, sheet_id=visit.sheet_id,
        user_id=actor.user_id, detail={"from": before, "to": case.state}))
    due.renew(session, case)


def visit_of(session: Session, sheet_id: int) -> HomeVisit | None:
    """The visit filed from a sheet."""
    return session.scalar(select(HomeVisit).where(HomeVisit.sheet_id == sheet_id))


def _columns(row: Row, marks: Mapping[str, bool]) -> Mapping[str, object]:
    texts = {name: row.text(f"visit.{name}") for name in ("grade_class", "teacher", "companion", "guardian")}
    prose = {name: row.text(f"visit.{name}") or None
             for name in ("reason", "content", "school_opinion", "parent_opinion")}
    days = {name: row.day(f"visit.{name}") for name in ("school_on", "parent_on")}
    seen = {name: bool(marks.get(name)) for name in ("school_seal", "guardian_signature")}
    return {"age": row.count("visit.age"), **texts, **prose, **days, **seen}


def _afterwards(case: Case, paper: Paper) -> Doubts:
    late = case.state not in OPEN and case.closed_on is not None and paper.told.on > case.closed_on
    return (("after_closing", None),) if late else ()
