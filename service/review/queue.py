"""The sheets waiting for a person: the list, its counts, and the next one nobody else works on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, func, select, tuple_, update
from sqlalchemy.orm import Session, aliased

from service import audit
from service.access import REVIEW, Actor, scoped
from service.database import now
from service.models import Scan, Sheet, Unit, User
from service.review.claims import is_free, mine, until

UNRECOGNISED = "none"
"""As a filter: sheets whose form was not recognised."""
PAGE = 50
Name = TypeVar("Name", str, str | None)
_ATTEMPTS = 20


@dataclass(frozen=True, slots=True)
class Filters:
    """What the queue shows; "" and None mean everything."""

    state: str = "to_review"
    template: str = ""
    unit_id: int | None = None


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A sheet in the list. `holder` is who works on it now."""

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


@dataclass(frozen=True, slots=True)
class Counts:
    """How many sheets stand in each state, how many wait per form (None: unrecognised), whose they are."""

    by_state: Mapping[str, int] = field(default_factory=dict)
    by_template: Mapping[str | None, int] = field(default_factory=dict)
    by_unit: tuple[tuple[int, str, int], ...] = ()
    held_by_others: int = 0
    fields_waiting: int = 0


def listing(session: Session, actor: Actor, filters: Filters, page: int = 1) -> list[QueueRow]:
    """One page of the queue, the longest waiting first (for other states: the latest first)."""
    actor.require(REVIEW)
    claimer, signer, moment = aliased(User), aliased(User), now()
    newest_first = filters.state != "to_review"
    query = (
        select(Sheet, Unit.name, Scan.received_at, claimer.name, signer.name)
        .join(Unit, Unit.id == Sheet.unit_id).join(Scan, Scan.id == Sheet.scan_id)
        .outerjoin(claimer, (claimer.id == Sheet.claimed_by) & (Sheet.claimed_until >= moment))
        .outerjoin(signer, signer.id == Sheet.signed_by)
        .where(*_conditions(filters))
        .order_by(*((Sheet.created_at.desc(), Sheet.id.desc()) if newest_first
                    else (Sheet.created_at, Sheet.id)))
        .limit(PAGE).offset((max(page, 1) - 1) * PAGE))
    return [QueueRow(sheet.id, sheet.scan_id, sheet.number, sheet.template, sheet.state, unit,
                     sheet.uncertain, signer_name or "", received_at, holder or "",
                     sheet.claimed_by == actor.user_id and bool(holder), sheet.return_reason)
            for sheet, unit, received_at, holder, signer_name
            in session.execute(scoped(query, Sheet.unit_id, actor))]


def counts(session: Session, actor: Actor) -> Counts:
    """The numbers above the queue."""
    actor.require(REVIEW)
    waiting = Sheet.state == "to_review"
    by_unit = (select(Unit.id, Unit.name, func.count()).join(Sheet, Sheet.unit_id == Unit.id)
               .where(waiting).group_by(Unit.id, Unit.name, Unit.position).order_by(Unit.position, Unit.id))
    held = select(func.count()).select_from(Sheet).where(
        waiting, Sheet.claimed_until >= now(), Sheet.claimed_by != actor.user_id)
    fields = select(func.coalesce(func.sum(Sheet.uncertain), 0)).where(waiting)
    return Counts(
        _grouped(session, actor, select(Sheet.state, func.count()).group_by(Sheet.state)),
        _grouped(session, actor,
                 select(Sheet.template, func.count()).where(waiting).group_by(Sheet.template)),
        tuple((unit_id, name, number) for unit_id, name, number
              in session.execute(scoped(by_unit, Sheet.unit_id, actor))),
        session.scalar(scoped(held, Sheet.unit_id, actor)) or 0,
        session.scalar(scoped(fields, Sheet.unit_id, actor)) or 0,
    )


def claim_next(session: Session, actor: Actor, filters: Filters, after: int | None = None) -> int | None:
    """Claim the longest waiting sheet that is free and return its id, None when there is none.

    `after` passes over sheets up to and including that one, as if it had been skipped; when nothing
    comes after it, the queue starts again from the front.
    """
    actor.require(REVIEW)
    passed = session.get(Sheet, after) if after else None
    for _ in range(_ATTEMPTS):
        found = session.scalar(_free(actor, filters, passed)) or (
            session.scalar(_free(actor, filters, None).where(Sheet.id != passed.id)) if passed else None)
        if found is None:
            return None
        if _take(session, actor, found):
            return found
    return None


def _take(session: Session, actor: Actor, sheet_id: int) -> bool:
    """Claim a sheet that was free a moment ago; the opening goes on record unless it was ours already."""
    already = session.scalar(select(Sheet.id).where(Sheet.id == sheet_id, mine(actor))) is not None
    taken = session.execute(
        update(Sheet).where(Sheet.id == sheet_id, Sheet.state == "to_review", is_free(actor))
        .values(claimed_by=actor.user_id, claimed_until=until(now()))
        .execution_options(synchronize_session=False))
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        return False
    if not already:
        audit.record(session, actor, "sheet.opened", "sheet", sheet_id, state="to_review", taken_over=False)
    return True


def _free(actor: Actor, filters: Filters, passed: Sheet | None) -> Select[int]:
    query = select(Sheet.id).where(*_conditions(filters), Sheet.state == "to_review", is_free(actor))
    if passed is not None:
        query = query.where(tuple_(Sheet.created_at, Sheet.id) > (passed.created_at, passed.id))
    return scoped(query, Sheet.unit_id, actor).order_by(Sheet.created_at, Sheet.id).limit(1)


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [Sheet.state == filters.state]
    if filters.template == UNRECOGNISED:
        found.append(Sheet.template.is_(None))
    elif filters.template:
        found.append(Sheet.template == filters.template)
    if filters.unit_id is not None:
        found.append(Sheet.unit_id == filters.unit_id)
    return found


def _grouped(session: Session, actor: Actor, query: Select[Name, int]) -> dict[Name, int]:
    return {row[0]: row[1] for row in session.execute(scoped(query, Sheet.unit_id, actor))}
