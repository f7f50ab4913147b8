"""Handing a case over: one unit asks, the other takes it or sends it back with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service import audit
from service.access import CASE_EVENTS, Actor
from service.calendar import today
from service.cases import due, sight
from service.database import now
from service.errors import Conflict, Invalid, NotAllowed, NotFound
from service.models import Case, CaseEvent, CaseTask, Handover, Unit
from service.norms import norms

TARGETS = {"school": ("township", "bureau"), "township": ("township", "school", "bureau"),
           "bureau": ("township", "school")}
"""By the role that asks: the kinds of units a case may be handed to."""
LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Offered:
    """A hand-over without an answer, as a file shows it; `answers` when the person may give it."""

    handover_id: int
    from_unit: str
    to_unit: str
    reason: str
    answers: bool


def offered(session: Session, actor: Actor, case_id: int) -> Offered | None:
    """The case's hand-over without an answer."""
    asked = pending(session, case_id)
    if asked is None:
        return None
    return Offered(asked.id, asked.from_unit.name, asked.to_unit.name, asked.reason, may_answer(session, actor, asked))


def pending(session: Session, case_id: int) -> Handover | None:
    """The hand-over of the case that still waits for an answer."""
    return session.scalar(select(Handover).where(Handover.case_id == case_id, Handover.state == "pending"))


def answer_due_on(handover: Handover) -> date:
    """The day by which the other unit must answer."""
    return norms().workdays.after(handover.asked_on, norms().handover_days)


def ask(session: Session, actor: Actor, case: Case, unit_id: int | None, reason: str, on: date) -> dict[str, Any]:
    """Offer the case to a unit; returns what the event tells. Raises Invalid or Conflict."""
    target = checked_target(session, actor, case, unit_id)
    if pending(session, case.id) is not None:
        raise Conflict("此案正在等待另一单位接收。", "请等待答复，或先撤回移交。")
    if not reason.strip():
        raise Invalid("请在「说明」中写明移交理由。")
    asked = Handover(case_id=case.id, from_unit_id=case.unit_id, to_unit_id=target.id, asked_on=on,
                     reason=reason.strip()[:LONGEST_REASON], asked_by=actor.user_id)
    session.add(asked)
    session.flush()
    return {"handover": asked.id, "step": "asked", "from_unit": case.unit_id, "to_unit": target.id}


def checked_target(session: Session, actor: Actor, case: Case, unit_id: int | None) -> Unit:
    """The unit a case may go to; raises Invalid."""
    target = session.get(Unit, unit_id) if unit_id else None
    if target is None or not target.active:
        raise Invalid("请选择「接收单位」。")
    if target.id == case.unit_id:
        raise Invalid("此案已由该单位负责，不用移交。")
    if target.kind not in TARGETS[actor.role]:
        raise Invalid("学校只能将个案移交给户籍所在乡镇或教体局。" if actor.role == "school"
                      else "个案不能移交给这类单位。")
    return target


def may_answer(session: Session, actor: Actor, handover: Handover) -> bool:
    """Whether the person speaks for the unit asked: its own people, or those above it who did not ask."""
    if not actor.may(CASE_EVENTS) or handover.state != "pending":
        return False
    if actor.unit_id == handover.to_unit_id:
        return True
    asker = session.get_one(Unit, handover.from_unit_id)
    is_asker = actor.unit_id in (asker.id, asker.parent_id) or actor.user_id == handover.asked_by
    return actor.role == "township" and actor.sees(handover.to_unit_id) and not is_asker


def answer(session: Session, actor: Actor, handover_id: int, *, accept: bool, reason: str = "") -> Handover:
    """Take the case, or send it back; a reason is needed for sending back.

    Raises NotFound, NotAllowed, Invalid, or Conflict when it was answered already.
    """
    handover, case = _held(session, actor, handover_id)
    if not may_answer(session, actor, handover):
        raise NotAllowed("只有接收单位可以答复移交。", "请联系接收单位，或由教体局直接指定负责单位。")
    _close(actor, handover, "accepted" if accept else "returned", reason)
    if accept:
        handover.event_id = _move(session, actor, case, handover, reason).id
    else:
        _note(session, actor, case, handover, "returned", reason)
    due.renew(session, case)
    audit.record(session, actor, "handover.accepted" if accept else "handover.returned", "case", case.id,
                 handover=handover.id)
    return handover


def withdraw(session: Session, actor: Actor, handover_id: int, reason: str = "") -> Handover:
    """Take the offer back while nobody has answered; only the asking side may."""
    handover, case = _held(session, actor, handover_id)
    if not actor.may(CASE_EVENTS) or not actor.sees(handover.from_unit_id):
        raise NotAllowed("只有移交单位可以撤回移交。")
    drop(session, actor, case, reason)
    audit.record(session, actor, "handover.withdrawn", "case", case.id, handover=handover_id)
    return handover


def drop(session: Session, actor: Actor | None, case: Case, reason: str = "") -> None:
    """End a pending offer of the case, if there is one, with a note that says so."""
    handover = pending(session, case.id)
    if handover is not None:
        _close(actor, handover, "withdrawn", reason)
        _note(session, actor, case, handover, "withdrawn", reason)


def given(session: Session, case: Case, unit_id: int) -> dict[str, Any]:
    """Let a unit answer for the case from now on, its open tasks too; returns what the event tells."""
    before, case.unit_id = case.unit_id, unit_id
    for task in session.scalars(select(CaseTask).where(CaseTask.case_id == case.id, CaseTask.done_at.is_(None))):
        task.unit_id = unit_id
    return {"from_unit": before, "to_unit": unit_id}


def _move(session: Session, actor: Actor, case: Case, handover: Handover, note: str) -> CaseEvent:
    detail = given(session, case, handover.to_unit_id)
    event = CaseEvent(kind="handed_over", happened_on=today(), unit_id=case.unit_id, user_id=actor.user_id,
                      note=note.strip() or None,
                      detail={"act": "accept", "handover": handover.id, "from": case.state, "to": case.state, **detail})
    case.events.append(event)
    session.flush()
    return event


def _held(session: Session, actor: Actor, handover_id: int) -> tuple[Handover, Case]:
    actor.require(CASE_EVENTS)
    handover = session.get(Handover, handover_id)
    if handover is None:
        raise NotFound
    case = sight.case(session, actor, handover.case_id, lock=True)
    session.refresh(handover)
    if handover.state != "pending":
        raise Conflict("这次移交已经有了答复。", "请刷新后再看。")
    return handover, case


def _close(actor: Actor | None, handover: Handover, state: str, reason: str) -> None:
    reason = reason.strip()
    if state == "returned" and not reason:
        raise Invalid("退回移交请填写「理由」。")
    if len(reason) > LONGEST_REASON:
        raise Invalid(f"「理由」最多 {LONGEST_REASON} 字。")
    handover.state, handover.answer, handover.answered_at = state, reason or None, now()
    handover.answered_by = actor.user_id if actor else None


def _note(session: Session, actor: Actor | None, case: Case, handover: Handover, step: str, reason: str) -> None:
    case.events.append(CaseEvent(
        kind="note", happened_on=today(), unit_id=case.unit_id, user_id=actor.user_id if actor else None,
        note=reason.strip() or None, detail={"handover": handover.id, "step": step,
                                             "from_unit": handover.from_unit_id, "to_unit": handover.to_unit_id}))
    session.flush()
