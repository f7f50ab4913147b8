"""The reports screens: the month at a glance, months, ranking, 附件1, and the lists behind their figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from service.access import FIGURES, REPORTS
from service.calendar import today
from service.cases.states import CLOSING_LABELS, SOURCE_LABELS
from service.errors import Invalid, NotFound
from service.reports import annex1 as annex
from service.reports import charts, issuing, listing, month, ranking
from service.reports.county_map import MEASURES, county_map
from service.reports.dimensions import category_words
from service.reports.figures import ANNEX_LABELS, LABELS, Figure, Question, narrowing
from service.reports.frozen import Frozen
from service.reports.glance import glance
from service.reports.issuing import Issue
from service.reports.ledger import LEVELS, Level
from service.reports.periods import Month, month_with, parse_day, parse_month, this_month
from service.reports.places import rows_for
from service.reports.trend import trend
from service.web.context import actor, installation, requires
from service.web.parameters import whole

_SHORT = {"annual_check": "排查", "ministry_list": "名单", "school_watch": "监测", "transferred": "转出",
          "abroad": "出国", "exempted": "免缓学"}
blueprint = Blueprint("reports", __name__)
FIRST_MONTH = Month(2019, 4)
"""Where the lists of months begin: 从4月份开始实行月报制度."""


@blueprint.get("/reports")
@requires(FIGURES)
def home() -> ResponseReturnValue:
    """The present month at a glance; who sees counts only is shown the large screen."""
    if not actor().may(REPORTS):
        return redirect(url_for("board.show"))
    with installation().database.read() as session:
        seen = glance(session, actor(), this_month(), installation().settings.report_deadline_day)
    measure = "rate" if request.args.get("map") == "rate" else "outstanding"
    return render_template("reports/home.html", glance=seen, trend=charts.trend_chart(seen.trend), measures=MEASURES,
                           county_map=county_map(seen.rows, measure) if seen.ranking else None,
                           bars=charts.unit_bars(seen.rows), report_tab="home", month=seen.month)


@blueprint.get("/reports/months")
@requires(REPORTS)
def choose_month() -> ResponseReturnValue:
    """To the month chosen in the form, else to the present one."""
    wanted = parse_month(request.args["month"]) if request.args.get("month") else this_month()
    if unit := request.args.get("unit", 0, type=int):
        page = "months.show_return" if request.args.get("to") == "returns" else "reports.show_unit_month"
        return redirect(url_for(page, wanted=str(wanted), unit_id=unit))
    to = {"ranking": "reports.show_ranking", "returns": "months.show_returns", "issues": "months.show_issues"}
    return redirect(url_for(to.get(request.args.get("to", ""), "reports.show_month"), wanted=str(wanted)))


@blueprint.get("/reports/months/<wanted>")
@requires(REPORTS)
def show_month(wanted: str) -> ResponseReturnValue:
    """The month by unit, with the county's sum for those who may see it."""
    which = parse_month(wanted)
    with installation().database.read() as session:
        issue, frozen = asked_issue(session, which)
        report = month.month(session, actor(), which, frozen)
        unit_id = None if report.total else report.rows[0]["closing"].question.unit_id
        months = trend(session, actor(), which, unit_id=unit_id, counted=report.total or report.rows[0])
    return render_template("reports/month.html", report=report, month=which, place=None, report_tab="month",
                           issue=issue, trend=charts.trend_chart(months), bars=charts.unit_bars(report.rows))


@blueprint.get("/reports/months/<wanted>/units/<int:unit_id>")
@requires(REPORTS)
def show_unit_month(wanted: str, unit_id: int) -> ResponseReturnValue:
    """The month of one township, or of the bureau's own schools, by school."""
    which = parse_month(wanted)
    with installation().database.read() as session:
        issue, frozen = asked_issue(session, which)
        report = month.month_within(session, actor(), which, unit_id, frozen)
        months = trend(session, actor(), which, unit_id=unit_id, counted=report.total)
    place = report.total.place if report.total else None
    return render_template("reports/month.html", report=report, month=which, place=place, report_tab="month",
                           issue=issue, trend=charts.trend_chart(months), bars=charts.unit_bars(report.rows))


@blueprint.get("/reports/ranking/<wanted>")
@requires(REPORTS)
def show_ranking(wanted: str) -> ResponseReturnValue:
    """The month's ranking, both ways: as published, with the places as now known beside."""
    which = parse_month(wanted)
    with installation().database.read() as session:
        issue, frozen = asked_issue(session, which)
        found = ranking.ranking(session, actor(), which, frozen)
        now = ranking.ranking(session, actor(), which) if frozen else None
    return render_template("reports/ranking.html", ranking=found, now=now, issue=issue, month=which,
                           report_tab="ranking")


def asked_issue(session: Session, which: Month) -> tuple[Issue | None, Frozen | None]:
    """The issue that the address asks for, else the one that holds; none with ?issue=now or when none is there."""
    asked = request.args.get("issue", "")
    holding = issuing.latest(session, which)
    number = whole(asked) if asked not in ("", "now") else None
    if asked == "now" or (holding is None and asked == ""):
        return None, None
    if asked and number is None:
        raise NotFound
    return issuing.frozen_issue(session, which, number if number is not None else holding.number if holding else 0)


@blueprint.get("/reports/annex1")
@requires(REPORTS)
def show_annex1() -> ResponseReturnValue:
    """附件1 for a day, beside the papers; of those on the register of the poor or of all, by unit or by school."""
    with installation().database.read() as session:
        table = asked_annex1(session)
        places = rows_for(session, actor()) if actor().role != "school" else ()
    asked = {"category": table.category, "unit": table.place.id if table.place else ""}
    return render_template("reports/annex1.html", table=table, day=table.day, month=month_with(table.day),
                           columns=annex.COLUMNS, report_tab="annex1", crops=request.args.get("crops") == "1",
                           places=places, asked=asked,
                           categories=[(key, category_words(key, table.day) if key else "全部") for key in
                                       annex.CATEGORIES])


@blueprint.get("/reports/list")
@requires(REPORTS)
def show_list() -> ResponseReturnValue:
    """The list behind a figure."""
    question = asked_question()
    with installation().database.write() as session:  # that somebody opened it goes on record
        found = listing.listing(session, actor(), question, request.args.get("page", 1, type=int))
    return render_template("reports/list.html", listing=found, question=question,
                           month=question.month or month_with(question.span.last), report_tab="")


def asked_annex1(session: Session) -> annex.Annex1:
    """The table that the address asks for; Invalid or NotFound when there is none."""
    unit = request.args.get("unit", "")
    number = whole(unit)
    if unit and number is None:
        raise NotFound
    return annex.annex1(session, actor(), asked_day(), request.args.get("category", annex.PLAIN), number)


def asked_day() -> date:
    """The day in the address, else today; Invalid otherwise."""
    return parse_day(request.args["day"]) if request.args.get("day") else today()


def asked_question() -> Question:
    """The question in the address; Invalid when it asks for nothing there is."""
    asked = request.args
    unit, level = asked.get("unit", ""), asked.get("level", "reporting")
    if not (unit == "" or unit.isascii() and unit.isdigit() and len(unit) < 10) or level not in LEVELS:
        raise Invalid("没有这样的数字可以打开。", "请从报表页面点击数字进入。")
    told: Level = "own" if level == "own" else "reporting"
    return Question(
        asked.get("figure", ""), int(unit) if unit else None,
        parse_month(asked["month"]) if asked.get("month") else None,
        parse_day(asked["day"]) if asked.get("day") else None, asked.get("part", ""), told, _known(asked),
        narrowing(asked.get("by", "")))


def _known(asked: Mapping[str, str]) -> int | None:
    known = asked.get("known", "")
    if known and not (known.isascii() and known.isdigit() and len(known) < 11):
        raise Invalid("没有这样的数字可以打开。", "请从报表页面点击数字进入。")
    return int(known) if known else None


@blueprint.app_template_global()
def figure_link(figure: Figure) -> str:
    """The address of the list behind a figure."""
    return question_link(figure.question)


@blueprint.app_template_global()
def question_link(question: Question) -> str:
    """The address of the list that answers a question."""
    return f"{url_for('reports.show_list')}?{urlencode(question.params())}"


@blueprint.app_template_global()
def month_choices() -> list[Month]:
    """Months that can be chosen, newest first."""
    newest, found = this_month(), []
    while newest >= FIRST_MONTH:
        found.append(newest)
        newest = newest.shifted(-1)
    return found


@blueprint.app_template_global()
def still_running(wanted: Month) -> bool:
    """Whether the month is not over yet, so that its figures still change from day to day."""
    return wanted >= this_month()


@blueprint.app_template_global()
def part_label(part: str) -> str:
    """A source or closing in few words, for the small print under a figure."""
    return _SHORT.get(part) or CLOSING_LABELS.get(part) or SOURCE_LABELS.get(part, part)


@blueprint.app_context_processor
def _words() -> dict[str, object]:
    return {"figure_labels": LABELS, "annex_labels": ANNEX_LABELS}
