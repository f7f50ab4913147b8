"""What a wrong sign-off leaves in a case: notes about it, and a case closed because it never was one."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from service.access import Actor
from service.calendar import today
from service.cases import due, handover, tasks
from service.models import Case, CaseEvent


def opened_only_by(case: Case, sheet_id: int) -> bool:
    """Whether everything in the case comes from this one sheet."""
    return all(event.sheet_id == sheet_id or "settles" in event.detail for event in case.events)


def close_as_mistaken(session: Session, actor: Actor, case: Case, sheet_id: int) -> None:
    """Closed on the very day it was opened: in no month does it add to what is outstanding."""
    handover.drop(session, actor, case)
    tasks.close_all(session, actor, case)
    before, case.state, case.closing, case.closed_on = case.state, "closed", "mistaken", case.opened_on
    _append(session, actor, case, "closed", case.opened_on, sheet_id,
            {"from": before, "to": "closed", "closing": "mistaken"})
    due.renew(session, case)


def tell(session: Session, actor: Actor, case: Case, sheet_id: int, detail: dict[str, Any],
         note: str | None = None) -> None:
    """A note of today about the sheet; `detail` says what happened to it."""
    _append(session, actor, case, "note", today(), sheet_id, detail, note)


def _append(session: Session, actor: Actor, case: Case, kind: str, on: date, sheet_id: int,
            detail: dict[str, Any], note: str | None = None) -> None:
    case.events.append(CaseEvent(kind=kind, happened_on=on, unit_id=case.unit_id, sheet_id=sheet_id,
                                 user_id=actor.user_id, detail=detail, note=note))
    session.flush()
