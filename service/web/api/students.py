"""The API's students."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from pydantic import BaseModel

blueprint = Blueprint("api_students", __name__)
SCHEMAS: tuple[type[BaseModel], ...] = ()
PATHS: dict[str, dict[str, Any]] = {}
