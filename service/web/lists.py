"""The lists' screens: hand one in, say which column is which, see what is wrong, let it stand."""

from __future__ import annotations

from datetime import date
from typing import BinaryIO, cast
from urllib.parse import quote

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.access import LISTS
from service.calendar import today
from service.cases import unit_choices
from service.errors import Conflict, Invalid, ShibiaoError
from service.lists import acts, kinds, shelf
from service.lists.receiving import receive_list
from service.models import ListImport
from service.web.context import actor, csrf, installation, requires
from service.web.errors import status_of
from service.web.parameters import plain, whole

blueprint = Blueprint("lists", __name__, url_prefix="/lists")
_PREVIEWED = 8


@blueprint.get("")
@requires(LISTS)
def page() -> ResponseReturnValue:
    """What stands, the lists handed in lately, and the form for another."""
    return _page()


@blueprint.post("")
@requires(LISTS, carries_files=True)
def hand_in() -> ResponseReturnValue:
    """Take a list in; it is looked at in the background."""
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise Invalid("没有选择文件。", "请选择 .xlsx、.xls 或 .csv 名单。")
        import_id = receive_list(installation(), actor(), request.form.get("kind", ""), cast(BinaryIO, file.stream),
                                 file.filename, _day(request.form.get("listed_on", "")))
    except Invalid as refused:
        return _page(refused)
    return redirect(url_for("lists.one", import_id=import_id), 303)


@blueprint.get("/<int:import_id>")
@requires(LISTS)
def one(import_id: int) -> ResponseReturnValue:
    """A list where it stands: being worked on, to be mapped, to be confirmed, or stored."""
    return _one(import_id)


@blueprint.get("/<int:import_id>/state")
@requires(LISTS, renews=False)
def state(import_id: int) -> ResponseReturnValue:
    """How far a list is, for a page that keeps itself up to date."""
    with installation().database.read() as session:
        line = shelf.line_of(shelf.find(session, actor(), import_id))
    return {"state": line.state, "words": line.words, "stage": line.stage, "progress": line.progress,
            "moving": line.is_moving, "csrf_token": csrf()}


@blueprint.post("/<int:import_id>/headings")
@requires(LISTS)
def headings(import_id: int) -> ResponseReturnValue:
    """Another sheet or row of headings."""
    form = request.form
    with installation().database.write() as session:
        acts.look_under(session, actor(), import_id, whole(form.get("sheet", "")) or 0,
                        (whole(form.get("heading", "")) or 0) - 1)
    return redirect(url_for("lists.one", import_id=import_id, map=1), 303)


@blueprint.post("/<int:import_id>/mapping")
@requires(LISTS)
def mapping(import_id: int) -> ResponseReturnValue:
    """Which column is which: the list is checked so."""
    try:
        with installation().database.write() as session:
            acts.set_mapping(session, actor(), import_id, _said(shelf.find(session, actor(), import_id)))
    except (Invalid, Conflict) as refused:
        return _one(import_id, refused, mapping=True)
    installation().hints.send_list(import_id)
    return redirect(url_for("lists.one", import_id=import_id), 303)


@blueprint.post("/<int:import_id>/units")
@requires(LISTS)
def units(import_id: int) -> ResponseReturnValue:
    """What unknown names of units mean, and what becomes of rows with a wrong ID number: checked again."""
    with installation().database.write() as session:
        told = shelf.find(session, actor(), import_id)
        acts.set_mapping(session, actor(), import_id, _answered(told))
    installation().hints.send_list(import_id)
    return redirect(url_for("lists.one", import_id=import_id), 303)


@blueprint.post("/<int:import_id>/store")
@requires(LISTS)
def store(import_id: int) -> ResponseReturnValue:
    """Let the list stand."""
    try:
        with installation().database.write() as session:
            acts.confirm(session, actor(), import_id, gone_seen=bool(request.form.get("gone_seen")))
    except (Invalid, Conflict) as refused:
        return _one(import_id, refused)
    installation().hints.send_list(import_id)
    return redirect(url_for("lists.one", import_id=import_id), 303)


@blueprint.post("/<int:import_id>/discard")
@requires(LISTS)
def discard(import_id: int) -> ResponseReturnValue:
    """Throw the list away."""
    with installation().database.write() as session:
        acts.discard(session, actor(), import_id)
    return redirect(url_for("lists.page"), 303)


@blueprint.get("/<int:import_id>/export/problems.xlsx")
@requires(LISTS)
def problems_file(import_id: int) -> ResponseReturnValue:
    """The wrong rows as they were written, each with its reason."""
    from service.reports.workbook import MEDIA_TYPE, plain_xlsx  # openpyxl is loaded when first needed

    with installation().database.write() as session:
        told = shelf.find(session, actor(), import_id)
        heads, rows = shelf.problem_table(session, actor(), import_id)
    answer = make_response(plain_xlsx("问题清单", heads, rows))
    answer.mimetype = MEDIA_TYPE
    name = f"问题清单-{told.file_name.rpartition('.')[0] or told.file_name}.xlsx"
    return _as_file(answer, name)


@blueprint.get("/<int:import_id>/changes/<any(added, changed, gone):what>")
@requires(LISTS)
def changes(import_id: int, what: str) -> ResponseReturnValue:
    """Who a stored list brought, changed, or no longer names."""
    with installation().database.read() as session:
        line = shelf.line_of(shelf.find(session, actor(), import_id))
        found = shelf.changes(session, actor(), import_id, what, request.args.get("page", 1, int))
    return render_template("lists/changes.html", line=line, found=found, what=what, words=shelf.CHANGES)


@blueprint.get("/current/<kind>")
@requires(LISTS)
def entries(kind: str) -> ResponseReturnValue:
    """What stands of one kind of list, narrowed by unit."""
    return _entries(kind, "", whole(request.args.get("unit", "")), whole(request.args.get("page", "")) or 1)


@blueprint.post("/current/<kind>")
@requires(LISTS)
def entries_named(kind: str) -> ResponseReturnValue:
    """The same by name: posted, so that no name enters an address."""
    form = request.form
    return _entries(kind, plain(form.get("text", ""), 60), whole(form.get("unit", "")),
                    whole(form.get("page", "")) or 1)


def _page(refused: ShibiaoError | None = None) -> ResponseReturnValue:
    with installation().database.read() as session:
        current = shelf.current(session, actor())
        recent = shelf.recent(session, actor(), request.args.get("page", 1, int))
    shown = render_template("lists/page.html", current=current, recent=recent, kinds=kinds.open_to(actor()),
                            refused=refused, today=today(), typed=request.form,
                            limit_mb=installation().settings.max_upload_mb)
    return shown, status_of(refused) if refused else 200


def _one(import_id: int, refused: ShibiaoError | None = None, *, mapping: bool = False) -> ResponseReturnValue:
    here = actor()
    with installation().database.read() as session:
        told = shelf.find(session, here, import_id)
        line, kind = shelf.line_of(told), kinds.list_kinds()[told.kind]
        asks = told.state == "to_map" or (told.state == "to_confirm" and (mapping or "map" in request.args))
        severity = request.args.get("show", "error")
        wrong = (shelf.problems(session, here, import_id, request.args.get("page", 1, int), severity)
                 if line.state in ("to_confirm", "stored") and not asks else None)
        units = unit_choices.in_sight(session, here) if line.state == "to_confirm" and not asks else []
        changes = (told.look or {}).get("changes", {})
        named = shelf.names_of(session, [row["unit"] for rows in changes.values() for row in rows])
    shown = render_template(
        "lists/map.html" if asks and told.look else "lists/one.html", line=line, told=told, kind=kind,
        refused=refused, wrong=wrong, severity=severity, units=[u for u in units if u.kind == kind.belongs_to],
        changes=changes, unit_names=named, change_words=shelf.CHANGES, loses_many=shelf.loses_many(told.summary),
        today=today(), previewed=_PREVIEWED)
    return shown, status_of(refused) if refused else 200


def _entries(kind: str, text: str, unit_id: int | None, page: int) -> ResponseReturnValue:
    with installation().database.read() as session:
        found = shelf.entries(session, actor(), kind, unit_id, text, page)
        units = unit_choices.in_sight(session, actor())
    return render_template("lists/entries.html", kind=kinds.list_kinds()[kind], found=found, units=units,
                           unit_id=unit_id, text=text)


def _said(told: ListImport) -> acts.Said:
    form = request.form
    columns = {column.name: index for column in kinds.list_kinds()[told.kind].columns
               if (index := whole(form.get(f"c-{column.name}", ""))) is not None}
    day = _day(form.get("listed_on", "")) or told.listed_on
    return acts.Said(int(told.mapping["sheet"]), int(told.mapping["heading_row"]), columns, day,
                     whole(form.get("year", "")) or day.year, form.get("whole") != "0",
                     bool(form.get("drop_bad_ids")), told.mapping.get("units", {}))


def _answered(told: ListImport) -> acts.Said:
    form, before = request.form, told.mapping
    names = dict(before.get("units", {}))
    for number, unknown in enumerate(told.summary.get("unknown", ())):
        unit_id = whole(form.get(f"u-{number}", ""))
        if unit_id is not None and unknown["written"] == form.get(f"n-{number}"):
            names[unknown["written"]] = unit_id
    return acts.Said(int(before["sheet"]), int(before["heading_row"]), before["columns"], told.listed_on, told.year,
                     told.whole, bool(form.get("drop_bad_ids")), names)


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("「名单日期」有误。") from None


def _as_file(answer: Response, name: str) -> Response:
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return answer
