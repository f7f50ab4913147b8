"""The stream of second readings: the next place for a person, with known answers strewn in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from service import audit
from service.access import REVIEW, Actor, scoped
from service.database import now
from service.errors import NotFound
from service.models import Decision, SecondEntry, SecondReading, Sheet
from service.models.values import FORM_ROW, TOTAL_ROW
from service.review.desk import MODES
from service.review.sampling import lot
from service.review.second import PENDING, may_read
from service.review.values import spec_of, standing
from service.review.wording import title

CLAIM = timedelta(minutes=5)
KNOWN_SHARE = 0.1
"""The share of known answers among what a person is shown, as long as there are settled places to show."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place as the reader sees it: what is asked, and nothing of what anybody said."""

    id: int
    form_title: str
    title: str
    kind: str
    mode: str
    where: str
    left: int


def next_place(session: Session, actor: Actor) -> Place | None:
    """Claim the next place the actor may read, None when there is none; the look goes on record."""
    actor.require(REVIEW)
    found = _pending(session, actor)
    if found is None:
        return None
    found = _known(session, actor) or found
    if found.claimed_by != actor.user_id:
        audit.record(session, actor, "second.shown", "sheet", found.sheet_id, row=found.row, field=found.field)
    found.claimed_by, found.claimed_until = actor.user_id, now() + CLAIM
    return _shown(session, found, left(session, actor))


def left(session: Session, actor: Actor) -> int:
    """How many places wait that the actor may read."""
    query = select(func.count()).select_from(SecondReading).join(Sheet, Sheet.id == SecondReading.sheet_id)
    return session.scalar(scoped(query.where(may_read(actor)), Sheet.unit_id, actor)) or 0


def _pending(session: Session, actor: Actor) -> SecondReading | None:
    """Disagreements first, then what sign-offs wait for, then the oldest."""
    rank = case((SecondReading.state == "third", 0), (SecondReading.kind == "required", 1), else_=2)
    free: ColumnElement[bool] = or_(SecondReading.claimed_by.is_(None), SecondReading.claimed_by == actor.user_id,
                                    SecondReading.claimed_until < now())
    query = select(SecondReading).join(Sheet, Sheet.id == SecondReading.sheet_id).where(may_read(actor), free)
    return session.scalar(scoped(query, Sheet.unit_id, actor).order_by(rank, SecondReading.id).limit(1)
                          .with_for_update(of=SecondReading, skip_locked=True))


def _known(session: Session, actor: Actor) -> SecondReading | None:
    """The known answer that is due to the actor now, if any: begun and not answered, or drawn."""
    begun = session.scalar(select(SecondReading).where(
        SecondReading.for_user_id == actor.user_id, SecondReading.state == "open"))
    if begun is not None:
        return begun
    entered = session.scalar(select(func.count()).where(SecondEntry.user_id == actor.user_id)) or 0
    if lot("known", actor.user_id, entered) >= KNOWN_SHARE:
        return None
    settled = session.scalars(_settled(actor)).all()
    if not settled:
        return None
    source = session.get_one(SecondReading, settled[int(lot("which", actor.user_id, entered) * len(settled))])
    made = SecondReading(sheet_id=source.sheet_id, row=source.row, field=source.field, kind="known",
                         first_value=source.first_value, first_illegible=source.first_illegible,
                         for_user_id=actor.user_id)
    session.add(made)
    session.flush()
    return made


def _settled(actor: Actor) -> Select[int]:
    """Ids of places two others agreed on, that the actor never had to do with and nobody is to read again."""
    other = aliased(SecondReading)
    same = and_(other.sheet_id == SecondReading.sheet_id, other.row == SecondReading.row,
                other.field == SecondReading.field)
    met = or_(
        exists().where(same, SecondEntry.second_reading_id == other.id, SecondEntry.user_id == actor.user_id),
        exists().where(same, or_(other.for_user_id == actor.user_id, other.state.in_(PENDING))),
        exists().where(Decision.sheet_id == SecondReading.sheet_id, Decision.row == SecondReading.row,
                       Decision.field == SecondReading.field, Decision.user_id == actor.user_id))
    query = select(SecondReading.id).join(Sheet, Sheet.id == SecondReading.sheet_id).where(
        SecondReading.outcome == "agreed", SecondReading.kind != "known", ~met,
        Sheet.state.in_(("to_review", "signed")),
        or_(SecondReading.first_user_id.is_(None), SecondReading.first_user_id != actor.user_id))
    return scoped(query, Sheet.unit_id, actor).order_by(SecondReading.id.desc()).limit(500)


def _shown(session: Session, found: SecondReading, waiting: int) -> Place:
    held = standing(session, found.sheet)
    spec = spec_of(held.template, found.field)
    if spec is None or held.template is None:
        raise NotFound
    where = {FORM_ROW: "", TOTAL_ROW: "合计行"}.get(found.row, f"第 {found.row} 行")
    return Place(found.id, held.template.title, title(spec), spec.kind, MODES.get(spec.kind, "text"), where, waiting)
