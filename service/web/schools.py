"""The screens of schools: the list, a school's page with its plan and supervision, and the ledger of home teaching."""

from __future__ import annotations

from datetime import date
from typing import BinaryIO, cast
from urllib.parse import quote

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from service.access import CASE_EVENTS, FILES
from service.calendar import today
from service.cases import home_teaching, plans, school_page, unit_choices
from service.cases.school_year import SchoolYear, this_year
from service.errors import Invalid, NotFound
from service.norms import norms
from service.web.context import actor, installation, requires
from service.web.parameters import plain, whole

blueprint = Blueprint("schools", __name__)


@blueprint.get("/schools")
@requires(FILES)
def listing() -> ResponseReturnValue:
    """The schools in sight with what each has and lacks."""
    asked = request.args
    wanted, township, year = asked.get("list", "all"), whole(asked.get("unit", "")), _year(asked.get("year", ""))
    with installation().database.read() as session:
        found = school_page.listing(session, actor(), year, wanted, township, whole(asked.get("page", "")) or 1)
        units = unit_choices.townships_in_sight(session, actor())
    return render_template("schools/list.html", found=found, wanted=wanted, lists=school_page.LISTS, units=units,
                           unit_id=township, year=year, years=_years())


@blueprint.get("/schools/<int:unit_id>")
@requires(FILES)
def show(unit_id: int) -> ResponseReturnValue:
    """A school's page."""
    with installation().database.read() as session:
        page = school_page.open_school(session, actor(), unit_id, _year(request.args.get("year", "")))
    return render_template("schools/page.html", page=page, years=_years(), items=plans.ITEMS, sections=plans.SECTIONS,
                           today=today())


@blueprint.get("/schools/<int:unit_id>/plan")
@requires(FILES)
def plan(unit_id: int) -> ResponseReturnValue:
    """The plan to fill in, or to print."""
    with installation().database.read() as session:
        page = school_page.open_school(session, actor(), unit_id, _year(request.args.get("year", "")))
    return render_template("schools/plan.html", page=page, sections=plans.SECTIONS, longest=plans.LONGEST_SECTION,
                           today=today())


@blueprint.post("/schools/<int:unit_id>/plan")
@requires(CASE_EVENTS)
def write_plan(unit_id: int) -> ResponseReturnValue:
    """Save the plan as filled in."""
    year = _year(request.form.get("year", ""))
    texts = {name: plain(request.form.get(name, ""), plans.LONGEST_SECTION + 1) for name in plans.SECTIONS}
    with installation().database.write() as session:
        plans.write(session, actor(), unit_id, year, texts)
    return redirect(url_for("schools.plan", unit_id=unit_id, year=year.year, done=1))


@blueprint.post("/schools/<int:unit_id>/plan/file")
@requires(CASE_EVENTS, carries_files=True)
def hand_in_plan(unit_id: int) -> ResponseReturnValue:
    """Take a plan in as a file."""
    here, year, file = installation(), _year(request.form.get("year", "")), request.files.get("file")
    with here.database.read() as session:
        plans.school(session, actor(), unit_id)
    if file is None or not file.filename:
        raise Invalid("请选择方案文件。")
    stored, kind = plans.receive(here.store, cast(BinaryIO, file.stream), here.settings.max_upload_mb * 1024 * 1024)
    with here.database.write() as session:
        plans.hand_in(session, actor(), unit_id, year, plain(file.filename, 255), stored, kind)
    return redirect(url_for("schools.show", unit_id=unit_id, year=year.year, done=1))


@blueprint.get("/plans/<int:plan_id>/file")
@requires(FILES)
def plan_file(plan_id: int) -> Response:
    """A plan's file, always as a download; the download is recorded."""
    here = installation()
    with here.database.write() as session:
        found = plans.file_of(session, actor(), plan_id)
    path = here.store.path(found.sha256 or "").resolve()
    if not path.is_file():
        raise NotFound("文件暂时无法读取。", "请联系系统管理员检查存储。")
    answer = send_file(path, mimetype="application/octet-stream", as_attachment=True, conditional=False, etag=False,
                       download_name="plan", max_age=0)
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(found.file_name, safe='')}"
    return answer


@blueprint.post("/schools/<int:unit_id>/inspections")
@requires(CASE_EVENTS)
def inspect(unit_id: int) -> ResponseReturnValue:
    """Note what was seen at the school."""
    form = request.form
    with installation().database.write() as session:
        plans.inspect(session, actor(), unit_id, form.get("item", ""), _day(form.get("on", "")),
                      plain(form.get("text", ""), 800))
    return redirect(url_for("schools.show", unit_id=unit_id, done=1))


@blueprint.get("/home-teaching")
@requires(FILES)
def teaching() -> ResponseReturnValue:
    """The ledger of home teaching."""
    year, unit_id = _year(request.args.get("year", "")), whole(request.args.get("unit", ""))
    with installation().database.read() as session:
        found = home_teaching.ledger(session, actor(), year, unit_id)
        units = unit_choices.in_sight(session, actor())
    return render_template("schools/teaching.html", ledger=found, units=units, unit_id=unit_id, years=_years(),
                           norms=norms())


def _year(text: str) -> SchoolYear:
    number = whole(text)
    return SchoolYear(number) if number and 2000 <= number <= this_year().year + 1 else this_year()


def _years() -> list[SchoolYear]:
    now = this_year().year
    return [SchoolYear(year) for year in range(now + 1, now - 8, -1)]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("请填写「日期」。") from None
