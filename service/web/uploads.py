"""The uploaders' screens: hand files in, see that they are safe, and what became of each."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from service.access import UPLOAD
from service.web.context import requires

blueprint = Blueprint("uploads", __name__)


@blueprint.get("/uploads")
@requires(UPLOAD)
def page() -> ResponseReturnValue:
    """What the unit handed in, retakes first."""
    return render_template("uploads/page.html")
