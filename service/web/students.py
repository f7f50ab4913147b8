"""The students screens: the list, a child's file, what is done to its cases, and a sheet laid open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from service import cases
from service.access import CASE_EVENTS, FILES, REPORTS, REVEAL, REVIEW
from service.calendar import today
from service.cases import child_file, directory, doubts, paper, unit_choices
from service.cases.child_file import ChildFile
from service.cases.duties import ROLE_LABELS
from service.cases.facts import KIND_LABELS
from service.cases.states import SOURCE_LABELS
from service.errors import Conflict, Invalid, ShibiaoError
from service.reports.counted import counted_in
from service.web.context import actor, installation, requires
from service.web.errors import status_of
from service.web.parameters import plain, whole

blueprint = Blueprint("students", __name__)
Getter = Callable[[str, str], str]
"""Looks a field of a form or an address up, with what to take when it is not there."""


class _Choices(NamedTuple):
    """Units that the forms of a file offer: for a hand-over when the person may ask for one, for the register."""

    receiving: list[unit_choices.Choice]
    townships: list[unit_choices.Choice]


@blueprint.get("/students")
@requires(FILES)
def listing() -> ResponseReturnValue:
    """The children in sight, narrowed by what an address may carry."""
    return _list(_query(request.args.get))


@blueprint.post("/students")
@requires(FILES)
def search() -> ResponseReturnValue:
    """Search by name or ID number: posted, because an address is kept in histories and logs."""
    text = plain(request.form.get("text", ""), 60)
    if directory.looks_like_id_number(text):
        with installation().database.write() as session:
            found = directory.by_id_number(session, actor(), text)
        if found is not None:
            return redirect(url_for("students.file", student_id=found))
        return _list(directory.Query(), searched=True)
    return _list(_query(request.form.get, text))


@blueprint.get("/students/<int:student_id>")
@requires(FILES)
def file(student_id: int) -> ResponseReturnValue:
    """A child's file, masked."""
    with installation().database.write() as session:  # the opening is recorded
        found = child_file.open_file(session, actor(), student_id)
        choices = _choices(session, found)
    return _page(found, choices)


@blueprint.post("/students/<int:student_id>/reveal")
@requires(REVEAL)
def reveal(student_id: int) -> ResponseReturnValue:
    """The file with one masked value open."""
    with installation().database.write() as session:
        found = child_file.reveal(session, actor(), student_id, request.form.get("field", ""))
        choices = _choices(session, found)
    return _page(found, choices)


@blueprint.post("/students/<int:student_id>/cases/<int:case_id>/acts")
@requires(CASE_EVENTS)
def act(student_id: int, case_id: int) -> ResponseReturnValue:
    """Do something to a case; what is wrong with it is said on the child's file."""
    try:
        with installation().database.write() as session:
            cases.perform(session, actor(), case_id, _asked())
    except (Invalid, Conflict) as refused:
        return _refused(student_id, refused)
    return redirect(url_for("students.file", student_id=student_id, done=1))


@blueprint.post("/students/<int:student_id>/doubts/<int:event_id>")
@requires(FILES)
def settle_doubt(student_id: int, event_id: int) -> ResponseReturnValue:
    """Say that a person has looked at what filing was not sure of."""
    with installation().database.write() as session:
        case = doubts.settle(session, actor(), event_id, plain(request.form.get("note", ""), 200))
    return redirect(url_for("students.file", student_id=case.student_id, done=1))


@blueprint.get("/sheets/<int:sheet_id>")
@requires(FILES)
def sheet(sheet_id: int) -> ResponseReturnValue:
    """A sheet beside everything that was read from it, decided on it and made of it."""
    with installation().database.write() as session:  # the opening is recorded
        found = paper.open_paper(session, actor(), sheet_id)
        counted = counted_in(session, actor(), sheet_id) if actor().may(REPORTS) else ()
    return render_template("students/sheet.html", paper=found, row_words=paper.ROW_WORDS, counted=counted)


@blueprint.post("/sheets/<int:sheet_id>/reopen")
@requires(REVIEW)
def reopen(sheet_id: int) -> ResponseReturnValue:
    """Give a signed sheet back to review."""
    with installation().database.write() as session:
        cases.reopen(session, actor(), sheet_id, _version(), plain(request.form.get("reason", ""), 400))
    return redirect(url_for("review.desk", sheet_id=sheet_id))


@blueprint.post("/sheets/<int:sheet_id>/withdraw")
@requires(REVIEW)
def withdraw(sheet_id: int) -> ResponseReturnValue:
    """Take what a sheet filed out of the records."""
    with installation().database.write() as session:
        cases.withdraw(session, actor(), sheet_id, _version(), plain(request.form.get("reason", ""), 400))
    return redirect(url_for("students.sheet", sheet_id=sheet_id))


def _list(query: directory.Query, *, searched: bool = False) -> ResponseReturnValue:
    with installation().database.read() as session:
        found = directory.search(session, actor(), query)
        watched = directory.counts(session, actor())
        units = unit_choices.in_sight(session, actor())
    return render_template(
        "students/list.html", found=found, query=query, watched=watched, units=units, searched=searched,
        states=directory.STATES, watches=directory.WATCHES)


def _query(get: Getter, text: str = "") -> directory.Query:
    return directory.Query(text, whole(get("unit", "")), get("state", ""), get("watch", ""),
                           whole(get("page", "")) or 1)


def _page(found: ChildFile, choices: _Choices, problem: ShibiaoError | None = None) -> ResponseReturnValue:
    page = render_template(
        "students/file.html", file=found, units=choices.receiving, townships=choices.townships, problem=problem,
        today=today(), asked=request.form, sources=SOURCE_LABELS, sealed=child_file.SEALED, fact_kinds=KIND_LABELS,
        duty_roles=ROLE_LABELS)
    return page, status_of(problem) if problem else 200


def _refused(student_id: int, refused: ShibiaoError) -> ResponseReturnValue:
    with installation().database.write() as session:
        found = child_file.open_file(session, actor(), student_id)
        choices = _choices(session, found)
    return _page(found, choices, refused)


def _choices(session: Session, found: ChildFile) -> _Choices:
    asks = any(offer.act.name in ("hand_over", "assign") for case in found.cases for offer in case.offers)
    return _Choices(unit_choices.receiving(session, actor()) if asks else [], unit_choices.townships(session))


def _asked() -> cases.Request:
    form = request.form
    try:
        on = date.fromisoformat(form.get("on", ""))
    except ValueError:
        raise Invalid("请填写「日期」。") from None
    return cases.Request(
        form.get("act", ""), on, note=plain(form.get("note", ""), 1000),
        document=plain(form.get("document", ""), 400),
        unit_id=whole(form.get("unit", "")), source=form.get("source", ""),
        year=whole(form.get("year", "")) or 0, state=form.get("state", ""))


def _version() -> int:
    seen = whole(request.form.get("version", ""))
    return -1 if seen is None else seen
