"""Tasks about a case: somebody asks a unit for something by a day, the unit says what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from service import audit
from service.access import CASE_EVENTS, Actor
from service.calendar import today
from service.cases import due, sight
from service.cases.states import OPEN
from service.database import now
from service.errors import Conflict, Invalid, NotAllowed, NotFound
from service.models import Case, CaseEvent, CaseTask

LONGEST = 300


@dataclass(frozen=True, slots=True)
class Asked:
    """A task that is not done yet."""

    task_id: int
    text: str
    due_on: date
    unit: str

    @property
    def late(self) -> bool:
        """Whether its day has passed."""
        return self.due_on < today()


def ask(session: Session, actor: Actor, case_id: int, text: str, due_on: date) -> CaseTask:
    """Ask the unit answering for the case to do something by a day. Raises Invalid, NotAllowed, Conflict."""
    case = _held(session, actor, case_id)
    text = text.strip()
    if not text or len(text) > LONGEST:
        raise Invalid(f"请填写「事项」，不超过 {LONGEST} 字。")
    if due_on < today():
        raise Invalid("「期限」不能早于今天。")
    if case.state not in OPEN:
        raise Conflict("已结案的个案不能再交办事项。")
    task = CaseTask(case_id=case_id, unit_id=case.unit_id, text=text, due_on=due_on, asked_by=actor.user_id)
    session.add(task)
    session.flush()
    _tell(session, actor, case, task, "asked", f"{text}（期限 {due_on}）")
    return task


def finish(session: Session, actor: Actor, task_id: int, answer: str = "") -> CaseTask:
    """Say that a task is done, and what came of it."""
    task = session.get(CaseTask, task_id)
    if task is None:
        raise NotFound
    case = _held(session, actor, task.case_id)
    session.refresh(task)
    if task.done_at is not None:
        raise Conflict("这件事已经办结了。", "请刷新后再看。")
    if len(answer) > LONGEST:
        raise Invalid(f"「办理情况」最多 {LONGEST} 字。")
    task.done_at, task.done_by, task.answer = now(), actor.user_id, answer.strip() or None
    _tell(session, actor, case, task, "done", answer.strip() or task.text)
    return task


def close_all(session: Session, actor: Actor | None, case: Case) -> None:
    """A closed case asks for nothing any more: its open tasks end with it, each told of."""
    for task in session.scalars(select(CaseTask).where(CaseTask.case_id == case.id, CaseTask.done_at.is_(None))):
        task.done_at, task.done_by = now(), actor.user_id if actor else None
        _append(case, actor, {"task": task.id, "step": "dropped"}, task.text)
    session.flush()


def asked(session: Session, case: Case) -> tuple[Asked, ...]:
    """What is still to be done about the case, the most urgent first."""
    found = session.scalars(select(CaseTask).where(CaseTask.case_id == case.id, CaseTask.done_at.is_(None)).options(
        joinedload(CaseTask.unit)).order_by(CaseTask.due_on, CaseTask.id))
    return tuple(Asked(task.id, task.text, task.due_on, task.unit.name) for task in found)


def _held(session: Session, actor: Actor, case_id: int) -> Case:
    actor.require(CASE_EVENTS)
    case = sight.case(session, actor, case_id, lock=True)
    if not actor.sees(case.unit_id):
        raise NotAllowed("此案已由其他单位负责，您可以查看，不能交办或办结事项。")
    return case


def _tell(session: Session, actor: Actor, case: Case, task: CaseTask, step: str, note: str) -> None:
    _append(case, actor, {"task": task.id, "step": step}, note)
    due.renew(session, case)
    audit.record(session, actor, f"task.{step}", "case", case.id, task=task.id)


def _append(case: Case, actor: Actor | None, detail: dict[str, object], note: str) -> None:
    case.events.append(CaseEvent(kind="note", happened_on=today(), unit_id=case.unit_id, note=note,
                                 user_id=actor.user_id if actor else None, detail=detail))
