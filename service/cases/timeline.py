"""What happened to a child, newest first: visits with what their papers say, steps, notes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from service.cases.acts import STEPS
from service.cases.doubts import WORDS
from service.cases.states import ACTS, CLOSING_LABELS, EVENT_LABELS, SOURCE_LABELS
from service.cases.visit_values import Mark, Papers, Shown, marks, papers_of, shown
from service.models import Case, CaseEvent, HomeVisit, Unit, User


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. `kind` as of CaseEvent; `tone` as screens colour it; `other_student_id`
    is another child it speaks of."""

    kind: str
    on: date
    recorded_at: datetime
    title: str
    text: str
    who: str
    unit: str
    sheet_id: int | None
    tone: str
    values: tuple[Shown, ...] = ()
    marks: tuple[Mark, ...] = ()
    other_student_id: int | None = None


def timeline(session: Session, student_id: int, opened: frozenset[str] = frozenset()) -> tuple[Entry, ...]:
    """Everything in the child's file, newest first; `opened` are sealed attributes to show in full."""
    visits = session.scalars(select(HomeVisit).where(HomeVisit.student_id == student_id).options(
        joinedload(HomeVisit.unit), joinedload(HomeVisit.sheet)).order_by(HomeVisit.id)).all()
    events = session.scalars(select(CaseEvent).join(Case).where(Case.student_id == student_id).options(
        joinedload(CaseEvent.user), selectinload(CaseEvent.case)).order_by(CaseEvent.id)).all()
    units = _unit_names(session, events)
    papers = papers_of(session, [visit.sheet_id for visit in visits])
    filers = {event.sheet_id: event.user for event in events if event.kind == "visited"}
    steps = [event for event in events if event.kind != "visited" or event.sheet_id is None]
    entries = [_step(event, units) for event in steps]
    entries += [_visit(visit, papers, opened, filers.get(visit.sheet_id)) for visit in visits]
    return tuple(sorted(entries, key=lambda entry: (entry.on, entry.recorded_at), reverse=True))


def _visit(visit: HomeVisit, papers: Papers, opened: frozenset[str], user: User | None) -> Entry:
    found = marks(visit)
    tone = "ok" if all(mark.there for mark in found) else "warn"
    return Entry("visited", visit.visited_on, visit.filed_at, "家访", "", user.name if user else "",
                 visit.unit.name, visit.sheet_id, tone, shown(visit, papers, opened), found)


def _step(event: CaseEvent, units: Mapping[int, str]) -> Entry:
    title, tone = _heading(event)
    parts = [_particulars(event, units), event.note or ""]
    return Entry(event.kind, event.happened_on, event.recorded_at, title, "。".join(p for p in parts if p),
                 event.user.name if event.user else "", units.get(event.unit_id, ""), event.sheet_id, tone,
                 other_student_id=event.detail.get("student"))


def _heading(event: CaseEvent) -> tuple[str, str]:
    for key, heading in _HEADINGS.items():
        if key in event.detail:
            return heading
    if event.kind == "closed":
        return CLOSING_LABELS.get(event.detail.get("closing", ""), EVENT_LABELS["closed"]), "ok"
    act = ACTS.get(str(event.detail.get("act", "")))
    tone = "bad" if event.kind == "relapsed" else "work" if event.kind in STEPS else ""
    return act.label if act else EVENT_LABELS[event.kind], tone


def _particulars(event: CaseEvent, units: Mapping[int, str]) -> str:
    detail = event.detail
    if "doubt" in detail:
        return WORDS[detail["doubt"]].rstrip("。")
    if event.kind == "opened":
        return f"来源：{SOURCE_LABELS[detail.get('source') or event.case.source]}"
    if "to_unit" in detail:
        return f"{units.get(detail['from_unit'], '')} → {units.get(detail['to_unit'], '')}"
    if detail.get("act") == "set_source":
        return f"{SOURCE_LABELS[detail['source']]}，{detail['year']} 年"
    return ""


_HEADINGS: Mapping[str, tuple[str, str]] = {
    "doubt": ("入档提示", "warn"), "settles": ("提示已核对", "ok"), "corrected": ("家访记录已更正", "work"),
    "reopened": ("表格重新打开核对", "warn"), "withdrawn": ("家访记录已撤回", "bad"),
    "attendance": ("确认在校", "ok"),
}


def _unit_names(session: Session, events: Iterable[CaseEvent]) -> dict[int, str]:
    wanted = {unit for event in events
              for unit in (event.unit_id, event.detail.get("from_unit"), event.detail.get("to_unit")) if unit}
    return {unit.id: unit.name for unit in session.scalars(select(Unit).where(Unit.id.in_(wanted)))}
