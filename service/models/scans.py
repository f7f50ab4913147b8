"""Uploaded files, the sheets in them, and the work waiting to be done on them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service.calendar import today
from service.database import Base, Code, Moment, Sealed, now
from service.models.people import Unit, User

SCAN_STATES = ("received", "reading", "read", "failed")
JOB_STATES = ("queued", "running", "done", "failed")
SHEET_STATES = ("to_review", "signed", "returned", "set_aside")
NOTE_KINDS = ("skipped", "asked")


def _this_month() -> date:
    return today().replace(day=1)


class Scan(Base):
    """An uploaded file, kept for ever as it came; its `id` is the receipt number."""

    __tablename__ = "scans"
    __table_args__ = (
        UniqueConstraint("unit_id", "sha256"),
        UniqueConstraint("unit_id", "idempotency_key"),
        CheckConstraint(f"state IN {SCAN_STATES}", "state"),
        Index(None, "unit_id", "received_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    uploaded_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    file_name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(60))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    idempotency_key: Mapped[str | None] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(Code, default="received", index=True)
    problems: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    """What the school should know, as {code, text}; a retake is wanted when the state is failed."""
    received_at: Mapped[datetime] = mapped_column(Moment, default=now)
    read_at: Mapped[datetime | None] = mapped_column(Moment)
    replaced_by: Mapped[str | None] = mapped_column(ForeignKey("scans.id"))
    """The scan that was handed in for this one after a retake was asked for."""
    retake_settled_at: Mapped[datetime | None] = mapped_column(Moment)
    """When the school answered a wish for a retake: with another scan, or by saying none is needed."""

    unit: Mapped[Unit] = relationship()
    uploader: Mapped[User] = relationship()
    sheets: Mapped[list[Sheet]] = relationship(back_populates="scan", order_by="Sheet.number")


class Job(Base):
    """Reading work on one scan; this row is the queue, a broker's message only a hint at it.

    `fence` grows with every claim: a worker whose fence is no longer current may not write.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint(f"state IN {JOB_STATES}", "state"),
        Index(None, "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    scan_id: Mapped[str] = mapped_column(ForeignKey("scans.id"), unique=True)
    state: Mapped[str] = mapped_column(Code, default="queued")
    fence: Mapped[int] = mapped_column(default=0)
    errors: Mapped[int] = mapped_column(default=0)
    expiries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(Moment, default=now)
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    hinted_at: Mapped[datetime | None] = mapped_column(Moment)
    worker: Mapped[str] = mapped_column(String(80), default="")
    last_error: Mapped[str] = mapped_column(String(400), default="")
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)

    scan: Mapped[Scan] = relationship()


class Sheet(Base):
    """One page of paper in a scan. `version` grows with every decision, to tell two clerks apart."""

    __tablename__ = "sheets"
    __table_args__ = (
        UniqueConstraint("scan_id", "number"),
        CheckConstraint(f"state IN {SHEET_STATES}", "state"),
        Index(None, "state", "template", "created_at"),
        Index("ix_sheets_state_created_at", "state", "created_at", "id"),
        Index(None, "asked_of", "state", "created_at", "id", sqlite_where=text("asked_of IS NOT NULL"),
              postgresql_where=text("asked_of IS NOT NULL")),
        Index("ix_sheets_state_counts_in", "state", "counts_in", "created_at", "id"),
        Index("ix_sheets_state_unit_id", "state", "unit_id", "created_at", "id"),
        Index(None, "unit_id", "created_at"),
        Index(None, "signed_by", "signed_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    scan_id: Mapped[str] = mapped_column(ForeignKey("scans.id"))
    number: Mapped[int]
    """Its page in the scan, counted from 1."""
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    """The unit that uploaded it: who may see it."""
    template: Mapped[str | None] = mapped_column(Code)
    template_version: Mapped[int] = mapped_column(default=0)
    template_confidence: Mapped[float] = mapped_column(default=0.0)
    image_sha256: Mapped[str | None] = mapped_column(String(64))
    """The rectified sheet (JPEG) in the scan store, to which all boxes refer; can be made again."""
    state: Mapped[str] = mapped_column(Code, default="to_review")
    marks: Mapped[dict[str, bool]] = mapped_column(JSON, default=dict)
    problems: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    uncertain: Mapped[int] = mapped_column(default=0)
    """How many fields a person still has to look at."""
    seconds: Mapped[float] = mapped_column(default=0.0)
    version: Mapped[int] = mapped_column(default=0)
    claimed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    claimed_until: Mapped[datetime | None] = mapped_column(Moment)
    signed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    signed_at: Mapped[datetime | None] = mapped_column(Moment)
    return_reason: Mapped[str] = mapped_column(String(200), default="")
    return_box: Mapped[list[float] | None] = mapped_column(JSON)
    """The piece of the sheet that the school is shown when it must be taken again."""
    counts_in: Mapped[date] = mapped_column(default=_this_month)
    """First day of the month it counts in, as read from it, else the month it came in."""
    asked_of: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """The colleague it waits for, until that one takes it up."""
    grid: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)

    scan: Mapped[Scan] = relationship(back_populates="sheets")
    unit: Mapped[Unit] = relationship()
    claimer: Mapped[User | None] = relationship(foreign_keys=[claimed_by])
    signer: Mapped[User | None] = relationship(foreign_keys=[signed_by])


class SheetNote(Base):
    """What a reviewer left beside a sheet: why it was skipped, or a question to a colleague.

    `taken_up_at` is when the colleague opened the sheet, which answers the question.
    """

    __tablename__ = "sheet_notes"
    __table_args__ = (CheckConstraint(f"kind IN {NOTE_KINDS}", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("sheets.id"), index=True)
    kind: Mapped[str] = mapped_column(Code)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    asked_of: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    text: Mapped[str] = mapped_column(Sealed("sheet_notes.text"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    taken_up_at: Mapped[datetime | None] = mapped_column(Moment)

    sheet: Mapped[Sheet] = relationship()
    user: Mapped[User] = relationship(foreign_keys=[user_id])
    colleague: Mapped[User | None] = relationship(foreign_keys=[asked_of])
