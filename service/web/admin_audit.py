"""The audit administrator's screen: who did what, and whether the record is whole."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from service import trail
from service.access import AUDIT
from service.trail import Filters
from service.web.context import actor, installation, requires
from service.web.wording import LOCAL

blueprint = Blueprint("admin_audit", __name__, url_prefix="/admin")


@blueprint.get("/audit")
@requires(AUDIT)
def index() -> ResponseReturnValue:
    """The log, newest first; `action`, `login`, `type`, `id`, `from` and `to` narrow it."""
    args = request.args
    filters = Filters(args.get("action", ""), args.get("login", ""), args.get("type", ""), args.get("id", ""),
                      _midnight(args.get("from")), _midnight(args.get("to"), days=1))
    with installation().database.read() as session:
        listed = trail.page(session, actor(), filters, args.get("page", 1, int))
        actions = trail.actions(session, actor())
    return render_template("admin/audit.html", listed=listed, actions=actions, args=args)


@blueprint.post("/audit/verify")
@requires(AUDIT)
def verify() -> ResponseReturnValue:
    """Recompute every hash of the chain."""
    broken = trail.verify(installation().database, actor())
    return render_template("admin/verified.html", broken=broken)


def _midnight(text: str | None, days: int = 0) -> datetime | None:
    """The beginning of a day in China, `days` later; None for no day or what is none."""
    try:
        return datetime.combine(date.fromisoformat(text or ""), time(), LOCAL) + timedelta(days=days)
    except (ValueError, OverflowError):
        return None
