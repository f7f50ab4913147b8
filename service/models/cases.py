"""Children, their cases and what happened in them, and the counts that came on paper."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service.database import Base, Code, Moment, Sealed, now
from service.models.people import Unit, User
from service.models.scans import Sheet

SOURCES = ("annual_check", "ministry_list", "school_watch", "home_visit", "other")
CASE_STATES = ("suspected", "verified", "persuading", "returned", "closed")
CLOSINGS = ("settled", "transferred", "died", "abroad", "over_age", "exempted", "mistaken")
EVENT_KINDS = ("opened", "verified", "visited", "persuaded", "returned", "relapsed", "closed", "handed_over",
               "note")


class Student(Base):
    """A child, found by ID number or by name, school and birth date; the head of 一人一档."""

    __tablename__ = "students"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60), index=True)
    sex: Mapped[str] = mapped_column(String(2), default="")
    born_on: Mapped[date | None] = mapped_column(index=True)
    id_number: Mapped[str | None] = mapped_column(Sealed("students.id_number"))
    id_number_mark: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Keyed digest of the ID number, for exact search."""
    address: Mapped[str | None] = mapped_column(Sealed("students.address"))
    guardian: Mapped[str] = mapped_column(String(60), default="")
    phone: Mapped[str | None] = mapped_column(Sealed("students.phone"))
    grade_class: Mapped[str] = mapped_column(String(40), default="")
    school_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    """The unit whose child it is: a school, or a township where the school is not known."""
    student_number: Mapped[str | None] = mapped_column(Sealed("students.student_number"))
    """学籍号; a G number carries the ID number."""
    student_number_mark: Mapped[str | None] = mapped_column(String(64), index=True)
    register_unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    """The township of the household register (户籍所在乡镇), which sees the child too."""
    register_address: Mapped[str | None] = mapped_column(Sealed("students.register_address"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("students.id"), index=True)
    """The file this one was merged with: it holds nothing of its own any more and leads there."""

    school: Mapped[Unit] = relationship(foreign_keys=[school_id])
    register_unit: Mapped[Unit | None] = relationship(foreign_keys=[register_unit_id])
    cases: Mapped[list[Case]] = relationship(back_populates="student", order_by="Case.opened_on")
    visits: Mapped[list[HomeVisit]] = relationship(back_populates="student", order_by="HomeVisit.visited_on")


class Case(Base):
    """A child's leaving and what became of it; a child who leaves again reopens the same case."""

    __tablename__ = "cases"
    __table_args__ = (
        CheckConstraint(f"source IN {SOURCES}", "source"),
        CheckConstraint(f"state IN {CASE_STATES}", "state"),
        Index(None, "unit_id", "state"),
        Index("ix_cases_due_on", "due_on", "unit_id"),
        Index("ix_cases_due_of_unit", "unit_id", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("students.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    """The unit answering for it, in whose figures it counts."""
    source: Mapped[str] = mapped_column(Code)
    source_year: Mapped[int]
    state: Mapped[str] = mapped_column(Code)
    reason: Mapped[str] = mapped_column(String(40), default="")
    closing: Mapped[str] = mapped_column(Code, default="")
    opened_on: Mapped[date] = mapped_column(index=True)
    closed_on: Mapped[date | None]
    due_on: Mapped[date | None]
    """The day by which the next thing must happen, None when nothing is due; kept by `service.cases.due`."""
    due_for: Mapped[str] = mapped_column(Code, default="")
    """What that thing is."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)

    student: Mapped[Student] = relationship(back_populates="cases")
    unit: Mapped[Unit] = relationship()
    events: Mapped[list[CaseEvent]] = relationship(
        back_populates="case", order_by="CaseEvent.happened_on, CaseEvent.id")


class CaseEvent(Base):
    """One step of a case; figures of any day are counted from these, none is changed or removed."""

    __tablename__ = "case_events"
    __table_args__ = (
        CheckConstraint(f"kind IN {EVENT_KINDS}", "kind"),
        Index(None, "case_id", "happened_on", "id", "kind", "unit_id"),  # the ledger walks along it
        Index(None, "kind", "happened_on", "unit_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[str] = mapped_column(Code)
    happened_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(Moment, default=now)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    """The unit answering for the case when it happened; of a visit on paper, the unit that made it."""
    sheet_id: Mapped[int | None] = mapped_column(ForeignKey("sheets.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    note: Mapped[str | None] = mapped_column(Sealed("case_events.note"))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    case: Mapped[Case] = relationship(back_populates="events")
    sheet: Mapped[Sheet | None] = relationship()
    user: Mapped[User | None] = relationship()


class HomeVisit(Base):
    """A home visit as signed off from its sheet."""

    __tablename__ = "home_visits"
    __table_args__ = (Index(None, "unit_id", "visited_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("students.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("sheets.id"), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    visited_on: Mapped[date]
    age: Mapped[int | None]
    grade_class: Mapped[str] = mapped_column(String(40), default="")
    teacher: Mapped[str] = mapped_column(String(60), default="")
    companion: Mapped[str] = mapped_column(String(60), default="")
    guardian: Mapped[str] = mapped_column(String(60), default="")
    reason: Mapped[str | None] = mapped_column(Sealed("home_visits.reason"))
    content: Mapped[str | None] = mapped_column(Sealed("home_visits.content"))
    school_opinion: Mapped[str | None] = mapped_column(Sealed("home_visits.school_opinion"))
    parent_opinion: Mapped[str | None] = mapped_column(Sealed("home_visits.parent_opinion"))
    school_on: Mapped[date | None]
    parent_on: Mapped[date | None]
    school_seal: Mapped[bool] = mapped_column(default=False)
    guardian_signature: Mapped[bool] = mapped_column(default=False)
    filed_at: Mapped[datetime] = mapped_column(Moment, default=now)

    student: Mapped[Student] = relationship(back_populates="visits")
    case: Mapped[Case] = relationship()
    sheet: Mapped[Sheet] = relationship()
    unit: Mapped[Unit] = relationship()


class TownshipCount(Base):
    """One row of a signed-off township table: what a unit's paper says was outstanding on a day."""

    __tablename__ = "township_counts"
    __table_args__ = (UniqueConstraint("sheet_id", "row"), Index(None, "unit_id", "counted_on"))

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("sheets.id"))
    row: Mapped[int]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    counted_on: Mapped[date]
    """The day the table speaks of: as written on it, else the day it came in."""
    prior_year: Mapped[int]
    ministry_list: Mapped[int]
    total: Mapped[int]
    remark: Mapped[str] = mapped_column(Text, default="")
    filed_at: Mapped[datetime] = mapped_column(Moment, default=now)

    sheet: Mapped[Sheet] = relationship()
    unit: Mapped[Unit] = relationship()
