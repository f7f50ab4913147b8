"""Searches through all records, done by a worker when asked: one of a kind at a time, tried again when it dies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

import structlog
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from service.access import Actor
from service.alike import children, crosscheck
from service.errors import ShibiaoError
from service.installation import Installation
from service.jobs import clock
from service.models import Chore

MOST_TRIES = 3
_LEASE_SECONDS = 300.0
_log = structlog.get_logger("shibiao.chores")


def ask(session: Session, actor: Actor | None, kind: str) -> Chore:
    """Have the search done; one that waits already is the same one."""
    waiting = session.scalar(select(Chore).where(Chore.kind == kind, Chore.state == "waiting"))
    if waiting is None:
        waiting = Chore(kind=kind, user_id=actor.user_id if actor else None)
        session.add(waiting)
        session.flush()
    return waiting


def latest(session: Session, kind: str) -> Chore | None:
    """The last search of this kind."""
    return session.scalar(select(Chore).where(Chore.kind == kind).order_by(Chore.id.desc()).limit(1))


def work_on_chore(installation: Installation) -> bool:
    """Do one search that waits; False when none does."""
    claimed = _claim(installation)
    if claimed is None:
        return False
    chore_id, kind, fence = claimed
    try:
        WORK[kind](installation, chore_id, fence)
    except ShibiaoError as refused:
        _log.warning("chore put back", chore=chore_id, error=type(refused).__name__)
    except Exception as failed:  # noqa: BLE001  whatever the records do to a search is counted, not raised
        _log.error("chore failed", chore=chore_id, error=type(failed).__name__)
    return True


def _claim(installation: Installation) -> tuple[int, str, int] | None:
    with installation.database.read() as session:
        if session.scalar(select(Chore.id).where(Chore.state == "waiting").limit(1)) is None:
            return None
    with installation.database.write() as session:
        moment = clock(session)
        chore = session.scalar(select(Chore).where(
            Chore.state == "waiting", or_(Chore.lease_until.is_(None), Chore.lease_until < moment))
            .order_by(Chore.id).limit(1).with_for_update(skip_locked=True))
        if chore is None:
            return None
        if chore.fence >= MOST_TRIES:
            chore.state, chore.finished_at = "failed", moment
            return None
        chore.fence += 1
        chore.lease_until = moment + timedelta(seconds=_LEASE_SECONDS)
        return chore.id, chore.kind, chore.fence


def _finish(session: Session, chore_id: int, fence: int, summary: Mapping[str, int]) -> None:
    done = session.execute(update(Chore).where(Chore.id == chore_id, Chore.fence == fence, Chore.state == "waiting")
                           .values(state="done", finished_at=clock(session), summary=dict(summary)))
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise ShibiaoError("这次查找已由别的进程完成。")


def _duplicates(installation: Installation, chore_id: int, fence: int) -> None:
    with installation.database.read() as session:
        found = children.search(session)
    with installation.database.write() as session:
        _finish(session, chore_id, fence, children.keep_found(session, found))


def _crosscheck(installation: Installation, chore_id: int, fence: int) -> None:
    with installation.database.read() as session:
        found = crosscheck.search(session)
    with installation.database.write() as session:
        _finish(session, chore_id, fence, crosscheck.keep_found(session, found))


WORK: Mapping[str, Callable[[Installation, int, int], None]] = {"duplicates": _duplicates, "crosscheck": _crosscheck}
