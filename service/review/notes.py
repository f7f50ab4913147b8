"""What reviewers leave beside a sheet for each other: why it was skipped, and questions to a colleague."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from service import audit
from service.access import PERMISSIONS, REVIEW, Actor
from service.errors import Invalid
from service.models import Sheet, SheetNote, User
from service.review import claims, sheets

SKIP_REASONS = ("字迹看不清，换个人看看", "要先问学校", "内容有疑问，晚些再看", "一时定不了，先做别的")
_LONGEST = 300
_REVIEWERS = tuple(role for role, permissions in PERMISSIONS.items() if REVIEW in permissions)


@dataclass(frozen=True, slots=True)
class NoteView:
    """A note as both sides see it: who wrote it, to whom ("" for a skip), and when it was taken up."""

    kind: str
    by: str
    to: str
    text: str
    at: datetime
    taken_up_at: datetime | None
    is_mine: bool
    is_for_me: bool


def skip(session: Session, actor: Actor, sheet_id: int, reason: str) -> None:
    """Leave a sheet for later or for somebody else, with the reason if one was given."""
    actor.require(REVIEW)
    sheet = sheets.find(session, actor, sheet_id)
    reason = _fitting(reason)
    if reason:
        session.add(SheetNote(sheet_id=sheet.id, kind="skipped", user_id=actor.user_id, text=reason))
    audit.record(session, actor, "sheet.skipped", "sheet", sheet_id)
    claims.release(session, actor, sheet_id)


def ask(session: Session, actor: Actor, sheet_id: int, version: int, colleague_id: int, text: str) -> Sheet:
    """Put the sheet before a colleague with a question; nobody else is given it until they take it up.

    Raises Invalid without a question or for somebody who does not review, Conflict on a stale version.
    """
    actor.require(REVIEW)
    sheets.find(session, actor, sheet_id)
    text = _fitting(text)
    if not text:
        raise Invalid("请写明要问什么。")
    if colleague_id not in {other for other, _ in colleagues(session, actor)}:
        raise Invalid("不能请教这个人。", "请选择名单里的审核员。")
    sheet = sheets.advance(session, actor, sheet_id, version)
    sheet.asked_of, sheet.claimed_by, sheet.claimed_until = colleague_id, None, None
    session.add(SheetNote(sheet_id=sheet_id, kind="asked", user_id=actor.user_id, asked_of=colleague_id, text=text))
    audit.record(session, actor, "sheet.asked", "sheet", sheet_id, of=colleague_id)
    return sheet


def colleagues(session: Session, actor: Actor) -> list[tuple[int, str]]:
    """The others who review, to be asked: id and name."""
    query = select(User.id, User.name).where(
        User.role.in_(_REVIEWERS), User.disabled_at.is_(None), User.id != actor.user_id)
    return [(row[0], row[1]) for row in session.execute(query.order_by(User.name, User.id))]


def notes_of(session: Session, actor: Actor, sheet: Sheet) -> tuple[NoteView, ...]:
    """The notes beside a sheet, oldest first."""
    found = session.scalars(
        select(SheetNote).where(SheetNote.sheet_id == sheet.id).order_by(SheetNote.id)
        .options(joinedload(SheetNote.user), joinedload(SheetNote.colleague)))
    return tuple(NoteView(note.kind, note.user.name, note.colleague.name if note.colleague else "", note.text,
                          note.created_at, note.taken_up_at, note.user_id == actor.user_id,
                          note.asked_of == actor.user_id) for note in found)


def _fitting(text: str) -> str:
    text = " ".join(text.split())
    if len(text) > _LONGEST:
        raise Invalid(f"内容太长：最多 {_LONGEST} 个字。")
    return text
