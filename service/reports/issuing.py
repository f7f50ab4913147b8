"""Issuing a month: its figures are frozen with what was known, and what comes later makes a numbered 更正."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, defer, joinedload

from service import access, audit
from service.access import Actor
from service.calendar import today
from service.database import now
from service.errors import Conflict, Invalid, NotFound
from service.models import IssuedReport
from service.reports.frozen import Frozen, freeze, thaw
from service.reports.periods import Month, month_with

LONGEST_REASON = 400
MOST_UNPACKED = 48
"""So many issues a process keeps unpacked: some years of a county."""


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue of a month; number 0 is the first, the others are its corrections."""

    month: Month
    number: int
    known_at: datetime
    known_event: int
    issuer: str
    reason: str

    @property
    def title(self) -> str:
        """What people call it: 首次下发, 更正1."""
        return f"更正{self.number}" if self.number else "首次下发"


def issues(session: Session, wanted: Month) -> tuple[Issue, ...]:
    """The month's issues, the first one first."""
    query = select(IssuedReport).where(IssuedReport.month == wanted.first).options(
        joinedload(IssuedReport.issuer), defer(IssuedReport.figures)).order_by(IssuedReport.number)
    return tuple(_issue(record) for record in session.scalars(query))


def latest(session: Session, wanted: Month) -> Issue | None:
    """The one that holds: the last correction, or the first issue."""
    found = issues(session, wanted)
    return found[-1] if found else None


def frozen_issue(session: Session, wanted: Month, number: int) -> tuple[Issue, Frozen]:
    """An issue with its figures; raises NotFound."""
    record = session.scalar(select(IssuedReport).where(
        IssuedReport.month == wanted.first, IssuedReport.number == number).options(
        joinedload(IssuedReport.issuer), defer(IssuedReport.figures)))
    if record is None:
        raise NotFound
    return _issue(record), _thawed(session, record)


def frozen_latest(session: Session, months: list[Month]) -> dict[Month, Frozen]:
    """The figures of the issue that holds, of each of the months that was issued."""
    query = select(IssuedReport).where(IssuedReport.month.in_([month.first for month in months])).options(
        defer(IssuedReport.figures))
    newest = {month_with(record.month): record for record in session.scalars(query.order_by(IssuedReport.number))}
    return {month: _thawed(session, record) for month, record in newest.items()}


def issue(session: Session, actor: Actor, wanted: Month, known: int, number: int, reason: str = "") -> Issue:
    """Issue the month for the first time (`number` 0), or its next correction, which needs a reason.

    `known` comes from `keeping.horizon`. Raises NotAllowed, Invalid, or Conflict when somebody was faster.
    """
    actor.require(access.ISSUE)
    reason = " ".join(reason.split())
    before = latest(session, wanted)
    if number != (before.number + 1 if before else 0):
        raise Conflict("这个月刚刚有人下发过。", "请刷新后查看最新一期。")
    if today() < wanted.last:
        raise Invalid(f"{wanted.chinese}还没有结束，不能下发。", f"请在 {wanted.last} 当天或以后下发。")
    if number and not reason:
        raise Invalid("请填写「更正原因」。")
    if len(reason) > LONGEST_REASON:
        raise Invalid(f"「更正原因」最多 {LONGEST_REASON} 字。")
    record = IssuedReport(month=wanted.first, number=number, issued_by=actor.user_id, known_at=now(),
                          known_event=known, reason=reason, figures=freeze(session, actor, wanted, known))
    try:
        with session.begin_nested():
            session.add(record)
    except IntegrityError:
        raise Conflict("这个月刚刚有人下发过。", "请刷新后查看最新一期。") from None
    audit.record(session, actor, "month.issued", "month", str(wanted), number=number, known_event=known)
    return _issue(record)


def _thawed(session: Session, record: IssuedReport) -> Frozen:
    """The record's figures, which never change: each process unpacks them once."""
    key = (str(session.get_bind().engine.url), record.id, record.known_at)
    found = _unpacked.get(key)
    if found is None:
        found = _unpacked[key] = thaw(record.figures)
        while len(_unpacked) > MOST_UNPACKED:
            _unpacked.pop(next(iter(_unpacked)), None)
    return found


_unpacked: dict[tuple[str, int, datetime], Frozen] = {}


def _issue(record: IssuedReport) -> Issue:
    issuer = record.issuer.name if record.issuer else ""
    return Issue(month_with(record.month), record.number, record.known_at, record.known_event, issuer, record.reason)
