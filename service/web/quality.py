"""The bureau's quality page: what second readings say of a month's records, and drawing more of them."""

from __future__ import annotations

import re

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service import access, calendar
from service.errors import Invalid, NotFound
from service.review import quality, spots
from service.web.context import actor, installation, requires

blueprint = Blueprint("quality", __name__)
TARGETS = (0.01, 0.005, 0.002, 0.001, 0.0005)
_USUAL = 0.002
_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


@blueprint.get("/quality")
@requires(access.QUALITY)
def home() -> ResponseReturnValue:
    """The running month."""
    return redirect(url_for("quality.page", wanted=f"{calendar.today():%Y-%m}"))


@blueprint.get("/quality/<wanted>")
@requires(access.QUALITY)
def page(wanted: str) -> ResponseReturnValue:
    """One month's estimates, and what the chosen target would cost."""
    month, target = _month(wanted), _target(request.args.get("target", ""))
    with installation().database.read() as session:
        found = quality.look(session, actor(), month, target)
        findings, pending = spots.findings(session, actor(), month), spots.pending(session, actor())
    return render_template(
        "quality/page.html", quality=found, findings=findings, pending=pending, month=wanted, target=target,
        targets=TARGETS, earlier=_shifted(wanted, -1), later=_shifted(wanted, 1), fewest=quality.FEWEST,
        fewest_checks=quality.FEWEST_CHECKS, most=spots.MOST, drawn=request.args.get("drawn", type=int))


@blueprint.post("/quality/<wanted>/spots")
@requires(access.QUALITY)
def draw(wanted: str) -> ResponseReturnValue:
    """Draw places of the month for a second reading."""
    number = request.form.get("number", type=int)
    if number is None:
        raise Invalid("请填写抽查多少处。")
    with installation().database.write() as session:
        drawn = spots.draw(session, actor(), _month(wanted), number)
    return redirect(url_for("quality.page", wanted=wanted, drawn=drawn), 303)


def _month(wanted: str) -> quality.Months:
    found = _MONTH.fullmatch(wanted)
    if found is None:
        raise NotFound
    return quality.month_of(int(found[1]), int(found[2]))


def _shifted(wanted: str, by: int) -> str:
    year, month = divmod(int(wanted[:4]) * 12 + int(wanted[5:]) - 1 + by, 12)
    return f"{year}-{month + 1:02}"


def _target(text: str) -> float:
    try:
        return float(text) if float(text) in TARGETS else _USUAL
    except ValueError:
        return _USUAL
