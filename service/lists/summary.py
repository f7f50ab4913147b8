"""What a check found, as numbers to keep, rows of problems, and a sample of who is new, changed or gone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.lists.cells import text_of
from service.lists.check import Checked, Comparison, Keyed, counts_by_fault
from service.lists.kinds import list_kinds
from service.lists.table import Cell
from service.models import ListEntry

SHOWN = 200
"""How many children of each kind of change are shown before the list is stored."""
_LABELS = {"name": "姓名", "sex": "性别", "born_on": "出生日期", "id_number": "身份证号", "unit_id": "学校或乡镇",
           "student_number": "学籍号", "guardian": "监护人", "phone": "联系电话", "address": "住址",
           "grade_class": "年级班级"}


def summary_of(checked: Checked) -> dict[str, Any]:
    """The numbers, and the units' names that nobody knows."""
    found, faults = checked.comparison, list(chain.from_iterable(checked.faults.values()))
    return {
        "rows": checked.rows, "skipped": checked.skipped, "good": checked.drafts, "wrong": checked.wrong_rows,
        "warned": len(checked.faults) - checked.wrong_rows, "added": len(found.added),
        "changed": len(found.changed), "same": found.same, "gone": len(found.gone),
        "errors": counts_by_fault(fault for fault in faults if fault.is_error),
        "warnings": counts_by_fault(fault for fault in faults if not fault.is_error),
        "unknown": [{"written": one.written, "count": one.count, "like_id": one.like_id, "like": one.like}
                    for one in checked.unknown]}


def problem_rows(import_id: int, checked: Checked) -> list[dict[str, Any]]:
    """One row per fault; the first of a row carries the row as written."""
    found = []
    for number, faults in sorted(checked.faults.items()):
        for place, fault in enumerate(sorted(faults, key=lambda one: not one.is_error)):
            found.append({
                "import_id": import_id, "row": number, "severity": "error" if fault.is_error else "warning",
                "code": fault.code, "column": fault.column, "text": fault.text,
                "written": _texts(checked.written.get(number, ())) if place == 0 else None})
    return found


def changes_of(session: Session, kind_id: str, found: Comparison) -> Mapping[str, list[dict[str, Any]]]:
    """The first children new, changed (and in what) and gone: names and rows only."""
    before = _entries(session, [standing.id for _, standing in found.changed[:SHOWN]])
    gone = _entries(session, [standing.id for standing in found.gone[:SHOWN]])
    return {
        "added": [{"name": one.draft.name, "row": one.draft.row, "unit": one.draft.unit_id}
                  for one in found.added[:SHOWN]],
        "changed": [{"name": one.draft.name, "row": one.draft.row, "unit": one.draft.unit_id,
                     "what": differing(before[standing.id], one)} for one, standing in found.changed[:SHOWN]],
        "gone": [{"name": entry.name, "row": None, "unit": entry.unit_id} for entry in gone.values()]}


def differing(before: ListEntry, now: Keyed) -> list[str]:
    """The labels of what a list says otherwise than the entry that stands."""
    found = [label for name, label in _LABELS.items()
             if (getattr(before, name) or "") != (getattr(now.draft, name) or "")]
    old, new = before.detail or {}, now.draft.detail
    columns = {column.name: column.label for column in list_kinds()[before.kind].columns}
    return found + [columns[name] for name in sorted(old.keys() | new.keys()) if old.get(name) != new.get(name)]


def _entries(session: Session, ids: Sequence[int]) -> dict[int, ListEntry]:
    found = {entry.id: entry for entry in session.scalars(select(ListEntry).where(ListEntry.id.in_(ids)))}
    return {number: found[number] for number in ids if number in found}


def _texts(row: Iterable[Cell]) -> list[str]:
    return [text_of(cell) for cell in row]

