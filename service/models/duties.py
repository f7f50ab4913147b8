"""Who answers for a case, what is to be done by when, and hand-overs that wait for an answer."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service.database import Base, Code, Moment, Sealed, now
from service.models.cases import Case, CaseEvent
from service.models.people import Unit

DUTY_ROLES = ("teacher", "school_head", "township_head", "bureau", "village")
HANDOVER_STATES = ("pending", "accepted", "returned", "withdrawn")
_PENDING = text("state = 'pending'")
_UNDONE = text("done_at IS NULL")


class CaseDuty(Base):
    """A responsible person of a case (包保责任人); may have an account, need not."""

    __tablename__ = "case_duties"
    __table_args__ = (CheckConstraint(f"role IN {DUTY_ROLES}", "role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    role: Mapped[str] = mapped_column(Code)
    name: Mapped[str] = mapped_column(String(60))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    phone: Mapped[str | None] = mapped_column(Sealed("case_duties.phone"))
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    named_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)

    case: Mapped[Case] = relationship()
    unit: Mapped[Unit] = relationship()


class CaseTask(Base):
    """Something that somebody asked a unit to do about a case by a day."""

    __tablename__ = "case_tasks"
    __table_args__ = (
        Index(None, "case_id"),
        Index(None, "unit_id", "due_on", sqlite_where=_UNDONE, postgresql_where=_UNDONE),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    """Who is to do it; follows the case when it is handed over."""
    text: Mapped[str] = mapped_column(Sealed("case_tasks.text"))
    due_on: Mapped[date]
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    done_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    answer: Mapped[str | None] = mapped_column(Sealed("case_tasks.answer"))

    case: Mapped[Case] = relationship()
    unit: Mapped[Unit] = relationship()


class Handover(Base):
    """A case offered to another unit, which takes it or sends it back with a reason; one at a time."""

    __tablename__ = "handovers"
    __table_args__ = (
        CheckConstraint(f"state IN {HANDOVER_STATES}", "state"),
        Index("uq_handovers_pending", "case_id", unique=True, sqlite_where=_PENDING, postgresql_where=_PENDING),
        Index(None, "state", "asked_on"),
        Index(None, "to_unit_id", "state"),
        Index(None, "from_unit_id", "state"),
        Index(None, "case_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    from_unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    to_unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    state: Mapped[str] = mapped_column(Code, default="pending")
    reason: Mapped[str] = mapped_column(Sealed("handovers.reason"))
    asked_on: Mapped[date]
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    asked_at: Mapped[datetime] = mapped_column(Moment, default=now)
    answer: Mapped[str | None] = mapped_column(Sealed("handovers.answer"))
    """Why it was sent back or withdrawn."""
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("case_events.id"))
    """The step `handed_over` that taking it made."""

    case: Mapped[Case] = relationship()
    from_unit: Mapped[Unit] = relationship(foreign_keys=[from_unit_id])
    to_unit: Mapped[Unit] = relationship(foreign_keys=[to_unit_id])
    event: Mapped[CaseEvent | None] = relationship()
