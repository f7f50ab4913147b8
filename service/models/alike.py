"""What looks like one child, one paper or a child gone missing, and what people decided about it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service.database import Base, Code, Moment, Sealed, SealedJSON, now
from service.models.cases import Student
from service.models.people import Unit, User
from service.models.scans import Sheet

CHORE_KINDS = ("duplicates", "crosscheck")
CHORE_STATES = ("waiting", "done", "failed")
PAIR_STATES = ("open", "different", "merged")
SUSPECT_STATES = ("open", "confirmed", "dismissed", "resolved")
TWIN_STATES = ("open", "same", "different")


class Chore(Base):
    """A search through all records that a worker does when asked, or after a list was stored."""

    __tablename__ = "chores"
    __table_args__ = (CheckConstraint(f"kind IN {CHORE_KINDS}", "kind"),
                      CheckConstraint(f"state IN {CHORE_STATES}", "state"), Index(None, "state", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Code)
    state: Mapped[str] = mapped_column(Code, default="waiting")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    summary: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    fence: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)


class DuplicatePair(Base):
    """Two files that may be of one child; `one_id` is the older. What a person decided is not asked again."""

    __tablename__ = "duplicate_pairs"
    __table_args__ = (CheckConstraint(f"state IN {PAIR_STATES}", "state"), UniqueConstraint("one_id", "other_id"),
                      Index(None, "state", "score"))

    id: Mapped[int] = mapped_column(primary_key=True)
    one_id: Mapped[int] = mapped_column(ForeignKey("students.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("students.id"), index=True)
    score: Mapped[float]
    findings: Mapped[list[str]] = mapped_column(JSON, default=list)
    state: Mapped[str] = mapped_column(Code, default="open")
    note: Mapped[str | None] = mapped_column(Sealed("duplicate_pairs.note"))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    found_at: Mapped[datetime] = mapped_column(Moment, default=now)

    one: Mapped[Student] = relationship(foreign_keys=[one_id])
    other: Mapped[Student] = relationship(foreign_keys=[other_id])
    decider: Mapped[User | None] = relationship()


class StudentMerge(Base):
    """One file put into another: everything that moved or changed, so that it can be taken apart again."""

    __tablename__ = "student_merges"

    id: Mapped[int] = mapped_column(primary_key=True)
    kept_id: Mapped[int] = mapped_column(ForeignKey("students.id"), index=True)
    merged_id: Mapped[int] = mapped_column(ForeignKey("students.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    merged_at: Mapped[datetime] = mapped_column(Moment, default=now)
    moved: Mapped[Any] = mapped_column(SealedJSON("student_merges.moved"), nullable=True)
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    undone_at: Mapped[datetime | None] = mapped_column(Moment)

    kept: Mapped[Student] = relationship(foreign_keys=[kept_id])
    merged: Mapped[Student] = relationship(foreign_keys=[merged_id])
    user: Mapped[User] = relationship(foreign_keys=[user_id])


class Suspect(Base):
    """A child that the lists do not agree about: in one and missing from another, or long not seen at school.

    `keys` are keyed digests under which later searches know it again; `asked` the reasons a person has
    answered already.
    """

    __tablename__ = "suspects"
    __table_args__ = (CheckConstraint(f"state IN {SUSPECT_STATES}", "state"), Index(None, "state", "unit_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    keys: Mapped[list[str]] = mapped_column(JSON, default=list)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    name: Mapped[str] = mapped_column(String(60))
    sex: Mapped[str] = mapped_column(String(2), default="")
    born_on: Mapped[date | None]
    id_number: Mapped[str | None] = mapped_column(Sealed("suspects.id_number"))
    guardian: Mapped[str] = mapped_column(String(60), default="")
    reasons: Mapped[list[str]] = mapped_column(JSON, default=list)
    asked: Mapped[list[str]] = mapped_column(JSON, default=list)
    entries: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    """The entry of each list that speaks of the child, by kind."""
    state: Mapped[str] = mapped_column(Code, default="open")
    student_id: Mapped[int | None] = mapped_column(ForeignKey("students.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    note: Mapped[str | None] = mapped_column(Sealed("suspects.note"))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    found_at: Mapped[datetime] = mapped_column(Moment, default=now)

    unit: Mapped[Unit] = relationship()
    decider: Mapped[User | None] = relationship()


class SheetInk(Base):
    """The print of the ink in a sheet's cells (see `ocr.inkprint`)."""

    __tablename__ = "sheet_inks"

    sheet_id: Mapped[int] = mapped_column(ForeignKey("sheets.id"), primary_key=True)
    cells: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)


class SheetTwin(Base):
    """Two sheets that may be one paper; `one_id` came first. Until somebody decides, the later is not signed off.

    `same`: one of them was set aside as a copy. `signs` say by what they were found (service.cases.twins.SIGNS).
    """

    __tablename__ = "sheet_twins"
    __table_args__ = (CheckConstraint(f"state IN {TWIN_STATES}", "state"), UniqueConstraint("one_id", "other_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    one_id: Mapped[int] = mapped_column(ForeignKey("sheets.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("sheets.id"), index=True)
    signs: Mapped[list[str]] = mapped_column(JSON, default=list)
    state: Mapped[str] = mapped_column(Code, default="open")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    found_at: Mapped[datetime] = mapped_column(Moment, default=now)

    one: Mapped[Sheet] = relationship(foreign_keys=[one_id])
    other: Mapped[Sheet] = relationship(foreign_keys=[other_id])
