"""The lists as people see them: those in sight, what was wrong, who came and went, and what stands now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from service import audit
from service.access import LISTS, Actor, scoped
from service.calendar import full_years, today
from service.cases.masking import masked_id
from service.errors import Invalid, NotFound
from service.lists.kinds import list_kinds
from service.models import ListEntry, ListImport, ListProblem, Unit

PAGE = 50
MOST_EXPORTED = 50_000
STATES: Mapping[str, tuple[str, str]] = {
    "to_look": ("读取中", "work"), "to_map": ("待对应列", "warn"), "to_check": ("检查中", "work"),
    "to_confirm": ("待确认入库", "warn"), "to_store": ("入库中", "work"), "stored": ("已入库", "ok"),
    "failed": ("没有成功", "bad"), "discarded": ("已放弃", ""),
}
CHANGES: Mapping[str, str] = {"added": "新增", "changed": "有变化", "gone": "名单里没有了"}
_MANY_GONE = 0.2
"""Above this share of the entries that stand, a list is likelier a part of one than news."""


@dataclass(frozen=True, slots=True)
class Line:
    """A list in the overview."""

    id: int
    kind: str
    title: str
    file_name: str
    unit: str
    by: str
    listed_on: date
    state: str
    words: str
    tone: str
    stage: str
    progress: int
    summary: Mapping[str, Any]
    problem: str
    created_at: datetime

    @property
    def is_moving(self) -> bool:
        """Whether a worker has something to do on it."""
        return self.state in ("to_look", "to_check", "to_store")


@dataclass(frozen=True, slots=True)
class Current:
    """What stands of one kind of list in the actor's sight: how many children, and when it last came."""

    kind: str
    title: str
    about: str
    entries: int
    units: int
    listed_on: date | None


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """A wrong row: its number, each reason, whether it was kept out, and who it speaks of, masked."""

    row: int
    is_error: bool
    texts: tuple[str, ...]
    name: str
    number: str


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry as lists show it; no ID digits beside the age."""

    id: int
    name: str
    sex: str
    age: int | None
    unit: str
    grade_class: str
    guardian: str
    student_id: int | None
    row: int


@dataclass(frozen=True, slots=True)
class Paged:
    """A page of rows, `total` over all pages."""

    rows: tuple[Any, ...]
    total: int
    page: int
    pages: int


def find(session: Session, actor: Actor, import_id: int) -> ListImport:
    """The list, when its unit is in sight; raises NotFound."""
    actor.require(LISTS)
    found = session.scalar(scoped(select(ListImport).where(ListImport.id == import_id), ListImport.unit_id, actor)
                           .options(joinedload(ListImport.unit), joinedload(ListImport.uploader)))
    if found is None:
        raise NotFound
    return found


def line_of(told: ListImport) -> Line:
    """A list as the screens show it."""
    words, tone = STATES[told.state]
    return Line(told.id, told.kind, list_kinds()[told.kind].title, told.file_name, told.unit.name, told.uploader.name,
                told.listed_on, told.state, words, tone, told.stage, told.progress, told.summary, told.problem,
                told.created_at)


def recent(session: Session, actor: Actor, page: int = 1) -> Paged:
    """The lists in sight, newest first, those thrown away left out."""
    actor.require(LISTS)
    base = scoped(select(ListImport).where(ListImport.state != "discarded"), ListImport.unit_id, actor)
    ordered = base.order_by(ListImport.id.desc()).options(joinedload(ListImport.unit), joinedload(ListImport.uploader))
    paged = _page(session, ordered, page, 20)
    return Paged(tuple(line_of(row[0]) for row in paged.rows), paged.total, paged.page, paged.pages)


def current(session: Session, actor: Actor) -> list[Current]:
    """What stands now, by kind of list."""
    actor.require(LISTS)
    query = scoped(select(ListEntry.kind, func.count(), func.count(ListEntry.unit_id.distinct()),
                          func.max(ListImport.listed_on))
                   .join(ListImport, ListImport.id == ListEntry.import_id)
                   .where(ListEntry.ended_by.is_(None)), ListEntry.unit_id, actor).group_by(ListEntry.kind)
    found = {kind: rest for kind, *rest in session.execute(query)}
    return [Current(kind.id, kind.title, kind.about, *(found.get(kind.id) or (0, 0, None)))
            for kind in list_kinds().values() if actor.role in kind.roles or kind.id in found]


def problems(session: Session, actor: Actor, import_id: int, page: int = 1, severity: str = "error") -> Paged:
    """The wrong rows of a list, page by page."""
    told = find(session, actor, import_id)
    if severity not in ("error", "warning"):
        raise Invalid("没有这种筛选。")
    rows = (select(ListProblem.row).where(ListProblem.import_id == told.id).group_by(ListProblem.row)
            .having(func.min(ListProblem.severity) == severity).order_by(ListProblem.row))
    paged = _page(session, rows, page)
    numbers = [row[0] for row in paged.rows]
    return Paged(tuple(_problem_rows(session, told, numbers)), paged.total, paged.page, paged.pages)


def problem_table(session: Session, actor: Actor, import_id: int) -> tuple[list[str], list[list[str]]]:
    """The rows with problems as written, the reasons behind each; whoever takes them out is recorded."""
    told = find(session, actor, import_id)
    heading_row = int(told.mapping.get("heading_row", -1))
    head = told.look["sheets"][int(told.mapping["sheet"])]["head"] if told.look else []
    headings = list(head[heading_row]) if 0 <= heading_row < len(head) else []
    problems: dict[int, list[ListProblem]] = {}
    for problem in session.scalars(select(ListProblem).where(ListProblem.import_id == told.id)
                                   .order_by(ListProblem.row, ListProblem.id).limit(4 * MOST_EXPORTED)):
        problems.setdefault(problem.row, []).append(problem)
    rows = []
    for number, found in list(problems.items())[:MOST_EXPORTED]:
        written: list[str] = next((one.written for one in found if one.written), [])
        kept_out = any(one.severity == "error" for one in found)
        rows.append([str(number), "没有导入" if kept_out else "已导入", "".join(one.text for one in found),
                     *written, *[""] * (len(headings) - len(written))])
    audit.record(session, actor, "list.problems_exported", "list", told.id, rows=len(rows))
    return ["行号", "结果", "问题", *headings], rows


def changes(session: Session, actor: Actor, import_id: int, what: str, page: int = 1) -> Paged:
    """Who a stored list brought, changed, or no longer names."""
    told = find(session, actor, import_id)
    query = scoped(_changed(told, what), ListEntry.unit_id, actor)
    return _entries(session, query.order_by(ListEntry.id), page)


def entries(session: Session, actor: Actor, kind_id: str, unit_id: int | None, text: str, page: int) -> Paged:
    """The entries that stand, narrowed by unit or the beginning of a name."""
    actor.require(LISTS)
    if kind_id not in list_kinds():
        raise NotFound("没有这种名单。")
    query = scoped(_joined().where(ListEntry.kind == kind_id, ListEntry.ended_by.is_(None)), ListEntry.unit_id, actor)
    if unit_id is not None:
        below = select(Unit.id).where(or_(Unit.id == unit_id, Unit.parent_id == unit_id))
        query = query.where(ListEntry.unit_id.in_(below))
    if text.strip():
        query = query.where(ListEntry.name.startswith(text.strip(), autoescape=True))
    return _entries(session, query.order_by(ListEntry.unit_id, ListEntry.id), page)


def names_of(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """Units' names by id."""
    return dict(session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(ids))).all())


def given_columns(session: Session, actor: Actor) -> frozenset[str]:
    """Columns a list of the actor's need not have, because they can only mean its own unit."""
    kind = session.get_one(Unit, actor.unit_id).kind
    return frozenset({kind} & {"school", "township"})


def loses_many(summary: Mapping[str, Any]) -> bool:
    """Whether storing would end a large share of what stands."""
    gone: int = summary.get("gone", 0)
    standing: int = gone + summary.get("same", 0) + summary.get("changed", 0)
    return gone > 20 and gone > _MANY_GONE * standing


def _problem_rows(session: Session, told: ListImport, numbers: list[int]) -> list[ProblemRow]:
    found: dict[int, list[ListProblem]] = {number: [] for number in numbers}
    for problem in session.scalars(select(ListProblem).where(
            ListProblem.import_id == told.id, ListProblem.row.in_(numbers)).order_by(ListProblem.id)):
        found[problem.row].append(problem)
    return [_problem_row(told, number, listed) for number, listed in found.items()]


def _problem_row(told: ListImport, number: int, listed: list[ListProblem]) -> ProblemRow:
    written: list[str] = next((one.written for one in listed if one.written), [])

    def cell(column: str) -> str:
        index = told.mapping["columns"].get(column)
        return written[index] if index is not None and index < len(written) else ""

    return ProblemRow(number, any(one.severity == "error" for one in listed), tuple(one.text for one in listed),
                      cell("name"), masked_id(cell("id_number")))


def _changed(told: ListImport, what: str) -> Select[*tuple[Any, ...]]:
    other = aliased(ListEntry)
    ended = and_(other.ended_by == told.id, other.key == ListEntry.key)
    came = and_(other.import_id == told.id, other.key == ListEntry.key)
    conditions: Mapping[str, ColumnElement[bool]] = {
        "added": and_(ListEntry.import_id == told.id, ~select(other.id).where(ended).exists()),
        "changed": and_(ListEntry.import_id == told.id, select(other.id).where(ended).exists()),
        "gone": and_(ListEntry.ended_by == told.id, ~select(other.id).where(came).exists()),
    }
    if what not in conditions:
        raise NotFound
    return _joined().where(conditions[what])


def _joined() -> Select[*tuple[Any, ...]]:
    return select(ListEntry, Unit.name.label("unit")).join(Unit, Unit.id == ListEntry.unit_id)


def _entries(session: Session, query: Select[*tuple[Any, ...]], page: int) -> Paged:
    paged = _page(session, query, page)
    return Paged(tuple(_entry(*row) for row in paged.rows), paged.total, paged.page, paged.pages)


def _entry(entry: ListEntry, unit: str) -> EntryRow:
    age = full_years(entry.born_on, today()) if entry.born_on else None
    return EntryRow(entry.id, entry.name, entry.sex, age, unit, entry.grade_class, entry.guardian, entry.student_id,
                    entry.row)


def _page(session: Session, query: Select[*tuple[Any, ...]], page: int, size: int = PAGE) -> Paged:
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    pages = max(1, -(-total // size))
    page = min(max(1, page), pages)
    rows = session.execute(query.limit(size).offset((page - 1) * size)).all()
    return Paged(tuple(rows), total, page, pages)


