"""The security administrator's screens: accounts, their passwords, and tokens of programs."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from service import account_lines, accounts
from service.access import ACCOUNTS
from service.accounts import NewAccount
from service.errors import Invalid, ShibiaoError
from service.models import Unit
from service.models.people import ROLES
from service.web.context import actor, installation, requires
from service.web.errors import status_of
from service.web.wording import ROLE_WORDS

blueprint = Blueprint("admin_accounts", __name__, url_prefix="/admin")


@blueprint.get("/accounts")
@requires(ACCOUNTS)
def index() -> ResponseReturnValue:
    """All accounts, and the form for a new one."""
    return _index()


@blueprint.post("/accounts")
@requires(ACCOUNTS)
def create() -> ResponseReturnValue:
    """Make an account; its password is on the answer's page and nowhere else."""
    form = request.form
    try:
        with installation().database.write() as session:
            made = accounts.create(session, actor(), login=form.get("login", ""), name=form.get("name", ""),
                                   role=form.get("role", ""), unit_id=_number("unit_id"))
    except Invalid as refused:
        return _index(refused)
    return _told("账号已建立", made)


@blueprint.get("/accounts/<int:user_id>")
@requires(ACCOUNTS)
def account(user_id: int) -> ResponseReturnValue:
    """One account: change it, reset it, close it, its tokens."""
    return _account(user_id)


@blueprint.post("/accounts/<int:user_id>")
@requires(ACCOUNTS)
def change(user_id: int) -> ResponseReturnValue:
    """Another name, role or unit."""
    form = request.form
    try:
        with installation().database.write() as session:
            accounts.change(session, actor(), user_id, name=form.get("name", ""), role=form.get("role", ""),
                            unit_id=_number("unit_id"))
    except Invalid as refused:
        return _account(user_id, refused)
    return _back(user_id)


@blueprint.post("/accounts/<int:user_id>/reset")
@requires(ACCOUNTS)
def reset(user_id: int) -> ResponseReturnValue:
    """A new password, told once."""
    with installation().database.write() as session:
        made = accounts.reset(session, actor(), user_id)
    return _told("密码已重置，该账号的登录已全部退出", made)


@blueprint.post("/accounts/<int:user_id>/<any(disable, enable):step>")
@requires(ACCOUNTS)
def open_or_close(user_id: int, step: str) -> ResponseReturnValue:
    """Close an account or open it again."""
    with installation().database.write() as session:
        accounts.set_disabled(session, actor(), user_id, step == "disable")
    return _back(user_id)


@blueprint.post("/accounts/<int:user_id>/tokens")
@requires(ACCOUNTS)
def issue(user_id: int) -> ResponseReturnValue:
    """A bearer token, told once."""
    try:
        with installation().database.write() as session:
            token = accounts.issue_token(session, actor(), user_id, request.form.get("name", ""),
                                         _number("days"))
    except Invalid as refused:
        return _account(user_id, refused)
    return render_template("admin/token_told.html", user_id=user_id, token=token)


@blueprint.post("/tokens/<int:token_id>/revoke")
@requires(ACCOUNTS)
def revoke(token_id: int) -> ResponseReturnValue:
    """End a token."""
    with installation().database.write() as session:
        user_id = accounts.revoke_token(session, actor(), token_id)
    return _back(user_id)


def _index(refused: ShibiaoError | None = None) -> ResponseReturnValue:
    args = request.args
    search, role = args.get("q", "").strip()[:60], args.get("role", "")
    with installation().database.read() as session:
        listed = account_lines.page(session, actor(), search, role, args.get("page", 1, int))
        choices = _units()
    page = render_template("admin/accounts.html", listed=listed, search=search, role=role, refused=refused,
                           typed=request.form, roles=_roles(), units=choices)
    return page, status_of(refused) if refused else 200


def _account(user_id: int, refused: ShibiaoError | None = None) -> ResponseReturnValue:
    with installation().database.read() as session:
        line = account_lines.find(session, actor(), user_id)
    page = render_template("admin/account.html", line=line, refused=refused, roles=_roles(), units=_units(),
                           is_self=user_id == actor().user_id)
    return page, status_of(refused) if refused else 200


def _told(title: str, made: NewAccount) -> ResponseReturnValue:
    return render_template("admin/password_told.html", title=title, made=made)


def _back(user_id: int) -> ResponseReturnValue:
    return redirect(url_for("admin_accounts.account", user_id=user_id), 303)


def _units() -> list[tuple[int, str]]:
    with installation().database.read() as session:
        found = session.scalars(select(Unit).where(Unit.active).order_by(Unit.kind, Unit.position, Unit.name))
        return [(unit.id, _full_name(unit)) for unit in found]


def _full_name(unit: Unit) -> str:
    return f"{unit.name}（{unit.parent.name}）" if unit.kind == "school" and unit.parent else unit.name


def _roles() -> list[tuple[str, str]]:
    return [(role, ROLE_WORDS[role]) for role in ROLES]


def _number(name: str) -> int:
    return request.form.get(name, 0, int)
