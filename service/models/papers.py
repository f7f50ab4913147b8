"""What the notice's other papers leave: persuasions, transfers, lessons at home, letters of responsibility, plans."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service.database import Base, Code, Moment, Sealed, now
from service.models.cases import Case, Student
from service.models.people import Unit, User
from service.models.scans import Sheet
from service.models.values import FORM_ROW

OUTCOMES = ("", "agreed", "returned", "refused", "not_found")
DIRECTIONS = ("out", "in")
AGREEMENT_LEVELS = ("bureau_township", "township_school", "school_teacher", "school_parent", "other")
PLAN_KINDS = ("file", "written")


class Persuasion(Base):
    """A talk that tried to bring a child back: from a 劝返记录, or told on screen (then without a sheet)."""

    __tablename__ = "persuasions"
    __table_args__ = (
        UniqueConstraint("sheet_id", "row"),
        CheckConstraint(f"outcome IN {OUTCOMES}", "outcome"),
        Index(None, "unit_id", "persuaded_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("students.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    sheet_id: Mapped[int | None] = mapped_column(ForeignKey("sheets.id"))
    row: Mapped[int] = mapped_column(default=FORM_ROW)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    """The unit whose people went."""
    persuaded_on: Mapped[date]
    number: Mapped[int | None]
    """第几次, as written."""
    persuaders: Mapped[str] = mapped_column(String(120), default="")
    method: Mapped[str] = mapped_column(String(40), default="")
    """How they spoke: 上门, 电话, 视频 …, as written."""
    place: Mapped[str | None] = mapped_column(Sealed("persuasions.place"))
    guardian: Mapped[str] = mapped_column(String(60), default="")
    grade_class: Mapped[str] = mapped_column(String(40), default="")
    whereabouts: Mapped[str | None] = mapped_column(Sealed("persuasions.whereabouts"))
    """Where the child is now and what it does."""
    reason: Mapped[str | None] = mapped_column(Sealed("persuasions.reason"))
    content: Mapped[str | None] = mapped_column(Sealed("persuasions.content"))
    result: Mapped[str | None] = mapped_column(Sealed("persuasions.result"))
    outcome: Mapped[str] = mapped_column(Code, default="")
    """What `result` comes to, where the paper says it plainly."""
    promised_on: Mapped[date | None]
    """The day the child is to be back, as promised."""
    school_on: Mapped[date | None]
    parent_on: Mapped[date | None]
    school_seal: Mapped[bool] = mapped_column(default=False)
    guardian_signature: Mapped[bool] = mapped_column(default=False)
    filed_at: Mapped[datetime] = mapped_column(Moment, default=now)

    student: Mapped[Student] = relationship()
    case: Mapped[Case] = relationship()
    sheet: Mapped[Sheet | None] = relationship()
    unit: Mapped[Unit] = relationship()


class Transfer(Base):
    """One pupil's line of a 学校流动生情况登记表; an `out` waits for its `in`, and for a time only.

    The child is None while no file is known for it: then name and ID number are what there is. An `out`
    no longer waits when it has a partner or a receipt. `partner_id` stands on both sides of a pair.
    """

    __tablename__ = "transfers"
    __table_args__ = (
        UniqueConstraint("sheet_id", "row", "direction"),
        CheckConstraint(f"direction IN {DIRECTIONS}", "direction"),
        Index(None, "unit_id", "moved_on"),
        Index(None, "direction", "partner_id", "moved_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    direction: Mapped[str] = mapped_column(Code)
    student_id: Mapped[int | None] = mapped_column(ForeignKey("students.id"), index=True)
    name: Mapped[str] = mapped_column(String(60), index=True)
    sex: Mapped[str] = mapped_column(String(2), default="")
    born_on: Mapped[date | None]
    id_number: Mapped[str | None] = mapped_column(Sealed("transfers.id_number"))
    id_number_mark: Mapped[str | None] = mapped_column(String(64), index=True)
    """Keyed digest of a valid ID number; None when the paper has none or a wrong one."""
    student_number: Mapped[str | None] = mapped_column(Sealed("transfers.student_number"))
    """学籍号; it may carry the ID number."""
    grade_class: Mapped[str] = mapped_column(String(40), default="")
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    """The school whose register it is: the one left for `out`, the one entered for `in`."""
    other_school: Mapped[str] = mapped_column(String(100), default="")
    """The school on the other side, as written; may lie outside the county."""
    other_unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    """That school, when it is one of ours."""
    moved_on: Mapped[date]
    reason: Mapped[str | None] = mapped_column(Sealed("transfers.reason"))
    guardian: Mapped[str] = mapped_column(String(60), default="")
    phone: Mapped[str | None] = mapped_column(Sealed("transfers.phone"))
    remark: Mapped[str | None] = mapped_column(Sealed("transfers.remark"))
    sheet_id: Mapped[int | None] = mapped_column(ForeignKey("sheets.id"))
    row: Mapped[int] = mapped_column(default=FORM_ROW)
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("transfers.id"), unique=True)
    receipt: Mapped[str | None] = mapped_column(Sealed("transfers.receipt"))
    """What shows that a child taken in elsewhere has arrived: 学籍转接单号, 回执."""
    receipt_on: Mapped[date | None]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    """The case in which the child became a suspect because nobody took it in."""
    suspected_on: Mapped[date | None]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    filed_at: Mapped[datetime] = mapped_column(Moment, default=now)

    student: Mapped[Student | None] = relationship()
    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id])
    other_unit: Mapped[Unit | None] = relationship(foreign_keys=[other_unit_id])
    sheet: Mapped[Sheet | None] = relationship()
    case: Mapped[Case | None] = relationship()
    partner: Mapped[Transfer | None] = relationship(remote_side=[id], post_update=True)


class TransferPairing(Base):
    """Two lines put together or taken apart, by whom; the machine never repeats what a person undid."""

    __tablename__ = "transfer_pairings"

    id: Mapped[int] = mapped_column(primary_key=True)
    out_id: Mapped[int] = mapped_column(ForeignKey("transfers.id"), index=True)
    in_id: Mapped[int] = mapped_column(ForeignKey("transfers.id"), index=True)
    joined: Mapped[bool]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """None when the program put them together by itself."""
    at: Mapped[datetime] = mapped_column(Moment, default=now)

    user: Mapped[User | None] = relationship()


class Lesson(Base):
    """One line of a 送教上门记录: a teacher at a disabled child's home on a day, for so many lessons."""

    __tablename__ = "home_teaching"
    __table_args__ = (
        UniqueConstraint("sheet_id", "row"),
        CheckConstraint("lessons >= 0", "lessons"),
        Index(None, "student_id", "taught_on"),
        Index(None, "unit_id", "taught_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("students.id"))
    sheet_id: Mapped[int | None] = mapped_column(ForeignKey("sheets.id"))
    row: Mapped[int] = mapped_column(default=FORM_ROW)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    taught_on: Mapped[date]
    lessons: Mapped[int]
    """课时 of that day."""
    hours: Mapped[str] = mapped_column(String(40), default="")
    """From when to when, as written."""
    teachers: Mapped[str] = mapped_column(String(120), default="")
    subject: Mapped[str] = mapped_column(String(60), default="")
    place: Mapped[str | None] = mapped_column(Sealed("home_teaching.place"))
    content: Mapped[str | None] = mapped_column(Sealed("home_teaching.content"))
    response: Mapped[str | None] = mapped_column(Sealed("home_teaching.response"))
    """How the child took it, what its parents said."""
    guardian: Mapped[str] = mapped_column(String(60), default="")
    guardian_signature: Mapped[bool] = mapped_column(default=False)
    teacher_signature: Mapped[bool] = mapped_column(default=False)
    school_seal: Mapped[bool] = mapped_column(default=False)
    filed_at: Mapped[datetime] = mapped_column(Moment, default=now)

    student: Mapped[Student] = relationship()
    sheet: Mapped[Sheet | None] = relationship()
    unit: Mapped[Unit] = relationship()


class Agreement(Base):
    """A 控辍目标责任书 as signed: between whom, for which school year, and which signatures are there."""

    __tablename__ = "agreements"
    __table_args__ = (
        UniqueConstraint("sheet_id", "row"),
        CheckConstraint(f"level IN {AGREEMENT_LEVELS}", "level"),
        Index(None, "unit_id", "year"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int | None] = mapped_column(ForeignKey("sheets.id"))
    row: Mapped[int] = mapped_column(default=FORM_ROW)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    """The unit that binds itself (乙方), or whose teacher does."""
    level: Mapped[str] = mapped_column(Code, default="other")
    year: Mapped[int]
    """The year it holds for: the calendar year of its date, unless the paper says another."""
    signed_on: Mapped[date | None]
    first_party: Mapped[str] = mapped_column(String(100), default="")
    second_party: Mapped[str] = mapped_column(String(100), default="")
    first_signer: Mapped[str] = mapped_column(String(60), default="")
    second_signer: Mapped[str] = mapped_column(String(60), default="")
    first_signature: Mapped[bool] = mapped_column(default=False)
    second_signature: Mapped[bool] = mapped_column(default=False)
    first_seal: Mapped[bool] = mapped_column(default=False)
    second_seal: Mapped[bool] = mapped_column(default=False)
    remark: Mapped[str] = mapped_column(String(200), default="")
    filed_at: Mapped[datetime] = mapped_column(Moment, default=now)

    sheet: Mapped[Sheet | None] = relationship()
    unit: Mapped[Unit] = relationship()


class SchoolPlan(Base):
    """一校一案: a school's plan for a year, as a file handed in or as filled in on screen; the newest holds."""

    __tablename__ = "school_plans"
    __table_args__ = (CheckConstraint(f"kind IN {PLAN_KINDS}", "kind"), Index(None, "unit_id", "year"))

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    year: Mapped[int]
    """The calendar year in which its school year begins."""
    kind: Mapped[str] = mapped_column(Code)
    sha256: Mapped[str | None] = mapped_column(String(64))
    """The file in the scan store."""
    file_name: Mapped[str] = mapped_column(String(255), default="")
    media_type: Mapped[str] = mapped_column(String(100), default="")
    size: Mapped[int] = mapped_column(default=0)
    sections: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    """What was filled in, by the name of the section."""
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)

    unit: Mapped[Unit] = relationship()
    user: Mapped[User] = relationship()


class Inspection(Base):
    """What somebody from above saw or asked for at a school, under one of the notice's supervision items."""

    __tablename__ = "inspections"
    __table_args__ = (Index(None, "unit_id", "inspected_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    item: Mapped[str] = mapped_column(Code)
    inspected_on: Mapped[date]
    text: Mapped[str] = mapped_column(Sealed("inspections.text"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)

    unit: Mapped[Unit] = relationship()
    user: Mapped[User] = relationship()
