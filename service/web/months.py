"""The month's paperwork: returns of units, issuing with corrections, papers held against the records."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.access import COUNTY, ISSUE, REPORTS, RETURNS
from service.calendar import today
from service.errors import Conflict, Invalid, NotFound, ShibiaoError
from service.models import Unit
from service.reports import issuing, keeping, month, reported, returns
from service.reports.deadlines import deadline, opens_on
from service.reports.difference import Changed, differences
from service.reports.frozen import thaw
from service.reports.papers import paper_checks
from service.reports.periods import Month, month_with, parse_day, parse_month
from service.reports.places import reporting
from service.reports.reconcile import reconcile
from service.web.context import actor, installation, requires
from service.web.errors import status_of
from service.web.parameters import whole

blueprint = Blueprint("months", __name__)
_UNIT = "/reports/returns/<wanted>/units/<int:unit_id>"


@blueprint.get("/reports/returns/<wanted>")
@requires(REPORTS)
def show_returns(wanted: str) -> ResponseReturnValue:
    """How the month's reporting stands; a school is taken to its own return."""
    which = parse_month(wanted)
    if actor().role == "school":
        return redirect(url_for("months.show_return", wanted=wanted, unit_id=actor().unit_id))
    with installation().database.read() as session:
        found = reported.reported(session, actor(), which, deadline_day())
    return render_template("reports/returns.html", found=found, month=which, report_tab="returns",
                           only=request.args.get("only", ""))


@blueprint.get(_UNIT)
@requires(REPORTS)
def show_return(wanted: str, unit_id: int) -> ResponseReturnValue:
    """One unit's return: this month beside the last, its papers, what was done with it."""
    return _return_page(parse_month(wanted), unit_id)


@blueprint.post(f"{_UNIT}/submit")
@requires(RETURNS)
def submit(wanted: str, unit_id: int) -> ResponseReturnValue:
    """Hand the return in."""
    which = parse_month(wanted)
    known = keeping.horizon(installation().database)

    def act() -> None:
        with installation().database.write() as session:
            returns.submit(session, actor(), unit_id, which, known, _version(), request.form.get("remark", ""),
                           deadline_day())
    return _done(which, unit_id, act)


@blueprint.post(f"{_UNIT}/<any(approve, return, recall):what>")
@requires(RETURNS)
def decide(wanted: str, unit_id: int, what: str) -> ResponseReturnValue:
    """Approve it, send it back, or take one's own back."""
    which = parse_month(wanted)

    def act() -> None:
        with installation().database.write() as session:
            if what == "recall":
                returns.recall(session, actor(), unit_id, which, _version())
            else:
                returns.decide(session, actor(), unit_id, which, _version(), what == "approve",
                               request.form.get("reason", ""))
    return _done(which, unit_id, act)


@blueprint.get("/reports/issues/<wanted>")
@requires(REPORTS)
def show_issues(wanted: str) -> ResponseReturnValue:
    """The month's issues, what stands in the way of the next, and what changed since the last."""
    return _issues_page(parse_month(wanted))


@blueprint.post("/reports/issues/<wanted>")
@requires(ISSUE)
def issue(wanted: str) -> ResponseReturnValue:
    """Issue the month, or its next correction."""
    which = parse_month(wanted)
    known = keeping.horizon(installation().database)
    try:
        with installation().database.write() as session:
            number = whole(request.form.get("number", "")) or 0
            issuing.issue(session, actor(), which, known, number, request.form.get("reason", ""))
    except (Invalid, Conflict) as problem:
        return _issues_page(which, problem)
    return redirect(url_for("months.show_issues", wanted=wanted))


@blueprint.get("/reports/check/<int:unit_id>")
@requires(REPORTS)
def show_check(unit_id: int) -> ResponseReturnValue:
    """A unit's paper beside the records, with the children who may explain a difference."""
    day = parse_day(request.args["day"]) if request.args.get("day") else today()
    with installation().database.write() as session:  # that children were looked at goes on record
        reporting(session, actor(), unit_id)
        unit = session.get_one(Unit, unit_id)
        found = reconcile(session, actor(), unit, day)
    return render_template("reports/check.html", found=found, unit=unit, day=day, month=month_with(day),
                           report_tab="annex1")


def deadline_day() -> int:
    """The setting: by which day of the month units report."""
    return installation().settings.report_deadline_day


def _version() -> int:
    return whole(request.form.get("version", "")) or 0


def _done(which: Month, unit_id: int, act: Callable[[], None]) -> ResponseReturnValue:
    try:
        act()
    except (Invalid, Conflict) as problem:
        return _return_page(which, unit_id, problem)
    return redirect(url_for("months.show_return", wanted=str(which), unit_id=unit_id))


def _return_page(which: Month, unit_id: int, problem: ShibiaoError | None = None) -> ResponseReturnValue:
    with installation().database.read() as session:
        unit = returns.reporting_unit(session, actor(), unit_id)
        record = returns.return_of(session, unit_id, which)
        row = month.unit_month(session, actor(), unit, which)
        before = month.unit_month(session, actor(), unit, which.shifted(-1))
        handed_in = (month.unit_month(session, actor(), unit, which, thaw(record.figures))
                     if record and record.figures else None)
        standing = reported.reported(session, actor(), which, deadline_day())
        steps = tuple((step, step.user.name) for step in record.steps) if record else ()
        checks = paper_checks(session, actor(), unit, which)
    due = deadline(which, deadline_day())
    page = render_template(
        "reports/return.html", unit=unit, record=record, row=row, before=before, handed_in=handed_in, month=which,
        own=standing.own(unit_id), below=[each for each in standing.rows if each.parent_id == unit_id], steps=steps,
        checks=checks, due=due, days_left=(due - today()).days, opens=opens_on(which, deadline_day()), today=today(),
        may_submit=returns.may_submit(actor(), unit), may_decide=returns.may_decide(actor(), unit),
        problem=problem, report_tab="returns", said=request.form)
    return (page, status_of(problem)) if problem else page


def _issues_page(which: Month, problem: ShibiaoError | None = None) -> ResponseReturnValue:
    actor().require(COUNTY)
    with installation().database.read() as session:
        issues = issuing.issues(session, which)
        now = month.month(session, actor(), which)
        standing = reported.reported(session, actor(), which, deadline_day())
        since, compared = None, request.args.get("number", "")
        changed: tuple[Changed, ...] = ()
        if issues:
            number = whole(compared) if compared else issues[-1].number
            if number is None:
                raise NotFound
            since, frozen = issuing.frozen_issue(session, which, number)
            changed = differences(session, actor(), month.month(session, actor(), which, frozen), now)
    page = render_template(
        "reports/issues.html", issues=issues, now=now, standing=standing, month=which, since=since, changed=changed,
        problem=problem, report_tab="issues", over=today() >= which.last, said=request.form)
    return (page, status_of(problem)) if problem else page
