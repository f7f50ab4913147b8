"""Logging in and out, one's own password, and the way from `/` to a role's first screen."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from flask import Blueprint, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service import accounts, audit, logins
from service.errors import Invalid, ShibiaoError
from service.models import User
from service.web import sessions
from service.web.context import actor, installation, public, requires
from service.web.errors import status_of
from service.web.security import Forged, check_origin, same

blueprint = Blueprint("auth", __name__)

_HOMES = {"school": "/uploads", "township": "/uploads", "clerk": "/review", "bureau": "/reports",
          "system_admin": "/admin/units", "security_admin": "/admin/accounts", "audit_admin": "/admin/audit",
          "viewer": "/reports/board"}


@blueprint.get("/")
@requires()
def home() -> ResponseReturnValue:
    """Send people to where their work is."""
    return redirect(_HOMES[actor().role])


@blueprint.get("/login")
@public
def login() -> ResponseReturnValue:
    """The login form; who is logged in already goes home."""
    if "actor" in g:
        return redirect(url_for("auth.home"))
    return _login_form()


@blueprint.post("/login")
@public
def log_in() -> ResponseReturnValue:
    """Check the password and start a fresh session, whatever cookie the browser came with."""
    here = installation()
    check_origin()
    if not same(request.form.get("csrf_token", ""), request.cookies.get(_form_cookie(), "")):
        raise Forged
    typed = request.form.get("login", "")
    try:
        user = logins.log_in(here.database, here.settings, typed, request.form.get("password", ""),
                             request.remote_addr or "")
    except logins.LoginRefused as refused:
        return _login_form(typed, refused)
    with here.database.write() as session:
        old = sessions.presented(here.settings)
        if old:
            sessions.end(session, old)
        token = sessions.start(session, here.settings, user)
    answer = redirect(_own_page(request.args.get("next")) or url_for("auth.home"))
    sessions.set_cookie(answer, here.settings, token)
    answer.delete_cookie(_form_cookie(), path="/", secure=here.settings.secure_cookies, httponly=True)
    return answer


@blueprint.post("/logout")
@requires()
def logout() -> ResponseReturnValue:
    """End the session on the server and take the cookie back."""
    here = installation()
    with here.database.write() as session:
        sessions.end(session, sessions.presented(here.settings) or "")
        audit.record(session, actor(), "login.ended", "user", actor().user_id)
    answer = redirect(url_for("auth.login"))
    sessions.clear_cookie(answer, here.settings)
    return answer


@blueprint.route("/password", methods=["GET", "POST"])
@requires()
def password() -> ResponseReturnValue:
    """One's own account: what it is, and a new password for it."""
    if request.method == "GET":
        return _password_form()
    here, form = installation(), request.form
    try:
        if form.get("new", "") != form.get("again", ""):
            raise Invalid("两次输入的新密码不一致。")
        with here.database.write() as session:
            user = accounts.change_password(session, actor(), form.get("old", ""), form.get("new", ""))
            token = sessions.start(session, here.settings, user)
    except Invalid as refused:
        return _password_form(refused)
    answer = redirect(url_for("auth.home"))
    sessions.set_cookie(answer, here.settings, token)
    return answer


def _login_form(typed: str = "", refused: ShibiaoError | None = None) -> ResponseReturnValue:
    token = secrets.token_urlsafe(32)
    page = render_template("auth/login.html", typed=typed, refused=refused, form_token=token)
    answer = make_response(page, status_of(refused) if refused else 200)
    answer.set_cookie(_form_cookie(), token, httponly=True, samesite="Strict", path="/", max_age=3600,
                      secure=installation().settings.secure_cookies)
    return answer


def _password_form(refused: ShibiaoError | None = None) -> ResponseReturnValue:
    with installation().database.read() as session:
        user = session.get_one(User, actor().user_id)
        page = render_template("auth/password.html", user=user, unit=user.unit, refused=refused)
    return page, status_of(refused) if refused else 200


def _form_cookie() -> str:
    """The login form has no session yet: its token is held against a cookie of its own."""
    return sessions.cookie_name(installation().settings) + "-login"


def _own_page(target: str | None) -> str | None:
    """`target` when it is a path on this site, so that nobody is sent elsewhere after logging in."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc or "\\" in target else target
