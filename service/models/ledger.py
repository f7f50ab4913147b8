"""The ledger's steps worked out beforehand: derived from case events, so they can be made again at any time."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from service.database import Base, Code

NEVER = date(9999, 12, 31)
"""`next_on` of a case's last step."""


class LedgerStep(Base):
    """A case event that moves a case, with the state before and after it and the day of the next."""

    __tablename__ = "ledger_steps"
    __table_args__ = (
        Index(None, "case_id"),
        Index(None, "happened_on"),
        Index(None, "out", "next_on", "happened_on"),
        Index(None, "unit_id", "next_on"),
    )

    event_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    case_id: Mapped[int]
    kind: Mapped[str] = mapped_column(Code)
    happened_on: Mapped[date]
    unit_id: Mapped[int]
    out: Mapped[int]
    """1 while the child is to be brought back, else 0."""
    was_out: Mapped[int]
    from_unit_id: Mapped[int | None]
    next_on: Mapped[date]
    closing: Mapped[str] = mapped_column(Code)
    """What a `closed` step closed the case as."""


class LedgerMark(Base):
    """One row: up to which case event the kept steps know everything."""

    __tablename__ = "ledger_marks"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    up_to: Mapped[int]
