"""The sheets a person may work on: finding one in sight, changing it only in the version that was seen."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service.access import REVIEW, Actor, scoped
from service.database import now
from service.errors import Conflict, NotFound
from service.models import Sheet, SheetNote
from service.review.claims import claimable, until

STATE_WORDS = {"to_review": "待审核", "signed": "已入档", "returned": "退回重拍", "set_aside": "已搁置"}


def find(session: Session, actor: Actor, sheet_id: int) -> Sheet:
    """The sheet; raises NotFound when absent or out of the actor's sight."""
    sheet = session.scalar(scoped(select(Sheet).where(Sheet.id == sheet_id), Sheet.unit_id, actor))
    if sheet is None:
        raise NotFound
    return sheet


def advance(session: Session, actor: Actor, sheet_id: int, version: int, *, claims: bool = True,
            **changes: Any) -> Sheet:
    """The sheet, made one version newer with `changes`; working on it renews the actor's claim.

    `claims` False leaves the claim as it is: a touch in passing, with many sheets at once.
    Raises Conflict when it is no longer in `version` or no longer open for review: of two people
    who saw the same version, one gets through.
    """
    actor.require(REVIEW)
    sheet = find(session, actor, sheet_id)
    if claims and sheet.state == "to_review" and claimable(sheet, actor):
        changes = {"claimed_by": actor.user_id, "claimed_until": until(now()), **changes}
    moved = session.execute(
        update(Sheet).where(Sheet.id == sheet_id, Sheet.version == version, Sheet.state == "to_review")
        .values(version=version + 1, **changes).execution_options(synchronize_session=False))
    session.refresh(sheet)
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise _overtaken(sheet)
    if sheet.asked_of is not None:
        _take_up(session, actor, sheet)
    return sheet


def _take_up(session: Session, actor: Actor, sheet: Sheet) -> None:
    """Work on a sheet that waits for somebody ends the waiting; the colleague's own answers the question."""
    if sheet.asked_of == actor.user_id:
        session.execute(update(SheetNote).where(
            SheetNote.sheet_id == sheet.id, SheetNote.asked_of == actor.user_id, SheetNote.taken_up_at.is_(None))
            .values(taken_up_at=now()).execution_options(synchronize_session=False))
    sheet.asked_of = None


def _overtaken(sheet: Sheet) -> Conflict:
    if sheet.state != "to_review":
        return Conflict(f"这张表{STATE_WORDS[sheet.state]}，不能再改。", "请打开下一张。")
    return Conflict("别人刚刚修改了这张表。", "请对照两边的内容后再保存。")
