"""Storing a checked list: everything is prepared first, then one transaction makes it stand, or nothing does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Text, bindparam, column, insert, select, table, update
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.sql.expression import TableClause

from service import crypto
from service.database import Sealed, SealedJSON
from service.errors import Conflict
from service.lists.check import Comparison, Keyed, mark_of
from service.lists.children import ChildPlan, links, plan_children
from service.models import ListEntry, ListImport, Student

_CHUNK = 400
Item = TypeVar("Item")
ROSTER = "roster"


class Prepared:
    """A list's rows as they will be written, sealed before the write lock is taken."""

    def __init__(self, session: Session, told: ListImport, comparison: Comparison) -> None:
        self.comparison = comparison
        self.entries = [*comparison.added, *(one for one, _ in comparison.changed)]
        self.children = (plan_children(session, self.entries, told.listed_on)
                         if told.kind == ROSTER else ChildPlan(found={}))
        self.rows = [_row(told, one) for one in self.entries]
        self.before = {one.key: standing.student_id for one, standing in comparison.changed}

    def write(self, session: Session, told: ListImport) -> None:
        """End what no longer stands, bring the files up to date, add the entries; raises Conflict when another
        list was stored meanwhile, and IntegrityError when another process made one of the children."""
        ended = [standing.id for _, standing in self.comparison.changed]
        ended += [standing.id for standing in self.comparison.gone]
        for some in _chunks(ended):
            done = session.execute(update(ListEntry).where(ListEntry.id.in_(some), ListEntry.ended_by.is_(None))
                                   .values(ended_by=told.id).execution_options(synchronize_session=False))
            if done.rowcount != len(some):  # type: ignore[attr-defined]
                raise Conflict("另一份名单刚刚入库。", "请重新检查后再入库。")
        known = self._write_children(session) if told.kind == ROSTER else self._known_children(session)
        for row in self.rows:
            row["student_id"] = known.get(row["key"]) or self.before.get(row["key"])
        if self.rows:
            session.execute(insert(_bare(ListEntry)), self.rows)

    def _write_children(self, session: Session) -> Mapping[str, int]:
        plan = self.children
        fresh = [dict(row) for _, row in plan.fresh]
        ids = _inserted(session, fresh)
        groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        for change in plan.changes:
            groups.setdefault(tuple(sorted(change)), []).append({f"new_{k}": v for k, v in change.items()})
        bare = _bare(Student)
        for names, rows in groups.items():
            news = {name: bindparam(f"new_{name}", type_=bare.c[name].type) for name in names if name != "id"}
            session.connection().execute(update(bare).where(bare.c.id == bindparam("new_id")).values(news), rows)
        return links(plan, ids)

    def _known_children(self, session: Session) -> Mapping[str, int]:
        """The files that children of other lists have already, by ID number."""
        marks = {one.key: mark for one in self.entries if (mark := mark_of(one.draft))}
        by_mark: dict[str, int] = {}
        for some in _chunks(list(marks.values())):
            by_mark |= {mark: number for mark, number in session.execute(
                select(Student.id_number_mark, Student.id).where(Student.id_number_mark.in_(some))) if mark}
        return {key: by_mark[mark] for key, mark in marks.items() if mark in by_mark}


def _inserted(session: Session, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Insert children and return their ids in the same order."""
    if not rows:
        return []
    query: Any = insert(_bare(Student, exclude=("id",))).returning(column("id"))
    if all(row["id_number_mark"] for row in rows):
        session.execute(insert(_bare(Student, exclude=("id",))), rows)
        return _ids(session, [row["id_number_mark"] for row in rows])
    ids: list[int] = []
    proven = [row for row in rows if row["id_number_mark"]]
    by_mark = dict(zip((row["id_number_mark"] for row in proven), _inserted(session, proven), strict=True))
    for row in rows:  # a child without a number is told from no other: one by one
        mark = row["id_number_mark"]
        ids.append(by_mark[mark] if mark else session.execute(query, row).scalar_one())
    return ids


def _ids(session: Session, marks: Sequence[str]) -> list[int]:
    found: dict[str, int] = {}
    for some in _chunks(marks):
        found |= {mark: number for mark, number in session.execute(
            select(Student.id_number_mark, Student.id).where(Student.id_number_mark.in_(some))) if mark}
    return [found[mark] for mark in marks]


def _row(told: ListImport, one: Keyed) -> dict[str, Any]:
    draft, ring = one.draft, crypto.keyring()

    def sealed(name: str) -> str | None:
        said = getattr(draft, name)
        return ring.seal(said, f"list_entries.{name}") if said else None

    return {
        "kind": told.kind, "import_id": told.id, "row": draft.row, "ended_by": None, "key": one.key,
        "digest": one.digest, "unit_id": draft.unit_id, "student_id": None, "name": draft.name, "sex": draft.sex,
        "born_on": draft.born_on, "id_number": sealed("id_number"), "id_number_mark": mark_of(draft),
        "student_number": sealed("student_number"), "guardian": draft.guardian, "phone": sealed("phone"),
        "address": sealed("address"), "grade_class": draft.grade_class, "detail": _sealed_detail(draft.detail)}


def _sealed_detail(detail: Mapping[str, str]) -> str | None:
    if not detail:
        return None
    return SealedJSON("list_entries.detail").process_bind_param(dict(detail), _NO_DIALECT)


_NO_DIALECT: Any = None


def _bare(model: type[DeclarativeBase], exclude: tuple[str, ...] = ()) -> TableClause:
    """The model's table without the sealing types: what is written was sealed before."""
    columns = [column(one.name, Text() if isinstance(one.type, (Sealed, SealedJSON)) else one.type)
               for one in model.__table__.columns if one.name not in exclude]
    return table(model.__tablename__, *columns)


def _chunks(items: Iterable[Item]) -> Iterator[list[Item]]:
    rest = iter(items)
    while some := list(islice(rest, _CHUNK)):
        yield some
