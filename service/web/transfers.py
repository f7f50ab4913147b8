"""The screens of transfers: who is awaited, who came from nowhere, pairs made and taken apart."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.access import CASE_EVENTS, FILES
from service.calendar import today
from service.cases import transfer_list, transfers, unit_choices
from service.errors import Invalid
from service.norms import norms
from service.web.context import actor, installation, requires
from service.web.parameters import plain, whole

blueprint = Blueprint("transfers", __name__)


@blueprint.get("/transfers")
@requires(FILES)
def listing() -> ResponseReturnValue:
    """One of the lists, narrowed by what an address may carry."""
    asked = request.args
    return _list(asked.get("tab", "overdue"), whole(asked.get("unit", "")), "", whole(asked.get("page", "")) or 1)


@blueprint.post("/transfers")
@requires(FILES)
def search() -> ResponseReturnValue:
    """The list narrowed to a name: posted, because an address is kept in histories and logs."""
    form = request.form
    return _list(form.get("tab", "overdue"), whole(form.get("unit", "")), plain(form.get("text", ""), 60),
                 whole(form.get("page", "")) or 1)


@blueprint.get("/transfers/<int:transfer_id>")
@requires(FILES)
def line(transfer_id: int) -> ResponseReturnValue:
    """One line, its other half or what could be it, and what can be done."""
    with installation().database.write() as session:  # the opening is recorded
        found = transfer_list.open_line(session, actor(), transfer_id)
    return render_template("transfers/line.html", choice=found, today=today())


@blueprint.post("/transfers/<int:transfer_id>/<any(pair, unpair, receive, unreceive):step>")
@requires(CASE_EVENTS)
def change(transfer_id: int, step: str) -> ResponseReturnValue:
    """Join a line with another, part it, note a receipt, take it back."""
    form = request.form
    with installation().database.write() as session:
        if step == "pair":
            transfers.pair(session, actor(), transfer_id, whole(form.get("other", "")) or 0)
        elif step == "unpair":
            transfers.unpair(session, actor(), transfer_id)
        elif step == "receive":
            transfers.receive(session, actor(), transfer_id, plain(form.get("receipt", ""), 400), _day())
        else:
            transfers.unreceive(session, actor(), transfer_id)
    return redirect(url_for("transfers.line", transfer_id=transfer_id, done=1))


def _list(tab: str, unit_id: int | None, text: str, page: int) -> ResponseReturnValue:
    with installation().database.read() as session:
        found = transfer_list.listing(session, actor(), tab, unit_id, text, page)
        units = unit_choices.in_sight(session, actor())
    return render_template("transfers/list.html", found=found, units=units, unit_id=unit_id, text=text,
                           tabs=transfer_list.TABS, norms=norms())


def _day() -> date:
    try:
        return date.fromisoformat(request.form.get("on", ""))
    except ValueError:
        raise Invalid("请填写「日期」。") from None
