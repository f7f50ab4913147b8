"""The API's months."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from pydantic import BaseModel

blueprint = Blueprint("api_months", __name__)
SCHEMAS: tuple[type[BaseModel], ...] = ()
PATHS: dict[str, dict[str, Any]] = {}
