"""What people do to a case: checked against the table of states, then one more event."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from service import audit
from service.access import CASE_EVENTS, Actor
from service.calendar import today
from service.cases import due, evidence, handover, sight, tasks
from service.cases.opening import check_source
from service.cases.states import ACTS, Act, acts_for, state_label
from service.errors import Conflict, Invalid, NotAllowed
from service.models import Case, CaseEvent, Persuasion

LONGEST_NOTE = 500
STEPS = ("opened", "verified", "returned", "relapsed", "closed", "handed_over")
"""Kinds of events that move a case: their days never run backwards."""


@dataclass(frozen=True, slots=True)
class Request:
    """An act as asked for. `document` names the evidence cited; `unit_id` whom it is handed to;
    `state` is the state the person saw, "" for not telling."""

    act: str
    on: date
    note: str = ""
    document: str = ""
    unit_id: int | None = None
    source: str = ""
    year: int = 0
    state: str = ""


def perform(session: Session, actor: Actor, case_id: int, request: Request) -> CaseEvent:
    """Do the act in the caller's transaction and return its event.

    Raises NotFound, NotAllowed, Conflict (the state does not allow it, or is no longer what the person
    saw) or Invalid (a date, a missing piece of evidence, named).
    """
    actor.require(CASE_EVENTS)
    act = ACTS.get(request.act)
    if act is None:
        raise Invalid("没有这种操作。")
    case = sight.case(session, actor, case_id, lock=True)
    _check_who(actor, act, case)
    _check_state(act, case, request)
    _check_pending(session, act, case)
    _check_day(act, case, request.on)
    _check_evidence(session, act, case, request)
    event = CaseEvent(kind=act.event, happened_on=request.on, unit_id=case.unit_id, user_id=actor.user_id,
                      note=_note(request), detail={"act": act.name, "from": case.state})
    event.detail |= SPECIAL.get(act.name, _nothing)(session, actor, case, request)
    _apply(act, case, request.on)
    event.detail |= {"to": case.state, **({"closing": case.closing} if act.closing else {})}
    event.unit_id = case.unit_id
    case.events.append(event)
    if act.to == "closed":
        tasks.close_all(session, actor, case)
    due.renew(session, case)
    audit.record(session, actor, f"case.{act.name}", "case", case.id, event=event.id, to=case.state)
    return event


def acts_open_to(actor: Actor, case: Case) -> tuple[Act, ...]:
    """The acts the person may do to the case as it stands, evidence aside."""
    if not actor.may(CASE_EVENTS) or not actor.sees(case.unit_id):
        return ()
    return tuple(act for act in acts_for(case.state, actor.role)
                 if not (act.name == "relapse" and case.closing in ("died", "mistaken")))


def earliest_day(case: Case) -> date:
    """The day of the last step: none may be dated before it."""
    return max((event.happened_on for event in case.events if event.kind in STEPS), default=case.opened_on)


def _check_who(actor: Actor, act: Act, case: Case) -> None:
    if actor.role not in act.roles:
        raise NotAllowed(f"您的角色不能办理「{act.label}」。", "请交由上级单位办理。")
    if not actor.sees(case.unit_id):
        raise NotAllowed("此案已由其他单位负责，您可以查看，不能办理。", f"请联系{case.unit.name}。")


def _check_state(act: Act, case: Case, request: Request) -> None:
    if request.state and request.state != case.state:
        raise Conflict(f"此案刚刚被改为「{_standing(case)}」，您的操作没有保存。", "请刷新后再看。")
    if case.state not in act.states:
        raise Conflict(f"「{_standing(case)}」的个案不能办理「{act.label}」。", "请刷新页面后再看。")


def _check_pending(session: Session, act: Act, case: Case) -> None:
    """A case that another unit is asked to take is not closed under its hands."""
    if act.to == "closed" and (asked := handover.pending(session, case.id)) is not None:
        raise Conflict(f"此案正在等待{asked.to_unit.name}接收，不能结案。", "请先撤回移交，或由接收单位办理。")


def _standing(case: Case) -> str:
    return state_label(case.state, case.closing)


def _check_day(act: Act, case: Case, on: date) -> None:
    if on > today():
        raise Invalid("「日期」不能晚于今天。")
    if on < case.opened_on:
        raise Invalid(f"「日期」不能早于立案日期 {case.opened_on}。")
    if act.event in STEPS and on < earliest_day(case):
        raise Invalid(f"「日期」不能早于上一步的日期 {earliest_day(case)}。")


def _check_evidence(session: Session, act: Act, case: Case, request: Request) -> None:
    if not act.evidence:
        return
    records = evidence.records_of(session, case)
    missing = [piece.label for piece in evidence.pieces(records, act, request.on, request.document) if not piece.there]
    if missing:
        raise Invalid(f"不能办理「{act.label}」，还缺：{'；'.join(missing)}。", "请补齐后再办理。")


def _apply(act: Act, case: Case, on: date) -> None:
    if act.to is None:
        return
    case.state, case.closing = act.to, act.closing
    case.closed_on = on if act.to == "closed" else None


def _note(request: Request) -> str | None:
    text = request.note.strip()
    if request.act == "note" and not text:
        raise Invalid("请填写「内容」。")
    if request.document.strip():
        text = f"凭据：{request.document.strip()}" + (f"。{text}" if text else "")
    if len(text) > LONGEST_NOTE:
        raise Invalid(f"「说明」最多 {LONGEST_NOTE} 字。")
    return text or None


def _hand_over(session: Session, actor: Actor, case: Case, request: Request) -> dict[str, Any]:
    return handover.ask(session, actor, case, request.unit_id, request.note, request.on)


def _assign(session: Session, actor: Actor, case: Case, request: Request) -> dict[str, Any]:
    target = handover.checked_target(session, actor, case, request.unit_id)
    handover.drop(session, actor, case, request.note)
    return handover.given(session, case, target.id)


def _persuade(session: Session, actor: Actor, case: Case, request: Request) -> dict[str, Any]:
    if not request.note.strip():
        raise Invalid("请填写「劝返经过」。")
    session.add(Persuasion(student_id=case.student_id, case_id=case.id, unit_id=case.unit_id, content=request.note,
                           persuaded_on=request.on, persuaders=actor.name))
    return {}


def _follow_up(session: Session, actor: Actor, case: Case, request: Request) -> dict[str, Any]:
    if not request.note.strip():
        raise Invalid("请填写返校后的学习、生活和思想状况。")
    return {"follow_up": True}


def _set_source(session: Session, actor: Actor, case: Case, request: Request) -> dict[str, Any]:
    check_source(request.source, request.year)
    before = {"source": case.source, "year": case.source_year}
    case.source, case.source_year = request.source, request.year
    return {"source": request.source, "year": request.year, "before": before}


def _attend(session: Session, actor: Actor, case: Case, request: Request) -> dict[str, Any]:
    back = evidence.returned_on(case)
    if back is None or request.on < back:
        raise Invalid(f"「日期」不能早于返校日期 {back}。")
    return {"attendance": True}


def _arrive(session: Session, actor: Actor, case: Case, request: Request) -> dict[str, Any]:
    """What the closing rests on: without a document it is the register, and falls with it."""
    return {} if request.document.strip() else {"arrival": True}


def _nothing(session: Session, actor: Actor, case: Case, request: Request) -> dict[str, Any]:
    return {}


SPECIAL: Mapping[str, Callable[[Session, Actor, Case, Request], dict[str, Any]]] = {
    "hand_over": _hand_over, "assign": _assign, "set_source": _set_source, "attend": _attend,
    "persuade": _persuade, "transferred": _arrive, "follow_up": _follow_up,
}
