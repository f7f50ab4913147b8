"""The explorer: questions as addresses, kept by name, answered as a table with its chart, taken out as files."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service import audit
from service.access import FIGURES
from service.calendar import today
from service.errors import Invalid, ShibiaoError
from service.reports.annex1 import Annex1
from service.reports.answer_chart import answer_chart
from service.reports.dimensions import DIMENSIONS
from service.reports.explorer import AXES, MEASURES, MOST_MONTHS, Asked, answer, scopes
from service.reports.figures import FIGURE_LABELS, STANDING
from service.reports.pages import answer_pages
from service.reports.periods import parse_day, parse_month, this_month
from service.reports.saved import forget, save, saved
from service.reports.small_cells import NOTE
from service.web.context import actor, installation, requires
from service.web.errors import status_of
from service.web.parameters import plain, whole
from service.web.report_files import file_answer

blueprint = Blueprint("ask", __name__)
_KINDS = "<any(xlsx, csv, json):kind>"
_FILTERED = ("source", "year", "category", "state", "age", "sex", "label")
_KEPT = ("measure", "rows", "columns", "month", "months", "day", "unit", *(f"f_{name}" for name in _FILTERED))


@blueprint.get("/reports/ask")
@requires(FIGURES)
def show() -> ResponseReturnValue:
    """The question in the address with its answer."""
    try:
        asked = _asked(request.args)
    except Invalid as problem:
        return _page(_asked({}), problem)
    return _page(asked)


@blueprint.get(f"/reports/ask/export/{_KINDS}")
@requires(FIGURES)
def export(kind: str) -> ResponseReturnValue:
    """The answer as a file; taking it out is recorded."""
    asked = _asked(request.args)
    with installation().database.write() as session:
        found = answer(session, actor(), asked)
        audit.record(session, actor(), "report.exported", "question", asked.measure, kind=kind, query=_query())
    pages = answer_pages(found, installation().settings.county_name, today())
    return file_answer(pages, pages[0].text(pages[0].layout.title), kind)


@blueprint.post("/reports/ask/saved")
@requires(FIGURES)
def keep() -> ResponseReturnValue:
    """Keep the question under a name."""
    given, name = request.form, plain(request.form.get("name", ""), 200)
    asked = _asked(given)
    try:
        with installation().database.write() as session:
            save(session, actor(), name, _query(given))
    except Invalid as problem:
        return _page(asked, problem, given)
    return redirect(f"{url_for('ask.show')}?{_query(given)}")


@blueprint.post("/reports/ask/forget")
@requires(FIGURES)
def drop() -> ResponseReturnValue:
    """Forget a kept question."""
    with installation().database.write() as session:
        forget(session, actor(), plain(request.form.get("name", ""), 200))
    return redirect(url_for("ask.show"))


def _page(asked: Asked, problem: ShibiaoError | None = None,
          given: Mapping[str, str] | None = None) -> ResponseReturnValue:
    told = request.args if given is None else given
    with installation().database.read() as session:
        found = answer(session, actor(), asked)
        kept, places = saved(session, actor()), scopes(session, actor())
    page = render_template(
        "reports/ask.html", found=found, asked=asked, chart=answer_chart(found), kept=kept,
        places=[(place.id, f"{place.name}各校") for place in places],
        measures=[(name, FIGURE_LABELS[name]) for name in MEASURES], axes=list(AXES.items()), report_tab="ask",
        month=asked.month, filters=_filters(asked), narrowed=dict(asked.by), query=_query(told), told=told,
        problem=problem, kept_values=[(name, told[name]) for name in _KEPT if told.get(name)],
        most_months=MOST_MONTHS, standing=STANDING, hidden_note=NOTE)
    return (page, status_of(problem)) if problem else page


def _asked(given: Mapping[str, str]) -> Asked:
    """The question told by an address or a form; the month's outstanding children by source where nothing is."""
    unit, months = given.get("unit", ""), whole(given.get("months", "") or "12")
    if unit and whole(unit) is None:
        raise Invalid("没有这个单位。", "请从页面上的选项中选择。")
    by = tuple((name, given[f"f_{name}"]) for name in _FILTERED if given.get(f"f_{name}"))
    if not all(DIMENSIONS[name].knows(value) for name, value in by):
        raise Invalid("没有这样的筛选条件。", "请从页面上的选项中选择。")
    return Asked(
        given.get("measure", "closing"), given.get("rows", "unit"), given.get("columns", "source"),
        parse_month(given["month"]) if given.get("month") else this_month(), months if months is not None else 0,
        parse_day(given["day"]) if given.get("day") else today(), whole(unit) if unit else None, by)


def _query(given: Mapping[str, str] | None = None) -> str:
    told = request.args if given is None else given
    return urlencode([(name, told[name]) for name in _KEPT if told.get(name) or name in told and name == "columns"])


def _filters(asked: Asked) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Name, label and choices of each filter."""
    found = []
    for name in _FILTERED:
        dimension = DIMENSIONS[name]
        values = _years(asked) if name == "year" else list(dimension.values)
        found.append((name, dimension.label, [(value, dimension.words(value, asked.on)) for value in values]))
    return found


def _years(asked: Asked) -> list[str]:
    first = min([asked.on.year - 9, *(int(value) for name, value in asked.by if name == "year")])
    return [str(year) for year in range(asked.on.year, first - 1, -1)]


@blueprint.app_template_global()
def other_tables(table: Annex1) -> list[tuple[str, str]]:
    """Tables of the same day, unit and category that stand beside 附件1, as words and queries."""
    kinds = {"f_category": table.category} if table.category else {}
    base = {"measure": STANDING, "day": table.day.isoformat(), "unit": table.place.id if table.place else ""}
    wanted = [("按来源和年度", {**base, **kinds, "columns": "origin"}),
              ("按是否建档立卡", {**base, "columns": "category"}),
              ("按年龄", {**base, **kinds, "columns": "age"}), ("按性别", {**base, **kinds, "columns": "sex"}),
              ("按目前状态", {**base, **kinds, "columns": "state"})]
    return [(words, urlencode({name: value for name, value in query.items() if value})) for words, query in wanted]
