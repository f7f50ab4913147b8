"""The meeting-room screen: one page that fills the wall and renews itself."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from service.access import FIGURES, REPORTS
from service.calendar import local
from service.database import now
from service.reports import charts
from service.reports.board import board
from service.reports.periods import parse_month, this_month
from service.web.context import actor, installation, requires

blueprint = Blueprint("board", __name__)


@blueprint.get("/reports/board")
@requires(FIGURES)
def show() -> ResponseReturnValue:
    """The screen, of the present month or the one asked for."""
    return render_template("reports/board.html", **_told())


@blueprint.get("/reports/board/now")
@requires(FIGURES, renews=False)
def renewed() -> ResponseReturnValue:
    """What stands on the screen, for the page to renew itself; counts as nobody's activity."""
    return render_template("reports/board_body.html", **_told())


def _told() -> dict[str, object]:
    wanted = parse_month(request.args["month"]) if request.args.get("month") else this_month()
    with installation().database.read() as session:
        found = board(session, actor(), wanted, installation().settings.report_deadline_day)
    # Who sees counts only may leave the screen on for the day: renewing keeps that session, no other.
    source = "/reports/board/now" if actor().may(REPORTS) else "/reports/board"
    return {"board": found, "trend": charts.trend_chart(found.trend), "month": wanted, "renewed_at": local(now()),
            "source": f"{source}?month={request.args.get('month', '')}"}
