"""The web: the only place that knows HTTP; `build_app` puts its parts together."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from service.config import Settings
from service.installation import Installation, open_installation
from service.web import (
    admin_accounts,
    admin_audit,
    admin_units,
    alike,
    archive,
    ask,
    auth,
    background,
    board,
    bulletins,
    casework,
    errors,
    learning,
    lists,
    months,
    observe,
    quality,
    report_files,
    reports,
    review,
    review_notes,
    schools,
    second,
    security,
    sheet_images,
    students,
    transfers,
    uploads,
    wall,
    wording,
)
from service.web.api import register_api

_SCREENS = Path(__file__).parents[2] / "templates" / "screens"
_AREAS = (auth, uploads, review, review_notes, wall, second, quality, sheet_images, students, background, casework,
          transfers, schools, archive, lists, alike, reports, months, report_files, ask, board, bulletins, learning,
          admin_accounts, admin_units, admin_audit, observe)


def build_app(source: Installation | Settings | None = None) -> Flask:
    """The application on an installation, on one opened from settings, or from the environment's.

    Raises RuntimeError when a view says neither `@requires(...)` nor `@public`.
    """
    app = Flask(__name__, template_folder=str(_SCREENS))
    app.extensions["installation"] = _opened(source)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for area in _AREAS:
        app.register_blueprint(area.blueprint)
    register_api(app)
    wording.prepare(app)
    errors.prepare(app)
    observe.prepare(app)
    security.prepare(app)
    return app


def _opened(source: Installation | Settings | None) -> Installation:
    if isinstance(source, Installation):
        return source
    return open_installation(source or Settings.from_env())
