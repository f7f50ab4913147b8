"""Lists that were handed in, what was wrong in them, and the entries that stand."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service.calendar import today
from service.database import Base, Code, Moment, Sealed, SealedJSON, now
from service.models.people import Unit, User

LIST_STATES = ("to_look", "to_map", "to_check", "to_confirm", "to_store", "stored", "failed", "discarded")
WORKED_ON = ("to_look", "to_check", "to_store")
"""States that wait for the machine; in the others a person is asked, or all is done."""
SEVERITIES = ("error", "warning")


class ListImport(Base):
    """A list as handed in, on its way to become entries; nothing of it counts before it is stored.

    `fence` grows with every claim, as on jobs. `progress` runs from 0 to 100 within a step.
    """

    __tablename__ = "list_imports"
    __table_args__ = (
        CheckConstraint(f"state IN {LIST_STATES}", "state"),
        Index(None, "state", "id"),
        Index(None, "unit_id", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Code)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    """The unit that handed it in: who may see it."""
    uploaded_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    file_name: Mapped[str] = mapped_column(String(255))
    sealed_sha256: Mapped[str] = mapped_column(String(64))
    """The file in the scan store, encrypted: a list names every child in the clear."""
    size: Mapped[int]
    state: Mapped[str] = mapped_column(Code, default="to_look")
    listed_on: Mapped[date] = mapped_column(default=today)
    """The day the list speaks of."""
    year: Mapped[int]
    whole: Mapped[bool] = mapped_column(default=True)
    """Whether who is missing from it has left the units it names."""
    look: Mapped[Any] = mapped_column(SealedJSON("list_imports.look"), nullable=True)
    mapping: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    summary: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    problem: Mapped[str] = mapped_column(String(400), default="")
    stage: Mapped[str] = mapped_column(String(40), default="")
    progress: Mapped[int] = mapped_column(default=0)
    fence: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    stored_at: Mapped[datetime | None] = mapped_column(Moment)

    unit: Mapped[Unit] = relationship()
    uploader: Mapped[User] = relationship()


class ListProblem(Base):
    """What is wrong in one row of a list; an error keeps the row out, a warning does not."""

    __tablename__ = "list_problems"
    __table_args__ = (
        CheckConstraint(f"severity IN {SEVERITIES}", "severity"),
        Index(None, "import_id", "severity", "row"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("list_imports.id"))
    row: Mapped[int]
    """The row's number in the file, as a spreadsheet shows it."""
    severity: Mapped[str] = mapped_column(Code)
    code: Mapped[str] = mapped_column(Code)
    column: Mapped[str] = mapped_column(String(40), default="")
    text: Mapped[str] = mapped_column(Text)
    written: Mapped[Any] = mapped_column(SealedJSON("list_problems.written"), nullable=True)
    """The row as written, once for each wrong row."""


class ListEntry(Base):
    """What a list says of one child; never changed: another list ends it and says something else."""

    __tablename__ = "list_entries"
    __table_args__ = (
        Index("ix_list_entries_current", "kind", "key", unique=True, sqlite_where=text("ended_by IS NULL"),
              postgresql_where=text("ended_by IS NULL")),
        Index("ix_list_entries_unit", "kind", "unit_id", sqlite_where=text("ended_by IS NULL"),
              postgresql_where=text("ended_by IS NULL")),
        Index("ix_list_entries_student", "student_id", sqlite_where=text("student_id IS NOT NULL"),
              postgresql_where=text("student_id IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Code)
    import_id: Mapped[int] = mapped_column(ForeignKey("list_imports.id"), index=True)
    row: Mapped[int]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("list_imports.id"), index=True)
    """The list that says otherwise, or no longer names the child; None while the entry stands."""
    key: Mapped[str] = mapped_column(String(64))
    """Keyed digest of what identifies the child in this list: the ID number, else the other marks."""
    digest: Mapped[str] = mapped_column(String(64))
    """Keyed digest of all it says, to see a change without opening anything."""
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    student_id: Mapped[int | None] = mapped_column(ForeignKey("students.id"))
    """The child's file, once it has one."""
    name: Mapped[str] = mapped_column(String(60))
    sex: Mapped[str] = mapped_column(String(2), default="")
    born_on: Mapped[date | None]
    id_number: Mapped[str | None] = mapped_column(Sealed("list_entries.id_number"))
    id_number_mark: Mapped[str | None] = mapped_column(String(64))
    student_number: Mapped[str | None] = mapped_column(Sealed("list_entries.student_number"))
    guardian: Mapped[str] = mapped_column(String(60), default="")
    phone: Mapped[str | None] = mapped_column(Sealed("list_entries.phone"))
    address: Mapped[str | None] = mapped_column(Sealed("list_entries.address"))
    grade_class: Mapped[str] = mapped_column(String(40), default="")
    detail: Mapped[Any] = mapped_column(SealedJSON("list_entries.detail"), nullable=True)
    """What this kind of list says besides: days absent, the household's category, a reason."""

    unit: Mapped[Unit] = relationship()
