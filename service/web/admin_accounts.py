"""The administrators' accounts screens."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("admin_accounts", __name__, url_prefix="/admin/accounts")
