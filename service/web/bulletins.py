"""The month's 通报: on screen, to print or keep as PDF, and as a Word document."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, make_response, render_template
from flask.typing import ResponseReturnValue

from service import audit
from service.access import FIGURES
from service.reports.bulletin import bulletin
from service.reports.periods import parse_month
from service.web.context import actor, installation, requires

blueprint = Blueprint("bulletins", __name__)


@blueprint.get("/reports/bulletins/<wanted>")
@requires(FIGURES)
def show(wanted: str) -> ResponseReturnValue:
    """The notice as it will be printed."""
    which, settings = parse_month(wanted), installation().settings
    with installation().database.read() as session:
        notice = bulletin(session, actor(), which, settings.county_name, settings.report_deadline_day)
    return render_template("reports/bulletin.html", notice=notice, month=which)


@blueprint.get("/reports/bulletins/<wanted>/docx")
@requires(FIGURES)
def download(wanted: str) -> ResponseReturnValue:
    """The notice as a document to edit; taking it out is recorded."""
    from service.reports.document import MEDIA_TYPE, docx_bytes  # python-docx is loaded when first needed

    which, settings = parse_month(wanted), installation().settings
    with installation().database.write() as session:
        notice = bulletin(session, actor(), which, settings.county_name, settings.report_deadline_day)
        audit.record(session, actor(), "report.exported", "bulletin", str(which), kind="docx")
    answer = make_response(docx_bytes(notice))
    answer.mimetype = MEDIA_TYPE
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'{notice.title}.docx', safe='')}"
    return answer
