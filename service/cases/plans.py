"""一校一案: a school's plan for a school year, handed in as a file or filled in on screen; the newest holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from service import audit
from service.access import CASE_EVENTS, FILES, Actor
from service.calendar import today
from service.cases.school_year import SchoolYear
from service.errors import Invalid, NotAllowed, NotFound
from service.models import Inspection, SchoolPlan, Unit
from service.storage import BlobStore, StoredBlob, TooManyBytes

SECTIONS: Mapping[str, str] = {
    "goal": "工作目标", "people": "组织机构与责任人", "situation": "学生底数与情况分析", "measures": "控辍保学措施",
    "pairing": "包保到人（一名学生一名责任人）", "supervision": "督导检查与考核",
}
LONGEST_SECTION = 4000
LONGEST_NOTE = 500
ITEMS: Mapping[str, str] = {
    "files": "一校一案、一人一档", "persuasion": "劝返记录", "returned": "已劝返学生的学习、生活和思想状况",
    "transfers": "《学校流动生情况登记表》", "home_teaching": "残疾学生送教上门", "guidance": "指导下一步工作",
}
"""The six items of supervision that the notice names (三、(三)1)."""
KINDS: Mapping[bytes, str] = {
    b"%PDF-": "application/pdf", b"PK\x03\x04": "application/zip", b"\xd0\xcf\x11\xe0": "application/msword",
    b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png",
}
"""By their first bytes: PDF, DOCX, DOC and pictures."""


def school(session: Session, actor: Actor, unit_id: int) -> Unit:
    """The school or central school, when the actor may see it; raises NotFound."""
    actor.require(FILES)
    unit = session.get(Unit, unit_id)
    if unit is None or unit.kind not in ("school", "township") or not actor.sees(unit_id):
        raise NotFound
    return unit


def plan_of(session: Session, unit_id: int, year: SchoolYear) -> SchoolPlan | None:
    """The plan that holds for the year."""
    return session.scalar(select(SchoolPlan).where(
        SchoolPlan.unit_id == unit_id, SchoolPlan.year == year.year).order_by(SchoolPlan.id.desc()).limit(1))


def write(session: Session, actor: Actor, unit_id: int, year: SchoolYear, texts: Mapping[str, str]) -> SchoolPlan:
    """The plan as filled in on screen."""
    _may_plan(session, actor, unit_id)
    sections = {name: texts.get(name, "").strip() for name in SECTIONS}
    if not any(sections.values()):
        raise Invalid("方案还是空的，没有保存。")
    if too_long := [SECTIONS[name] for name, text in sections.items() if len(text) > LONGEST_SECTION]:
        raise Invalid(f"「{too_long[0]}」最多 {LONGEST_SECTION} 字。")
    return _keep(session, actor, SchoolPlan(unit_id=unit_id, year=year.year, kind="written", sections=sections))


def receive(store: BlobStore, stream: BinaryIO, limit: int) -> tuple[StoredBlob, str]:
    """Store a plan's file; returns what was stored and its kind. Raises Invalid."""
    try:
        with store.draft(stream, limit) as draft:
            with draft.path.open("rb") as file:
                head = file.read(8)
            kind = next((kind for start, kind in KINDS.items() if head.startswith(start)), None)
            if kind is None:
                raise Invalid("只能上传 PDF、Word 文档或图片。", "请另存为 PDF 后再上传。")
            return store.keep(draft), kind
    except TooManyBytes:
        raise Invalid("文件太大，没有保存。") from None


def hand_in(session: Session, actor: Actor, unit_id: int, year: SchoolYear, name: str,
            stored: StoredBlob, kind: str) -> SchoolPlan:
    """The plan as a stored file."""
    _may_plan(session, actor, unit_id)
    return _keep(session, actor, SchoolPlan(
        unit_id=unit_id, year=year.year, kind="file", sha256=stored.sha256, size=stored.size,
        file_name=name[-255:] or "方案", media_type=kind))


def file_of(session: Session, actor: Actor, plan_id: int) -> SchoolPlan:
    """A plan that is a file, when the actor may see its school; the download is recorded. Raises NotFound."""
    actor.require(FILES)
    plan = session.get(SchoolPlan, plan_id)
    if plan is None or plan.sha256 is None or not actor.sees(plan.unit_id):
        raise NotFound
    audit.record(session, actor, "plan.downloaded", "plan", plan_id)
    return plan


def inspect(session: Session, actor: Actor, unit_id: int, item: str, on: date, text: str) -> Inspection:
    """Note what was seen or asked for at a school under one of the six items; not by the school itself."""
    actor.require(CASE_EVENTS)
    if actor.role == "school":
        raise NotAllowed("督导记录由乡镇中心校或教体局填写。")
    school(session, actor, unit_id)
    if item not in ITEMS or on > today():
        raise Invalid("请选择「督导项目」，「日期」不能晚于今天。")
    if not text.strip() or len(text) > LONGEST_NOTE:
        raise Invalid(f"请填写「督导情况」，不超过 {LONGEST_NOTE} 字。")
    noted = Inspection(unit_id=unit_id, item=item, inspected_on=on, text=text.strip(), user_id=actor.user_id)
    session.add(noted)
    session.flush()
    audit.record(session, actor, "school.inspected", "unit", unit_id, item=item)
    return noted


def _may_plan(session: Session, actor: Actor, unit_id: int) -> None:
    actor.require(CASE_EVENTS)
    school(session, actor, unit_id)


def _keep(session: Session, actor: Actor, plan: SchoolPlan) -> SchoolPlan:
    plan.user_id = actor.user_id
    session.add(plan)
    session.flush()
    audit.record(session, actor, "plan.saved", "plan", plan.id, unit=plan.unit_id, kind=plan.kind)
    return plan
