"""The API's scans: hand one in, see what became of it, get the original back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from pydantic import BaseModel

blueprint = Blueprint("api_scans", __name__)
SCHEMAS: tuple[type[BaseModel], ...] = ()
PATHS: dict[str, dict[str, Any]] = {}
