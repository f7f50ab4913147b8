"""Second readings: places on paper that another person reads without seeing what the first one said."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service.database import Base, Code, Moment, Sealed, now
from service.models.scans import Sheet
from service.models.values import FORM_ROW

SECOND_KINDS = ("required", "spot", "known")
SECOND_STATES = ("open", "third", "closed")
SECOND_OUTCOMES = ("", "agreed", "first_wrong", "second_wrong", "all_differ")


class SecondReading(Base):
    """A place to be read again. `required`: its sheet's sign-off waits for it; `spot`: drawn by the bureau
    from signed sheets; `known`: the answer is settled, it checks the reader `for_user_id`.

    `open` waits for a second person, `third` for one more after the first two disagreed. `outcome` says
    who was right; `value` is what stands in the end.
    """

    __tablename__ = "second_readings"
    __table_args__ = (
        CheckConstraint(f"kind IN {SECOND_KINDS}", "kind"),
        CheckConstraint(f"state IN {SECOND_STATES}", "state"),
        CheckConstraint(f"outcome IN {SECOND_OUTCOMES}", "outcome"),
        Index(None, "sheet_id", "row", "field"),
        Index(None, "state", "kind", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("sheets.id"))
    row: Mapped[int] = mapped_column(default=FORM_ROW)
    field: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(Code)
    state: Mapped[str] = mapped_column(Code, default="open")
    outcome: Mapped[str] = mapped_column(Code, default="")
    first_value: Mapped[str] = mapped_column(Sealed("second_readings.first_value"))
    first_illegible: Mapped[bool] = mapped_column(default=False)
    first_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Who answers for the first value: whoever signed the sheet, or wanted to."""
    value: Mapped[str | None] = mapped_column(Sealed("second_readings.value"))
    for_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    claimed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    claimed_until: Mapped[datetime | None] = mapped_column(Moment)
    opened_at: Mapped[datetime] = mapped_column(Moment, default=now)
    closed_at: Mapped[datetime | None] = mapped_column(Moment, index=True)

    sheet: Mapped[Sheet] = relationship()
    entries: Mapped[list[SecondEntry]] = relationship(back_populates="reading", order_by="SecondEntry.id")


class SecondEntry(Base):
    """What one person read there; only added, one for each person and place."""

    __tablename__ = "second_entries"
    __table_args__ = (UniqueConstraint("second_reading_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    second_reading_id: Mapped[int] = mapped_column(ForeignKey("second_readings.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    value: Mapped[str] = mapped_column(Sealed("second_entries.value"))
    illegible: Mapped[bool] = mapped_column(default=False)
    agrees: Mapped[bool]
    """Whether it is what the first person said, or the known answer."""
    keys: Mapped[int] = mapped_column(default=0)
    entered_at: Mapped[datetime] = mapped_column(Moment, default=now)

    reading: Mapped[SecondReading] = relationship(back_populates="entries")
