"""The administrators' audit screens."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("admin_audit", __name__, url_prefix="/admin/audit")
