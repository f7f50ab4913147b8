"""The administrators' units screens."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("admin_units", __name__, url_prefix="/admin/units")
