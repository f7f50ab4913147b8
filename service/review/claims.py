"""Who is working on which sheet: a claim lasts 15 minutes and is renewed by every save."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from service import audit
from service.access import REVIEW, Actor, scoped
from service.database import now
from service.errors import NotFound
from service.models import AuditEvent, Sheet, User

CLAIM = timedelta(minutes=15)
SAME_LOOK = timedelta(minutes=30)


def until(moment: datetime) -> datetime:
    """When a claim made at `moment` ends."""
    return moment + CLAIM


def claimable(sheet: Sheet, actor: Actor) -> bool:
    """Whether the actor's work on the sheet gets in nobody's way."""
    return (sheet.claimed_by in (None, actor.user_id)
            or sheet.claimed_until is None or sheet.claimed_until < now())


def is_free(actor: Actor) -> ColumnElement[bool]:
    """The condition that a sheet is nobody else's at the moment."""
    return or_(Sheet.claimed_by.is_(None), Sheet.claimed_by == actor.user_id,
               Sheet.claimed_until.is_(None), Sheet.claimed_until < now())


def open_for_review(session: Session, actor: Actor, sheet_id: int, take_over: bool = False) -> Sheet:
    """Open a sheet: claim it when free, or when `take_over`; each new opening goes on record.

    The sheet comes back even when somebody else holds it: `holder` says who.
    """
    actor.require(REVIEW)
    sheet = session.scalar(scoped(select(Sheet).where(Sheet.id == sheet_id), Sheet.unit_id, actor))
    if sheet is None:
        raise NotFound
    held = sheet.claimed_by == actor.user_id and not _expired(sheet)
    free = claimable(sheet, actor)
    if sheet.state == "to_review" and (free or take_over):
        sheet.claimed_by, sheet.claimed_until = actor.user_id, until(now())
    if not held:
        audit.record(session, actor, "sheet.opened", "sheet", sheet.id, state=sheet.state,
                     taken_over=take_over and not free)
    return sheet


def record_viewing(session: Session, actor: Actor, sheet: Sheet, dry: bool = False) -> bool:
    """Put on record that the actor looked at the picture of a sheet; whether it already was.

    A look within the last half hour, or the review the actor is at, is the same look. `dry` only asks.
    """
    if sheet.claimed_by == actor.user_id and not _expired(sheet):
        return True
    seen = session.scalar(select(AuditEvent.id).where(
        AuditEvent.object_type == "sheet", AuditEvent.object_id == str(sheet.id),
        AuditEvent.user_id == actor.user_id, AuditEvent.action.in_(("sheet.viewed", "sheet.opened")),
        AuditEvent.at > now() - SAME_LOOK).limit(1))
    if seen is None and not dry:
        audit.record(session, actor, "sheet.viewed", "sheet", sheet.id)
    return seen is not None


def holder(session: Session, actor: Actor, sheet: Sheet) -> str:
    """The name of the colleague who is working on the sheet, "" when none is."""
    if claimable(sheet, actor):
        return ""
    return session.scalar(select(User.name).where(User.id == sheet.claimed_by)) or ""


def release(session: Session, actor: Actor, sheet_id: int) -> None:
    """Give the sheet back unfinished; nothing happens when it is not the actor's."""
    sheet = session.scalar(scoped(select(Sheet).where(Sheet.id == sheet_id), Sheet.unit_id, actor))
    if sheet is None:
        raise NotFound
    session.execute(update(Sheet).where(Sheet.id == sheet_id, Sheet.claimed_by == actor.user_id)
                    .values(claimed_by=None, claimed_until=None)
                    .execution_options(synchronize_session=False))


def mine(actor: Actor) -> ColumnElement[bool]:
    """The condition that the actor holds a sheet now."""
    return and_(Sheet.claimed_by == actor.user_id, Sheet.claimed_until >= now())


def _expired(sheet: Sheet) -> bool:
    return sheet.claimed_until is None or sheet.claimed_until < now()
