"""The wall: one field of many sheets at once, grouped by what the machine read, accepted group by group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from ocr.results import NOWHERE
from ocr.template import FieldSpec, load_templates
from service import audit
from service.access import REVIEW, Actor, scoped
from service.database import now
from service.errors import NotFound
from service.models import AuditEvent, Decision, Reading, Sheet
from service.review.claims import SAME_LOOK, is_free
from service.review.values import spec_of
from service.review.wording import title

MOST = 400
"""Fields hung up at a time: what one clerk gets through before the wall is hung anew."""
FEWEST_ALIKE = 3
"""Values read less often than this share the last group, each shown with its own value."""
_LONG = frozenset({"free_text", "place"})
"""Kinds that take reading, not a glance."""


@dataclass(frozen=True, slots=True)
class Pile:
    """A field that waits on `waiting` places of free sheets."""

    form: str
    field: str
    title: str
    form_title: str
    waiting: int


@dataclass(frozen=True, slots=True)
class Tile:
    """One place on a sheet: its reading's id, the version of the sheet, and what the machine read."""

    reading: int
    sheet: int
    version: int
    value: str


@dataclass(frozen=True, slots=True)
class Group:
    """Tiles the machine read alike; `value` is None for the last group, whose values differ."""

    value: str | None
    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class Wall:
    """The groups of a field, the largest first.

    `unread` places were left out: the machine read nothing there that a glance could confirm. `more`
    says that others wait for the wall to be hung anew.
    """

    form: str
    field: str
    title: str
    groups: tuple[Group, ...]
    unread: int
    more: bool

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        return asdict(self)


def piles(session: Session, actor: Actor) -> list[Pile]:
    """The fields that fit a wall, those with the most places waiting first."""
    actor.require(REVIEW)
    query = select(Sheet.template, Reading.field, func.count()).join(Sheet, Sheet.id == Reading.sheet_id)
    counted = session.execute(
        scoped(query.where(*_waiting(actor)), Sheet.unit_id, actor).group_by(Sheet.template, Reading.field))
    found = [Pile(form, field, title(spec), load_templates()[form].title, number)
             for form, field, number in counted if form and (spec := _spec(form, field))]
    return sorted(found, key=lambda pile: -pile.waiting)


def hang(session: Session, actor: Actor, form: str, field: str) -> Wall:
    """The wall of a field; the look goes on record with the sheets that were shown.

    Raises NotFound for a field that no form has or that is too long for a wall.
    """
    actor.require(REVIEW)
    spec = _spec(form, field)
    if spec is None:
        raise NotFound
    here = [Sheet.template == form, Reading.field == field, *_waiting(actor)]
    base = select(Reading, Sheet.version).join(Sheet, Sheet.id == Reading.sheet_id).where(*here)
    rows = session.execute(scoped(base, Sheet.unit_id, actor)
                           .order_by(Sheet.created_at, Sheet.id, Reading.row).limit(MOST + 1)).all()
    tiles = [Tile(reading.id, reading.sheet_id, version, reading.value)
             for reading, version in rows[:MOST] if _can_be_judged(reading)]
    _on_record(session, actor, field, {tile.sheet for tile in tiles})
    return Wall(form, field, title(spec), _grouped(tiles), min(len(rows), MOST) - len(tiles), len(rows) > MOST)


def boxes(session: Session, actor: Actor, readings: Sequence[int]) -> list[tuple[str, tuple[float, ...]]]:
    """Where the ink of each reading is: the digest of its sheet's picture and the box, in the order asked.

    Sheets that were not on a wall of the actor's lately go on record. Raises NotFound when a reading is
    out of sight, has no picture or is not up for review.
    """
    actor.require(REVIEW)
    query = select(Reading, Sheet.image_sha256).join(Sheet, Sheet.id == Reading.sheet_id).where(
        Reading.id.in_(readings), Sheet.state == "to_review", Sheet.image_sha256.is_not(None))
    found = {reading.id: (reading, str(sha)) for reading, sha
             in session.execute(scoped(query, Sheet.unit_id, actor))}
    if not readings or set(readings) - set(found):
        raise NotFound
    _on_record(session, actor, found[readings[0]][0].field, {one.sheet_id for one, _ in found.values()})
    return [(found[one][1], tuple(found[one][0].box)) for one in readings]


def _on_record(session: Session, actor: Actor, field: str, sheets: set[int]) -> None:
    """The look at these sheets, unless each was on a wall of the actor's within the last half hour."""
    lately = session.scalars(select(AuditEvent.detail).where(
        AuditEvent.object_type == "field", AuditEvent.object_id == field, AuditEvent.action == "wall.viewed",
        AuditEvent.user_id == actor.user_id, AuditEvent.at > now() - SAME_LOOK))
    seen = {sheet for detail in lately for sheet in detail["sheets"]}
    if sheets - seen:
        audit.record(session, actor, "wall.viewed", "field", field, sheets=sorted(sheets - seen))


def _waiting(actor: Actor) -> list[ColumnElement[bool]]:
    """A reading the machine was not sure of and nobody decided, on a sheet nobody else works on."""
    taken_back = aliased(Decision)
    same = (taken_back.sheet_id == Decision.sheet_id, taken_back.row == Decision.row,
            taken_back.field == Decision.field)  # found by their common index
    decided = exists().where(
        Decision.sheet_id == Reading.sheet_id, Decision.row == Reading.row, Decision.field == Reading.field,
        Decision.kind != "undone", ~exists().where(*same, taken_back.undoes_id == Decision.id))
    mine = or_(Sheet.asked_of.is_(None), Sheet.asked_of == actor.user_id)
    return [Sheet.state == "to_review", is_free(actor), mine, Sheet.image_sha256.is_not(None),
            Reading.accept.is_(False), ~decided]


def _can_be_judged(reading: Reading) -> bool:
    """Whether a glance can tell: there is ink to see, and something was read from it or nothing is there."""
    unread = not reading.value and reading.raw
    return not unread and tuple(reading.box) != NOWHERE and len(reading.box) == 4


def _grouped(tiles: Sequence[Tile]) -> tuple[Group, ...]:
    alike: dict[str, list[Tile]] = {}
    for tile in tiles:
        alike.setdefault(tile.value, []).append(tile)
    large = [Group(value, tuple(same)) for value, same in alike.items() if len(same) >= FEWEST_ALIKE]
    rest = sorted((tile for same in alike.values() if len(same) < FEWEST_ALIKE for tile in same),
                  key=lambda tile: (tile.value, tile.reading))
    large.sort(key=lambda group: (-len(group.tiles), group.value or ""))
    return (*large, Group(None, tuple(rest))) if rest else tuple(large)


def _spec(form: str | None, field: str) -> FieldSpec | None:
    spec = spec_of(load_templates().get(form or ""), field)
    return spec if spec and spec.kind not in _LONG else None
