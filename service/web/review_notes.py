"""Leaving a sheet to others, and a reviewer's own figures."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from service import access
from service.access import LEARNING
from service.calendar import today
from service.review import figures, notes
from service.web.context import actor, installation, requires
from service.web.review_bodies import QuestionChange, SkipNote, parsed

blueprint = Blueprint("review_notes", __name__)


@blueprint.post("/review/<int:sheet_id>/skip")
@requires(access.REVIEW)
def skip(sheet_id: int) -> ResponseReturnValue:
    """Leave the sheet for later, with the reason."""
    change = parsed(SkipNote)
    with installation().database.write() as session:
        notes.skip(session, actor(), sheet_id, change.reason)
    return {"state": "skipped"}


@blueprint.post("/review/<int:sheet_id>/ask")
@requires(access.REVIEW)
def ask(sheet_id: int) -> ResponseReturnValue:
    """Put the sheet before a colleague."""
    change = parsed(QuestionChange)
    with installation().database.write() as session:
        notes.ask(session, actor(), sheet_id, change.version, change.colleague, change.note)
    return {"state": "asked"}


@blueprint.get("/review/mine")
@requires(access.REVIEW)
def mine() -> ResponseReturnValue:
    """One's own figures, for one's own use; the county's totals, without names, for the bureau."""
    with installation().database.read() as session:
        own = figures.of_one(session, actor(), today())
        whole = figures.of_all(session, actor(), today()) if actor().may(LEARNING) else None
    return render_template("review/mine.html", own=own, whole=whole)
