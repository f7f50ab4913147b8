"""What the machine saw and what people said: readings never change, decisions are only added."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service.database import Base, Code, Moment, Sealed, SealedJSON, now
from service.models.people import User
from service.models.scans import Sheet

FORM_ROW = 0
"""`row` of a field that stands alone; table rows count from 1, the row of totals is TOTAL_ROW."""
TOTAL_ROW = -1
DECISION_KINDS = ("accepted", "corrected", "picked", "illegible", "image", "undone")


class Reading(Base):
    """One field of one sheet as the machine read it."""

    __tablename__ = "readings"
    __table_args__ = (UniqueConstraint("sheet_id", "row", "field"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("sheets.id"), index=True)
    row: Mapped[int] = mapped_column(default=FORM_ROW)
    field: Mapped[str] = mapped_column(String(60))
    value: Mapped[str] = mapped_column(Sealed("readings.value"))
    raw: Mapped[str] = mapped_column(Sealed("readings.raw"))
    candidates: Mapped[list[list[object]]] = mapped_column(SealedJSON("readings.candidates"))
    """[value, probability] pairs, best first."""
    confidence: Mapped[float]
    accept: Mapped[bool]
    box: Mapped[list[float]] = mapped_column(JSON)
    flags: Mapped[list[str]] = mapped_column(JSON, default=list)

    sheet: Mapped[Sheet] = relationship()


class Decision(Base):
    """One thing a person said about one field; the latest that was not undone holds.

    An empty value says that the paper is blank there; `illegible` that it is not, but nobody can
    read it (its value is empty too); `image` that it stays a picture, untranscribed. `undone` takes
    back the decision `undoes_id`. `keys` counts the key presses it took.
    """

    __tablename__ = "decisions"
    __table_args__ = (
        CheckConstraint(f"kind IN {DECISION_KINDS}", "kind"),
        UniqueConstraint("sheet_id", "sheet_version"),
        Index(None, "sheet_id", "row", "field"),
        Index(None, "user_id", "decided_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("sheets.id"))
    reading_id: Mapped[int | None] = mapped_column(ForeignKey("readings.id"))
    sheet_version: Mapped[int]
    """The sheet's version this decision made: no two clerks can make the same one."""
    row: Mapped[int] = mapped_column(default=FORM_ROW)
    field: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(Code)
    value: Mapped[str] = mapped_column(Sealed("decisions.value"))
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))
    keys: Mapped[int] = mapped_column(default=0)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime] = mapped_column(Moment, default=now)

    reading: Mapped[Reading | None] = relationship()
    user: Mapped[User] = relationship()
