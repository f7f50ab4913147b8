"""The gate every request passes: default deny, who it is, may they, did they mean it; and the headers."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, redirect, request, url_for
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as AnyResponse

from service import accounts
from service.errors import Invalid, NotFound, ShibiaoError
from service.web import sessions
from service.web.context import SMALL_BODY, Rule, installation, public, rule_of

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
API_PREFIX = "/api/v1/"
_MEGABYTE = 1024 * 1024
_LARGEST_ID = 2**31 - 1
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_FILES_PER_FORM = 20
"""A form without scripts sends all its files in one body."""

HEADERS = {
    "Content-Security-Policy":
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; "
        # data: for the arrows and ticks inside Bootstrap's stylesheet, blob: for previews of chosen files
        "img-src 'self' blob: data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class NotLoggedIn(ShibiaoError):
    """No valid session or token came with the request."""

    code = "not_logged_in"
    message = "请先登录。"
    advice = "登录已过期或尚未登录，请重新登录。"


class Forged(ShibiaoError):
    """A request that changes something, without the token of the page or from another site."""

    code = "csrf"
    message = "页面已过期，请求没有执行。"
    advice = "请返回上一页并刷新，再操作一次。"


def prepare(app: Flask) -> None:
    """Install the gate and the headers; RuntimeError when a view has no rule."""
    if "static" in app.view_functions:
        app.view_functions["static"] = public(app.view_functions["static"])
    unmarked = [name for name, view in app.view_functions.items() if rule_of(view) is None]
    if unmarked:
        raise RuntimeError(f"views without @requires or @public: {', '.join(sorted(unmarked))}")
    settings = app.extensions["installation"].settings
    if settings.trusted_proxies:
        n = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]
    app.before_request(_gate)
    app.after_request(_add_headers)


def body_limit() -> int:
    """How many bytes a request that carries files may have."""
    return (installation().settings.max_upload_mb * _FILES_PER_FORM + 1) * _MEGABYTE


def is_api() -> bool:
    """Whether the request is a program's."""
    return request.path.startswith(API_PREFIX)


def _gate() -> AnyResponse | None:
    if request.endpoint is None:
        return None  # no such address: 404 for everybody
    rule = rule_of(current_app.view_functions[request.endpoint]) or Rule()
    request.max_content_length = body_limit() if rule.carries_files else SMALL_BODY
    if request.endpoint == "static":
        return None
    must_change = _authenticate(rule)
    if rule.is_public:
        return None
    if "actor" not in g:
        return _ask_to_log_in()
    if rule.permission is not None:
        g.actor.require(rule.permission)
    _refuse_impossible_values()
    if is_api():
        return None  # a bearer token is never sent by a browser on its own
    if request.method not in SAFE:
        check_origin()
        _check_token()
    if must_change and request.endpoint not in ("auth.password", "auth.logout"):
        return redirect(url_for("auth.password"))
    return None


def _authenticate(rule: Rule) -> bool:
    """Put the person into `g`; True when a new password must be set first."""
    here, address = installation(), request.remote_addr or ""
    if is_api():
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() == "bearer" and token.strip():
            found = accounts.actor_of_token(here.database, token.strip(), address)
            if found:
                g.actor = found
        return False
    logged_in = sessions.find(here.database, here.settings, sessions.presented(here.settings), address,
                              renews=rule.renews)
    if logged_in is None:
        return False
    g.actor, g.csrf_token, g.unit_name = logged_in.actor, logged_in.csrf_token, logged_in.unit_name
    return logged_in.must_change_password


def _ask_to_log_in() -> AnyResponse:
    if is_api() or wants_json():
        raise NotLoggedIn
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("auth.login", next=back if back != "/" else None))


def wants_json() -> bool:
    """Whether the answer goes to a script rather than to a person's window."""
    accept = request.accept_mimetypes
    return accept.best_match(["text/html", "application/json"], "text/html") == "application/json"


def check_origin() -> None:
    """Raise Forged when the browser says the request comes from another site."""
    source = request.headers.get("Origin") or request.headers.get("Referer")
    if source is None:
        return  # not a browser's request; the token still has to fit
    parts = urlsplit(source)
    own = {request.host_url.rstrip("/"), installation().settings.public_url.rstrip("/")}
    if f"{parts.scheme}://{parts.netloc}" not in own:
        raise Forged


def same(given: str, expected: str) -> bool:
    """Compare two secrets without telling by the time it takes; nothing equals an empty one."""
    return bool(expected) and hmac.compare_digest(given.encode(), expected.encode())


def _check_token() -> None:
    given = request.headers.get("X-CSRF-Token")
    if given is None:
        given = request.form.get("csrf_token", "")
    if not same(given, g.csrf_token):
        raise Forged
    if request.mimetype in _FORMS:
        _refuse_nul(request.form.values())


def _refuse_impossible_values() -> None:
    """Neither database takes a NUL in a text or a number of any length: such things simply are not there."""
    for value in (request.view_args or {}).values():
        if isinstance(value, int) and value > _LARGEST_ID or isinstance(value, str) and "\0" in value:
            raise NotFound
    _refuse_nul(request.args.values())


def _refuse_nul(texts: Iterable[str]) -> None:
    if any("\0" in text for text in texts):
        raise Invalid("提交的内容里有不能处理的字符。")


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if installation().settings.secure_cookies:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint != "static" or response.status_code >= 400:
        response.headers["Cache-Control"] = "no-store"
    return response
