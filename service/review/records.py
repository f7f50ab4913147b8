"""What is on record already that a sheet can be held against: the units' names and the children."""

from __future__ import annotations

from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from service import identity
from service.models import Student, Unit
from service.unit_names import UnitNames

_FEW = 20


class Records:
    """Lookups for one sheet, each asked of the database only when needed, and once."""

    def __init__(self, session: Session, unit_id: int) -> None:
        self._session, self._unit_id = session, unit_id
        self._children: dict[tuple[str, str], tuple[Student, ...]] = {}

    @cached_property
    def units(self) -> UnitNames:
        """The county's units by name."""
        return UnitNames.of(self._session)

    def child(self, number: str) -> Student | None:
        """The child with this ID number; None for a number that identifies nobody."""
        canonical = identity.canonical(number)
        if not identity.identifies(canonical):
            return None
        found = self._asked("id", canonical)
        return found[0] if found else None

    def namesakes(self, name: str, school: str) -> tuple[Student, ...]:
        """The children of this name at the school called `school`, or where the sheet came from."""
        return self._asked(name, school) if name else ()

    def _asked(self, *key: str) -> tuple[Student, ...]:
        if (key[0], key[1]) not in self._children:
            query = select(Student).options(joinedload(Student.school))
            wanted = (query.where(Student.id_number_mark == identity.mark(key[1])) if key[0] == "id"
                      else query.where(Student.name == key[0], Student.school_id == self._school(key[1]),
                                     Student.merged_into.is_(None)))
            self._children[key[0], key[1]] = tuple(self._session.scalars(wanted.order_by(Student.id).limit(_FEW)))
        return self._children[key[0], key[1]]

    def _school(self, name: str) -> int:
        near = self._session.get(Unit, self._unit_id)
        found = self.units.school(name, near) if name else None
        return found.id if found else self._unit_id
