"""The units a report has rows for: the townships in the notice's order, then the bureau's own schools."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from service.access import Actor
from service.errors import NotAllowed, NotFound
from service.models import Unit
from service.reports.ledger import Level

BUREAU_SCHOOLS = "局直学校"


@dataclass(frozen=True, slots=True)
class Place:
    """One row's unit. `level` own: this very unit; reporting: with the schools under it."""

    id: int
    name: str
    level: Level
    has_schools: bool = False
    active: bool = True


def rows_for(session: Session, actor: Actor) -> tuple[Place, ...]:
    """The units in the actor's sight: reporting units, or a school's own row."""
    if actor.role == "school":
        return tuple(_own(unit) for unit in session.scalars(select(Unit).where(Unit.id == actor.unit_id)))
    units = session.scalars(select(Unit).where(Unit.kind.in_(("township", "bureau"))).order_by(
        Unit.kind.desc(), Unit.position, Unit.id))
    return tuple(_reporting(unit) for unit in units if actor.sees(unit.id))


def reporting(session: Session, actor: Actor, unit_id: int) -> Place:
    """One reporting unit; NotFound when absent or out of sight, NotAllowed for schools: it is above them."""
    if actor.role == "school":
        raise NotAllowed
    unit = session.get(Unit, unit_id)
    if unit is None or unit.kind == "school" or not actor.sees(unit_id):
        raise NotFound
    return _reporting(unit)


def members(session: Session, place: Place) -> tuple[Place, ...]:
    """The reporting unit itself (children whose school is not known) and its schools."""
    schools = (Unit.parent_id == place.id) & (Unit.kind == "school")
    units = session.scalars(select(Unit).where(or_(schools, Unit.id == place.id)).order_by(
        Unit.kind, Unit.position, Unit.id))
    return tuple(sorted((_own(unit) for unit in units), key=lambda member: member.id == place.id))


def of_unit(unit: Unit) -> Place:
    """The place of a unit's own return: a school itself, a township with its schools."""
    return _own(unit) if unit.kind == "school" else _reporting(unit)


def unit_ids_of(session: Session, unit: Unit) -> frozenset[int]:
    """The unit, and the schools that are counted under it."""
    below = select(Unit.id).where(Unit.parent_id == unit.id, Unit.kind == "school")
    return frozenset((unit.id, *session.scalars(below)))


def inside(session: Session, actor: Actor, unit: Unit) -> Actor:
    """The actor with no sight beyond the unit and its schools, so that nothing else is counted."""
    return replace(actor, unit_ids=unit_ids_of(session, unit))


def named(session: Session, unit_id: int | None, level: Level) -> str:
    """What a report calls the unit of a question."""
    unit = session.get(Unit, unit_id) if unit_id is not None else None
    if unit is None:
        return "全县"
    return (_reporting(unit) if level == "reporting" and unit.kind != "school" else _own(unit)).name


def _reporting(unit: Unit) -> Place:
    name = BUREAU_SCHOOLS if unit.kind == "bureau" else unit.name
    return Place(unit.id, name, "reporting", True, unit.active)


def _own(unit: Unit) -> Place:
    name = unit.name if unit.kind == "school" else f"{unit.name}（本级，学校未定）"
    return Place(unit.id, name, "own", active=unit.active)
