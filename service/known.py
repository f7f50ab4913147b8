"""What the records already know that helps reading: the county's units and the unit's own children."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from ocr.lists import Lists, RosterEntry, UnitEntry
from service import units
from service.models import Student, Unit

_MOST_CHILDREN = 20_000


def lists_for(session: Session, unit_id: int) -> Lists:
    """The lists for a scan of this unit: all active units, and the children of it and of those under it."""
    return Lists(roster=_roster(session, unit_id), units=_units(session))


def _units(session: Session) -> tuple[UnitEntry, ...]:
    known = {unit.id: unit for unit in session.scalars(
        select(Unit).order_by(Unit.position, Unit.id))}
    return tuple(UnitEntry(unit.name, unit.kind, known[unit.parent_id].name if unit.parent_id else "")
                 for unit in known.values() if unit.active)


def _roster(session: Session, unit_id: int) -> tuple[RosterEntry, ...]:
    own = units.below(session, units.get(session, unit_id))
    children = session.execute(
        select(Student, Unit.name).join(Unit, Unit.id == Student.school_id)
        .where(Student.school_id.in_(own), Student.merged_into.is_(None)).order_by(Student.id).limit(_MOST_CHILDREN))
    return tuple(_entry(child, school) for child, school in children)


def _entry(child: Student, school: str) -> RosterEntry:
    grade, mark, klass = child.grade_class.partition("年级")
    return RosterEntry(child.name, child.id_number or "", school, grade + mark, klass)
