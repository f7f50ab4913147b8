"""From which paper each fact at the head of a child's file came: the newest that says it so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from service.cases.entries import Entry
from service.models.values import FORM_ROW

FACTS = ("id_number", "guardian", "address", "phone", "grade_class")
"""Facts that the fields of the same names tell."""
_NAME, _SCHOOL, _SIGNATURE = "student_name", "school_name", "parent_signature"
"""Fields whose values the head shows and the timeline does not repeat."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact's ink is."""

    sheet_id: int
    row: int
    field: str


def sources(entries: Iterable[Entry], facts: Mapping[str, str], school: str,
            signers: Mapping[int, str]) -> dict[str, Source]:
    """The source of each of `facts` (as shown), of the name and of the school; `entries` come newest first.

    `signers` are the guardians who signed visits, by sheet.
    """
    found: dict[str, Source] = {}
    for entry in entries:
        if entry.sheet_id is not None and entry.values:
            for fact, source in _told(entry, entry.sheet_id, facts, school):
                found.setdefault(fact, source)
            if facts.get("guardian") and signers.get(entry.sheet_id) == facts["guardian"]:
                found.setdefault("guardian", Source(entry.sheet_id, FORM_ROW, _SIGNATURE))
    return found


def _told(entry: Entry, sheet_id: int, facts: Mapping[str, str], school: str) -> Iterator[tuple[str, Source]]:
    yield "name", Source(sheet_id, entry.row, _NAME)
    if entry.unit == school:
        yield "school", Source(sheet_id, FORM_ROW, _SCHOOL)
    for value in entry.values:
        if value.field in FACTS and value.has_crop and value.text and value.text == facts.get(value.field):
            yield value.field, Source(sheet_id, entry.row if value.row is None else value.row, value.field)
