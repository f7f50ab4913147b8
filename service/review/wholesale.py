"""A whole group of fields accepted in one request, and taken back: each a decision of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access import REVIEW, Actor, scoped
from service.errors import Conflict, Invalid, NotFound
from service.models import Reading, Sheet
from service.review.claims import claimable
from service.review.decisions import decide_and_stand, undo_and_stand


@dataclass(frozen=True, slots=True)
class Saved:
    """A place that was accepted, or whose acceptance was taken back; `version` is the sheet's after it."""

    reading: int
    sheet: int
    version: int
    decision: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A place that was not: somebody else was at its sheet."""

    reading: int
    sheet: int
    text: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a group."""

    saved: tuple[Saved, ...]
    refused: tuple[Refused, ...]


def accept(session: Session, actor: Actor, asked: Sequence[tuple[int, int]], keys: int = 0) -> Outcome:
    """Accept what the machine read in each (reading id, sheet version); `keys` it took for all together.

    Each place is a decision of its own. A sheet that somebody else has or changed since is refused and
    left as it is; the others are saved. The reviewer claims no sheet by it.
    """
    actor.require(REVIEW)
    found = _readings(session, actor, [reading for reading, _ in asked])
    saved: list[Saved] = []
    refused: list[Refused] = []
    newest: dict[int, tuple[int, int]] = {}
    for reading_id, seen in sorted(asked, key=lambda pair: (_sheet_of(found, pair[0]), pair[0])):
        reading = found.get(reading_id)
        if reading is None:
            raise NotFound
        before, after = newest.get(reading.sheet_id, (seen, seen))
        version = after if before == seen else seen
        try:
            with session.begin_nested():
                held = decide_and_stand(session, actor, _free(session, actor, reading.sheet_id), version,
                                        reading.row, reading.field, "accepted", reading.value,
                                        0 if saved else keys, claims=False)
        except (Conflict, Invalid, NotFound) as error:
            refused.append(Refused(reading_id, reading.sheet_id, error.message))
            continue
        newest[reading.sheet_id] = (seen, held.sheet.version)
        saved.append(Saved(reading_id, reading.sheet_id, held.sheet.version, held.history[-1].id))
    return Outcome(_newest(saved), tuple(refused))


def undo(session: Session, actor: Actor, saved: Iterable[Saved]) -> Outcome:
    """Take acceptances back; sheets that were changed since are refused and keep them."""
    actor.require(REVIEW)
    gone: list[Saved] = []
    refused: list[Refused] = []
    newest: dict[int, int] = {}
    for one in sorted(saved, key=lambda one: (one.sheet, one.reading)):
        version = newest.get(one.sheet, one.version)
        try:
            with session.begin_nested():
                _, held = undo_and_stand(session, actor, _free(session, actor, one.sheet), version,
                                         one.decision, claims=False)
        except (Conflict, NotFound) as error:
            refused.append(Refused(one.reading, one.sheet, error.message))
            continue
        newest[one.sheet] = held.sheet.version
        gone.append(Saved(one.reading, one.sheet, held.sheet.version, one.decision))
    return Outcome(_newest(gone), tuple(refused))


def _newest(saved: list[Saved]) -> tuple[Saved, ...]:
    """Each with the version its sheet has after the whole group."""
    last = {one.sheet: one.version for one in saved}
    return tuple(Saved(one.reading, one.sheet, last[one.sheet], one.decision) for one in saved)


def _readings(session: Session, actor: Actor, ids: Sequence[int]) -> dict[int, Reading]:
    query = select(Reading).join(Sheet, Sheet.id == Reading.sheet_id).where(Reading.id.in_(ids))
    return {reading.id: reading for reading in session.scalars(scoped(query, Sheet.unit_id, actor))}


def _sheet_of(found: dict[int, Reading], reading: int) -> int:
    return found[reading].sheet_id if reading in found else 0


def _free(session: Session, actor: Actor, sheet_id: int) -> int:
    """The sheet's id; Conflict when a colleague has opened it meanwhile."""
    sheet = session.get(Sheet, sheet_id, populate_existing=True)
    if sheet is not None and not claimable(sheet, actor):
        raise Conflict("同事正在核对这张表。")
    return sheet_id
