"""The HTTP API under /api/v1: its parts, and the OpenAPI description assembled from theirs."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, render_template
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field
from pydantic.json_schema import models_json_schema

from service.web.api import casework, month_returns, months, scans, sheets, students
from service.web.context import public

PREFIX = "/api/v1"
_PARTS = (scans, sheets, students, casework, months, month_returns)
_FAULTS = ("400", "401", "403", "404", "405", "409", "413", "415", "422", "500", "503", "507")
blueprint = Blueprint("api", __name__)


class ErrorBody(BaseModel):
    """What went wrong: `code` for programs, the Chinese sentences for people."""

    code: str
    message: str
    advice: str
    reference: str = Field("", description="number to give to the administrator, after an unexpected error")


class Error(BaseModel):
    """Every answer from 400 up."""

    error: ErrorBody


def register_api(app: Flask) -> None:
    """Put every part under the prefix."""
    for part in _PARTS:
        app.register_blueprint(part.blueprint, url_prefix=PREFIX)
    app.register_blueprint(blueprint)


@blueprint.get(f"{PREFIX}/openapi.json")
@public
def openapi() -> ResponseReturnValue:
    """The description of the API for programs."""
    return description()


@blueprint.get("/api/docs")
@public
def docs() -> ResponseReturnValue:
    """The same for people."""
    return render_template("api/docs.html", api=description())


def description() -> dict[str, Any]:
    """The OpenAPI 3.1 document: each part gives PATHS (below the prefix) and SCHEMAS."""
    schemas = [model for part in _PARTS for model in part.SCHEMAS]
    _, components = models_json_schema([(model, "serialization") for model in [Error, *schemas]],
                                       ref_template="#/components/schemas/{model}")
    paths = {path: operations for part in _PARTS for path, operations in part.PATHS.items()}
    return {
        "openapi": "3.1.0",
        "info": {"title": "识表 API", "version": "1",
                 "description": "上传、识别结果、审核、学生档案与月报。访问规则与网页相同。"},
        "servers": [{"url": PREFIX}],
        "security": [{"bearer": []}],
        "paths": {path: {verb: _with_errors(operation) for verb, operation in operations.items()}
                  for path, operations in paths.items()},
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            "schemas": components["$defs"],
        },
    }


def _with_errors(operation: dict[str, Any]) -> dict[str, Any]:
    """The operation with the answers that every one of them can give."""
    fault = {"description": "没有完成；原因和建议见 error",
             "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}
    common = dict.fromkeys(_FAULTS, fault)
    return operation | {"responses": common | operation["responses"]}
