"""What the file of a sheet's child said last, to stand beside what the sheet says now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from service import identity
from service.access import Actor
from service.calendar import full_years
from service.cases.masking import masked_address, masked_id
from service.cases.sight import student_in_sight
from service.models import HomeVisit, Student
from service.models.values import FORM_ROW
from service.review.desk import key_text
from service.review.values import Standing


@dataclass(frozen=True, slots=True)
class Known:
    """A value on file as it may be shown (masked where files mask it), and whether the sheet says otherwise."""

    text: str
    differs: bool


@dataclass(frozen=True, slots=True)
class KnownChild:
    """The child a sheet speaks of; `fields` by the sheet's keys, `visited_on` the day of the visit before."""

    student_id: int
    name: str
    visited_on: date | None
    fields: Mapping[str, Known]


def last_known(session: Session, actor: Actor, held: Standing) -> KnownChild | None:
    """The child found by the sheet's ID number, else the only one of its name at its school."""
    named = {spec.files_into: spec.name for spec in held.template.fields} if held.template else {}
    if held.records is None or "student.name" not in named:
        return None
    said = {target: held.text(FORM_ROW, field) for target, field in named.items()}
    child = held.records.child(said.get("student.id_number", "")) or _only(held, said)
    if child is None or not _is_in_sight(session, actor, child):
        return None
    before = session.scalar(select(HomeVisit).where(
        HomeVisit.student_id == child.id, HomeVisit.sheet_id != held.sheet.id)
        .order_by(HomeVisit.visited_on.desc(), HomeVisit.id.desc()).limit(1))
    fields = {key_text((FORM_ROW, named[target])): known
              for target, known in _values(held, child, before, said) if target in named}
    return KnownChild(child.id, child.name, before.visited_on if before else None, fields)


def _only(held: Standing, said: Mapping[str, str]) -> Student | None:
    found = held.records.namesakes(said["student.name"], said.get("visit.school", "")) if held.records else ()
    return found[0] if len(found) == 1 else None


def _is_in_sight(session: Session, actor: Actor, child: Student) -> bool:
    return actor.unit_ids is None or session.scalar(
        select(Student.id).where(Student.id == child.id, student_in_sight(actor))) is not None


def _values(held: Standing, child: Student, before: HomeVisit | None,
            said: Mapping[str, str]) -> Iterator[tuple[str, Known]]:
    """Each answer on file, by the record attribute it is filed into; nothing where the file is empty."""
    for target, text in (("student.name", child.name), ("student.sex", child.sex),
                         ("visit.grade_class", child.grade_class), ("visit.guardian", child.guardian)):
        yield from _one(target, text, text, said)
    number, written = child.id_number or "", identity.canonical(said.get("student.id_number", ""))
    yield from _one("student.id_number", masked_id(number), number, {"student.id_number": written})
    yield from _one("visit.address", masked_address(child.address), child.address or "", said)
    yield from _school(held, child, said)
    age = _age(child, said.get("visit.visited_on", ""))
    yield from _one("visit.age", age, age, said)
    for target, text in (("visit.teacher", before.teacher), ("visit.companion", before.companion),
                         ("visit.reason", before.reason or "")) if before else ():
        yield from _one(target, text, text, said)


def _one(target: str, shown: str, text: str, said: Mapping[str, str]) -> Iterator[tuple[str, Known]]:
    if text:
        yield target, Known(shown, bool(said.get(target)) and said[target] != text)


def _school(held: Standing, child: Student, said: Mapping[str, str]) -> Iterator[tuple[str, Known]]:
    written = said.get("visit.school", "")
    unit = held.records.units.school(written, child.school) if held.records and written != child.school.name else None
    differs = bool(written) and written != child.school.name and (unit is None or unit.id != child.school_id)
    yield "visit.school", Known(child.school.name, differs)


def _age(child: Student, visited: str) -> str:
    """Full years on the day of the visit."""
    try:
        return str(full_years(child.born_on, date.fromisoformat(visited))) if child.born_on else ""
    except ValueError:
        return ""
