"""Second reading: another person reads a place blind; a third settles it when the two disagree."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session, aliased

from ocr.results import NOWHERE
from service import audit, calendar
from service.access import REVIEW, Actor, scoped
from service.database import now
from service.errors import Conflict, Invalid, NotFound
from service.models import Decision, Reading, SecondEntry, SecondReading, Sheet
from service.review import entry
from service.review.decisions import decide_and_stand
from service.review.sampling import is_drawn, share_of
from service.review.values import EffectiveValue, Key, Standing, spec_of, standing

Said = tuple[str, bool]
"""A value, and whether it stands for «nobody can read it»."""
PENDING = ("open", "third")


def ask(session: Session, actor: Actor, held: Standing) -> int:
    """Ask for the second readings a sheet still needs before it is signed; returns how many it waits for.

    A place is done once a closed reading stands behind the value it has now; a value changed since is
    read again.
    """
    wanted = [key for key, value in held.values.items() if _is_wanted(held, key, value)]
    if not wanted:
        return 0
    asked = session.scalars(select(SecondReading).where(
        SecondReading.sheet_id == held.sheet.id, SecondReading.kind == "required")).all()
    waits = 0
    for key in wanted:
        value = held.values[key]
        here = [one for one in asked if (one.row, one.field) == key]
        if any(one.state == "closed" and one.value == value.value for one in here):
            continue
        waits += 1
        if not any(one.state in PENDING for one in here):
            session.add(place(held, key, "required", actor.user_id))
    session.flush()
    return waits


def place(held: Standing, key: Key, kind: str, first_user: int | None) -> SecondReading:
    """A place to be read again, with what stands there now."""
    text, illegible = _said(held.values[key])
    return SecondReading(sheet_id=held.sheet.id, row=key[0], field=key[1], kind=kind, first_value=text,
                         first_illegible=illegible, first_user_id=first_user)


def waits() -> ColumnElement[bool]:
    """The condition that a sheet has nothing to do for a reviewer until somebody has read it again."""
    return exists().where(SecondReading.sheet_id == Sheet.id, SecondReading.kind == "required",
                          SecondReading.state.in_(PENDING), Sheet.uncertain == 0)


def handed_on(session: Session, sheet_ids: Sequence[int]) -> frozenset[int]:
    """Which of the sheets wait for a second reading."""
    return frozenset(session.scalars(select(Sheet.id).where(Sheet.id.in_(sheet_ids), waits())))


def may_read(actor: Actor) -> ColumnElement[bool]:
    """The condition that a place is pending and the actor has had no part in it so far."""
    other = aliased(SecondReading)
    same = (other.sheet_id == SecondReading.sheet_id, other.row == SecondReading.row,
            other.field == SecondReading.field)
    entered = exists().where(SecondEntry.second_reading_id == other.id, SecondEntry.user_id == actor.user_id, *same)
    decided = exists().where(Decision.sheet_id == SecondReading.sheet_id, Decision.row == SecondReading.row,
                             Decision.field == SecondReading.field, Decision.user_id == actor.user_id)
    up = or_((SecondReading.kind == "required") & (Sheet.state == "to_review"),
             (SecondReading.kind == "spot") & (Sheet.state == "signed"))
    return SecondReading.state.in_(PENDING) & up & ~entered & ~decided & or_(
        SecondReading.first_user_id.is_(None), SecondReading.first_user_id != actor.user_id)


def enter(session: Session, actor: Actor, place_id: int, text: str, *, illegible: bool = False,
          keys: int = 0) -> SecondReading:
    """Keep what the actor read at a place; it closes the place, or hands it on to a third person.

    Where the third finds the first value of an unsigned sheet wrong, that is decided on the sheet.
    Raises NotFound for a place that is not the actor's to read, Conflict when somebody was faster,
    Invalid for what cannot stand there.
    """
    found = find(session, actor, place_id)
    held = standing(session, found.sheet)
    if found.state == "open" and found.kind == "required":
        found.first_value, found.first_illegible = _said(held.values[found.row, found.field])
    said = ("", True) if illegible else (_fitting(held, found, text), False)
    kept = SecondEntry(user_id=actor.user_id, value=said[0], illegible=said[1],
                       agrees=said == (found.first_value, found.first_illegible), keys=keys)
    before = [(one.value, one.illegible) for one in found.entries]
    found.entries.append(kept)
    found.claimed_by = found.claimed_until = None
    if found.kind == "known":
        _close(found, "agreed" if kept.agrees else "second_wrong", found.first_value)
    elif kept.agrees:
        _close(found, "second_wrong" if before else "agreed", found.first_value)
    elif before:
        _close(found, "first_wrong" if said in before else "all_differ", said[0])
    else:
        found.state = "third"
    session.flush()
    if found.state == "closed" and found.kind == "required":
        _correct(session, actor, held, found, illegible)
    return found


def find(session: Session, actor: Actor, place_id: int) -> SecondReading:
    """The place, locked, when it is the actor's to read; NotFound or Conflict otherwise."""
    actor.require(REVIEW)
    found = session.scalar(scoped(
        select(SecondReading).join(Sheet, Sheet.id == SecondReading.sheet_id).where(
            SecondReading.id == place_id, or_(SecondReading.for_user_id == actor.user_id, may_read(actor))),
        Sheet.unit_id, actor).with_for_update(of=SecondReading))
    if found is None and session.get(SecondReading, place_id) is not None:
        raise Conflict("这一处已经有人复核，或不由您复核。", "请看下一处。")
    if found is None:
        raise NotFound
    if found.state == "closed":
        raise Conflict("这一处已经复核过了。", "请看下一处。")
    if found.claimed_by not in (None, actor.user_id) and found.claimed_until and found.claimed_until > now():
        raise Conflict("同事正在复核这一处。", "请看下一处。")
    return found


def ink_of(session: Session, found: SecondReading) -> tuple[str, tuple[float, ...]]:
    """Where the ink of a place is: its sheet's picture and the box. Raises NotFound without one."""
    box = session.scalar(select(Reading.box).where(
        Reading.sheet_id == found.sheet_id, Reading.row == found.row, Reading.field == found.field))
    if box is None or found.sheet.image_sha256 is None:
        raise NotFound
    return found.sheet.image_sha256, tuple(box)


def _is_wanted(held: Standing, key: Key, value: EffectiveValue) -> bool:
    spec = spec_of(held.template, key[1])
    if spec is None or value.as_image or held.sheet.image_sha256 is None:
        return False
    return has_ink(value.reading) and is_drawn(share_of(spec), held.sheet.id, *key)


def has_ink(reading: Reading | None) -> bool:
    """Whether a place has a picture to be read from."""
    return reading is not None and len(reading.box) == 4 and tuple(reading.box) != NOWHERE


def _said(value: EffectiveValue) -> Said:
    return value.value, value.decision is not None and value.decision.kind == "illegible"


def _fitting(held: Standing, found: SecondReading, text: str) -> str:
    spec = spec_of(held.template, found.field)
    if spec is None:
        raise Invalid("这张表已改作别的表格，不用再复核。", "请看下一处。")
    return entry.fitting(spec, text, calendar.local_date(held.sheet.created_at))


def _close(found: SecondReading, outcome: str, value: str) -> None:
    found.state, found.outcome, found.value, found.closed_at = "closed", outcome, value, now()


def _correct(session: Session, actor: Actor, held: Standing, found: SecondReading,
             illegible: bool) -> None:
    """Bring the sheet in line with what was found; the sign-off asks again should it change once more."""
    audit.record(session, actor, "second.closed", "sheet", found.sheet_id, row=found.row, field=found.field,
                 outcome=found.outcome)
    now_there = _said(held.values[found.row, found.field])
    if now_there != (found.value, illegible) and found.outcome in ("first_wrong", "all_differ"):
        decide_and_stand(session, actor, found.sheet_id, held.sheet.version, found.row, found.field,
                         "illegible" if illegible else "corrected", found.value or "", claims=False)

