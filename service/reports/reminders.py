"""What a person must do about monthly returns now, in a sentence each, with the page where it is done."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from service.access import RETURNS, Actor
from service.calendar import today
from service.reports.deadlines import opens_on
from service.reports.issuing import latest
from service.reports.periods import Month, this_month
from service.reports.reported import Reported, reported


@dataclass(frozen=True, slots=True)
class Reminder:
    """One thing to do; `tone` as screens colour it."""

    text: str
    path: str
    tone: str


def reminders(session: Session, actor: Actor, deadline_day: int) -> tuple[Reminder, ...]:
    """What waits for the person in last month's reporting, and in this month's once it has begun."""
    if not actor.may(RETURNS):
        return ()
    months = [this_month().shifted(-1)]
    if today() >= opens_on(this_month(), deadline_day):
        months.append(this_month())
    return tuple(reminder for wanted in months for reminder in _of_month(session, actor, wanted, deadline_day))


def _of_month(session: Session, actor: Actor, wanted: Month, deadline_day: int) -> list[Reminder]:
    standing = reported(session, actor, wanted, deadline_day)
    path, found = f"/reports/returns/{wanted}", [*_own(standing, actor)]
    if standing.to_decide:
        found.append(Reminder(f"{wanted.chinese}月报：{len(standing.to_decide)} 份等您审核", f"{path}?only=decide", ""))
    if actor.role == "bureau":
        overdue = [row for row in standing.missing if row.days_late]
        if overdue:
            words = f"{wanted.chinese}月报：{len(overdue)} 个单位逾期未报"
            found.append(Reminder(words, f"{path}?only=missing", "warn"))
        if latest(session, wanted) is None and today() > wanted.last:
            found.append(Reminder(f"{wanted.chinese}月报还没有下发", f"/reports/issues/{wanted}", ""))
    return found


def _own(standing: Reported, actor: Actor) -> list[Reminder]:
    own = standing.own(actor.unit_id)
    if own is None or own.is_in:
        return []
    path = f"/reports/returns/{standing.month}/units/{own.unit_id}"
    if own.state == "returned":
        return [Reminder(f"{standing.month.chinese}月报被退回：{own.reason}", path, "bad")]
    left = standing.days_left
    when = f"还有 {left} 天截止" if left > 0 else "今天截止" if left == 0 else f"已逾期 {-left} 天"
    return [Reminder(f"{standing.month.chinese}月报还没有上报，{when}", path, "warn" if left >= 0 else "bad")]
