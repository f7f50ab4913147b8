"""The system administrator's screens: units of the county, and the queue of scans to read."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service import jobs, progress, queue_state, units
from service.access import UNITS
from service.errors import Conflict, Invalid, ShibiaoError
from service.web.context import actor, installation, requires
from service.web.errors import status_of
from service.web.wording import UNIT_WORDS

blueprint = Blueprint("admin_units", __name__, url_prefix="/admin")


@blueprint.get("/units")
@requires(UNITS)
def index() -> ResponseReturnValue:
    """The tree of units, and the form for a new one."""
    return _index()


@blueprint.post("/units")
@requires(UNITS)
def add() -> ResponseReturnValue:
    """A new unit under another."""
    form = request.form
    try:
        with installation().database.write() as session:
            parent = units.get(session, form.get("parent_id", 0, int)) if form.get("parent_id") else None
            if form.get("kind") == "bureau":
                raise Invalid("教体局只有一个，不能再新增。")
            units.add(session, actor(), form.get("name", ""), form.get("kind", ""), parent)
    except (Invalid, Conflict) as refused:
        return _index(refused)
    return redirect(url_for("admin_units.index"), 303)


@blueprint.post("/units/<int:unit_id>")
@requires(UNITS)
def rename(unit_id: int) -> ResponseReturnValue:
    """Another name."""
    try:
        with installation().database.write() as session:
            units.rename(session, actor(), unit_id, request.form.get("name", ""))
    except (Invalid, Conflict) as refused:
        return _index(refused)
    return redirect(url_for("admin_units.index"), 303)


@blueprint.post("/units/<int:unit_id>/<any(close, open):step>")
@requires(UNITS)
def open_or_close(unit_id: int, step: str) -> ResponseReturnValue:
    """Close a unit that no longer exists, or open it again."""
    try:
        with installation().database.write() as session:
            units.set_active(session, actor(), unit_id, step == "open")
    except Conflict as refused:
        return _index(refused)
    return redirect(url_for("admin_units.index"), 303)


@blueprint.get("/queue")
@requires(UNITS)
def queue() -> ResponseReturnValue:
    """What waits, runs and gave up."""
    with installation().database.read() as session:
        state = queue_state.look(session, actor())
    return render_template("admin/queue.html", state=state, version=_version(),
                           number=progress.receipt_number)


@blueprint.post("/queue/<scan_id>/requeue")
@requires(UNITS)
def requeue(scan_id: str) -> ResponseReturnValue:
    """Read a scan again that was given up."""
    here = installation()
    with here.database.write() as session:
        jobs.requeue(session, actor(), scan_id)
    here.hints.send(scan_id)
    return redirect(url_for("admin_units.queue"), 303)


def _index(refused: ShibiaoError | None = None) -> ResponseReturnValue:
    with installation().database.read() as session:
        tree = units.tree(session)
    parents = [(node.id, node.name) for head in tree for node in (head, *head.children)
               if node.active and node.kind != "school"]
    page = render_template("admin/units.html", tree=tree, parents=parents, refused=refused,
                           typed=request.form,
                           kinds=[(kind, UNIT_WORDS[kind]) for kind in ("township", "school")])
    return page, status_of(refused) if refused else 200


def _version() -> str:
    try:
        return version("shibiao")
    except PackageNotFoundError:  # run from its folder, not installed
        return "0.1.0"
