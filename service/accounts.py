"""Accounts: making, changing, resetting and disabling them, and the tokens of programs that act for them."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from service import audit, passwords
from service.access import ACCOUNTS, Actor, actor_for
from service.database import Database, now
from service.errors import Invalid, NotFound
from service.models import ApiToken, Unit, User, WebSession
from service.models.people import ROLES

_LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{2,59}")
_UNIT_KIND = {"school": "school", "township": "township"}
LONGEST_TOKEN_DAYS = 365


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account just made and the password to tell its owner once."""

    user_id: int
    login: str
    password: str


def create(session: Session, actor: Actor | None, *, login: str, name: str, role: str, unit_id: int,
           password: str | None = None) -> NewAccount:
    """A new account; without `password` one is made up, and must be changed at the first login.

    `actor` None is the command line or the demo. Raises Invalid, WeakPassword, NotAllowed.
    """
    _require(actor)
    login, name = login.strip().lower(), name.strip()
    if not _LOGIN.fullmatch(login):
        raise Invalid("账号只能用 3–60 位字母、数字、点、横线。")
    if session.scalar(select(User.id).where(User.login == login)):
        raise Invalid("这个账号已经有人使用。", "请换一个账号名。")
    _check_place(session, name, role, unit_id)
    told = password or passwords.generated()
    passwords.check(told, login)
    user = User(login=login, name=name, role=role, unit_id=unit_id, password_hash=passwords.hashed(told),
                must_change_password=password is None)
    session.add(user)
    session.flush()
    audit.record(session, actor, "account.created", "user", user.id, role=role, unit_id=unit_id)
    return NewAccount(user.id, login, told)


def change(session: Session, actor: Actor | None, user_id: int, *, name: str, role: str,
           unit_id: int) -> None:
    """Give an account another name, role or unit; another role or unit ends its sessions."""
    user = _other(session, actor, user_id)
    _check_place(session, name.strip(), role, unit_id)
    moved = (user.role, user.unit_id) != (role, unit_id)
    user.name, user.role, user.unit_id = name.strip(), role, unit_id
    if moved:
        drop_sessions(session, user.id)
    audit.record(session, actor, "account.changed", "user", user.id, role=role, unit_id=unit_id)


def reset(session: Session, actor: Actor | None, user_id: int) -> NewAccount:
    """A new made-up password, an open lock, and no session left."""
    user = _other(session, actor, user_id)
    told = passwords.generated()
    user.password_hash, user.must_change_password = passwords.hashed(told), True
    user.failures, user.locked_until = 0, None
    drop_sessions(session, user.id)
    audit.record(session, actor, "password.reset", "user", user.id)
    return NewAccount(user.id, user.login, told)


def set_disabled(session: Session, actor: Actor | None, user_id: int, disabled: bool) -> None:
    """Close an account, with its sessions and tokens, or open it again."""
    user = _other(session, actor, user_id)
    user.disabled_at = now() if disabled else None
    if disabled:
        drop_sessions(session, user.id)
        session.execute(update(ApiToken).where(ApiToken.user_id == user.id, ApiToken.revoked_at.is_(None))
                        .values(revoked_at=now()))
    audit.record(session, actor, "account.disabled" if disabled else "account.enabled", "user", user.id)


def change_password(session: Session, actor: Actor, old: str, new: str) -> User:
    """Set one's own password; all sessions end, the caller starts a fresh one."""
    user = session.get_one(User, actor.user_id)
    if not passwords.fits(old, user.password_hash):
        raise Invalid("原密码不正确。", "请重新输入原密码；忘记密码请联系安全管理员重置。")
    if old == new:
        raise passwords.WeakPassword("新密码不能与原密码相同。")
    passwords.check(new, user.login)
    user.password_hash, user.must_change_password = passwords.hashed(new), False
    user.password_changed_at = now()
    drop_sessions(session, user.id)
    audit.record(session, actor, "password.changed", "user", user.id)
    return user


def issue_token(session: Session, actor: Actor | None, user_id: int, name: str, days: int) -> str:
    """A bearer token for a program that acts as `user_id`; only its hash is kept."""
    _require(actor)
    user = _user(session, user_id)
    if not name.strip() or len(name) > 60:
        raise Invalid("请填写令牌的用途（不超过 60 个字）。")
    if not 1 <= days <= LONGEST_TOKEN_DAYS:
        raise Invalid(f"有效期应为 1–{LONGEST_TOKEN_DAYS} 天。")
    if user.disabled_at:
        raise Invalid("这个账号已停用，不能签发令牌。")
    token = secrets.token_urlsafe(32)
    kept = ApiToken(token_hash=_hash(token), user_id=user.id, name=name.strip(),
                    expires_at=now() + timedelta(days=days))
    session.add(kept)
    session.flush()
    audit.record(session, actor, "token.issued", "api_token", kept.id, user_id=user.id, days=days)
    return token


def revoke_token(session: Session, actor: Actor | None, token_id: int) -> int:
    """End a token at once; returns whose it was."""
    _require(actor)
    kept = session.get(ApiToken, token_id)
    if kept is None:
        raise NotFound
    kept.revoked_at = kept.revoked_at or now()
    audit.record(session, actor, "token.revoked", "api_token", kept.id, user_id=kept.user_id)
    return kept.user_id


def actor_of_token(database: Database, token: str, address: str) -> Actor | None:
    """The person a bearer token stands for while it holds."""
    with database.read() as session:
        user = session.scalar(
            select(User).join(ApiToken, ApiToken.user_id == User.id)
            .where(ApiToken.token_hash == _hash(token), ApiToken.revoked_at.is_(None),
                   ApiToken.expires_at > now(), User.disabled_at.is_(None)))
        return actor_for(session, user, address) if user else None


def drop_sessions(session: Session, user_id: int) -> None:
    """End all of a user's logins in browsers."""
    session.execute(delete(WebSession).where(WebSession.user_id == user_id))


def _require(actor: Actor | None) -> None:
    if actor is not None:
        actor.require(ACCOUNTS)


def _user(session: Session, user_id: int) -> User:
    user = session.get(User, user_id)
    if user is None:
        raise NotFound
    return user


def _other(session: Session, actor: Actor | None, user_id: int) -> User:
    """The account to act on: never one's own, so that nobody raises or locks out themselves."""
    _require(actor)
    user = _user(session, user_id)
    if actor is not None and user.id == actor.user_id:
        raise Invalid("不能对自己的账号进行这项操作。", "请由另一位安全管理员操作。")
    return user


def _check_place(session: Session, name: str, role: str, unit_id: int) -> None:
    if not name or len(name) > 60:
        raise Invalid("请填写姓名（不超过 60 个字）。")
    if role not in ROLES:
        raise Invalid("请选择角色。")
    unit = session.get(Unit, unit_id)
    if unit is None or not unit.active:
        raise Invalid("请选择单位。")
    if unit.kind != _UNIT_KIND.get(role, "bureau"):
        raise Invalid("角色与单位不相符。", "学校账号选学校，乡镇账号选乡镇中心校，其他角色选教体局。")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
