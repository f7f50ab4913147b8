"""The lists of transfers as people read them: who is awaited, who came from nowhere, which pairs were made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from service import audit
from service.access import CASE_EVENTS, FILES, Actor
from service.cases import missing
from service.cases.masking import masked_id
from service.cases.sight import student_in_sight
from service.cases.transfers import candidates, in_sight, waiting
from service.errors import Invalid, NotFound
from service.models import Student, Transfer, TransferPairing, Unit
from service.units import below

PAGE = 30
TABS: Mapping[str, str] = {
    "overdue": "超期未转入", "awaited": "等待转入", "unannounced": "没有转出的转入", "paired": "已配对",
    "received": "凭据核实",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a register; ID digits masked. `due_on` only for a child who is awaited."""

    transfer_id: int
    direction: str
    student_id: int | None
    name: str
    sex: str
    grade_class: str
    id_number: str
    from_school: str
    to_school: str
    moved_on: date
    sheet_id: int | None
    row: int
    receipt: str
    receipt_on: date | None
    due_on: date | None
    overdue: bool
    suspected_on: date | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A line with its other half, who joined them ("" for the program), and what the person may do."""

    line: Line
    partner: Line | None
    joined_by: str
    may_act: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A page of one list, and how long each list is."""

    entries: tuple[Entry, ...]
    counts: Mapping[str, int]
    tab: str
    page: int
    pages: int


def listing(session: Session, actor: Actor, tab: str = "overdue", unit_id: int | None = None,
            text: str = "", page: int = 1) -> Found:
    """One of TABS within the actor's sight, narrowed to a unit and to the beginning of a name."""
    actor.require(FILES)
    if tab not in TABS:
        raise Invalid("没有这种名单。")
    narrow = _narrowed(session, actor, unit_id, text)
    counts = dict(zip(TABS, session.execute(select(*(
        select(func.count()).select_from(Transfer).where(_in(name), *narrow).scalar_subquery()
        for name in TABS))).one(), strict=True))
    pages = max(1, -(-counts[tab] // PAGE))
    page = min(max(1, page), pages)
    oldest_first = Transfer.moved_on if tab in ("overdue", "awaited") else Transfer.moved_on.desc()
    lines = session.scalars(select(Transfer).where(_in(tab), *narrow).options(*_LOADED).order_by(
        oldest_first, Transfer.id).limit(PAGE).offset((page - 1) * PAGE)).all()
    return Found(_entries(session, actor, lines), counts, tab, page, pages)


@dataclass(frozen=True, slots=True)
class Choice:
    """A line alone and those it may be joined with."""

    entry: Entry
    others: tuple[Line, ...]


def open_line(session: Session, actor: Actor, transfer_id: int) -> Choice:
    """A line with its other half, or with what could be it; the opening is recorded. Raises NotFound."""
    actor.require(FILES)
    line = session.scalar(select(Transfer).where(Transfer.id == transfer_id, in_sight(actor)).options(*_LOADED))
    if line is None:
        raise NotFound
    audit.record(session, actor, "transfer.opened", "transfer", transfer_id)
    found = candidates(session, line) if line.partner_id is None else []
    seen = set(session.scalars(select(Transfer.id).where(
        Transfer.id.in_([other.id for other in found]), in_sight(actor))))
    entry, = _entries(session, actor, [line])
    return Choice(entry, tuple(_line(other, _known(session, actor, [other])) for other in found if other.id in seen))


def overdue_count(actor: Actor) -> Select[int]:
    """The question how many children in sight are awaited for too long."""
    return select(func.count()).select_from(Transfer).where(_in("overdue"), in_sight(actor))


_LOADED = (joinedload(Transfer.unit), joinedload(Transfer.other_unit),
           joinedload(Transfer.partner).joinedload(Transfer.unit),
           joinedload(Transfer.partner).joinedload(Transfer.other_unit))


def _in(tab: str) -> ColumnElement[bool]:
    if tab in ("overdue", "awaited"):
        late = Transfer.moved_on <= missing.last_overdue()
        return and_(Transfer.direction == "out", waiting(), late if tab == "overdue" else ~late)
    if tab == "unannounced":
        return and_(Transfer.direction == "in", waiting())
    if tab == "paired":
        return and_(Transfer.direction == "out", Transfer.partner_id.is_not(None))
    return and_(Transfer.partner_id.is_(None), Transfer.receipt_on.is_not(None))


def _narrowed(session: Session, actor: Actor, unit_id: int | None, text: str) -> list[ColumnElement[bool]]:
    narrow = [in_sight(actor)]
    if unit_id is not None and (unit := session.get(Unit, unit_id)) is not None:
        under = below(session, unit)
        narrow.append(or_(Transfer.unit_id.in_(under), Transfer.other_unit_id.in_(under)))
    if text.strip():
        narrow.append(Transfer.name.startswith(text.strip(), autoescape=True))
    return narrow


def _known(session: Session, actor: Actor, lines: list[Transfer]) -> set[int]:
    """The children of the lines whose files the person may open."""
    ids = {line.student_id for line in lines if line.student_id is not None}
    return set(session.scalars(select(Student.id).where(Student.id.in_(ids), student_in_sight(actor))))


def _entries(session: Session, actor: Actor, lines: Iterable[Transfer]) -> tuple[Entry, ...]:
    held = list(lines)
    known = _known(session, actor, held + [line.partner for line in held if line.partner])
    outs = [(line if line.direction == "out" else line.partner) for line in held if line.partner]
    joined: dict[int, str] = {}
    for pairing in session.scalars(select(TransferPairing).where(
            TransferPairing.out_id.in_([out.id for out in outs if out]), TransferPairing.joined).options(
                joinedload(TransferPairing.user)).order_by(TransferPairing.id)):
        joined[pairing.out_id] = pairing.user.name if pairing.user else ""
    return tuple(Entry(
        _line(line, known), _line(line.partner, known) if line.partner else None,
        joined.get(line.id if line.direction == "out" else line.partner_id or 0, ""),
        actor.may(CASE_EVENTS) and (actor.sees(line.unit_id) or actor.sees(line.other_unit_id or 0)),
    ) for line in held)


def _line(line: Transfer, known: set[int]) -> Line:
    own, other = line.unit.name, (line.other_unit.name if line.other_unit else line.other_school) or "未写明"
    alone = line.direction == "out" and line.partner_id is None and line.receipt_on is None
    due_on = missing.due_on(line) if alone else None
    return Line(
        line.id, line.direction, line.student_id if line.student_id in known else None, line.name, line.sex,
        line.grade_class, masked_id(line.id_number), own if line.direction == "out" else other,
        other if line.direction == "out" else own, line.moved_on, line.sheet_id, line.row, line.receipt or "",
        line.receipt_on, due_on, alone and line.moved_on <= missing.last_overdue(), line.suspected_on)
