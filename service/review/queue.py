"""The sheets waiting for a person: the list and its counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from service.access import REVIEW, Actor, scoped
from service.database import now
from service.models import Scan, Sheet, Unit, User
from service.review.filters import Filters, conditions
from service.review.turn import columns, rank

PAGE = 50
Name = TypeVar("Name", str, str | None)


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A sheet in the list. `holder` is who works on it now, `asked_of` the colleague it waits for."""

    id: int
    scan_id: str
    number: int
    template: str | None
    state: str
    unit: str
    uncertain: int
    decided_by: str
    received_at: datetime
    holder: str
    is_mine: bool
    reason: str
    asked_of: str
    is_asked_of_me: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """How many sheets stand in each state, how many wait per form (None: unrecognised), whose they are."""

    by_state: Mapping[str, int] = field(default_factory=dict)
    by_template: Mapping[str | None, int] = field(default_factory=dict)
    by_unit: tuple[tuple[int, str, int], ...] = ()
    held_by_others: int = 0
    asked_of_me: int = 0
    fields_waiting: int = 0


def listing(session: Session, actor: Actor, filters: Filters, page: int = 1) -> list[QueueRow]:
    """One page of the queue in the order it is worked through (for other states: the latest first)."""
    actor.require(REVIEW)
    claimer, signer, asked, moment = aliased(User), aliased(User), aliased(User), now()
    newest_first = filters.state != "to_review"
    query = (
        select(Sheet, Unit.name, Scan.received_at, claimer.name, signer.name, asked.name)
        .join(Unit, Unit.id == Sheet.unit_id).join(Scan, Scan.id == Sheet.scan_id)
        .outerjoin(claimer, (claimer.id == Sheet.claimed_by) & (Sheet.claimed_until >= moment))
        .outerjoin(signer, signer.id == Sheet.signed_by).outerjoin(asked, asked.id == Sheet.asked_of)
        .where(*conditions(filters))
        .order_by(*((Sheet.created_at.desc(), Sheet.id.desc()) if newest_first
                    else (rank(actor, filters), *columns(filters))))
        .limit(PAGE).offset((max(page, 1) - 1) * PAGE))
    return [QueueRow(sheet.id, sheet.scan_id, sheet.number, sheet.template, sheet.state, unit,
                     sheet.uncertain, signer_name or "", received_at, holder or "",
                     sheet.claimed_by == actor.user_id and bool(holder), sheet.return_reason,
                     asked_name or "", sheet.asked_of == actor.user_id)
            for sheet, unit, received_at, holder, signer_name, asked_name
            in session.execute(scoped(query, Sheet.unit_id, actor))]


def counts(session: Session, actor: Actor) -> Counts:
    """The numbers above the queue."""
    actor.require(REVIEW)
    waiting = Sheet.state == "to_review"
    by_unit = (select(Unit.id, Unit.name, func.count()).join(Sheet, Sheet.unit_id == Unit.id)
               .where(waiting).group_by(Unit.id, Unit.name, Unit.position).order_by(Unit.position, Unit.id))
    held = select(func.count()).select_from(Sheet).where(
        waiting, Sheet.claimed_until >= now(), Sheet.claimed_by != actor.user_id)
    asked = select(func.count()).select_from(Sheet).where(waiting, Sheet.asked_of == actor.user_id)
    fields = select(func.coalesce(func.sum(Sheet.uncertain), 0)).where(waiting)
    return Counts(
        _grouped(session, actor, select(Sheet.state, func.count()).group_by(Sheet.state)),
        _grouped(session, actor,
                 select(Sheet.template, func.count()).where(waiting).group_by(Sheet.template)),
        tuple((unit_id, name, number) for unit_id, name, number
              in session.execute(scoped(by_unit, Sheet.unit_id, actor))),
        session.scalar(scoped(held, Sheet.unit_id, actor)) or 0,
        session.scalar(scoped(asked, Sheet.unit_id, actor)) or 0,
        session.scalar(scoped(fields, Sheet.unit_id, actor)) or 0,
    )


def _grouped(session: Session, actor: Actor, query: Select[Name, int]) -> dict[Name, int]:
    return {row[0]: row[1] for row in session.execute(scoped(query, Sheet.unit_id, actor))}
