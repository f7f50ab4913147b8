"""The API's scans: hand one in, see what became of it, get the original back."""

from __future__ import annotations

from datetime import datetime
from typing import Any, BinaryIO, Literal, cast
from urllib.parse import unquote

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field

from service import intake, progress
from service.access import UPLOAD
from service.errors import Invalid
from service.progress import KINDS, ScanLine
from service.web.context import actor, installation, requires
from service.web.uploads import original_of

blueprint = Blueprint("api_scans", __name__)


class ReceiptOut(BaseModel):
    """The file is safely stored. `duplicate`: the unit had handed in the same bytes or key before."""

    id: str = Field(description="32 hexadecimal digits")
    receipt: str = Field(description="the receipt number for people, e.g. 3F9A-21C7")
    state: str
    duplicate: bool
    file_name: str
    received_at: datetime


class SheetBrief(BaseModel):
    """One sheet of paper found in the scan."""

    id: int
    number: int
    state: Literal["to_review", "signed", "returned", "set_aside"]
    words: str
    form: str = Field(description="the form's title, empty when none was recognised")


class ScanOut(BaseModel):
    """One scan: where it stands, in words and for programs."""

    id: str
    receipt: str
    file_name: str
    size: int
    sha256: str
    media_type: str
    unit: str
    received_at: datetime
    state: Literal["queued", "reading", "to_review", "filed", "set_aside", "retake", "failed", "settled"]
    words: str
    detail: str
    wants_retake: bool
    replaced_by: str | None
    problems: list[str]
    sheets: list[SheetBrief]


class ScanList(BaseModel):
    """One page of scans, newest first."""

    scans: list[ScanOut]
    page: int
    pages: int
    total: int


@blueprint.post("/scans")
@requires(UPLOAD, carries_files=True)
def hand_in() -> ResponseReturnValue:
    """Take in one file: as the whole body with ?file_name=, or as the part `file` of a form."""
    stream, name = _file()
    receipt = intake.receive(installation(), actor(), stream, name,
                             idempotency_key=request.headers.get("Idempotency-Key"))
    body = ReceiptOut(id=receipt.scan_id, receipt=progress.receipt_number(receipt.scan_id),
                      state=receipt.state, duplicate=receipt.duplicate, file_name=receipt.file_name,
                      received_at=receipt.received_at)
    place = url_for("api_scans.show", scan_id=receipt.scan_id)
    return body.model_dump(mode="json"), 200 if receipt.duplicate else 201, {"Location": place}


@blueprint.get("/scans")
@requires(UPLOAD)
def index() -> ResponseReturnValue:
    """The scans in sight, 30 a page; `kind` narrows."""
    kind = request.args.get("kind", "")
    if kind and kind not in KINDS:
        raise Invalid("kind 的取值不对。", f"可用：{'、'.join(KINDS)}。")
    with installation().database.read() as session:
        found = progress.page(session, actor(), kind=kind, number=_page_number())
    return ScanList(scans=[_out(line) for line in found.lines], page=found.page, pages=found.pages,
                    total=found.total).model_dump(mode="json")


@blueprint.get("/scans/<scan_id>")
@requires(UPLOAD)
def show(scan_id: str) -> ResponseReturnValue:
    """One scan with its sheets."""
    with installation().database.read() as session:
        return _out(progress.find(session, actor(), scan_id)).model_dump(mode="json")


@blueprint.get("/scans/<scan_id>/original")
@requires(UPLOAD)
def original(scan_id: str) -> ResponseReturnValue:
    """The file as it came."""
    return original_of(actor(), scan_id)


def _file() -> tuple[BinaryIO, str]:
    if request.mimetype != "multipart/form-data":
        return cast(BinaryIO, request.stream), request.args.get("file_name", "") or unquote(
            request.headers.get("X-File-Name", ""))
    file = request.files.get("file")
    if file is None:
        raise Invalid("缺少名为 file 的文件。", "请放在 multipart 的 file 部分，或直接作为请求正文发送。")
    return cast(BinaryIO, file.stream), file.filename or ""


def _page_number() -> int:
    text = request.args.get("page", "1")
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= 1_000_000:
        raise Invalid("page 应为正整数。")
    return int(text)


def _out(line: ScanLine) -> ScanOut:
    sheets = [SheetBrief(id=sheet.id, number=sheet.number, state=cast(Any, sheet.standing.key),
                         words=sheet.standing.words, form=sheet.form) for sheet in line.sheets]
    return ScanOut(
        id=line.id, receipt=line.receipt, file_name=line.file_name, size=line.size, sha256=line.sha256,
        media_type=line.media_type, unit=line.unit, received_at=line.received_at,
        state=cast(Any, line.standing.key), words=line.standing.words, detail=line.standing.detail,
        wants_retake=line.wants_retake, replaced_by=line.replaced_by, problems=list(line.problems),
        sheets=sheets)


def _json(schema: str, description: str) -> dict[str, Any]:
    return {"description": description,
            "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}}


_SCAN_ID = {"name": "scan_id", "in": "path", "required": True,
            "schema": {"type": "string", "pattern": "^[0-9a-f]{32}$"}}
_BINARY = {"schema": {"type": "string", "format": "binary"}}
SCHEMAS: tuple[type[BaseModel], ...] = (ReceiptOut, ScanOut, ScanList)
PATHS: dict[str, dict[str, Any]] = {
    "/scans": {
        "post": {
            "operationId": "handInScan", "tags": ["scans"], "summary": "上传一个文件；收到 201/200 才算存好",
            "parameters": [
                {"name": "file_name", "in": "query", "schema": {"type": "string", "maxLength": 255},
                 "description": "文件名（整个正文就是文件时）"},
                {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "maxLength": 80},
                 "description": "重发时用同一个值，得到同一张回执"}],
            "requestBody": {"required": True, "content": {
                "application/octet-stream": _BINARY,
                "multipart/form-data": {"schema": {"type": "object", "required": ["file"],
                                                   "properties": {"file": _BINARY["schema"]}}}}},
            "responses": {"201": _json("ReceiptOut", "已安全存入"),
                          "200": _json("ReceiptOut", "此前已存过同一文件")},
        },
        "get": {
            "operationId": "listScans", "tags": ["scans"], "summary": "本账号可见的文件，新的在前",
            "parameters": [
                {"name": "kind", "in": "query", "schema": {"type": "string", "enum": list(KINDS)}},
                {"name": "page", "in": "query",
                 "schema": {"type": "integer", "minimum": 1, "maximum": 1_000_000}}],
            "responses": {"200": _json("ScanList", "一页")},
        },
    },
    "/scans/{scan_id}": {"get": {
        "operationId": "getScan", "tags": ["scans"], "summary": "一个文件的状态和其中的表格",
        "parameters": [_SCAN_ID], "responses": {"200": _json("ScanOut", "文件")}}},
    "/scans/{scan_id}/original": {"get": {
        "operationId": "getOriginal", "tags": ["scans"], "summary": "下载原件（每次下载都有记录）",
        "parameters": [_SCAN_ID],
        "responses": {"200": {"description": "原样的文件",
                              "content": {"application/octet-stream": _BINARY}}}}},
}
