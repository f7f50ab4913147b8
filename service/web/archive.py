"""The archive screens."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("archive", __name__)
