"""The units of the county: finding, adding, and the tree of bureau, townships and schools."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ocr.lists import UnitEntry
from service import audit
from service.access import Actor
from service.errors import Conflict, Invalid, NotFound
from service.models import Unit, User
from service.models.people import UNIT_KINDS

_PARENT_KINDS = {"bureau": frozenset({None}), "township": frozenset({"bureau"}),
                 "school": frozenset({"bureau", "township"})}


@dataclass(frozen=True, slots=True)
class UnitNode:
    """A unit with the units under it, in official order."""

    id: int
    name: str
    kind: str
    active: bool
    children: tuple[UnitNode, ...] = ()


def get(session: Session, unit_id: int) -> Unit:
    """The unit; raises NotFound."""
    unit = session.get(Unit, unit_id)
    if unit is None:
        raise NotFound
    return unit


def bureau(session: Session) -> Unit:
    """The head of the tree; raises NotFound before it was made."""
    unit = session.scalar(select(Unit).where(Unit.kind == "bureau").order_by(Unit.id))
    if unit is None:
        raise NotFound("还没有建立教体局这个单位。", "请管理员先运行 python -m service migrate。")
    return unit


def add(session: Session, actor: Actor | None, name: str, kind: str, parent: Unit | None = None) -> Unit:
    """A new unit under `parent`, last in its order; raises Invalid or Conflict (the name is taken there)."""
    name = name.strip()
    if not name or len(name) > 100 or kind not in UNIT_KINDS:
        raise Invalid("单位名称或类型有误。")
    if (parent.kind if parent else None) not in _PARENT_KINDS[kind]:
        raise Invalid("这类单位不能设在所选的上级单位之下。")
    if find(session, name, parent):
        raise Conflict("同名单位已经存在。", "请直接使用已有的单位。")
    unit = Unit(name=name, kind=kind, parent_id=parent.id if parent else None,
                position=_next_position(session, parent))
    session.add(unit)
    session.flush()
    audit.record(session, actor, "unit.added", "unit", unit.id, kind=kind)
    return unit


def rename(session: Session, actor: Actor | None, unit_id: int, name: str) -> Unit:
    """Another name for a unit; raises NotFound, Invalid, or Conflict when a neighbour bears it."""
    unit, name = get(session, unit_id), name.strip()
    if not name or len(name) > 100:
        raise Invalid("单位名称或类型有误。")
    namesake = find(session, name, unit.parent)
    if namesake is not None and namesake.id != unit.id:
        raise Conflict("同名单位已经存在。", "请换一个名称。")
    unit.name = name
    audit.record(session, actor, "unit.renamed", "unit", unit.id)
    return unit


def set_active(session: Session, actor: Actor | None, unit_id: int, active: bool) -> Unit:
    """Close a unit, or open it again; its records stay. Raises NotFound, or Conflict while people work there."""
    unit = get(session, unit_id)
    if not active and _in_use(session, unit):
        raise Conflict("这个单位还有启用的账号或下级单位，不能停用。", "请先停用或调走它们。")
    if active and unit.parent is not None and not unit.parent.active:
        raise Conflict("上级单位已停用。", "请先启用上级单位。")
    unit.active = active
    audit.record(session, actor, "unit.opened" if active else "unit.closed", "unit", unit.id)
    return unit


def find(session: Session, name: str, parent: Unit | None) -> Unit | None:
    """The unit of this name under `parent`."""
    return session.scalar(select(Unit).where(
        Unit.name == name.strip(), Unit.parent_id == (parent.id if parent else None)))


def find_or_add(session: Session, actor: Actor | None, name: str, kind: str,
                parent: Unit | None = None) -> Unit:
    """The unit of this name under `parent`, made when absent."""
    return find(session, name, parent) or add(session, actor, name, kind, parent)


def found_bureau(session: Session, county_name: str) -> Unit:
    """The head of the tree, made when absent."""
    head = session.scalar(select(Unit).where(Unit.kind == "bureau").order_by(Unit.id))
    return head or add(session, None, f"{county_name}教育体育局", "bureau")


def add_listed(session: Session, actor: Actor | None, entries: Iterable[UnitEntry], head: Unit) -> int:
    """Add the units of a list (name, kind, parent's name) that are not there yet; returns how many came.

    A parent stands before its children; an empty parent means the bureau. Raises Invalid for a parent
    that is not known.
    """
    known = {unit.name: unit for unit in session.scalars(select(Unit).where(Unit.kind != "school"))}
    added = 0
    for entry in entries:
        parent = known.get(entry.parent, head if not entry.parent else None)
        if parent is None:
            raise Invalid(f"名单中“{entry.name}”的上级单位“{entry.parent}”不存在。")
        if entry.kind == "bureau" or find(session, entry.name, parent):
            continue
        unit = add(session, actor, entry.name, entry.kind, parent)
        known.setdefault(unit.name, unit)
        added += 1
    return added


def township_of(unit: Unit) -> Unit:
    """The reporting unit that `unit` counts under: its township, or itself for the bureau and below it.

    A school directly under the bureau (局直学校) reports for itself.
    """
    if unit.kind == "school" and unit.parent is not None and unit.parent.kind == "township":
        return unit.parent
    return unit


def reporting_units(session: Session) -> list[Unit]:
    """The townships in official order."""
    return list(session.scalars(
        select(Unit).where(Unit.kind == "township", Unit.active).order_by(Unit.position, Unit.id)))


def tree(session: Session) -> tuple[UnitNode, ...]:
    """All units as trees, normally one with the bureau at its head."""
    under: dict[int | None, list[Unit]] = {}
    for unit in session.scalars(select(Unit).order_by(Unit.position, Unit.id)):
        under.setdefault(unit.parent_id, []).append(unit)

    def nodes(parent_id: int | None) -> tuple[UnitNode, ...]:
        return tuple(UnitNode(unit.id, unit.name, unit.kind, unit.active, nodes(unit.id))
                     for unit in under.get(parent_id, []))

    return nodes(None)


def below(session: Session, unit: Unit) -> frozenset[int]:
    """The ids of the unit and of every unit under it."""
    found, edge = {unit.id}, [unit.id]
    while edge:
        edge = list(session.scalars(select(Unit.id).where(Unit.parent_id.in_(edge))))
        found.update(edge)
    return frozenset(found)


def _next_position(session: Session, parent: Unit | None) -> int:
    siblings = session.scalars(
        select(Unit.position).where(Unit.parent_id == (parent.id if parent else None)))
    return max(siblings, default=0) + 1


def _in_use(session: Session, unit: Unit) -> bool:
    people = select(User.id).where(User.unit_id == unit.id, User.disabled_at.is_(None))
    below_it = select(Unit.id).where(Unit.parent_id == unit.id, Unit.active)
    return unit.kind == "bureau" or any(session.scalar(query.limit(1)) for query in (people, below_it))
