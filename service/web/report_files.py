"""Reports as files: workbook, CSV and JSON, each taking out recorded."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from flask import Blueprint, Response, jsonify, make_response
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from service import audit
from service.access import REPORTS
from service.calendar import today
from service.reports import listing, month
from service.reports.layouts import Page
from service.reports.pages import annex_pages, list_pages, month_pages
from service.reports.periods import parse_month
from service.reports.plain_text import csv_bytes
from service.web.context import actor, installation, requires
from service.web.reports import asked_annex1, asked_issue, asked_question

blueprint = Blueprint("report_files", __name__)
LONGEST_LIST = 20_000
_KINDS = "<any(xlsx, csv, json):kind>"


@blueprint.get(f"/reports/months/<wanted>/export/{_KINDS}")
@requires(REPORTS)
def export_month(wanted: str, kind: str) -> ResponseReturnValue:
    """The month by unit."""
    which = parse_month(wanted)
    with installation().database.write() as session:
        issue, frozen = asked_issue(session, which)
        report = month.month(session, actor(), which, frozen)
        _record(session, "month", str(which), kind)
    return file_answer(month_pages(report, installation().settings.county_name, today(), issue), f"月报-{which}", kind)


@blueprint.get(f"/reports/months/<wanted>/units/<int:unit_id>/export/{_KINDS}")
@requires(REPORTS)
def export_unit_month(wanted: str, unit_id: int, kind: str) -> ResponseReturnValue:
    """The month of one reporting unit by school."""
    which = parse_month(wanted)
    with installation().database.write() as session:
        issue, frozen = asked_issue(session, which)
        report = month.month_within(session, actor(), which, unit_id, frozen)
        _record(session, "month", f"{which}/{unit_id}", kind)
    name = report.total.name if report.total else ""
    pages = month_pages(report, installation().settings.county_name, today(), issue)
    return file_answer(pages, f"月报-{name}-{which}", kind)


@blueprint.get(f"/reports/annex1/export/{_KINDS}")
@requires(REPORTS)
def export_annex1(kind: str) -> ResponseReturnValue:
    """附件1 of a day, with the page that holds it against the papers where there are some."""
    with installation().database.write() as session:
        table = asked_annex1(session)
        _record(session, "annex1", table.day.isoformat(), kind)
    pages, kinds = annex_pages(table, today()), table.category_words or "全部学生"
    name = "-".join(["附件1", kinds, *([table.place.name] if table.place else []), table.day.isoformat()])
    return file_answer(pages if kind == "xlsx" else pages[-1:], name, kind)


@blueprint.get(f"/reports/list/export/{_KINDS}")
@requires(REPORTS)
def export_list(kind: str) -> ResponseReturnValue:
    """The whole list behind a figure, ID numbers masked."""
    question = asked_question()
    with installation().database.write() as session:
        found = listing.listing(session, actor(), question, size=LONGEST_LIST)
        _record(session, "list", question.figure, kind, rows=len(found.rows))
    return file_answer(list_pages(found, today()), f"名单-{question.label}", kind)


def _record(session: Session, what: str, which: str, kind: str, **detail: int) -> None:
    audit.record(session, actor(), "report.exported", what, which, kind=kind, **detail)


def file_answer(pages: Sequence[Page], name: str, kind: str) -> Response:
    """The pages as a file of a kind; CSV and JSON take the first."""
    if kind == "json":
        answer = jsonify(about=dict(pages[0].words), rows=[dict(row) for row in pages[0].rows],
                         total=dict(pages[0].total) if pages[0].total else None)
    elif kind == "csv":
        answer = make_response(csv_bytes(pages[0]))
        answer.mimetype = "text/csv"
    else:
        from service.reports.workbook import MEDIA_TYPE, xlsx_bytes  # openpyxl is loaded when first needed

        answer = make_response(xlsx_bytes(pages))
        answer.mimetype = MEDIA_TYPE
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'{name}.{kind}', safe='')}"
    return answer
