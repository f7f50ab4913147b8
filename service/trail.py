"""The audit log for the eyes of the audit administrator: filtered, in words, and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from service import audit
from service.access import AUDIT, Actor
from service.database import Database
from service.models import AuditEvent, User

PAGE = 50
WORDS: Mapping[str, str] = {
    "login.done": "登录", "login.failed": "登录失败", "login.ended": "退出登录",
    "account.created": "新建账号", "account.changed": "修改账号", "account.disabled": "停用账号",
    "account.enabled": "启用账号", "password.reset": "重置密码", "password.changed": "修改密码",
    "token.issued": "签发令牌", "token.revoked": "吊销令牌",
    "unit.added": "新增单位", "unit.renamed": "单位改名",
    "unit.closed": "停用单位", "unit.opened": "启用单位",
    "scan.received": "上传文件", "scan.read": "识别完成",
    "scan.refused": "无法识别", "scan.failed": "识别失败",
    "scan.requeued": "重新识别", "scan.downloaded": "下载原件", "retake.settled": "处理重拍",
    "sheet.opened": "打开审核", "wall.viewed": "并排核对", "sheet.viewed": "查看表格", "sheet.signed": "审核签字",
    "calibration.refitted": "校准识别", "training.exported": "导出训练样本",
    "sheet.handed_on": "转复核录入", "second.shown": "复核录入", "second.closed": "复核完毕",
    "second.drawn": "抽样复核",
    "sheet.skipped": "跳过", "sheet.asked": "请教同事",
    "sheet.returned": "退回重拍", "sheet.set_aside": "不予入档", "sheet.taken_back": "撤回退回",
    "sheet.reopened": "重新打开", "sheet.withdrawn": "撤回签字", "sheet.template_chosen": "改选表格类型",
    "student.added": "新建学生档案", "case.opened": "建立劝返个案", "visit.filed": "家访入档",
    "visit.corrected": "更正家访", "counts.filed": "统计表入档",
    "list.opened": "打开名单", "doubt.settled": "确认疑似同人",
    "value.revealed": "查看敏感信息", "audit.verified": "校验审计记录",
}
"""What the common actions are called; others show their code."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What to look for; empty means anything. `action` is an action or its first part, such as `scan`."""

    action: str = ""
    login: str = ""
    object_type: str = ""
    object_id: str = ""
    begin: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class EventLine:
    """One event; `who` is the account's name and login, empty for the system itself."""

    id: int
    at: datetime
    who: str
    action: str
    words: str
    object_type: str
    object_id: str
    detail: Mapping[str, Any]
    address: str
    hash: str


@dataclass(frozen=True, slots=True)
class EventPage:
    """One page of events, newest first."""

    lines: tuple[EventLine, ...]
    page: int
    pages: int
    total: int


def page(session: Session, actor: Actor, filters: Filters, number: int = 1) -> EventPage:
    """The events that fit `filters`."""
    actor.require(AUDIT)
    query = _filtered(select(AuditEvent), filters)
    total = session.scalar(_filtered(select(func.count(AuditEvent.id)), filters)) or 0
    pages = max(1, -(-total // PAGE))
    number = min(max(1, number), pages)
    found = session.scalars(query.options(joinedload(AuditEvent.user)).order_by(AuditEvent.id.desc())
                            .limit(PAGE).offset((number - 1) * PAGE))
    return EventPage(tuple(_line(event) for event in found), number, pages, total)


def actions(session: Session, actor: Actor) -> list[tuple[str, str]]:
    """The actions that ever happened, with their words."""
    actor.require(AUDIT)
    return [(code, WORDS.get(code, code)) for code in
            session.scalars(select(AuditEvent.action).distinct().order_by(AuditEvent.action))]


def verify(database: Database, actor: Actor) -> int | None:
    """Check the whole chain, then put that on record: the first event that does not fit, or None.

    Checking a long log takes a while and holds no writer up.
    """
    actor.require(AUDIT)
    with database.read() as session:
        broken = audit.verify(session)
    with database.write() as session:
        audit.record(session, actor, "audit.verified", "audit_event", broken or "", holds=broken is None)
    return broken


def _filtered(query: Select[Any], filters: Filters) -> Select[Any]:
    if filters.action:
        query = query.where(AuditEvent.action == filters.action)
    if filters.login:
        user = select(User.id).where(User.login == filters.login.strip().lower())
        query = query.where(AuditEvent.user_id.in_(user))
    if filters.object_type:
        query = query.where(AuditEvent.object_type == filters.object_type)
    if filters.object_id:
        query = query.where(AuditEvent.object_id == filters.object_id)
    if filters.begin:
        query = query.where(AuditEvent.at >= filters.begin)
    if filters.end:
        query = query.where(AuditEvent.at < filters.end)
    return query


def _line(event: AuditEvent) -> EventLine:
    who = f"{event.user.name}（{event.user.login}）" if event.user else ""
    return EventLine(event.id, event.at, who, event.action, WORDS.get(event.action, event.action),
                     event.object_type, event.object_id, event.detail, event.address, event.hash)
