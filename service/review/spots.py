"""Spot checks: places of signed sheets drawn by lot for a second reading, and the errors they brought out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from ocr.template import load_templates
from service import audit
from service.access import QUALITY, Actor
from service.errors import Invalid
from service.models import Reading, SecondReading, Sheet, User
from service.review.quality import FIRST_WRONG, Months
from service.review.sampling import lot
from service.review.second import PENDING, has_ink, place
from service.review.values import effective, spec_of, standing
from service.review.wording import title

MOST = 500
_EXTRA = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """A value of a signed sheet that two readers found wrong; `mended` once the sheet says otherwise."""

    sheet: int
    title: str
    closed_at: datetime
    mended: bool


@dataclass(frozen=True, slots=True)
class Pending:
    """What waits to be read: for a second person, for a third, the oldest since, and how many may read."""

    second: int
    third: int
    oldest_at: datetime | None
    readers: int


def draw(session: Session, actor: Actor, month: Months, number: int) -> int:
    """Put `number` places of the month's signed sheets up for a second reading; returns how many there were.

    Every place that was not read twice has the same chance; which ones it hits is drawn by a keyed lot.
    Raises Invalid for no number or too large a one.
    """
    actor.require(QUALITY)
    if not 0 < number <= MOST:
        raise Invalid(f"一次抽 1 到 {MOST} 处。")
    again = exists().where(SecondReading.sheet_id == Reading.sheet_id, SecondReading.row == Reading.row,
                           SecondReading.field == Reading.field, SecondReading.kind != "known")
    query = select(Reading.id).join(Sheet, Sheet.id == Reading.sheet_id).where(
        *signed_in(month), Sheet.image_sha256.is_not(None), Sheet.template.in_(load_templates()), ~again)
    ranked = sorted(session.scalars(query), key=lambda reading: lot("spot", reading))
    made = 0
    for reading_id in ranked[:number * _EXTRA]:  # some have no place on the paper
        reading = session.get_one(Reading, reading_id)
        made += made < number and _put_up(session, reading)
    audit.record(session, actor, "second.drawn", "month", f"{month.begin:%Y-%m}", places=made)
    return made


def signed_in(month: Months) -> tuple[ColumnElement[bool], ...]:
    """The conditions that a sheet was signed in the month."""
    return Sheet.state == "signed", Sheet.signed_at >= month.begin, Sheet.signed_at < month.end


def findings(session: Session, actor: Actor, month: Months) -> list[Finding]:
    """The errors that spot checks brought out in sheets signed in the month, those to be mended first."""
    actor.require(QUALITY)
    rows = session.scalars(select(SecondReading).join(Sheet, Sheet.id == SecondReading.sheet_id).where(
        SecondReading.kind == "spot", SecondReading.outcome.in_(FIRST_WRONG),
        Sheet.signed_at >= month.begin, Sheet.signed_at < month.end).order_by(SecondReading.closed_at))
    return sorted((_finding(session, one) for one in rows), key=lambda one: one.mended)


def pending(session: Session, actor: Actor) -> Pending:
    """What waits, in all months."""
    actor.require(QUALITY)
    query = select(SecondReading.state, func.count(), func.min(SecondReading.opened_at)).where(
        SecondReading.state.in_(PENDING), SecondReading.kind != "known").group_by(SecondReading.state)
    found = {state: (number, oldest) for state, number, oldest in session.execute(query)}
    readers = session.scalar(select(func.count()).select_from(User).where(
        User.role.in_(("clerk", "bureau")), User.disabled_at.is_(None))) or 0
    return Pending(found.get("open", (0, None))[0], found.get("third", (0, None))[0],
                   min((oldest for _, oldest in found.values()), default=None), readers)


def _put_up(session: Session, reading: Reading) -> bool:
    held = standing(session, reading.sheet)
    key = (reading.row, reading.field)
    value = held.values.get(key)
    if value is None or value.as_image or not has_ink(reading):
        return False
    session.add(place(held, key, "spot", reading.sheet.signed_by))
    return True


def _finding(session: Session, one: SecondReading) -> Finding:
    spec = spec_of(load_templates().get(one.sheet.template or ""), one.field)
    held = effective(session, one.sheet).get((one.row, one.field))
    return Finding(one.sheet_id, title(spec) if spec else one.field, one.closed_at or one.opened_at,
                   held is not None and held.value == one.value and one.sheet.state == "signed")
