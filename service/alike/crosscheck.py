"""四查三比对: the lists that stand held against each other; who is in one and missing from another is a suspect."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.calendar import full_years, today
from service.cases.states import OPEN
from service.likeness import Person, likely_pairs
from service.models import Case, ListEntry, ListImport, Student, Suspect

AGES = (6, 15)
"""Full years between which a child must be at school."""
ABSENT_DAYS = 3
LISTS = ("household", "roster", "attendance", "poverty", "suspects")
REASONS: Mapping[str, str] = {
    "household_only": "户籍有、学籍无", "poverty_only": "脱贫户（监测对象）有、学籍无", "absent": "学籍有、连续未到校",
    "not_attending": "学籍有、不在校", "not_listed": "学籍有、在校名单无", "ministry_list": "疑似失学儿童名单上有",
}
"""What the lists say of a child; where a day follows after @, it is asked again for another day."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry as the comparison needs it."""

    id: int
    kind: str
    key: str
    unit_id: int
    student_id: int | None
    person: Person
    detail: Mapping[str, str]
    listed_on: date
    year: int

    @property
    def is_absent(self) -> bool:
        """Whether the attendance list says that the child is not there."""
        return self.detail.get("attending") == "否" or int(self.detail.get("absent_days", 0)) >= ABSENT_DAYS


@dataclass(frozen=True, slots=True)
class Found:
    """A child whom the lists do not agree about, with the entries that speak of it by kind of list."""

    entries: Mapping[str, Listed]
    reasons: tuple[str, ...]


def reason_words(reason: str) -> str:
    """A reason as people read it, with the day of the list it comes from."""
    code, _, day = reason.partition("@")
    return REASONS[code] + (f"（{day} 名单）" if day else "")


def search(session: Session) -> list[Found]:
    """Every suspect among the entries that stand, children with an open case left out."""
    listed = _listed(session)
    whole = _units_with_whole_attendance(listed)
    handled = set(session.scalars(select(Student.id_number_mark).join(Case, Case.student_id == Student.id)
                                  .where(Case.state.in_(OPEN))))
    ids = set(session.scalars(select(Case.student_id).where(Case.state.in_(OPEN))))
    found = []
    for entries in _children(listed):
        marks = {one.person.id_number for one in entries.values()} - {""}
        if marks & handled or {one.student_id for one in entries.values()} & ids:
            continue
        reasons = tuple(_reasons(entries, whole, {one.kind for one in listed}))
        if reasons:
            found.append(Found(entries, reasons))
    return found


def keep_found(session: Session, found: Sequence[Found]) -> dict[str, int]:
    """Ask what is new, leave what was answered, and close what the lists no longer say."""
    known: dict[str, Suspect] = {key: suspect for suspect in session.scalars(select(Suspect).order_by(Suspect.id))
                                 for key in suspect.keys}
    seen, fresh, again = set(), 0, 0
    for one in found:
        before = next((known[entry.key] for entry in one.entries.values() if entry.key in known), None)
        if before is None:
            session.add(_fresh(session, one))
            fresh += 1
            continue
        seen.add(before.id)
        again += _renew(before, one)
    gone = [one for one in set(known.values()) if one.state == "open" and one.id not in seen]
    for suspect in gone:
        suspect.state = "resolved"
    return {"found": len(found), "fresh": fresh, "again": again, "gone": len(gone)}


def _renew(suspect: Suspect, found: Found) -> bool:
    """Bring a suspect up to date; True when an answered one is asked again for a reason nobody has answered."""
    suspect.reasons = list(found.reasons)
    suspect.entries = {kind: entry.id for kind, entry in found.entries.items()}
    suspect.keys = sorted(set(suspect.keys) | {entry.key for entry in found.entries.values()})
    if suspect.state == "open" or set(found.reasons) <= set(suspect.asked):
        return False
    suspect.state = "open"
    return True


def _fresh(session: Session, found: Found) -> Suspect:
    head = next(found.entries[kind] for kind in ("roster", "household", "suspects", "poverty", "attendance")
                if kind in found.entries)
    numbered = next((one.id for one in found.entries.values() if one.person.id_number), head.id)
    entry = session.get_one(ListEntry, numbered)
    return Suspect(
        keys=sorted({one.key for one in found.entries.values()}), unit_id=head.unit_id, name=head.person.name,
        sex=head.person.sex, born_on=head.person.born_on, id_number=entry.id_number, guardian=_guardian(found),
        reasons=list(found.reasons), entries={kind: one.id for kind, one in found.entries.items()},
        student_id=next((one.student_id for one in found.entries.values() if one.student_id), None))


def _guardian(found: Found) -> str:
    return next((one.person.guardian for one in found.entries.values() if one.person.guardian), "")


def _listed(session: Session) -> list[Listed]:
    query = (select(ListEntry, ListImport.listed_on, ListImport.year)
             .join(ListImport, ListImport.id == ListEntry.import_id)
             .where(ListEntry.ended_by.is_(None), ListEntry.kind.in_(LISTS)).order_by(ListEntry.id))
    found: list[Listed] = []
    for entry, day, year in session.execute(query.execution_options(yield_per=2000)):
        person = Person(len(found), entry.name, entry.id_number_mark or "", entry.born_on, entry.sex, entry.guardian,
                        entry.phone or "", entry.unit_id if entry.kind in ("roster", "attendance") else 0, entry.kind)
        found.append(Listed(entry.id, entry.kind, entry.key, entry.unit_id, entry.student_id, person,
                            entry.detail or {}, day, year))
    return found


def _children(listed: Sequence[Listed]) -> Iterable[dict[str, Listed]]:
    """The entries of one child together: likeliest pairs first, never two of one list."""
    group: list[dict[str, int]] = [{one.kind: place} for place, one in enumerate(listed)]
    for pair in likely_pairs([one.person for one in listed]):
        first, second = group[int(str(pair.one.key))], group[int(str(pair.other.key))]
        if first is second or first.keys() & second.keys():
            continue
        first |= second
        for place in second.values():
            group[place] = first
    seen: set[int] = set()
    for entries in group:
        if id(entries) not in seen:
            seen.add(id(entries))
            yield {kind: listed[place] for kind, place in entries.items()}


def _units_with_whole_attendance(listed: Sequence[Listed]) -> Mapping[int, date]:
    """Schools whose attendance list names who is there, not only who is missing, with the list's day."""
    present: dict[int, date] = defaultdict(lambda: date.min)
    for one in listed:
        if one.kind == "attendance" and not one.is_absent:
            present[one.unit_id] = max(present[one.unit_id], one.listed_on)
    return present


def _reasons(entries: Mapping[str, Listed], whole: Mapping[int, date], kinds: set[str]) -> Iterable[str]:
    """What is wrong with a child's entries; missing from a kind of list that was never handed in is nothing."""
    if "suspects" in entries:
        yield f"ministry_list@{entries['suspects'].year}"
    roster, attendance = entries.get("roster"), entries.get("attendance")
    if roster is None and "roster" in kinds:
        for kind in ("household", "poverty"):
            if kind in entries and _must_attend(entries[kind].person.born_on) and attendance is None:
                yield f"{kind}_only"
    if attendance is not None and attendance.is_absent:
        absent = int(attendance.detail.get("absent_days", 0)) >= ABSENT_DAYS
        yield f"{'absent' if absent else 'not_attending'}@{attendance.listed_on}"
    elif roster is not None and attendance is None and roster.unit_id in whole:
        yield f"not_listed@{whole[roster.unit_id]}"


def _must_attend(born_on: date | None) -> bool:
    return born_on is not None and AGES[0] <= full_years(born_on, today()) <= AGES[1]
