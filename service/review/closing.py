"""How a sheet leaves review: signed off when nothing is open, sent back to the school, or set aside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from ocr.results import NOWHERE
from ocr.template import load_templates
from service import audit
from service.access import REVIEW, Actor
from service.database import now
from service.errors import Conflict, Invalid
from service.models import Reading, Sheet, SheetTwin
from service.models.filed import filed_as
from service.models.values import FORM_ROW, TOTAL_ROW
from service.review import second, sheets
from service.review.objections import unanswered
from service.review.sums import row_name
from service.review.values import Key, Standing, spec_of, standing
from service.review.wording import title

RETURN_REASONS = (
    "照片模糊，看不清字", "纸张没有拍全，缺边缺角", "反光或阴影遮住了字", "缺少学校公章", "缺少家长签字",
    "必填内容空着，请补填后重拍", "不是要求的表格",
)
SET_ASIDE_REASONS = ("空白表", "重复的表", "与控辍保学无关", "留待以后处理")
_LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that keeps a sheet from being signed off."""

    key: Key
    text: str


class Unfinished(Invalid):
    """A sheet that cannot be signed off yet; `gaps` says why."""

    code = "unfinished"
    advice = "请处理标出的各处，再签发。"

    def __init__(self, gaps: tuple[Gap, ...]) -> None:
        super().__init__(f"还有 {len(gaps)} 处没有核对完：" + "；".join(gap.text for gap in gaps[:3]))
        self.gaps = gaps


def gaps(held: Standing) -> tuple[Gap, ...]:
    """Everything that keeps the sheet from being signed off, fields first."""
    if held.template is None:
        return (Gap((FORM_ROW, ""), "还没有选定这是哪一种表"),)
    open_fields = [Gap(key, f"{_name(held, key)}还没有核对") for key in held.waiting]
    blanks = [Gap(key, f"{_name(held, key)}必须填写，原件没有的请按“原件空缺”")
              for key in held.values if _is_unsaid_blank(held, key)]
    if not any(value.filed or value.decision or value.needs_person for value in held.values.values()):
        return (Gap((FORM_ROW, ""), "还没有填写任何内容"),)
    against = [Gap(objection.fields[0], objection.text) for objection in unanswered(held)]
    return (*open_fields, *blanks, *against)


def close(session: Session, actor: Actor, sheet_id: int, version: int) -> Standing:
    """Sign the sheet off in the caller's transaction, which also files it; returns what stands on it.

    A sheet of which something must be read a second time first stays up for review, handed over to that.
    Raises Unfinished with the gaps left, Conflict when somebody else was faster.
    """
    sheet = sheets.advance(session, actor, sheet_id, version, state="signed", signed_by=actor.user_id,
                           signed_at=now(), claimed_by=None, claimed_until=None, uncertain=0)
    held = standing(session, sheet)
    left = gaps(held)
    if left:
        raise Unfinished(left)
    if second.ask(session, actor, held):
        sheet.state, sheet.signed_by, sheet.signed_at = "to_review", None, None
        _on_record(session, actor, held, "sheet.handed_on", template=sheet.template)
        return held
    _on_record(session, actor, held, "sheet.signed", template=sheet.template)
    return held


def return_to_school(session: Session, actor: Actor, sheet_id: int, version: int, reason: str,
                     shown: Key | None = None) -> Sheet:
    """Send the sheet back: the school sees why, and the piece of paper of the field `shown`.

    Raises Invalid without a reason.
    """
    sheet = _leave(session, actor, sheet_id, version, "returned", reason)
    sheet.return_box = _box_of(session, sheet_id, shown) if shown else None
    sheet.scan.retake_settled_at = None  # an earlier retake of the same file does not answer this wish
    return sheet


def set_aside(session: Session, actor: Actor, sheet_id: int, version: int, reason: str) -> Sheet:
    """Take the sheet out of the queue for a reason; it stays in the archive of scans."""
    return _leave(session, actor, sheet_id, version, "set_aside", reason)


def take_back(session: Session, actor: Actor, sheet_id: int) -> Sheet:
    """Put a returned or set aside sheet back into the queue. Raises Conflict for any other."""
    actor.require(REVIEW)
    sheet = sheets.find(session, actor, sheet_id)
    moved = session.execute(
        update(Sheet).where(Sheet.id == sheet_id, Sheet.state.in_(("returned", "set_aside")))
        .values(state="to_review", return_reason="", return_box=None, version=Sheet.version + 1)
        .execution_options(synchronize_session=False))
    session.refresh(sheet)
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("这张表不在已退回或已搁置之中。", "请刷新页面。")
    session.execute(update(SheetTwin).where(  # a copy after all not set aside is asked about again
        or_(SheetTwin.one_id == sheet_id, SheetTwin.other_id == sheet_id), SheetTwin.state == "same")
        .values(state="open", decided_by=None, decided_at=None))
    audit.record(session, actor, "sheet.taken_back", "sheet", sheet_id)
    return sheet


def choose_template(session: Session, actor: Actor, sheet_id: int, version: int, template: str) -> Sheet:
    """Say by hand which form the sheet is; its fields are then typed in beside the picture."""
    found = load_templates().get(template)
    if found is None:
        raise Invalid("没有这种表格。")
    _refuse_if_filed(session, sheet_id)
    sheet = sheets.advance(session, actor, sheet_id, version, template=found.id,
                           template_version=found.version, template_confidence=1.0)
    held = standing(session, sheet)
    sheet.uncertain = len(held.waiting)
    _on_record(session, actor, held, "sheet.template_chosen", template=found.id)
    return sheet


def _leave(session: Session, actor: Actor, sheet_id: int, version: int, state: str, reason: str) -> Sheet:
    reason = " ".join(reason.split())
    if not reason or len(reason) > _LONGEST_REASON:
        raise Invalid("请写明原因。", f"原因不超过 {_LONGEST_REASON} 个字。")
    _refuse_if_filed(session, sheet_id)
    sheet = sheets.advance(session, actor, sheet_id, version, state=state, return_reason=reason,
                           claimed_by=None, claimed_until=None)
    _on_record(session, actor, standing(session, sheet), f"sheet.{state}")
    return sheet


def _box_of(session: Session, sheet_id: int, key: Key) -> list[float] | None:
    """Where a field was read on the paper, None when it has no place there."""
    box = session.scalar(select(Reading.box).where(
        Reading.sheet_id == sheet_id, Reading.row == key[0], Reading.field == key[1]))
    return list(box) if box and tuple(box) != NOWHERE else None


def _refuse_if_filed(session: Session, sheet_id: int) -> None:
    """A sheet opened again after its sign-off still counts: it is corrected, or withdrawn by the bureau."""
    if filed_as(session, sheet_id):
        raise Conflict("这张表已经入档，不能退回、搁置或改换种类。", "请改正后再次签发，或由教体局撤回入档。")


def _on_record(session: Session, actor: Actor, held: Standing, action: str, **detail: Any) -> None:
    """Counts only: what was decided stands in the decisions themselves."""
    own = [decision for decision in held.history if decision.user_id == actor.user_id]
    audit.record(session, actor, action, "sheet", held.sheet.id, decisions=len(held.history), own=len(own),
                 keys=sum(decision.keys for decision in own), **detail)


def _is_unsaid_blank(held: Standing, key: Key) -> bool:
    """A required value that is missing without anybody having said that the paper is blank there."""
    row, field = key
    spec = spec_of(held.template, field)
    value = held.values[key]
    if spec is None or not spec.required or row == TOTAL_ROW or value.filed or value.decision:
        return False
    in_use = row == FORM_ROW or any(other.value for (r, _), other in held.values.items() if r == row)
    return in_use and not value.needs_person


def _name(held: Standing, key: Key) -> str:
    row, field = key
    spec = spec_of(held.template, field)
    name = title(spec) if spec else field
    return f"“{name}”" if row == FORM_ROW else f"“{row_name(held, row)}·{name}”"
