"""Units, accounts and tokens from the terminal: how a new county gets its first ones."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ocr.lists import read_units
from service import accounts, units
from service.config import Settings
from service.errors import NotFound
from service.installation import open_installation
from service.models import Unit, User
from service.models.people import ROLES


def add(tasks: Any) -> None:
    """Add the tasks `units`, `user` and `token`."""
    listing = tasks.add_parser("units", help="从 CSV（name,kind,parent）添加单位")
    listing.add_argument("file", type=Path)
    listing.set_defaults(task=_units)
    _add_user(tasks.add_parser("user", help="账号").add_subparsers(required=True, metavar="操作"))
    token = tasks.add_parser("token", help="接口令牌").add_subparsers(required=True, metavar="操作")
    issue = token.add_parser("add", help="签发令牌，只显示一次")
    issue.add_argument("login")
    issue.add_argument("--name", required=True, help="用途")
    issue.add_argument("--days", type=int, default=90)
    issue.set_defaults(task=_token)


def _add_user(user: Any) -> None:
    new = user.add_parser("add", help="添加账号；不给密码则随机生成")
    new.add_argument("login")
    new.add_argument("--name", required=True, help="姓名")
    new.add_argument("--role", required=True, choices=ROLES)
    new.add_argument("--unit", default="", help="单位名称；不写则为教体局")
    new.set_defaults(task=_user)
    reset = user.add_parser("reset", help="重置密码，结束其所有登录")
    reset.add_argument("login")
    reset.set_defaults(task=_reset)


def _units(settings: Settings, given: argparse.Namespace) -> None:
    entries = read_units(given.file)
    with open_installation(settings).database.write() as session:
        head = units.found_bureau(session, settings.county_name)
        print(f"新增单位 {units.add_listed(session, None, entries, head)} 个。")


def _user(settings: Settings, given: argparse.Namespace) -> None:
    with open_installation(settings).database.write() as session:
        unit = _unit(session, given.unit) if given.unit else units.found_bureau(session, settings.county_name)
        made = accounts.create(session, None, login=given.login, name=given.name, role=given.role,
                               unit_id=unit.id)
    print(f"账号 {made.login}  密码 {made.password}（首次登录须修改）")


def _reset(settings: Settings, given: argparse.Namespace) -> None:
    with open_installation(settings).database.write() as session:
        made = accounts.reset(session, None, _owner(session, given.login).id)
    print(f"账号 {made.login}  新密码 {made.password}（首次登录须修改）")


def _token(settings: Settings, given: argparse.Namespace) -> None:
    with open_installation(settings).database.write() as session:
        owner = _owner(session, given.login)
        print(accounts.issue_token(session, None, owner.id, given.name, given.days))


def _unit(session: Session, name: str) -> Unit:
    found = session.scalars(select(Unit).where(Unit.name == name)).all()
    if len(found) != 1:
        raise NotFound(f"叫“{name}”的单位有 {len(found)} 个。", "请用单位全名，重名时请在网页上添加账号。")
    return found[0]


def _owner(session: Session, login: str) -> User:
    user = session.scalar(select(User).where(User.login == login.strip().lower()))
    if user is None:
        raise NotFound(f"没有账号 {login}。", "请检查账号名。")
    return user
