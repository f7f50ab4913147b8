"""Monthly returns: prepared from the records, submitted by the unit, approved or sent back by the one above it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service import audit
from service.access import RETURNS, Actor
from service.calendar import today
from service.database import now
from service.errors import Conflict, Invalid, NotFound
from service.models import MonthlyReturn, ReturnStep, Unit
from service.reports.deadlines import opens_on
from service.reports.frozen import freeze
from service.reports.papers import paper_checks
from service.reports.periods import Month
from service.reports.places import unit_ids_of

LONGEST_REMARK, LONGEST_REASON = 1000, 200
KINDS = ("township", "school")
"""Units that report; the bureau is reported to."""


def return_of(session: Session, unit_id: int, wanted: Month, *, lock: bool = False) -> MonthlyReturn | None:
    """The unit's return of the month, when somebody began it."""
    query = select(MonthlyReturn).where(MonthlyReturn.unit_id == unit_id, MonthlyReturn.month == wanted.first)
    return session.scalar(query.with_for_update() if lock else query)


def reporting_unit(session: Session, actor: Actor, unit_id: int) -> Unit:
    """The unit whose return is meant; raises NotFound when it is out of sight or does not report."""
    unit = session.get(Unit, unit_id)
    if unit is None or unit.kind not in KINDS or not actor.sees(unit_id):
        raise NotFound
    return unit


def may_submit(actor: Actor, unit: Unit) -> bool:
    """Whether it is the person's own unit's return."""
    return actor.role in KINDS and actor.unit_id == unit.id


def may_decide(actor: Actor, unit: Unit) -> bool:
    """Whether the person stands for the unit right above: township for its schools, bureau for the rest."""
    return actor.role in ("township", "bureau") and actor.unit_id == unit.parent_id


def submit(session: Session, actor: Actor, unit_id: int, wanted: Month, known: int, version: int,
           remark: str, deadline_day: int) -> MonthlyReturn:
    """Hand in the unit's return with its figures as known at event `known` (from `keeping.horizon`).

    Handing in once more what was just handed in gives the same return again. Raises NotFound, NotAllowed,
    Invalid, or Conflict when it stands differently from what the person saw.
    """
    actor.require(RETURNS)
    unit = reporting_unit(session, actor, unit_id)
    if not may_submit(actor, unit):
        raise Invalid("月报由本单位上报。", f"请由{unit.name}的账号上报。")
    if today() < opens_on(wanted, deadline_day):
        raise Invalid(f"{wanted.chinese}月报还没有开始上报。", f"请从 {opens_on(wanted, deadline_day)} 起上报。")
    remark = _words(remark, "说明", LONGEST_REMARK)
    found = return_of(session, unit_id, wanted, lock=True)
    if found and found.state == "submitted" and (found.submitted_by, found.version) == (actor.user_id, version + 1):
        return found  # the answer to the first request was lost on its way
    found = found or MonthlyReturn(unit_id=unit_id, month=wanted.first, state="draft", version=0)
    _check(found, version, ("draft", "returned"))
    if not remark and any(check.differs for check in paper_checks(session, actor, unit, wanted)):
        raise Invalid("纸表与系统的数字不一致，还没有说明。", "请在「说明」中写明原因，或先更正纸表、补录学生。")
    figures = freeze(session, actor, wanted, known, unit_ids_of(session, unit))
    found.state, found.version, found.figures, found.known_event = "submitted", version + 1, figures, known
    found.remark, found.reason, found.decided_by, found.decided_at = remark or None, "", None, None
    found.submitted_by, found.submitted_at = actor.user_id, now()
    found.first_submitted_at = found.first_submitted_at or found.submitted_at
    session.add(found)
    return _step(session, actor, found, "submitted", remark, figures)


def decide(session: Session, actor: Actor, unit_id: int, wanted: Month, version: int, approve: bool,
           reason: str = "") -> MonthlyReturn:
    """Approve a submitted return, or send it back with a reason; raises like `submit`."""
    actor.require(RETURNS)
    unit = reporting_unit(session, actor, unit_id)
    if not may_decide(actor, unit):
        raise Invalid("月报由上一级单位审核。", "请由上一级单位的账号办理。")
    found = return_of(session, unit_id, wanted, lock=True)
    if found is None:
        raise Conflict(f"{unit.name}还没有上报{wanted.chinese}月报。")
    reason = _words(reason, "退回原因", LONGEST_REASON)
    if not approve and not reason:
        raise Invalid("请填写「退回原因」。")
    _check(found, version, ("submitted",) if approve else ("submitted", "approved"))
    if not approve and found.state == "approved" and _approved_above(session, unit, wanted):
        raise Conflict("上一级的月报已审核通过，不能再退回。", "数字有误的，请登记更正，由教体局发布更正。")
    found.state, found.version = ("approved" if approve else "returned"), version + 1
    found.decided_by, found.decided_at, found.reason = actor.user_id, now(), "" if approve else reason
    return _step(session, actor, found, found.state, "" if approve else reason)


def recall(session: Session, actor: Actor, unit_id: int, wanted: Month, version: int) -> MonthlyReturn:
    """Take one's own return back before anybody decided on it; raises like `submit`."""
    actor.require(RETURNS)
    unit = reporting_unit(session, actor, unit_id)
    found = return_of(session, unit_id, wanted, lock=True)
    if not may_submit(actor, unit):
        raise Invalid("月报由本单位撤回。", f"请由{unit.name}的账号撤回。")
    if found is None:
        raise Conflict("还没有上报，不用撤回。")
    _check(found, version, ("submitted",))
    found.state, found.version = "draft", version + 1
    return _step(session, actor, found, "recalled", "")


def _check(found: MonthlyReturn, version: int, states: tuple[str, ...]) -> None:
    if found.version != version or found.state not in states:
        raise Conflict("这份月报刚刚有了变化，您的操作没有保存。", "请刷新后再看。")


def _approved_above(session: Session, unit: Unit, wanted: Month) -> bool:
    above = return_of(session, unit.parent_id or 0, wanted)
    return above is not None and above.state == "approved"


def _words(text: str, label: str, longest: int) -> str:
    text = "\n".join(line.strip() for line in text.strip().splitlines())
    if len(text) > longest:
        raise Invalid(f"「{label}」最多 {longest} 字。")
    return text


def _step(session: Session, actor: Actor, found: MonthlyReturn, act: str, remark: str,
          figures: dict[str, Any] | None = None) -> MonthlyReturn:
    session.flush()
    session.add(ReturnStep(return_id=found.id, act=act, user_id=actor.user_id, remark=remark or None,
                           figures=figures or {}, known_event=found.known_event if figures else 0))
    session.flush()
    audit.record(session, actor, f"return.{act}", "return", found.id, unit=found.unit_id, month=str(found.month)[:7])
    return found
