"""The review screens: the queue, the sheet beside its fields, and what their scripts send."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, TypeVar

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field, ValidationError
from sqlalchemy.orm import Session

from ocr.template import load_templates
from service import access, cases, review
from service.errors import Conflict, Invalid
from service.models import Sheet
from service.review.closing import RETURN_REASONS, SET_ASIDE_REASONS
from service.review.decisions import decide_and_stand, undo_and_stand
from service.review.desk import DeskView, key_text, lay_out
from service.review.queue import PAGE, UNRECOGNISED
from service.review.sheets import STATE_WORDS
from service.review.values import Key, Standing
from service.web.context import actor, installation, requires
from service.web.errors import status_of

blueprint = Blueprint("review", __name__)
Model = TypeVar("Model", bound=BaseModel)
Changed = tuple[Standing, Key]
"""What stands on a sheet after a change, and the field that was touched."""


class Change(BaseModel):
    """What a script sends with every change: the version its screen shows."""

    version: int = Field(ge=0)


class DecisionChange(Change):
    """One decision on one field."""

    row: int = Field(ge=-1, le=999)
    field: str = Field(min_length=1, max_length=60)
    kind: str = Field("accepted", max_length=20)
    value: str = Field("", max_length=4000)
    keys: int = Field(0, ge=0, le=9999)


class UndoChange(Change):
    """Take back one's latest decision, or the one named."""

    decision: int | None = None


class LeaveChange(Change):
    """Send the sheet back or set it aside, with the reason."""

    reason: str = Field(max_length=400)


class TemplateChange(Change):
    """Say which form the sheet is."""

    template: str = Field(max_length=40)


@blueprint.get("/review")
@requires(access.REVIEW)
def queue() -> ResponseReturnValue:
    """The sheets waiting, with filters."""
    filters, page = _filters(), request.args.get("page", 1, type=int)
    with installation().database.read() as session:
        rows = review.listing(session, actor(), filters, page)
        counts = review.counts(session, actor())
    return render_template(
        "review/queue.html", rows=rows, counts=counts, filters=filters, page=page, templates=load_templates(),
        state_words=STATE_WORDS, unrecognised=UNRECOGNISED, has_more=len(rows) == PAGE)


@blueprint.get("/review/next")
@requires(access.REVIEW)
def start_next() -> ResponseReturnValue:
    """Open the next sheet, or say that none is left."""
    with installation().database.write() as session:
        found = review.claim_next(session, actor(), _filters(), request.args.get("after", type=int))
    if found is None:
        return redirect(url_for("review.queue", done=1))
    return redirect(url_for("review.desk", sheet_id=found, **_passed_on()))


@blueprint.post("/review/next")
@requires(access.REVIEW)
def claim_next() -> ResponseReturnValue:
    """Claim the next sheet so that the screen can load it before it is wanted."""
    with installation().database.write() as session:
        found = review.claim_next(session, actor(), _filters(), request.args.get("after", type=int))
    return {"id": found, "path": found and url_for("review.desk", sheet_id=found, **_passed_on())}


@blueprint.get("/review/<int:sheet_id>")
@requires(access.REVIEW)
def desk(sheet_id: int) -> ResponseReturnValue:
    """The sheet beside its fields; opening claims it when nobody else holds it."""
    with installation().database.write() as session:
        sheet = review.open_for_review(session, actor(), sheet_id, take_over="take_over" in request.args)
        view = _view(session, sheet)
        return render_template(
            "review/desk.html", desk=view, sheet=sheet, unit=sheet.unit, scan=sheet.scan,
            holder=review.holder(session, actor(), sheet), templates=load_templates(), passed_on=_passed_on(),
            state_words=STATE_WORDS, return_reasons=RETURN_REASONS, set_aside_reasons=SET_ASIDE_REASONS)


@blueprint.post("/review/<int:sheet_id>/decisions")
@requires(access.REVIEW)
def decide(sheet_id: int) -> ResponseReturnValue:
    """Save one decision; 409 with the sheet as it stands when somebody else was faster."""
    change = parsed(DecisionChange)

    def work(session: Session) -> Changed:
        held = decide_and_stand(session, actor(), sheet_id, change.version, change.row, change.field,
                                change.kind, change.value, change.keys)
        return held, (change.row, change.field)
    return _changed(sheet_id, work)


@blueprint.post("/review/<int:sheet_id>/undo")
@requires(access.REVIEW)
def undo(sheet_id: int) -> ResponseReturnValue:
    """Take a decision back."""
    change = parsed(UndoChange)

    def work(session: Session) -> Changed:
        gone, held = undo_and_stand(session, actor(), sheet_id, change.version, change.decision)
        return held, (gone.row, gone.field)
    return _changed(sheet_id, work)


@blueprint.post("/review/<int:sheet_id>/template")
@requires(access.REVIEW)
def choose_template(sheet_id: int) -> ResponseReturnValue:
    """Say by hand which form the sheet is."""
    change = parsed(TemplateChange)

    with installation().database.write() as session:
        review.choose_template(session, actor(), sheet_id, change.version, change.template)
    return {"template": change.template}


@blueprint.post("/review/<int:sheet_id>/sign-off")
@requires(access.REVIEW)
def sign_off(sheet_id: int) -> ResponseReturnValue:
    """Sign off and file in one transaction; 422 with the gaps when something is still open."""
    change = parsed(Change)
    try:
        with installation().database.write() as session:
            cases.sign_off(session, actor(), sheet_id, change.version)
    except review.Unfinished as error:
        return _refusal(error, gaps=[{"key": f"{gap.key[0]}.{gap.key[1]}", "text": gap.text}
                                     for gap in error.gaps])
    except Conflict as error:
        return _refusal(error, desk=_standing_now(sheet_id))
    return {"state": "signed"}


@blueprint.post("/review/<int:sheet_id>/return")
@requires(access.REVIEW)
def return_to_school(sheet_id: int) -> ResponseReturnValue:
    """Send the sheet back to the school with what to take again."""
    change = parsed(LeaveChange)
    with installation().database.write() as session:
        review.return_to_school(session, actor(), sheet_id, change.version, change.reason)
    return {"state": "returned"}


@blueprint.post("/review/<int:sheet_id>/set-aside")
@requires(access.REVIEW)
def set_aside(sheet_id: int) -> ResponseReturnValue:
    """Take the sheet out of the queue."""
    change = parsed(LeaveChange)
    with installation().database.write() as session:
        review.set_aside(session, actor(), sheet_id, change.version, change.reason)
    return {"state": "set_aside"}


@blueprint.post("/review/<int:sheet_id>/take-back")
@requires(access.REVIEW)
def take_back(sheet_id: int) -> ResponseReturnValue:
    """Put a returned or set aside sheet back into the queue."""
    with installation().database.write() as session:
        review.take_back(session, actor(), sheet_id)
    return redirect(url_for("review.desk", sheet_id=sheet_id))


@blueprint.post("/review/<int:sheet_id>/release")
@requires(access.REVIEW)
def release(sheet_id: int) -> ResponseReturnValue:
    """Give a claimed sheet back; sent when the screen closes with the next sheet loaded in advance."""
    with installation().database.write() as session:
        review.release(session, actor(), sheet_id)
    return "", 204


def parsed(model: type[Model]) -> Model:
    """The request's JSON as `model`; Invalid when it does not fit."""
    try:
        return model.model_validate(request.get_json(silent=True) or {})
    except ValidationError as error:
        raise Invalid("提交的内容不完整或格式不对。") from error


def _changed(sheet_id: int, work: Callable[[Session], Changed]) -> ResponseReturnValue:
    """Only the field that was touched goes back whole, with what may have changed around it."""
    try:
        with installation().database.write() as session:
            held, key = work(session)
            view = lay_out(session, actor(), held)
    except Conflict as error:
        return _refusal(error, desk=_standing_now(sheet_id))
    return {
        "version": view.version, "waiting": view.waiting, "decisions": view.decisions,
        "objections": view.objections, "gaps": view.gaps, "marks": [asdict(mark) for mark in view.marks],
        "fields": [asdict(field) for field in view.fields if field.key == key_text(key)]}


def _standing_now(sheet_id: int) -> dict[str, Any]:
    with installation().database.read() as session:
        return _view(session, review.find(session, actor(), sheet_id)).to_json()


def _view(session: Session, sheet: Sheet) -> DeskView:
    return lay_out(session, actor(), review.standing(session, sheet))


def _refusal(error: Conflict | Invalid, **more: Any) -> ResponseReturnValue:
    """The error as every JSON answer carries it, with what the screen needs to show it in place."""
    body = {"code": error.code, "message": error.message, "advice": error.advice}
    return {"error": body, **more}, status_of(error)


def _filters() -> review.Filters:
    state = request.args.get("state", "to_review")
    return review.Filters(state if state in STATE_WORDS else "to_review", request.args.get("template", ""),
                          request.args.get("unit", type=int))


def _passed_on() -> dict[str, Any]:
    """The queue's filters, carried from sheet to sheet."""
    return {name: request.args[name] for name in ("template", "unit") if request.args.get(name)}
