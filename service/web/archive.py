"""The archive screen: any scan and sheet found again."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from service import archive
from service.access import FILES
from service.cases import unit_choices
from service.web.context import actor, installation, requires
from service.web.parameters import plain, whole

blueprint = Blueprint("archive", __name__)


@blueprint.get("/archive")
@requires(FILES)
def listing() -> ResponseReturnValue:
    """The scans and sheets in sight, narrowed by what an address may carry."""
    return _list(_query(request.args.get))


@blueprint.post("/archive")
@requires(FILES)
def search() -> ResponseReturnValue:
    """The same with a text: a file's name may be a child's, so it is posted."""
    return _list(_query(request.form.get, plain(request.form.get("text", ""), 80)))


def _list(query: archive.Query) -> ResponseReturnValue:
    with installation().database.read() as session:
        found = archive.search(session, actor(), query)
        units = unit_choices.in_sight(session, actor())
    return render_template("archive/list.html", found=found, query=query, units=units,
                           forms=archive.forms(), states=archive.STATES)


def _query(get: Callable[[str, str], str], text: str = "") -> archive.Query:
    return archive.Query(
        template=get("form", ""), unit_id=whole(get("unit", "")), month=get("month", ""),
        state=get("state", ""), student_id=whole(get("student", "")), text=text,
        page=whole(get("page", "")) or 1)
