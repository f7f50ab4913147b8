"""The records and what people do with them; `create_app` is the door for Flask's own commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def create_app() -> Flask:
    """The web application with settings from the environment (for Flask's command and gunicorn)."""
    # Imported here, so that a worker importing service loads no Flask.
    from service.config import Settings
    from service.installation import open_installation
    from service.logs import configure
    from service.sweeper import Sweeper
    from service.web import build_app

    settings = Settings.from_env()
    configure(settings.log_level)
    installation = open_installation(settings)
    Sweeper(installation).start()
    return build_app(installation)
