"""The one place where errors become answers: a page in Chinese, or JSON for programs and scripts."""

from __future__ import annotations

import secrets
import traceback
from pathlib import Path

import structlog
from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from service.errors import Conflict, Invalid, NotAllowed, NotFound, ShibiaoError, StorageFull, Unavailable
from service.logins import TooManyFailures
from service.web.security import Forged, NotLoggedIn, is_api, wants_json

_STATUS: dict[type[ShibiaoError], int] = {
    NotFound: 404, NotAllowed: 403, Forged: 403, NotLoggedIn: 401, Invalid: 422, Conflict: 409,
    StorageFull: 507, Unavailable: 503, TooManyFailures: 429, ShibiaoError: 422,
}
_HTTP_WORDS: dict[int, tuple[str, str]] = {
    400: ("请求不完整。", "文件可能没有传完，请检查网络后重新提交。"),
    404: ("没有找到这个页面。", "请检查网址，或从导航重新进入。"),
    405: ("不支持这种访问方式。", "请从页面上的按钮操作。"),
    413: ("文件太大，没有接收。", "请用 200–300 dpi 重新扫描或压缩后再上传。"),
    415: ("不支持这种内容格式。", "请按页面提示提交。"),
    429: ("操作太频繁。", "请稍等几分钟再试。"),
}
_log = structlog.get_logger("shibiao.web")


def prepare(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(ShibiaoError, _expected)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def status_of(error: ShibiaoError) -> int:
    """The HTTP status of an error: that of the nearest class in the table."""
    if error.code == "too_large":
        return 413
    return next(_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)


def _expected(error: ShibiaoError) -> ResponseReturnValue:
    return _answer(status_of(error), error.code, error.message, error.advice)


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or error.code is None or error.code < 400:
        return error
    message, advice = _HTTP_WORDS.get(error.code, ("请求没有完成。", "请返回重试；仍然不行请联系管理员。"))
    return _answer(error.code, f"http_{error.code}", message, advice)


def _unexpected(error: Exception) -> ResponseReturnValue:
    reference = secrets.token_hex(4).upper()
    # Where it happened, never the error's own text: it may quote a child's data. People get the number.
    _log.error("request_failed", reference=reference, route=str(request.url_rule),
               kind=type(error).__name__, frames=_frames(error))
    return _answer(500, "internal", "系统出现意外错误，操作没有完成。",
                   f"请稍后再试；如需帮助，请把编号 {reference} 告诉管理员。", reference)


def _frames(error: Exception) -> list[str]:
    stack = traceback.extract_tb(error.__traceback__)[-8:]
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in stack]


def _answer(status: int, code: str, message: str, advice: str, reference: str = "") -> ResponseReturnValue:
    if is_api() or wants_json():
        body = {"code": code, "message": message, "advice": advice}
        return {"error": body | ({"reference": reference} if reference else {})}, status
    page = render_template("errors/error.html", status=status, message=message, advice=advice,
                           reference=reference)
    return page, status

