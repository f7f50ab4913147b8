"""Screens of comparing: suspects of 四查三比对, files that may be of one child, and sheets that may be one paper."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.access import CHECK, MERGE
from service.alike import children, chores, merging, suspects
from service.calendar import today
from service.cases import unit_choices
from service.cases.states import SOURCE_LABELS
from service.errors import Conflict, Invalid, ShibiaoError
from service.web.context import actor, installation, requires
from service.web.errors import status_of
from service.web.parameters import plain, whole

blueprint = Blueprint("alike", __name__)


@blueprint.get("/lists/suspects")
@requires(CHECK)
def suspects_page() -> ResponseReturnValue:
    """The suspects of a state, narrowed by unit."""
    return _suspects()


@blueprint.post("/lists/suspects/search")
@requires(CHECK)
def search_suspects() -> ResponseReturnValue:
    """Hold the lists against each other, in the background."""
    with installation().database.write() as session:
        chores.ask(session, actor(), "crosscheck")
    return redirect(url_for("alike.suspects_page"), 303)


@blueprint.post("/lists/suspects/<int:suspect_id>/<any(confirm, dismiss, reopen):step>")
@requires(CHECK)
def answer_suspect(suspect_id: int, step: str) -> ResponseReturnValue:
    """Open a case, or say why there is none."""
    form = request.form
    note = plain(form.get("note", ""), 400)
    try:
        with installation().database.write() as session:
            if step == "confirm":
                suspects.confirm(session, actor(), suspect_id, form.get("source", ""), whole(form.get("year", "")) or 0,
                                 note)
            elif step == "dismiss":
                suspects.dismiss(session, actor(), suspect_id, note)
            else:
                suspects.reopen(session, actor(), suspect_id)
    except (Invalid, Conflict) as refused:
        return _suspects(refused)
    return redirect(url_for("alike.suspects_page", done=step), 303)


@blueprint.get("/students/duplicates")
@requires(MERGE)
def duplicates() -> ResponseReturnValue:
    """Files that may be of one child, side by side."""
    return _duplicates()


@blueprint.post("/students/duplicates/search")
@requires(MERGE)
def search_duplicates() -> ResponseReturnValue:
    """Look for them, in the background."""
    with installation().database.write() as session:
        chores.ask(session, actor(), "duplicates")
    return redirect(url_for("alike.duplicates"), 303)


@blueprint.post("/students/duplicates/<int:pair_id>/<any(merge, apart, again):step>")
@requires(MERGE)
def answer_pair(pair_id: int, step: str) -> ResponseReturnValue:
    """One child, or two."""
    form = request.form
    try:
        with installation().database.write() as session:
            pair = children.find(session, actor(), pair_id)
            if step == "merge":
                kept = pair.other_id if form.get("keep") == str(pair.other_id) else pair.one_id
                merging.merge(session, actor(), kept, pair.one_id if kept == pair.other_id else pair.other_id)
            elif step == "apart":
                children.keep_apart(session, actor(), pair_id, plain(form.get("note", ""), 200))
            else:
                children.ask_again(session, actor(), pair_id)
    except (Invalid, Conflict) as refused:
        return _duplicates(refused)
    return redirect(url_for("alike.duplicates", done=step), 303)


@blueprint.post("/students/merges/<int:merge_id>/undo")
@requires(MERGE)
def undo_merge(merge_id: int) -> ResponseReturnValue:
    """Take two merged files apart again."""
    try:
        with installation().database.write() as session:
            merging.undo(session, actor(), merge_id)
    except (Invalid, Conflict) as refused:
        return _duplicates(refused)
    return redirect(url_for("alike.duplicates", done="undo"), 303)


def _suspects(refused: ShibiaoError | None = None) -> ResponseReturnValue:
    state, unit_id = request.args.get("state", "open"), whole(request.args.get("unit", ""))
    with installation().database.write() as session:  # looking is recorded
        page = suspects.listing(session, actor(), state, unit_id, request.args.get("page", 1, int))
        units = unit_choices.in_sight(session, actor())
        chore = chores.latest(session, "crosscheck")
    shown = render_template("alike/suspects.html", page=page, state=state, states=suspects.STATES, units=units,
                            unit_id=unit_id, chore=chore, refused=refused, sources=SOURCE_LABELS, today=today())
    return shown, status_of(refused) if refused else 200


def _duplicates(refused: ShibiaoError | None = None) -> ResponseReturnValue:
    state = request.args.get("state", "open")
    with installation().database.write() as session:  # looking is recorded
        page = children.offered(session, actor(), state, request.args.get("page", 1, int))
        chore = chores.latest(session, "duplicates")
    shown = render_template("alike/duplicates.html", page=page, state=state, states=children.PAIR_STATES, chore=chore,
                            refused=refused)
    return shown, status_of(refused) if refused else 200
