"""Units to choose from on a screen, in official order: what a list names of each, and no more of its record."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from service.access import Actor, within
from service.cases.handover import TARGETS
from service.models import Unit


@dataclass(frozen=True, slots=True)
class Choice:
    """A unit of a list; `nested` is a school that stands under its township."""

    id: int
    name: str
    kind: str
    nested: bool


def in_sight(session: Session, actor: Actor) -> list[Choice]:
    """The townships and schools whose children the actor may see."""
    return _in_sight(session, actor, "township", "school")


def townships_in_sight(session: Session, actor: Actor) -> list[Choice]:
    """The townships among them."""
    return _in_sight(session, actor, "township")


def receiving(session: Session, actor: Actor) -> list[Choice]:
    """The units that a case may be handed over to."""
    return _choices(session, Unit.kind.in_(TARGETS.get(actor.role, ())), Unit.active.is_(True))


def townships(session: Session) -> list[Choice]:
    """The townships of the county that are open."""
    return _choices(session, Unit.kind == "township", Unit.active.is_(True))


def _in_sight(session: Session, actor: Actor, *kinds: str) -> list[Choice]:
    narrow = [] if actor.unit_ids is None else [within(Unit.id, actor)]
    return _choices(session, Unit.kind.in_(kinds), *narrow)


def _choices(session: Session, *narrow: ColumnElement[bool]) -> list[Choice]:
    """Townships in their order, each followed by its schools; the bureau and its own schools last."""
    above = aliased(Unit)
    rows = session.execute(select(Unit.id, Unit.name, Unit.kind, Unit.position, above.id, above.kind, above.position)
                           .outerjoin(above, above.id == Unit.parent_id).where(*narrow))
    placed = []
    for number, name, kind, position, parent, parent_kind, parent_position in rows:
        nested = kind == "school" and parent_kind == "township"
        place = ((0, position, number, 0, 0) if kind == "township" else
                 (0, parent_position, parent, 1 + position, number) if parent_kind == "township" else
                 (1, position, number, 0, 0))
        placed.append((place, Choice(number, name, kind, nested)))
    return [choice for _, choice in sorted(placed, key=lambda one: one[0])]
