"""A person's own questions to the explorer, kept by name."""

from __future__ import annotations

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from service.access import FIGURES, Actor
from service.errors import Invalid, NotFound
from service.models import SavedQuestion

LONGEST_NAME, MOST = 60, 50


def saved(session: Session, actor: Actor) -> tuple[tuple[str, str], ...]:
    """Name and query of each, by name."""
    found = session.execute(select(SavedQuestion.name, SavedQuestion.query).where(
        SavedQuestion.user_id == actor.user_id).order_by(SavedQuestion.name))
    return tuple((name, query) for name, query in found)


def save(session: Session, actor: Actor, name: str, query: str) -> None:
    """Keep a question under a name; the same name again replaces it. Raises Invalid."""
    actor.require(FIGURES)
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise Invalid(f"请填写「名称」，不超过 {LONGEST_NAME} 字。")
    own = SavedQuestion.user_id == actor.user_id
    record = session.scalar(select(SavedQuestion).where(own, SavedQuestion.name == name))
    if record is not None:
        record.query = query
        return
    if (session.scalar(select(func.count()).select_from(SavedQuestion).where(own)) or 0) >= MOST:
        raise Invalid(f"最多保存 {MOST} 个问题。", "请先删除不用的。")
    session.add(SavedQuestion(user_id=actor.user_id, name=name, query=query))


def forget(session: Session, actor: Actor, name: str) -> None:
    """Drop a kept question; NotFound when the person has none of that name."""
    gone = session.execute(delete(SavedQuestion).where(
        SavedQuestion.user_id == actor.user_id, SavedQuestion.name == name).returning(SavedQuestion.id)).first()
    if gone is None:
        raise NotFound
