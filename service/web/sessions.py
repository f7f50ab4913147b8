"""Logins in browsers, kept on the server: a copied cookie is worthless after logout."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from flask import request
from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session, joinedload
from werkzeug.wrappers import Response

from service.access import Actor, actor_for
from service.config import Settings
from service.database import Database, now
from service.errors import StorageFull, Unavailable
from service.models import User, WebSession

_TOUCH_EVERY = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A valid session: who it is, the token its forms must carry, and what the frame shows."""

    actor: Actor
    csrf_token: str
    unit_name: str
    must_change_password: bool


def cookie_name(settings: Settings) -> str:
    """`__Host-` ties the cookie to this host and to TLS where TLS is on."""
    return "__Host-shibiao" if settings.secure_cookies else "shibiao"


def start(session: Session, settings: Settings, user: User) -> str:
    """A new session for `user`; the token goes into the cookie, only its hash is kept."""
    _sweep(session, settings)
    token = secrets.token_urlsafe(32)
    expires_at = now() + timedelta(hours=settings.session_absolute_hours)
    session.add(WebSession(token_hash=hashed(token), user_id=user.id, csrf_token=secrets.token_urlsafe(32),
                           expires_at=expires_at))
    return token


def end(session: Session, token: str) -> None:
    """Forget the session of `token`."""
    session.execute(delete(WebSession).where(WebSession.token_hash == hashed(token)))


def find(database: Database, settings: Settings, token: str | None, address: str, *,
         renews: bool) -> LoggedIn | None:
    """The session of `token` while it is neither idle nor old nor its user disabled."""
    if token is None:
        return None
    with database.read() as session:
        found = session.scalar(
            select(WebSession).where(WebSession.token_hash == hashed(token))
            .options(joinedload(WebSession.user).joinedload(User.unit)))
        if found is None or not _alive(found, settings):
            return None
        user = found.user
        logged_in = LoggedIn(actor_for(session, user, address), found.csrf_token, user.unit.name,
                             user.must_change_password)
        is_due = renews and now() - found.seen_at > _TOUCH_EVERY
    if is_due:
        _touch(database, token)
    return logged_in


def set_cookie(response: Response, settings: Settings, token: str) -> None:
    """Hand the browser its token: unreadable for scripts, not sent from other sites."""
    response.set_cookie(cookie_name(settings), token, httponly=True, samesite="Lax",
                        secure=settings.secure_cookies, path="/")


def clear_cookie(response: Response, settings: Settings) -> None:
    """Take the token back from the browser."""
    response.delete_cookie(cookie_name(settings), httponly=True, samesite="Lax",
                           secure=settings.secure_cookies, path="/")


def presented(settings: Settings) -> str | None:
    """The token the browser sent, if any."""
    return request.cookies.get(cookie_name(settings)) or None


def _alive(found: WebSession, settings: Settings) -> bool:
    idle = timedelta(minutes=settings.session_idle_minutes)
    return found.expires_at > now() and found.seen_at > now() - idle and found.user.disabled_at is None


def _touch(database: Database, token: str) -> None:
    try:
        with database.write() as session:
            session.execute(update(WebSession).where(WebSession.token_hash == hashed(token))
                            .values(seen_at=now()))
    except (Unavailable, StorageFull):
        pass  # a full disk or a busy database must not keep people from reading; the next request tries again


def _sweep(session: Session, settings: Settings) -> None:
    idle_since = now() - timedelta(minutes=settings.session_idle_minutes)
    session.execute(delete(WebSession).where(
        or_(WebSession.expires_at < now(), WebSession.seen_at < idle_since)))


def hashed(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
