"""一人一档: a child's file as people read it, masked; opening a masked value is recorded with the reading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session, joinedload, selectinload

from service import audit
from service.access import CASE_EVENTS, FILES, REVEAL, Actor
from service.calendar import full_years, today
from service.cases import duties, facts, household, sight, tasks
from service.cases.acts import acts_open_to, earliest_day
from service.cases.doubts import Doubt, described, open_doubts
from service.cases.due import LABELS
from service.cases.duties import Named
from service.cases.entries import Entry
from service.cases.evidence import DOCUMENTS, Piece, Records, pieces, records_of
from service.cases.facts import Fact
from service.cases.handover import Offered, offered
from service.cases.household import Household
from service.cases.masking import masked_address, masked_id, masked_phone
from service.cases.sources import Source, sources
from service.cases.states import OUTSTANDING, OVERDUE_DAYS, SOURCE_LABELS, Act, state_label
from service.cases.tasks import Asked
from service.cases.timeline import timeline
from service.errors import Invalid
from service.models import Case, CaseEvent, HomeVisit, Student

SEALED: Mapping[str, str] = {
    "id_number": "身份证号", "address": "住址", "phone": "联系电话", "facts": "家庭与类别情况",
}
ALL = "all"
"""Opens every sealed value at once: for the copy that goes in the binder."""
CITED = ("document", "arrival")
"""Pieces of evidence that a document named with the act makes good."""
_WHOLE = (
    joinedload(Student.school), joinedload(Student.register_unit),
    selectinload(Student.visits).options(joinedload(HomeVisit.sheet), joinedload(HomeVisit.unit)),
    selectinload(Student.cases).options(
        joinedload(Case.unit), selectinload(Case.events).joinedload(CaseEvent.user)),
)
"""What every part of a file looks at, read in one statement a table."""
TONES: Mapping[str, str] = {"suspected": "warn", "verified": "warn", "persuading": "bad", "returned": "work"}


@dataclass(frozen=True, slots=True)
class Offer:
    """An act the person may do, with the evidence it asks for and the document it must cite, in words."""

    act: Act
    pieces: tuple[Piece, ...]
    document: str
    document_needed: bool

    @property
    def ready(self) -> bool:
        """Whether nothing is missing that was there before the form is filled in."""
        return all(piece.there for piece in self.pieces if piece.name not in CITED)


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case as people read it. `quiet_days` counts since the last visit while the child is out."""

    case_id: int
    state: str
    state_label: str
    tone: str
    source: str
    source_label: str
    source_year: int
    unit_id: int
    unit: str
    reason: str
    opened_on: date
    closed_on: date | None
    quiet_days: int | None
    earliest_on: date
    due_on: date | None
    due_for: str
    due_label: str
    duties: tuple[Named, ...]
    tasks: tuple[Asked, ...]
    handover: Offered | None
    responds: bool
    offers: tuple[Offer, ...]

    @property
    def overdue(self) -> bool:
        """Whether a visit is due."""
        return self.quiet_days is not None and self.quiet_days >= OVERDUE_DAYS


@dataclass(frozen=True, slots=True)
class ChildFile:
    """A child's file: the head, its cases (newest first), what is doubtful, and the timeline.

    `id_number`, `address`, `phone` and `born_on` are masked or None unless named in `opened`.
    """

    student_id: int
    name: str
    sex: str
    age: int | None
    born_on: date | None
    id_number: str
    address: str
    phone: str
    guardian: str
    grade_class: str
    school: str
    cases: tuple[CaseFile, ...]
    doubts: tuple[Doubt, ...]
    entries: tuple[Entry, ...]
    opened: frozenset[str]
    labels: tuple[str, ...]
    facts: tuple[Fact, ...]
    household: Household
    sources: Mapping[str, Source]
    """Where the ink of what the head says is."""


def open_file(session: Session, actor: Actor, student_id: int) -> ChildFile:
    """The child's file, masked; who opened it is recorded in the same transaction. Raises NotFound."""
    actor.require(FILES)
    found = _file(session, actor, sight.student(session, actor, student_id, *_WHOLE), frozenset())
    audit.record(session, actor, "student.opened", "student", student_id)
    return found


def reveal(session: Session, actor: Actor, student_id: int, field: str) -> ChildFile:
    """The file with one sealed value open, or ALL; recorded in the same transaction.

    Raises NotAllowed, NotFound, or Invalid for a field that is not sealed.
    """
    actor.require(REVEAL)
    if field not in SEALED and field != ALL:
        raise Invalid("这一项不能查看。")
    student = sight.student(session, actor, student_id, *_WHOLE)
    found = _file(session, actor, student, frozenset(SEALED) if field == ALL else frozenset({field}))
    audit.record(session, actor, "student.revealed", "student", student_id, field=field)
    return found


def _file(session: Session, actor: Actor, student: Student, opened: frozenset[str]) -> ChildFile:
    entries = timeline(session, actor, student, opened)
    told = facts.of_child(session, student.id, opened="facts" in opened)
    head = {
        "id_number": (student.id_number or "") if "id_number" in opened else masked_id(student.id_number),
        "address": (student.address or "") if "address" in opened else masked_address(student.address),
        "phone": (student.phone or "") if "phone" in opened else masked_phone(student.phone),
        "guardian": student.guardian, "grade_class": student.grade_class,
    }
    cases = sorted(student.cases, key=lambda case: case.id, reverse=True)
    return ChildFile(
        student_id=student.id, name=student.name, sex=student.sex,
        age=full_years(student.born_on, today()) if student.born_on else None,
        born_on=student.born_on if "id_number" in opened else None,
        school=student.school.name, **head,
        cases=tuple(_case(session, actor, case, phones="phone" in opened) for case in cases),
        doubts=tuple(described(event, student.id) for case in cases for event in open_doubts(case.events)),
        entries=entries, opened=opened, labels=facts.labels((fact.kind for fact in told if fact.holds), today()),
        facts=told, household=household.of_child(session, student, opened),
        sources=sources(entries, head, student.school.name,
                        {visit.sheet_id: visit.guardian for visit in student.visits}))


def _case(session: Session, actor: Actor, case: Case, *, phones: bool) -> CaseFile:
    return CaseFile(
        case_id=case.id, state=case.state, state_label=state_label(case.state, case.closing),
        tone="ok" if case.state == "closed" else TONES[case.state], source=case.source,
        source_label=SOURCE_LABELS[case.source], source_year=case.source_year, unit_id=case.unit_id,
        unit=case.unit.name, reason=case.reason, opened_on=case.opened_on, closed_on=case.closed_on,
        quiet_days=_quiet_days(case), earliest_on=earliest_day(case), due_on=case.due_on,
        due_for=case.due_for, due_label=LABELS.get(case.due_for, ""), duties=duties.named(session, case, phones=phones),
        tasks=tasks.asked(session, case), handover=offered(session, actor, case.id),
        responds=actor.may(CASE_EVENTS) and actor.sees(case.unit_id), offers=_offers(session, actor, case))


def _offers(session: Session, actor: Actor, case: Case) -> tuple[Offer, ...]:
    acts = acts_open_to(actor, case)
    if not acts:
        return ()
    records = records_of(session, case)
    return tuple(_offer(records, act) for act in acts)


def _offer(records: Records, act: Act) -> Offer:
    found = tuple(piece for piece in pieces(records, act, today()) if piece.name != "can_relapse")
    cited = [piece for piece in found if piece.name in CITED]
    return Offer(act, found, DOCUMENTS.get(act.closing, "") if cited else "", not all(p.there for p in cited))


def _quiet_days(case: Case) -> int | None:
    if case.state not in OUTSTANDING:
        return None
    told = [event.happened_on for event in case.events if event.kind in ("visited", "persuaded")]
    filed = [visit.visited_on for visit in case.student.visits if visit.case_id == case.id]
    return (today() - max([case.opened_on, *told, *filed])).days
