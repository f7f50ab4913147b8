"""Logging in: one way in, closed for a while to whoever keeps guessing."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from service import audit, passwords
from service.access import actor_for
from service.config import Settings
from service.database import Database, now
from service.errors import Invalid
from service.models import LoginFailure, User

FAILURES_PER_ADDRESS = 50
"""All schools may stand behind one address of the county's network: far above one person's limit."""
_FORGET_AFTER = timedelta(days=2)


class LoginRefused(Invalid):
    """Wrong name, wrong password, locked or disabled: the answer is the same, to tell guessers nothing."""

    code = "login_refused"
    message = "账号或密码不正确，或账号已被暂时锁定。"
    advice = "连续输错 5 次，账号将锁定 15 分钟。忘记密码请联系安全管理员重置。"


class TooManyFailures(LoginRefused):
    """This network address failed too often."""

    code = "too_many_failures"
    message = "登录失败次数过多，请稍后再试。"
    advice = "请等待 15 分钟；如不是您本人操作，请告知安全管理员。"


def log_in(database: Database, settings: Settings, login: str, password: str, address: str) -> User:
    """The user whose password this is. Raises LoginRefused.

    The attempt is counted before the password is compared, so that guesses sent at the same time
    find the lock as well; comparing takes long and holds no lock on the database.
    """
    pause = timedelta(minutes=settings.lockout_minutes)
    with database.write() as session:
        crowded = _failures_from(session, address, pause) >= FAILURES_PER_ADDRESS
        kept = None if crowded else _admit(session, login, settings.login_failures, pause)
    if crowded:
        raise TooManyFailures
    if kept is None:
        passwords.spend()
    fits = kept is not None and passwords.fits(password, kept)
    with database.write() as session:
        user = session.scalar(select(User).where(User.login == _plain(login)))
        if not fits or user is None or user.password_hash != kept or user.disabled_at is not None:
            _note_failure(session, user, address)
            refused = True
        else:
            _note_success(session, user, address)
            refused = False
    if refused or user is None:
        raise LoginRefused
    return user


def _admit(session: Session, login: str, limit: int, pause: timedelta) -> str | None:
    """The hash to compare with; None when there is no such account or it is locked or disabled."""
    user = session.scalar(select(User).where(User.login == _plain(login)).with_for_update())
    if user is None or user.disabled_at is not None or _is_locked(user.locked_until):
        return None
    if user.locked_until is not None:
        user.failures, user.locked_until = 0, None
    user.failures += 1
    if user.failures >= limit:
        user.locked_until = now() + pause
    return user.password_hash


def _note_success(session: Session, user: User, address: str) -> None:
    user.failures, user.locked_until = 0, None
    audit.record(session, actor_for(session, user, address), "login.done", "user", user.id)


def _note_failure(session: Session, user: User | None, address: str) -> None:
    session.execute(delete(LoginFailure).where(LoginFailure.failed_at < now() - _FORGET_AFTER))
    session.add(LoginFailure(address=address[:45]))
    if user is not None:  # never what was typed: people type passwords into the wrong box
        audit.record(session, None, "login.failed", "user", user.id, address=address)


def _failures_from(session: Session, address: str, pause: timedelta) -> int:
    return session.scalar(select(func.count()).select_from(LoginFailure).where(
        LoginFailure.address == address[:45], LoginFailure.failed_at > now() - pause)) or 0


def _is_locked(until: datetime | None) -> bool:
    return until is not None and until > now()


def _plain(login: str) -> str:
    return login.strip().lower()[:60]
