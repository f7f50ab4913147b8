"""The evidence that acts ask for: each piece a check over the case, named in words when it is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

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
class Basis:
    """What is looked at: the case, its papers, the day of the act, the document named with it, and whether
    another school took the child in."""

    case: Case
    papers: tuple[HomeVisit | Persuasion, ...]
    on: date
    arrived: bool
    document: str


DOCUMENTS: Mapping[str, str] = {
    "transferred": "转入学校和学籍转接凭据", "died": "死亡证明或户籍注销证明", "abroad": "出国（境）证明",
    "exempted": "免学或缓学的批准文号",
}
"""What the act `closing` by this name must cite."""


def pieces(session: Session, case: Case, act: Act, on: date, document: str = "") -> tuple[Piece, ...]:
    """The evidence `act` asks for on a day, each piece with whether it is there."""
    if not act.evidence:
        return ()
    basis = Basis(case, _papers(session, case), on, arrived_on(session, case) is not None, document.strip())
    return tuple(Piece(name, _label(name, act), CHECKS[name](basis)) for name in act.evidence)


def arrived_on(session: Session, case: Case) -> date | None:
    """The day another school took the child in, as its own register or a receipt shows, since it went missing."""
    began = max([case.opened_on, *(event.happened_on for event in case.events if event.kind == "relapsed")])
    outs = session.scalars(select(Transfer).where(
        or_(Transfer.case_id == case.id, Transfer.student_id == case.student_id), Transfer.direction == "out",
        or_(Transfer.partner_id.is_not(None), Transfer.receipt_on.is_not(None))))
    days = [(out, out.receipt_on or (out.partner.moved_on if out.partner else began)) for out in outs]
    return max((day for out, day in days if out.case_id == case.id or day >= began), default=None)


def returned_on(case: Case) -> date | None:
    """The day of the last return that is on record."""
    return max((event.happened_on for event in case.events if event.kind == "returned"), default=None)


def attendance_due_on(case: Case) -> date | None:
    """From this day on a confirmation of attendance counts."""
    back = returned_on(case)
    return back + timedelta(days=ATTENDANCE_DAYS) if back else None


def _papers(session: Session, case: Case) -> tuple[HomeVisit | Persuasion, ...]:
    """What is on paper: a talk that was only told of is none."""
    visits = session.scalars(select(HomeVisit).where(HomeVisit.case_id == case.id))
    talks = session.scalars(select(Persuasion).where(
        Persuasion.case_id == case.id, Persuasion.sheet_id.is_not(None)))
    return (*visits, *talks)


def _persuasion_on_paper(basis: Basis) -> bool:
    return bool(basis.papers)


def _guardian_signature(basis: Basis) -> bool:
    return any(paper.guardian_signature for paper in basis.papers)


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
    return basis.arrived or _document(basis)


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
