"""The records and what people do with them; `create_app` is the door for Flask's own commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def create_app() -> Flask:
    """The web application with settings from the environment (for `flask --app service`)."""
    from service.web import build_app  # imported here, so that a worker importing service loads no Flask

    return build_app()
