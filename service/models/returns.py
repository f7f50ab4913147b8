"""What a unit's own monthly paper says, kept beside what the records count."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service.database import Base, Moment, Sealed, now
from service.models.people import Unit
from service.models.scans import Sheet

FIGURES = ("opening", "new_total", "new_annual_check", "new_ministry_list", "new_school_watch", "new_home_visit",
           "new_other", "returned", "relapsed", "closed_otherwise", "closing", "visits", "lessons", "transfers_in",
           "transfers_out")
"""The numbers of a 月报表, each a column below."""


class PaperReturn(Base):
    """A signed-off 月报表: its numbers as written, blank ones as nought."""

    __tablename__ = "paper_returns"
    __table_args__ = (Index(None, "unit_id", "month"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("sheets.id"), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    month: Mapped[date]
    """Its first day."""
    opening: Mapped[int] = mapped_column(default=0)
    new_total: Mapped[int] = mapped_column(default=0)
    new_annual_check: Mapped[int] = mapped_column(default=0)
    new_ministry_list: Mapped[int] = mapped_column(default=0)
    new_school_watch: Mapped[int] = mapped_column(default=0)
    new_home_visit: Mapped[int] = mapped_column(default=0)
    new_other: Mapped[int] = mapped_column(default=0)
    returned: Mapped[int] = mapped_column(default=0)
    relapsed: Mapped[int] = mapped_column(default=0)
    closed_otherwise: Mapped[int] = mapped_column(default=0)
    closing: Mapped[int] = mapped_column(default=0)
    visits: Mapped[int] = mapped_column(default=0)
    lessons: Mapped[int] = mapped_column(default=0)
    transfers_in: Mapped[int] = mapped_column(default=0)
    transfers_out: Mapped[int] = mapped_column(default=0)
    problems: Mapped[str | None] = mapped_column(Sealed("paper_returns.problems"))
    opinion: Mapped[str | None] = mapped_column(Sealed("paper_returns.opinion"))
    signed_by: Mapped[str] = mapped_column(String(60), default="")
    signed_on: Mapped[date | None]
    unit_seal: Mapped[bool] = mapped_column(default=False)
    leader_signature: Mapped[bool] = mapped_column(default=False)
    filed_at: Mapped[datetime] = mapped_column(Moment, default=now)

    sheet: Mapped[Sheet] = relationship()
    unit: Mapped[Unit] = relationship()

    @property
    def balances(self) -> bool:
        """Whether the paper's own numbers add up: the newly found by source, and the month from opening to closing."""
        sources = (self.new_annual_check + self.new_ministry_list + self.new_school_watch + self.new_home_visit
                   + self.new_other)
        left = self.opening + self.new_total + self.relapsed - self.returned - self.closed_otherwise
        return sources == self.new_total and left == self.closing
