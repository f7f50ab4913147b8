"""Accounts as the security administrator sees them: who they are, whether they can log in, their tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from service.access import ACCOUNTS, Actor
from service.database import now
from service.errors import NotFound
from service.models import ApiToken, Unit, User

PAGE = 50


@dataclass(frozen=True, slots=True)
class TokenLine:
    """One bearer token; the token itself is known to nobody here."""

    id: int
    name: str
    created_at: datetime
    expires_at: datetime
    holds: bool


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One account; `state` is active, new (password never changed), locked or disabled."""

    id: int
    login: str
    name: str
    role: str
    unit_id: int
    unit: str
    state: str
    created_at: datetime
    password_changed_at: datetime | None
    tokens: tuple[TokenLine, ...] = ()


@dataclass(frozen=True, slots=True)
class AccountPage:
    """One page of accounts, by unit and login."""

    lines: tuple[AccountLine, ...]
    page: int
    pages: int
    total: int


def page(session: Session, actor: Actor, search: str = "", role: str = "", number: int = 1) -> AccountPage:
    """Accounts whose login, name or unit contains `search`."""
    actor.require(ACCOUNTS)
    query = select(User).join(User.unit)
    if search:
        columns = (User.login, User.name, Unit.name)
        query = query.where(or_(*(column.contains(search, autoescape=True) for column in columns)))
    if role:
        query = query.where(User.role == role)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    pages = max(1, -(-total // PAGE))
    number = min(max(1, number), pages)
    lines = tuple(_line(user) for user in session.scalars(_ordered(query, number)))
    return AccountPage(lines, number, pages, total)


def find(session: Session, actor: Actor, user_id: int) -> AccountLine:
    """One account with its tokens, newest first; raises NotFound."""
    actor.require(ACCOUNTS)
    user = session.get(User, user_id)
    if user is None:
        raise NotFound
    tokens = session.scalars(select(ApiToken).where(ApiToken.user_id == user_id).order_by(ApiToken.id.desc()))
    return _line(user, tokens.all())


def _ordered(query: Select[User], number: int) -> Select[User]:
    return (query.options(joinedload(User.unit)).order_by(Unit.kind, Unit.position, Unit.id, User.login)
            .limit(PAGE).offset((number - 1) * PAGE))


def _line(user: User, tokens: Sequence[ApiToken] = ()) -> AccountLine:
    lines = tuple(TokenLine(token.id, token.name, token.created_at, token.expires_at,
                            token.revoked_at is None and token.expires_at > now()) for token in tokens)
    return AccountLine(user.id, user.login, user.name, user.role, user.unit_id, user.unit.name, _state(user),
                       user.created_at, user.password_changed_at, lines)


def _state(user: User) -> str:
    if user.disabled_at is not None:
        return "disabled"
    if user.locked_until is not None and user.locked_until > now():
        return "locked"
    return "new" if user.must_change_password else "active"
