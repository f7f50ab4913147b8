"""Pupils of a roster as children on file: made new, or brought up to date, so that reading and review know them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service import crypto, identity
from service.database import now
from service.lists.check import Keyed
from service.models import HomeVisit, Student


@dataclass(frozen=True, slots=True)
class Known:
    """A child on file, as far as a roster's row is held against it."""

    id: int
    name: str
    mark: str | None
    born_on: date | None
    school_id: int
    grade_class: str
    guardian: str


@dataclass(frozen=True, slots=True)
class ChildPlan:
    """What storing a roster does to the files: rows to insert with the key of their entry, changes by id.

    `found` is the child of each entry that has a file already.
    """

    fresh: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    changes: tuple[Mapping[str, Any], ...] = ()
    found: Mapping[str, int] = ()  # type: ignore[assignment]
    other_names: tuple[int, ...] = ()
    """Rows whose child has another name on file."""


def plan_children(session: Session, entries: Sequence[Keyed], on: date) -> ChildPlan:
    """Find the child of every entry: by ID number, else the only one of its name, birth date and school."""
    by_mark, by_birth = _known(session)
    visited = _last_visits(session)
    fresh, changes, found, other = [], [], {}, []
    for one in entries:
        child = _child_of(one, by_mark, by_birth)
        if child is None:
            fresh.append((one.key, _row(one)))
            continue
        found[one.key] = child.id
        if child.name != one.draft.name:
            other.append(one.draft.row)
        news = _news(child, one, newest=visited.get(child.id, date.min) <= on)
        if news:
            changes.append({"id": child.id, **news})
    return ChildPlan(tuple(fresh), tuple(changes), found, tuple(other))


def _known(session: Session) -> tuple[dict[str, Known], dict[tuple[str, date | None, int], list[Known]]]:
    by_mark: dict[str, Known] = {}
    by_birth: dict[tuple[str, date | None, int], list[Known]] = {}
    columns = (Student.id, Student.name, Student.id_number_mark, Student.born_on, Student.school_id,
               Student.grade_class, Student.guardian)
    for row in session.execute(select(*columns).where(Student.merged_into.is_(None))):
        child = Known(*row)
        if child.mark:
            by_mark[child.mark] = child
        by_birth.setdefault((child.name, child.born_on, child.school_id), []).append(child)
    return by_mark, by_birth


def _child_of(one: Keyed, by_mark: Mapping[str, Known],
              by_birth: Mapping[tuple[str, date | None, int], list[Known]]) -> Known | None:
    draft = one.draft
    mark = identity.mark(draft.id_number) if draft.id_number else None
    if mark and mark in by_mark:
        return by_mark[mark]
    if draft.born_on is None:
        return None
    alike = [child for child in by_birth.get((draft.name, draft.born_on, draft.unit_id), ())
             if not (mark and child.mark)]
    return alike[0] if len(alike) == 1 else None


def _news(child: Known, one: Keyed, *, newest: bool) -> dict[str, Any]:
    """Columns to change: identity only where the file has none, the rest when the list is the newest word."""
    draft = one.draft
    news: dict[str, Any] = {}
    if draft.id_number and not child.mark:
        news |= _identity(one)
    if newest and child.school_id != draft.unit_id:
        news["school_id"] = draft.unit_id
    for name in ("grade_class", "guardian"):
        said, before = getattr(draft, name), getattr(child, name)
        if said and said != before and (newest or not before):
            news[name] = said
    if newest:
        news |= {name: crypto.keyring().seal(said, f"students.{name}") for name in ("address", "phone")
                 if (said := getattr(draft, name))}
    return news


def _row(one: Keyed) -> dict[str, Any]:
    draft, ring = one.draft, crypto.keyring()
    sealed: dict[str, Any] = {name: ring.seal(said, f"students.{name}") if (said := getattr(draft, name)) else None
                              for name in ("address", "phone")}
    plain: dict[str, Any] = {"name": draft.name, "sex": draft.sex, "born_on": draft.born_on, "guardian": draft.guardian,
             "grade_class": draft.grade_class, "school_id": draft.unit_id, "created_at": now()}
    none = {"id_number": None, "id_number_mark": None}
    return {**plain, **sealed, **(_identity(one) if draft.id_number else none)}


def _identity(one: Keyed) -> dict[str, Any]:
    number = one.draft.id_number
    return {"id_number": crypto.keyring().seal(number, "students.id_number"), "id_number_mark": identity.mark(number),
            "born_on": identity.born_on(number), "sex": identity.sex(number)}


def _last_visits(session: Session) -> dict[int, date]:
    rows = session.execute(select(HomeVisit.student_id, func.max(HomeVisit.visited_on)).group_by(HomeVisit.student_id))
    return dict(rows.all())


def links(plan: ChildPlan, ids: Iterable[int]) -> dict[str, int]:
    """The child of every entry by its key, once the fresh ones have their ids, in the plan's order."""
    return dict(plan.found) | {key: number for (key, _), number in zip(plan.fresh, ids, strict=True)}
