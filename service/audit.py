"""The record of who did what: append-only rows, each hash covering the row before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.access import Actor
from service.database import now
from service.models import AuditEvent

_GENESIS = "0" * 64
_CHAIN_LOCK = 0x5B1A0


def record(session: Session, actor: Actor | None, action: str, object_type: str, object_id: object,
           **detail: Any) -> None:
    """Append an event in the caller's transaction; `actor` None is the system itself.

    `detail` must carry no personal data: ids, counts, names of fields, never values.
    """
    _queue_up(session)
    last = session.scalar(select(AuditEvent.hash).order_by(AuditEvent.id.desc()).limit(1))
    event = AuditEvent(
        at=now(), user_id=actor.user_id if actor else None, action=action, object_type=object_type,
        object_id=str(object_id), detail=detail, address=actor.address if actor else "",
        previous_hash=last or _GENESIS, hash="",
    )
    event.hash = _digest(event)
    session.add(event)
    session.flush()


def verify(session: Session) -> int | None:
    """The id of the first event whose hash does not fit, or None when the whole chain holds."""
    previous = _GENESIS
    for event in session.scalars(select(AuditEvent).order_by(AuditEvent.id).execution_options(yield_per=500)):
        if event.previous_hash != previous or event.hash != _digest(event):
            return event.id
        previous = event.hash
    return None


def _queue_up(session: Session) -> None:
    """Let writers append one after the other, so that two events never share a predecessor.

    SQLite's write sessions already hold the only write lock; PostgreSQL needs one of its own.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_CHAIN_LOCK)))


def _digest(event: AuditEvent) -> str:
    body: Mapping[str, Any] = {
        "at": event.at.isoformat(), "user": event.user_id, "action": event.action,
        "type": event.object_type, "id": event.object_id, "detail": event.detail,
        "address": event.address, "previous": event.previous_hash,
    }
    return hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
