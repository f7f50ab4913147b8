"""What is known of a child besides its cases: dated facts, the people at home, the schools it went to."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service.database import Base, Code, Moment, Sealed, now
from service.models.cases import Student
from service.models.papers import Transfer
from service.models.people import Unit, User
from service.models.scans import Sheet
from service.models.values import FORM_ROW

FACT_KINDS = ("poverty", "poverty_lifted", "poverty_watched", "disabled", "left_behind", "migrant", "orphan",
              "low_income", "destitute", "single_parent", "illness", "home_teaching", "other")
FACT_SOURCES = ("paper", "list", "person")


class CategoryFact(Base):
    """That a child belongs to a category for some time, and who says so; labels are derived from these.

    Facts are only added: a wrong one is withdrawn, one that ended has its last day set.
    """

    __tablename__ = "category_facts"
    __table_args__ = (
        CheckConstraint(f"kind IN {FACT_KINDS}", "kind"),
        CheckConstraint(f"source IN {FACT_SOURCES}", "source"),
        Index(None, "student_id", "kind"),
        Index(None, "kind", "from_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("students.id"))
    kind: Mapped[str] = mapped_column(Code)
    value: Mapped[str | None] = mapped_column(Sealed("category_facts.value"))
    """What the source says further: 智力二级, the number of a card."""
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    """The last day it holds; None while it holds."""
    source: Mapped[str] = mapped_column(Code)
    source_name: Mapped[str] = mapped_column(String(120), default="")
    """The list or paper by name: 2021年脱贫户名单."""
    told_on: Mapped[date]
    """The day the source speaks of."""
    sheet_id: Mapped[int | None] = mapped_column(ForeignKey("sheets.id"), index=True)
    row: Mapped[int] = mapped_column(default=FORM_ROW)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)

    student: Mapped[Student] = relationship()
    user: Mapped[User | None] = relationship()


class HouseholdMember(Base):
    """Somebody a child lives with or is answered for by, as last told."""

    __tablename__ = "household_members"

    id: Mapped[int] = mapped_column(primary_key=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("students.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    relation: Mapped[str] = mapped_column(String(20), default="")
    is_guardian: Mapped[bool] = mapped_column(default=False)
    phone: Mapped[str | None] = mapped_column(Sealed("household_members.phone"))
    id_number: Mapped[str | None] = mapped_column(Sealed("household_members.id_number"))
    situation: Mapped[str | None] = mapped_column(Sealed("household_members.situation"))
    """Where they are and what they do: 在外务工, 患病."""
    told_on: Mapped[date]
    source_name: Mapped[str] = mapped_column(String(120), default="")
    sheet_id: Mapped[int | None] = mapped_column(ForeignKey("sheets.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)

    student: Mapped[Student] = relationship()


class SchoolPeriod(Base):
    """A time a child spent at a school, as far as lists and registers tell."""

    __tablename__ = "school_periods"
    __table_args__ = (Index(None, "student_id", "from_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("students.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    school: Mapped[str] = mapped_column(String(100))
    """As written; stays when the unit is renamed."""
    grade_class: Mapped[str] = mapped_column(String(40), default="")
    from_on: Mapped[date | None]
    until_on: Mapped[date | None]
    source_name: Mapped[str] = mapped_column(String(120), default="")
    sheet_id: Mapped[int | None] = mapped_column(ForeignKey("sheets.id"))
    transfer_id: Mapped[int | None] = mapped_column(ForeignKey("transfers.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)

    student: Mapped[Student] = relationship()
    unit: Mapped[Unit | None] = relationship()
    sheet: Mapped[Sheet | None] = relationship()
    transfer: Mapped[Transfer | None] = relationship()
