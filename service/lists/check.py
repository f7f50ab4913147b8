"""A whole list checked: its rows understood, doubles found, and held against the entries that stand."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from service import crypto, identity
from service.access import Actor
from service.lists.cells import clean
from service.lists.kinds import list_kinds
from service.lists.places import Places, UnknownName
from service.lists.rows import DROP_BAD_IDS, Draft, Fault, RowReader, Understood
from service.lists.table import Cell, Sheet
from service.models import ListEntry, ListImport

Progress = Callable[[int, str], None]
"""Told how far a step is, 0–100, and its name; it may raise to stop the work."""
_TELL_EVERY = 2000
KEY, DIGEST = "list_entries.key", "list_entries.digest"


@dataclass(frozen=True, slots=True)
class Keyed:
    """An entry to be, with the digests it is compared under."""

    draft: Draft
    key: str
    digest: str


@dataclass(frozen=True, slots=True)
class Standing:
    """An entry that stands, as far as comparing needs it."""

    id: int
    key: str
    digest: str
    unit_id: int
    student_id: int | None
    name: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What storing the list would do: entries new, changed (with the one that stands), the same, and gone."""

    added: tuple[Keyed, ...] = ()
    changed: tuple[tuple[Keyed, Standing], ...] = ()
    same: int = 0
    gone: tuple[Standing, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """A list checked: faults by row, rows that hold nothing for us, and the comparison."""

    rows: int
    skipped: int
    faults: Mapping[int, tuple[Fault, ...]]
    unknown: tuple[UnknownName, ...]
    comparison: Comparison
    drafts: int
    written: Mapping[int, Sequence[Cell]] = field(default_factory=dict)

    @property
    def wrong_rows(self) -> int:
        """How many rows cannot go in."""
        return sum(any(fault.is_error for fault in faults) for faults in self.faults.values())


def check(session: Session, actor: Actor, told: ListImport, sheet: Sheet, progress: Progress) -> Checked:
    """Every row of the mapped sheet, compared with what stands now."""
    kind, mapping = list_kinds()[told.kind], told.mapping
    places = Places(session, actor, kind, {name: int(unit) for name, unit in mapping.get("units", {}).items()})
    reader = RowReader(kind, mapping["columns"], places, told.listed_on, bool(mapping.get(DROP_BAD_IDS)))
    first = mapping["heading_row"] + 1
    rows = sheet.rows[first:]
    understood: list[Understood] = []
    for number, cells in enumerate(rows):
        if number % _TELL_EVERY == 0:
            progress(10 + 55 * number // max(1, len(rows)), "逐行检查")
        understood.append(reader.read(first + number + 1, cells))
    faults = {one.faults[0].row: one.faults for one in understood if one.faults}
    drafts = [one.draft for one in understood if one.draft]
    progress(70, "查重")
    keyed = [_keyed(told, draft) for draft in drafts]
    doubles = _doubles(keyed)
    for number, fault in doubles.items():
        faults[number] = (*faults.get(number, ()), fault)
    keyed = [one for one in keyed if one.draft.row not in doubles]
    progress(80, "与现有名单对照")
    written = {number: rows[number - first - 1] for number in faults}
    comparison = _compared(session, told, keyed, _names(written.values(), mapping["columns"].get("name")))
    skipped = sum(one.skipped for one in understood)
    return Checked(len(rows) - skipped, skipped, faults, tuple(places.unknown()), comparison, len(keyed), written)


def counts_by_fault(faults: Iterable[Fault]) -> dict[str, int]:
    """How often each thing is wrong."""
    return dict(Counter(fault.code for fault in faults).most_common())


def _keyed(told: ListImport, draft: Draft) -> Keyed:
    ring = crypto.keyring()
    said = [draft.name, draft.unit_id, draft.id_number, draft.sex, str(draft.born_on or ""), draft.student_number,
            draft.guardian, draft.phone, draft.address, draft.grade_class, sorted(draft.detail.items())]
    return Keyed(draft, ring.fingerprint(_identifying(told, draft), KEY),
                 ring.fingerprint(json.dumps(said, ensure_ascii=False), DIGEST))


def _identifying(told: ListImport, draft: Draft) -> str:
    """What tells the child from all others in lists of this kind; suspects' lists stand by year."""
    year = f"{told.year}\0" if told.kind == "suspects" else ""
    if draft.id_number:
        return year + draft.id_number
    if draft.student_number[:1] in ("J", "L"):
        return year + draft.student_number
    return f"{year}{draft.name}\0{draft.born_on or ''}\0{draft.unit_id}"


def _doubles(keyed: Sequence[Keyed]) -> dict[int, Fault]:
    """Rows that speak of a child another row speaks of: the first is kept when they agree on the name."""
    first: dict[str, Keyed] = {}
    found: dict[int, Fault] = {}
    for one in keyed:
        other = first.setdefault(one.key, one)
        if other is one:
            continue
        if other.draft.name != one.draft.name:
            words = "身份证号相同而姓名不同，两行都没有导入。"
            found[one.draft.row] = _double(one, f"与第 {other.draft.row} 行{words}")
            found.setdefault(other.draft.row, _double(other, f"与第 {one.draft.row} 行{words}"))
        else:
            same = "完全相同" if one.digest == other.digest else "是同一名学生"
            found[one.draft.row] = _double(one, f"与第 {other.draft.row} 行{same}，只导入第 {other.draft.row} 行。")
    return found


def _double(one: Keyed, words: str) -> Fault:
    return Fault(one.draft.row, "double", "id_number" if one.draft.id_number else "name", words)


def _names(rows: Iterable[Sequence[Cell]], index: int | None) -> frozenset[str]:
    return frozenset(clean("name", row[index]).value for row in rows if index is not None and index < len(row))


def _compared(session: Session, told: ListImport, keyed: Sequence[Keyed], kept: frozenset[str]) -> Comparison:
    """`kept` are names in rows that are wrong: whoever bears one is not gone because of a slip of the pen."""
    standing = {one.key: one for one in _standing(session, told)}
    added, changed, same, seen = [], [], 0, set()
    for one in keyed:
        before = standing.get(one.key)
        seen.add(one.key)
        if before is None:
            added.append(one)
        elif before.digest != one.digest:
            changed.append((one, before))
        else:
            same += 1
    units = {one.draft.unit_id for one in keyed} if told.whole else set()
    gone = tuple(one for one in standing.values()
                 if one.unit_id in units and one.key not in seen and one.name not in kept)
    return Comparison(tuple(added), tuple(changed), same, gone)


def _standing(session: Session, told: ListImport) -> Iterable[Standing]:
    query = select(ListEntry.id, ListEntry.key, ListEntry.digest, ListEntry.unit_id, ListEntry.student_id,
                   ListEntry.name).where(ListEntry.kind == told.kind, ListEntry.ended_by.is_(None))
    if told.kind == "suspects":
        query = query.join(ListImport, ListImport.id == ListEntry.import_id).where(ListImport.year == told.year)
    return (Standing(*row) for row in session.execute(query))


def mark_of(draft: Draft) -> str | None:
    """The digest under which the child's file would be found."""
    return identity.mark(draft.id_number) if draft.id_number else None
