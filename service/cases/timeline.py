"""What happened to a child, newest first: visits with what their papers say, steps, notes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy.orm import Session

from service.access import Actor
from service.cases.acts import STEPS
from service.cases.doubts import WORDS
from service.cases.duties import ROLE_LABELS
from service.cases.entries import Entry
from service.cases.other_papers import other_papers
from service.cases.states import ACTS, CLOSING_LABELS, EVENT_LABELS, SOURCE_LABELS
from service.cases.visit_values import Papers, marks, papers_of, shown
from service.models import CaseEvent, HomeVisit, Student, Unit, User


def timeline(session: Session, actor: Actor, student: Student,
             opened: frozenset[str] = frozenset()) -> tuple[Entry, ...]:
    """Everything in the child's file, newest first; `opened` are sealed attributes to show in full."""
    visits = sorted(student.visits, key=lambda visit: visit.id)
    events = sorted((event for case in student.cases for event in case.events), key=lambda event: event.id)
    units = _unit_names(session, events)
    papers = papers_of(session, [visit.sheet_id for visit in visits])
    filers = {event.sheet_id: event.user for event in events if event.kind in ("visited", "persuaded")}
    steps = [event for event in events if event.kind not in ("visited", "persuaded") or event.sheet_id is None]
    entries = [_step(event, units) for event in steps]
    entries += other_papers(session, actor, student.id, opened, filers)
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
    if "handover" in event.detail and event.kind == "note":
        return _HANDOVER_WORDS.get(event.detail.get("step", ""), "移交"), "warn"
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
    if "transfer" in detail:
        return _TRANSFER_WORDS.get(detail.get("step", detail["transfer"]), "")
    if "duty" in detail:
        return f"{ROLE_LABELS[detail['duty']]}{'解除' if detail.get('step') == 'relieved' else ''}"
    if "task" in detail:
        return {"asked": "交办", "done": "已办结", "dropped": "随结案终止"}.get(detail.get("step", ""), "")
    if "to_unit" in detail:
        return f"{units.get(detail['from_unit'], '')} → {units.get(detail['to_unit'], '')}"
    if detail.get("act") == "set_source":
        return f"{SOURCE_LABELS[detail['source']]}，{detail['year']} 年"
    return ""


_TRANSFER_WORDS: Mapping[str, str] = {
    "opened": "转出后超过期限没有转入登记，列为疑似辍学", "reopened": "转出后超过期限没有转入登记，重新列为疑似辍学",
    "noted": "转出后超过期限没有转入登记", "withdrawn": "转出登记已撤回",
}
_HANDOVER_WORDS: Mapping[str, str] = {"asked": "申请移交", "returned": "移交被退回", "withdrawn": "移交已撤回"}
_HEADINGS: Mapping[str, tuple[str, str]] = {
    "transfer": ("转出追踪", "warn"), "follow_up": ("跟踪情况", "ok"),
    "duty": ("责任人", ""), "task": ("交办事项", "work"),
    "doubt": ("入档提示", "warn"), "settles": ("提示已核对", "ok"), "corrected": ("已入档的记录更正", "work"),
    "moved": ("已入档的记录改归别处", "warn"),
    "reopened": ("表格重新打开核对", "warn"), "withdrawn": ("已入档的记录撤回", "bad"),
    "attendance": ("确认在校", "ok"),
}


def _unit_names(session: Session, events: Iterable[CaseEvent]) -> dict[int, str]:
    wanted = {unit for event in events
              for unit in (event.unit_id, event.detail.get("from_unit"), event.detail.get("to_unit")) if unit}
    return {unit_id: session.get_one(Unit, unit_id).name for unit_id in wanted}  # nearly always the case's own
