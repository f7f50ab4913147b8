"""The month's returns of units, and the months the bureau issued: figures frozen with what was known."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service.database import Base, Code, Moment, Sealed, now
from service.models.people import Unit, User

RETURN_STATES = ("draft", "submitted", "approved", "returned")
RETURN_ACTS = ("submitted", "approved", "returned", "recalled")


class MonthlyReturn(Base):
    """A unit's monthly return; `version` grows with every step, to tell two people apart."""

    __tablename__ = "monthly_returns"
    __table_args__ = (
        UniqueConstraint("unit_id", "month"),
        CheckConstraint(f"state IN {RETURN_STATES}", "state"),
        Index(None, "month", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    month: Mapped[date]
    """Its first day."""
    state: Mapped[str] = mapped_column(Code, default="draft")
    version: Mapped[int] = mapped_column(default=0)
    figures: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What the unit submitted last, as `service.reports.frozen` writes it; empty before."""
    known_event: Mapped[int] = mapped_column(default=0)
    """The last case event these figures know of."""
    remark: Mapped[str | None] = mapped_column(Sealed("monthly_returns.remark"))
    """The unit's own words, above all on why paper and figures differ."""
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    submitted_at: Mapped[datetime | None] = mapped_column(Moment)
    first_submitted_at: Mapped[datetime | None] = mapped_column(Moment)
    """Decides whether it came in time: a return sent back and handed in again is not late for that."""
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    reason: Mapped[str] = mapped_column(String(200), default="")
    """Why it was sent back."""

    unit: Mapped[Unit] = relationship()
    steps: Mapped[list[ReturnStep]] = relationship(back_populates="monthly_return", order_by="ReturnStep.id")


class ReturnStep(Base):
    """What somebody did to a return, with the figures it had then; only ever added."""

    __tablename__ = "return_steps"
    __table_args__ = (CheckConstraint(f"act IN {RETURN_ACTS}", "act"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    return_id: Mapped[int] = mapped_column(ForeignKey("monthly_returns.id"), index=True)
    act: Mapped[str] = mapped_column(Code)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    done_at: Mapped[datetime] = mapped_column(Moment, default=now)
    remark: Mapped[str | None] = mapped_column(Sealed("return_steps.remark"))
    figures: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    known_event: Mapped[int] = mapped_column(default=0)

    monthly_return: Mapped[MonthlyReturn] = relationship(back_populates="steps")
    user: Mapped[User] = relationship()


class IssuedReport(Base):
    """A month as the bureau issued it: number 0 first, then its 更正 1, 2, …; none is ever changed."""

    __tablename__ = "issued_reports"
    __table_args__ = (UniqueConstraint("month", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[date]
    """Its first day."""
    number: Mapped[int]
    issued_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    known_at: Mapped[datetime] = mapped_column(Moment, default=now)
    """When it was issued: what was recorded by then is in it."""
    known_event: Mapped[int]
    """The last case event it knows of; every event up to it was there, none after it counts."""
    reason: Mapped[str] = mapped_column(String(400), default="")
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The units as they were and every count, as `service.reports.frozen` writes them."""

    issuer: Mapped[User] = relationship()
