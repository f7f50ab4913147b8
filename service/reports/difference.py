"""What changed between two states of a month: per unit and figure, with the children and papers that explain it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access import Actor
from service.cases import sight
from service.cases.states import EVENT_LABELS
from service.models import Case, CaseEvent, Student
from service.reports.figures import LABELS, Figure
from service.reports.keeping import kept_to
from service.reports.ledger import Level
from service.reports.month import MonthReport, UnitMonth
from service.reports.tally import entries_of
from service.reports.walk import Span

_HIDDEN = "＊＊"


@dataclass(frozen=True, slots=True)
class Cause:
    """Something recorded between the two states that moves a figure; `sheet_id` is its paper."""

    step: str
    on: date
    recorded_at: datetime
    sheet_id: int | None


@dataclass(frozen=True, slots=True)
class Moved:
    """A child that came into a figure (`by` 1) or left it (-1), and why.

    `student_id` is None, and the name cut, where the child is another unit's now.
    """

    student_id: int | None
    name: str
    by: int
    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """A figure of a unit before and after; equal numbers of other children count as changed."""

    unit: str
    figure: str
    before: Figure
    after: Figure
    moved: tuple[Moved, ...]

    @property
    def label(self) -> str:
        """What the figure is called."""
        return LABELS[self.figure]

    @property
    def by(self) -> int:
        """After less before."""
        return self.after.value - self.before.value


def differences(session: Session, actor: Actor, before: MonthReport, after: MonthReport) -> tuple[Changed, ...]:
    """The changed cells of two reports of one month; the county's own row is left to its parts.

    Figures counted from records of their own are told by their numbers, without children.
    """
    known = before.known or 0
    moves = _moves(session, actor, before, after)
    people = _people(session, actor, {case for cases in moves.values() for case in cases}, known)
    later = {row.place.id: row for row in after.rows if row.place}
    return tuple(_changed(row, later[row.place.id], figure, moves.get((figure, row.place.id), {}), people)
                 for row in before.rows if row.place and row.place.id in later for figure in row.figures
                 if row[figure].value != later[row.place.id][figure].value or (figure, row.place.id) in moves)


def _changed(row: UnitMonth, later: UnitMonth, figure: str, cases: Mapping[int, int],
             people: Mapping[int, tuple[int | None, str, tuple[Cause, ...]]]) -> Changed:
    moved = tuple(Moved(people[case][0], people[case][1], by, people[case][2]) for case, by in sorted(cases.items()))
    return Changed(row.name, figure, row[figure], later[figure], moved)


def _moves(session: Session, actor: Actor, before: MonthReport, after: MonthReport) -> dict[
        tuple[str, int], dict[int, int]]:
    """By figure and unit: the cases that came (1) and went (-1)."""
    month, kept = before.month, kept_to(session)
    level: Level = before.rows[0].place.level if before.rows and before.rows[0].place else "reporting"
    touched = select(CaseEvent.case_id).where(CaseEvent.id > (before.known or 0))
    counts: Counter[tuple[str, int, int]] = Counter()
    for report, sign in ((before, -1), (after, 1)):
        span = Span(month.first, month.last, known_event=report.known, units=actor.unit_ids).kept(kept)
        for figure, unit, _, case in session.execute(entries_of(actor, span, level, touched)):
            counts[figure, unit, case] += sign
    moves: dict[tuple[str, int], dict[int, int]] = defaultdict(dict)
    for (figure, unit, case), by in counts.items():
        if by:
            moves[figure, unit][case] = by
    return dict(moves)


def _people(session: Session, actor: Actor, cases: Iterable[int], known: int) -> dict[
        int, tuple[int | None, str, tuple[Cause, ...]]]:
    wanted, causes = list(cases), defaultdict(list)
    for start in range(0, len(wanted), 500):
        lot = wanted[start:start + 500]
        events = select(CaseEvent).where(CaseEvent.id > known, CaseEvent.case_id.in_(lot)).order_by(CaseEvent.id)
        for event in session.scalars(events):
            causes[event.case_id].append(Cause(_words(event), event.happened_on, event.recorded_at, event.sheet_id))
    found: dict[int, tuple[int | None, str, tuple[Cause, ...]]] = {}
    for start in range(0, len(wanted), 500):
        query = select(Case.id, Student.id, Student.name, sight.student_in_sight(actor)).join(
            Student, Student.id == Case.student_id).where(Case.id.in_(wanted[start:start + 500]))
        for case, student, name, seen in session.execute(query):
            shown: tuple[Any, str] = (student, name) if seen else (None, name[:1] + _HIDDEN)
            found[case] = (*shown, tuple(causes[case]))
    return found


def _words(event: CaseEvent) -> str:
    if event.detail.get("closing") == "mistaken":
        return "建档有误，撤销"
    if event.detail.get("act") == "set_source":
        return "更改来源"
    return "撤回家访表" if event.detail.get("withdrawn") else EVENT_LABELS[event.kind]
