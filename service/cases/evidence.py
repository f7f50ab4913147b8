"""The evidence that acts ask for: each piece a check over the case, named in words when it is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import bindparam, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from service.calendar import full_years
from service.cases.states import ATTENDANCE_DAYS, COMPULSORY_UNTIL, Act
from service.models import Case, HomeVisit, Persuasion, Transfer


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence: what it is, and whether it is there."""

    name: str
    label: str
    there: bool


@dataclass(frozen=True, slots=True)
class Records:
    """What a case has on record: of each of its papers whether the guardian signed, and the day another school
    took the child in."""

    case: Case
    signed: tuple[bool, ...]
    arrived_on: date | None


@dataclass(frozen=True, slots=True)
class Basis:
    """What is looked at: the records of the case, the day of the act and the document named with it."""

    records: Records
    on: date
    document: str

    @property
    def case(self) -> Case:
        """The case that the act is done to."""
        return self.records.case


DOCUMENTS: Mapping[str, str] = {
    "transferred": "转入学校和学籍转接凭据", "died": "死亡证明或户籍注销证明", "abroad": "出国（境）证明",
    "exempted": "免学或缓学的批准文号",
}
"""What the act `closing` by this name must cite."""

# Asked for each open case of each file: building them anew takes longer than running them.
_SIGNED = union_all(
    select(HomeVisit.guardian_signature).where(HomeVisit.case_id == bindparam("case")),
    select(Persuasion.guardian_signature).where(
        Persuasion.case_id == bindparam("case"), Persuasion.sheet_id.is_not(None)))
_PARTNER = aliased(Transfer)
_OUTS = (
    select(Transfer.case_id, Transfer.receipt_on, _PARTNER.moved_on)
    .outerjoin(_PARTNER, _PARTNER.id == Transfer.partner_id)
    .where(or_(Transfer.case_id == bindparam("case"), Transfer.student_id == bindparam("student")),
           Transfer.direction == "out", or_(Transfer.partner_id.is_not(None), Transfer.receipt_on.is_not(None))))


def records_of(session: Session, case: Case) -> Records:
    """What the case has on record, the same for all acts. A talk that was only told of is no paper."""
    signed = session.scalars(_SIGNED, {"case": case.id})
    return Records(case, tuple(map(bool, signed)), arrived_on(session, case))


def pieces(records: Records, act: Act, on: date, document: str = "") -> tuple[Piece, ...]:
    """The evidence `act` asks for on a day, each piece with whether it is there."""
    basis = Basis(records, on, document.strip())
    return tuple(Piece(name, _label(name, act), CHECKS[name](basis)) for name in act.evidence)


def arrived_on(session: Session, case: Case) -> date | None:
    """The day another school took the child in, as its own register or a receipt shows, since it went missing."""
    began = max([case.opened_on, *(event.happened_on for event in case.events if event.kind == "relapsed")])
    outs = session.execute(_OUTS, {"case": case.id, "student": case.student_id})
    days = [(of_case, receipt_on or moved_on or began) for of_case, receipt_on, moved_on in outs]
    return max((day for of_case, day in days if of_case == case.id or day >= began), default=None)


def returned_on(case: Case) -> date | None:
    """The day of the last return that is on record."""
    return max((event.happened_on for event in case.events if event.kind == "returned"), default=None)


def attendance_due_on(case: Case) -> date | None:
    """From this day on a confirmation of attendance counts."""
    back = returned_on(case)
    return back + timedelta(days=ATTENDANCE_DAYS) if back else None


def _persuasion_on_paper(basis: Basis) -> bool:
    return bool(basis.records.signed)


def _guardian_signature(basis: Basis) -> bool:
    return any(basis.records.signed)


def _confirmed_attendance(basis: Basis) -> bool:
    due = attendance_due_on(basis.case)
    return due is not None and any(
        "attendance" in event.detail and due <= event.happened_on <= basis.on for event in basis.case.events)


def _age(basis: Basis) -> bool:
    born = basis.case.student.born_on
    return born is not None and full_years(born, basis.on) >= COMPULSORY_UNTIL


def _document(basis: Basis) -> bool:
    return bool(basis.document)


def _arrival(basis: Basis) -> bool:
    return basis.records.arrived_on is not None or _document(basis)


def _can_relapse(basis: Basis) -> bool:
    return basis.case.closing not in ("died", "mistaken")


CHECKS: Mapping[str, Callable[[Basis], bool]] = {
    "persuasion_on_paper": _persuasion_on_paper, "guardian_signature": _guardian_signature,
    "confirmed_attendance": _confirmed_attendance, "age": _age, "document": _document,
    "arrival": _arrival, "can_relapse": _can_relapse,
}
_LABELS: Mapping[str, str] = {
    "persuasion_on_paper": "已入档的家访或劝返记录", "guardian_signature": "有家长（监护人）签字的记录",
    "confirmed_attendance": f"返校满 {ATTENDANCE_DAYS} 天后的在校确认",
    "age": f"已满 {COMPULSORY_UNTIL} 周岁的出生日期",
    "arrival": "转入学校的登记，或转入学校和学籍转接凭据",
    "can_relapse": "可以再次辍学的结案方式（死亡、建档有误的除外）",
}


def _label(name: str, act: Act) -> str:
    return DOCUMENTS.get(act.closing, "凭据") if name == "document" else _LABELS[name]
