"""A signed sheet taken back by the bureau: opened again to be corrected, or out of the records for good."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from service import audit
from service.access import Actor
from service.calendar import today
from service.cases import agreements, due, lessons, paper_returns, persuasions, registers
from service.cases.doubts import raise_doubts
from service.cases.mistakes import close_as_mistaken, opened_only_by, tell
from service.errors import Conflict, Invalid, NotAllowed, NotFound
from service.models import HomeVisit, Persuasion, Sheet, TownshipCount
from service.models.filed import filed_as

_LONGEST_REASON = 200


def reopen(session: Session, actor: Actor, sheet_id: int, version: int, reason: str) -> Sheet:
    """Give a signed sheet back to review; what it filed stays in the figures until it is signed again.

    Only the bureau may, with a reason. Raises NotAllowed, NotFound, Invalid or Conflict.
    """
    reason = _checked(actor, reason)
    sheet = _move(session, sheet_id, version, ("signed",), state="to_review", signed_by=None, signed_at=None)
    visits = session.scalars(select(HomeVisit).where(HomeVisit.sheet_id == sheet_id))
    talks = session.scalars(select(Persuasion).where(Persuasion.sheet_id == sheet_id))
    for filed in (*visits, *talks):
        tell(session, actor, filed.case, sheet_id, {"reopened": True}, reason)
    audit.record(session, actor, "sheet.reopened", "sheet", sheet_id)
    return sheet


def withdraw(session: Session, actor: Actor, sheet_id: int, version: int, reason: str) -> Sheet:
    """Take what a sheet filed out of the records and set the sheet aside: a duplicate, a wrong paper.

    Its readings and decisions stay, and the case keeps a note; a case that this sheet alone had opened is
    closed as a mistake. Only the bureau may, with a reason.
    """
    reason = _checked(actor, reason)
    sheet = _move(session, sheet_id, version, ("signed", "to_review"), state="set_aside",
                  return_reason=reason, claimed_by=None, claimed_until=None)
    filed = filed_as(session, sheet_id)
    if not filed:
        raise Conflict("这张表没有入档，不用撤回。", "请在核对页面将它搁置或退回。")
    TAKEN_OUT[filed](session, actor, sheet, reason)
    session.flush()
    audit.record(session, actor, "sheet.withdrawn", "sheet", sheet_id)
    return sheet


def _visits(session: Session, actor: Actor, sheet: Sheet, reason: str) -> None:
    for visit in session.scalars(select(HomeVisit).where(HomeVisit.sheet_id == sheet.id)):
        _take_out(session, actor, visit, reason)


def _counts(session: Session, actor: Actor, sheet: Sheet, reason: str) -> None:
    session.execute(delete(TownshipCount).where(TownshipCount.sheet_id == sheet.id))


TAKEN_OUT: Mapping[str, Callable[[Session, Actor, Sheet, str], None]] = {
    "visit": _visits, "count": _counts, "persuasion": persuasions.take_out, "lesson": lessons.take_out,
    "agreement": agreements.take_out, "transfer": registers.take_out, "return": paper_returns.take_out,
}
"""How each kind of record leaves the records again."""


def _take_out(session: Session, actor: Actor, visit: HomeVisit, reason: str) -> None:
    case, sheet_id = visit.case, visit.sheet_id
    session.delete(visit)
    tell(session, actor, case, sheet_id, {"withdrawn": True}, reason)
    if opened_only_by(case, sheet_id):
        close_as_mistaken(session, actor, case, sheet_id)
    else:
        raise_doubts(session, actor, case, sheet_id, today(), [("visit_withdrawn", None)])
        due.renew(session, case)


def _checked(actor: Actor, reason: str) -> str:
    if actor.role != "bureau":
        raise NotAllowed
    reason = " ".join(reason.split())
    if not reason or len(reason) > _LONGEST_REASON:
        raise Invalid("请填写「理由」。", f"理由不超过 {_LONGEST_REASON} 个字。")
    return reason


def _move(session: Session, sheet_id: int, version: int, states: tuple[str, ...], **changes: Any) -> Sheet:
    sheet = session.get(Sheet, sheet_id)
    if sheet is None:
        raise NotFound
    changed = session.scalar(
        update(Sheet).where(Sheet.id == sheet_id, Sheet.version == version, Sheet.state.in_(states))
        .values(version=version + 1, **changes).returning(Sheet.id)
        .execution_options(synchronize_session=False))
    if changed is None:
        raise Conflict("这张表刚刚有了变化，操作没有保存。", "请刷新后再看。")
    session.refresh(sheet)
    return sheet
