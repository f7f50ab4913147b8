"""The review screens: the queue, the sheet beside its fields, and what their scripts send."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from ocr.template import load_templates
from service import access, cases, review
from service.cases import twins
from service.cases.last_known import last_known
from service.cases.twins import SamePaper
from service.errors import Conflict, Invalid
from service.models import Sheet
from service.review import catching_up, notes, second, stream
from service.review.closing import RETURN_REASONS, SET_ASIDE_REASONS
from service.review.decisions import decide_and_stand, undo_and_stand
from service.review.desk import DeskView, key_text, lay_out
from service.review.filters import UNRECOGNISED
from service.review.phrases import phrases
from service.review.queue import PAGE
from service.review.sheets import STATE_WORDS
from service.review.turn import ORDERS
from service.review.values import Key, Standing
from service.web.context import actor, installation, requires
from service.web.errors import status_of
from service.web.review_bodies import (
    CatchUpChange,
    Change,
    DecisionChange,
    LeaveChange,
    ReturnChange,
    SamePaperAnswer,
    TemplateChange,
    UndoChange,
    parsed,
)

blueprint = Blueprint("review", __name__)
Changed = tuple[Standing, Key]
"""What stands on a sheet after a change, and the field that was touched."""


@blueprint.get("/review")
@requires(access.REVIEW)
def queue() -> ResponseReturnValue:
    """The sheets waiting, with filters."""
    filters, page = _filters(), request.args.get("page", 1, type=int)
    with installation().database.read() as session:
        rows = review.listing(session, actor(), filters, page)
        counts = review.counts(session, actor())
        handed_on = second.handed_on(session, [row.id for row in rows])
        to_read = stream.left(session, actor())
    return render_template(
        "review/queue.html", handed_on=handed_on, to_read=to_read, rows=rows,
        counts=counts, filters=filters, page=page, templates=load_templates(),
        state_words=STATE_WORDS, unrecognised=UNRECOGNISED, orders=ORDERS, has_more=len(rows) == PAGE)


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
        held = review.standing(session, sheet)
        return render_template(
            "review/desk.html", desk=lay_out(session, actor(), held), sheet=sheet, unit=sheet.unit,
            scan=sheet.scan, known=_known(session, held), notes=notes.notes_of(session, actor(), sheet),
            colleagues=notes.colleagues(session, actor()), phrases=phrases(session, held.template),
            twins=[twin.to_json() for twin in twins.questions(session, sheet)],
            holder=review.holder(session, actor(), sheet), templates=load_templates(), passed_on=_passed_on(),
            state_words=STATE_WORDS, skip_reasons=notes.SKIP_REASONS, return_reasons=RETURN_REASONS,
            set_aside_reasons=SET_ASIDE_REASONS, user_id=actor().user_id)


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


@blueprint.post("/review/<int:sheet_id>/catch-up")
@requires(access.REVIEW)
def catch_up(sheet_id: int) -> ResponseReturnValue:
    """Take in what a screen had not sent when it closed; the answer is the sheet as it stands then."""
    change = parsed(CatchUpChange)
    with installation().database.write() as session:
        done = catching_up.catch_up(session, actor(), sheet_id, change.version, change.made)
        view = lay_out(session, actor(), done.held).to_json() | {"known": _known(session, done.held)}
    return {"desk": view, "taken": done.taken, "missed": [asdict(one) for one in done.missed]}


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
            signed = cases.sign_off(session, actor(), sheet_id, change.version).state == "signed"
    except review.Unfinished as error:
        return _refusal(error, gaps=[{"key": f"{gap.key[0]}.{gap.key[1]}", "text": gap.text}
                                     for gap in error.gaps])
    except SamePaper as error:
        return _refusal(error, twins=[twin.to_json() for twin in error.twins])
    except Conflict as error:
        return _refusal(error, desk=_standing_now(sheet_id))
    return {"state": "signed", "words": "已入档"} if signed else {"state": "to_review", "words": "已转复核录入"}


@blueprint.post("/review/<int:sheet_id>/same-paper")
@requires(access.REVIEW)
def same_paper(sheet_id: int) -> ResponseReturnValue:
    """Whether the sheet is a paper already there: then it is set aside, else it may be signed off."""
    said = parsed(SamePaperAnswer)
    with installation().database.write() as session:
        twins.answer(session, actor(), sheet_id, said.version, said.other, same=said.same)
    return {"state": "set_aside" if said.same else "to_review"}


@blueprint.post("/review/<int:sheet_id>/return")
@requires(access.REVIEW)
def return_to_school(sheet_id: int) -> ResponseReturnValue:
    """Send the sheet back to the school with what to take again."""
    change = parsed(ReturnChange)
    with installation().database.write() as session:
        review.return_to_school(session, actor(), sheet_id, change.version, change.reason, change.shown)
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


def _changed(sheet_id: int, work: Callable[[Session], Changed]) -> ResponseReturnValue:
    """Only the field that was touched goes back whole, with what may have changed around it."""
    try:
        with installation().database.write() as session:
            held, key = work(session)
            view, known = lay_out(session, actor(), held), _known(session, held)
    except Conflict as error:
        return _refusal(error, desk=_standing_now(sheet_id))
    return {
        "version": view.version, "waiting": view.waiting, "decisions": view.decisions,
        "known": known, "objections": view.objections, "gaps": view.gaps,
        "marks": [asdict(mark) for mark in view.marks],
        "fields": [asdict(field) for field in view.fields if field.key == key_text(key)]}


def _standing_now(sheet_id: int) -> dict[str, Any]:
    with installation().database.read() as session:
        return _view(session, review.find(session, actor(), sheet_id)).to_json()


def _known(session: Session, held: Standing) -> dict[str, Any]:
    """What is on file of the same child, by the keys of the sheet's fields."""
    found = last_known(session, actor(), held)
    return asdict(found) | {"visited_on": str(found.visited_on or "")} if found else {}


def _view(session: Session, sheet: Sheet) -> DeskView:
    return lay_out(session, actor(), review.standing(session, sheet))


def _refusal(error: Conflict | Invalid, **more: Any) -> ResponseReturnValue:
    """The error as every JSON answer carries it, with what the screen needs to show it in place."""
    body = {"code": error.code, "message": error.message, "advice": error.advice}
    return {"error": body, **more}, status_of(error)


def _filters() -> review.Filters:
    state = request.args.get("state", "to_review")
    order = request.args.get("order", "")
    return review.Filters(
        state if state in STATE_WORDS else "to_review", request.args.get("template", ""),
        request.args.get("unit", type=int), order if order in ORDERS else next(iter(ORDERS)),
        installation().settings.report_deadline_day)


def _passed_on() -> dict[str, Any]:
    """The queue's filters, carried from sheet to sheet."""
    return {name: request.args[name] for name in ("template", "unit", "order") if request.args.get(name)}
