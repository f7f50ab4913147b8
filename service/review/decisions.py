"""What people say about fields: decisions are only added, each makes the sheet one version newer."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from service import calendar
from service.access import Actor
from service.errors import Conflict, Invalid
from service.models import Decision
from service.models.values import FORM_ROW
from service.reading import counted_month
from service.review import entry, objections, sheets
from service.review.values import (
    ALWAYS,
    CONFIRMATION,
    NO,
    YES,
    Standing,
    spec_of,
    stand,
    standing,
    transcribing,
)

KINDS = ("accepted", "corrected", "picked", "illegible", "image")
UNWRITTEN = ("illegible", "image")
"""Kinds of decisions that leave a field without a value."""
_MOST_ROWS = 200


def decide(session: Session, actor: Actor, sheet_id: int, version: int, row: int, field: str,
           kind: str, value: str, keys: int = 0) -> int:
    """Say what a field holds; returns the sheet's new version. See `decide_and_stand`."""
    return decide_and_stand(session, actor, sheet_id, version, row, field, kind, value, keys).sheet.version


def decide_and_stand(session: Session, actor: Actor, sheet_id: int, version: int, row: int, field: str,
                     kind: str, value: str, keys: int = 0, *, claims: bool = True) -> Standing:
    """Say what a field holds; returns what stands on the sheet after it.

    `value` is as typed and is normalised here; `field` may be a mark (yes / no) or, opened by `!`, a
    rule whose objection the paper bears out. `keys` counts the key presses it took. Raises Invalid
    for what cannot stand there, Conflict when somebody else was faster. `claims` as of `sheets.advance`.
    """
    sheet = sheets.advance(session, actor, sheet_id, version, claims=claims)
    before = standing(session, sheet)
    if kind not in KINDS:
        raise Invalid("不认识的处理方式。")
    value = _unwritten(before, row, field, kind) if kind in UNWRITTEN else _fitting(before, row, field, value)
    held = before.values.get((row, field))
    decision = Decision(
        sheet_id=sheet_id, reading_id=held.reading.id if held and held.reading else None,
        sheet_version=sheet.version, row=row, field=field, kind=_true_kind(before, row, field, kind, value),
        value=value, keys=max(0, min(keys, 9999)), user_id=actor.user_id)
    return _add(session, before, decision)


def undo(session: Session, actor: Actor, sheet_id: int, version: int,
         decision_id: int | None = None) -> Decision:
    """Take back a decision, the actor's latest unless told which; returns the one taken back.

    Raises Conflict when there is none or somebody else was faster.
    """
    return undo_and_stand(session, actor, sheet_id, version, decision_id)[0]


def undo_and_stand(session: Session, actor: Actor, sheet_id: int, version: int,
                   decision_id: int | None = None, *, claims: bool = True) -> tuple[Decision, Standing]:
    """As `undo`, with what stands on the sheet after it."""
    sheet = sheets.advance(session, actor, sheet_id, version, claims=claims)
    before = standing(session, sheet)
    found = _to_take_back(before, actor, decision_id)
    if found is None:
        raise Conflict("没有可以撤销的操作。", "")
    return found, _add(session, before, Decision(
        sheet_id=sheet_id, reading_id=found.reading_id, sheet_version=sheet.version, row=found.row,
        field=found.field, kind="undone", value="", undoes_id=found.id, user_id=actor.user_id))


def _to_take_back(before: Standing, actor: Actor, decision_id: int | None) -> Decision | None:
    gone = {decision.undoes_id for decision in before.history}
    for decision in reversed(before.history):
        meant = decision.id == decision_id if decision_id else decision.user_id == actor.user_id
        if meant and decision.kind != "undone" and decision.id not in gone:
            return decision
    return None


def _add(session: Session, before: Standing, decision: Decision) -> Standing:
    session.add(decision)
    session.flush()
    readings = [held.reading for held in before.values.values() if held.reading]
    after = stand(before.sheet, readings, (*before.history, decision), before.records)
    before.sheet.uncertain = len(after.waiting)
    month = counted_month(after.template, {name: held.value for (_, name), held in after.values.items()})
    before.sheet.counts_in = month or before.sheet.counts_in
    return after


def _unwritten(before: Standing, row: int, field: str, kind: str) -> str:
    """No value: nobody can read it, or the form lets this field stay a picture."""
    spec = spec_of(before.template, field)
    if kind == "image" and (spec is None or transcribing(spec) == ALWAYS or not _has_place(before, row, field)):
        raise Invalid("这一项要填写文字，不能只留图像。")
    return ""


def _fitting(before: Standing, row: int, field: str, value: str) -> str:
    """`value` as it will be kept; Invalid when the form has no such place or it does not fit there."""
    if field.startswith(CONFIRMATION):
        return _confirmed(before, row, field)
    if row == FORM_ROW and field in before.marks:
        if value not in (YES, NO):
            raise Invalid("请选择“有”或“没有”。")
        return value
    spec = spec_of(before.template, field)
    if spec is None or not _has_place(before, row, field):
        raise Invalid("这张表上没有这一项。")
    return entry.fitting(spec, value, _year_from(before))


def _has_place(before: Standing, row: int, field: str) -> bool:
    if before.template is not None and FORM_ROW < row <= _MOST_ROWS:  # a row of a table, perhaps a new one
        return any(spec.name == field for spec in before.template.columns)
    return (row, field) in before.values


def _confirmed(before: Standing, row: int, field: str) -> str:
    """The wording that is confirmed: with other values the rule would object in other words."""
    for objection in objections.objections(before):
        if (objection.row, objections.rule_field(objection)) == (row, field):
            if objection.binding:
                raise Invalid(f"{objection.text}，这样不能入档。", "请对照纸面更正；确是新单位的，请管理员先登记。")
            return objection.text
    raise Conflict("这条提示已经不在了。", "")


def _year_from(before: Standing) -> date:
    return calendar.local_date(before.sheet.created_at)


def _true_kind(before: Standing, row: int, field: str, kind: str, value: str) -> str:
    """Accepted, picked or corrected by comparing with what the machine read, whatever the screen says."""
    held = before.values.get((row, field))
    if kind in UNWRITTEN or held is None or held.reading is None:
        return kind
    if value == held.reading.value:
        return "accepted"
    return "picked" if value and value in [text for text, _ in held.reading.candidates] else "corrected"
