"""Working on lists under a claim: look at the file, check it, store it; killed at any moment it leaves nothing."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import ColumnElement, and_, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service import audit
from service.access import actor_for
from service.errors import Conflict, ShibiaoError, StorageFull, Unavailable
from service.installation import Installation
from service.jobs import clock
from service.lists.check import check
from service.lists.looking import look_at
from service.lists.receiving import opened
from service.lists.storing import Prepared
from service.lists.summary import changes_of, problem_rows, summary_of
from service.lists.table import Sheet, UnreadableList, read_table
from service.models import Chore, ListImport, ListProblem, User
from service.models.lists import WORKED_ON

MOST_ATTEMPTS = 4
"""Claims of one step, dying workers included, after which a list is failed and a person is told."""
_TELL_SECONDS = 0.7
_GAVE_UP = "系统多次尝试仍未能处理这份名单，名单没有入库。请重新上传，仍然不行请联系管理员。"

_log = structlog.get_logger("shibiao.lists")


class LostList(Exception):
    """The list was given to another worker, or thrown away, meanwhile."""


@dataclass(frozen=True, slots=True)
class Held:
    """The right to work on one step of a list until the lease runs out."""

    import_id: int
    state: str
    fence: int


def work_on_list(installation: Installation, import_id: int | None = None) -> bool:
    """Claim one list and do its next step; False when none waits. Every outcome is recorded."""
    held = _claim(installation, import_id)
    if held is None:
        return False
    try:
        STEPS[held.state](installation, held, _Teller(installation, held))
    except LostList:
        _log.warning("list lost", import_id=held.import_id, fence=held.fence)
    except UnreadableList as wrong:
        _settle(installation, held, state="failed", problem=wrong.message + wrong.advice)
    except Conflict as refused:
        _settle(installation, held, state="to_confirm", problem=refused.message + refused.advice)
    except (Unavailable, StorageFull, IntegrityError) as refused:
        _log.warning("list put back", import_id=held.import_id, error=type(refused).__name__)
        _put_back(installation, held)
    except Exception as failed:  # noqa: BLE001  whatever a list does to its reader is counted, not raised
        _log.error("list failed", import_id=held.import_id, error=_where(failed))
        _put_back(installation, held)
    return True


def waiting(session: Session) -> list[int]:
    """The lists that wait for a worker, for hinting at them again."""
    return list(session.scalars(select(ListImport.id).where(_is_due(clock(session)))))


class _Teller:
    """Writes how far a step is, not too often, and lengthens the lease with it."""

    def __init__(self, installation: Installation, held: Held) -> None:
        self._installation, self._held, self._told = installation, held, 0.0

    def __call__(self, progress: int, stage: str, *, now: bool = False) -> None:
        if not now and time.monotonic() - self._told < _TELL_SECONDS:
            return
        self._told = time.monotonic()
        lease = self._installation.settings.lease_seconds
        with self._installation.database.write() as session:
            _change(session, self._held, progress=progress, stage=stage,
                    lease_until=clock(session) + timedelta(seconds=lease))


def _look(installation: Installation, held: Held, tell: _Teller) -> None:
    told, sheets = _opened(installation, held, tell)
    look, mapping = look_at(sheets, told.kind)
    with installation.database.write() as session:
        _change(session, held, state="to_map", look=look, mapping=mapping, **_IDLE)


def _check(installation: Installation, held: Held, tell: _Teller) -> None:
    told, sheets = _opened(installation, held, tell)
    with installation.database.read() as session:
        actor = actor_for(session, session.get_one(User, told.uploaded_by))
        checked = check(session, actor, told, _mapped(sheets, told), tell)
        changes = changes_of(session, told.kind, checked.comparison)
    tell(90, "记下问题", now=True)
    look = {**told.look, "changes": changes}
    with installation.database.write() as session:
        _change(session, held, state="to_confirm", summary=summary_of(checked), look=look, **_IDLE)
        session.execute(delete(ListProblem).where(ListProblem.import_id == held.import_id))
        rows = problem_rows(held.import_id, checked)
        if rows:
            session.execute(insert(ListProblem), rows)


def _store(installation: Installation, held: Held, tell: _Teller) -> None:
    told, sheets = _opened(installation, held, tell)
    with installation.database.read() as session:
        actor = actor_for(session, session.get_one(User, told.uploaded_by))
        checked = check(session, actor, told, _mapped(sheets, told), tell)
        tell(85, "加密", now=True)
        prepared = Prepared(session, told, checked.comparison)
    tell(95, "入库", now=True)
    with installation.database.write() as session:
        summary = summary_of(checked) | {"other_names": len(prepared.children.other_names),
                                         "children": len(prepared.children.fresh)}
        _change(session, held, state="stored", summary=summary, stored_at=clock(session), **_IDLE)
        prepared.write(session, told)
        if prepared.children.fresh:
            session.add(Chore(kind="duplicates", user_id=actor.user_id))  # the new ones may be known by another name
        audit.record(session, actor, "list.stored", "list", told.id, kind=told.kind,
                     **{name: summary[name] for name in ("added", "changed", "gone", "wrong", "children")})


def _opened(installation: Installation, held: Held, tell: _Teller) -> tuple[ListImport, list[Sheet]]:
    tell(2, "读取文件", now=True)
    with installation.database.read() as session:
        told = session.get_one(ListImport, held.import_id)
    sheets = read_table(opened(installation, told))
    tell(8, "读取文件", now=True)
    return told, sheets


def _mapped(sheets: list[Sheet], told: ListImport) -> Sheet:
    number = int(told.mapping.get("sheet", 0))
    return sheets[number if number < len(sheets) else 0]


def _claim(installation: Installation, import_id: int | None) -> Held | None:
    with installation.database.read() as session:
        if session.scalar(_due(clock(session), import_id)) is None:
            return None
    with installation.database.write() as session:
        told = session.scalar(_due(clock(session), import_id).with_for_update(skip_locked=True))
        if told is None:
            return None
        if told.attempts >= MOST_ATTEMPTS:
            told.state, told.problem, told.lease_until = "failed", _GAVE_UP, None
            audit.record(session, None, "list.failed", "list", told.id)
            return None
        told.attempts, told.fence = told.attempts + 1, told.fence + 1
        told.lease_until = clock(session) + timedelta(seconds=installation.settings.lease_seconds)
        return Held(told.id, told.state, told.fence)


def _due(moment: datetime, import_id: int | None) -> Any:
    query = select(ListImport).where(_is_due(moment)).order_by(ListImport.id).limit(1)
    return query if import_id is None else query.where(ListImport.id == import_id)


def _is_due(moment: datetime) -> ColumnElement[bool]:
    return and_(ListImport.state.in_(WORKED_ON),
                or_(ListImport.lease_until.is_(None), ListImport.lease_until < moment))


def _change(session: Session, held: Held, **values: Any) -> None:
    """Change the list while it is still ours; raises LostList, which undoes the transaction."""
    done = session.execute(update(ListImport).where(
        ListImport.id == held.import_id, ListImport.fence == held.fence, ListImport.state == held.state)
        .values(**values).execution_options(synchronize_session=False))
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise LostList


def _settle(installation: Installation, held: Held, **values: Any) -> None:
    try:
        with installation.database.write() as session:
            _change(session, held, **values, **_IDLE)
    except LostList:
        _log.warning("list lost", import_id=held.import_id, fence=held.fence)


def _put_back(installation: Installation, held: Held) -> None:
    """Let the step be tried again after a while; the number of tries is limited."""
    try:
        with installation.database.write() as session:
            _change(session, held, progress=0, stage="稍后再试",
                    lease_until=clock(session) + timedelta(seconds=installation.settings.retry_seconds))
    except (LostList, ShibiaoError) as refused:  # the lease ends by itself
        _log.warning("list not put back", import_id=held.import_id, error=type(refused).__name__)


def _where(failed: Exception) -> str:
    """The error's class and place, never its text: that may quote the list."""
    frames = traceback.extract_tb(failed.__traceback__)
    return f"{type(failed).__name__} at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"


_IDLE: Mapping[str, Any] = {"lease_until": None, "attempts": 0, "progress": 0, "stage": ""}
STEPS: Mapping[str, Callable[[Installation, Held, _Teller], None]] = {
    "to_look": _look, "to_check": _check, "to_store": _store,
}
