"""A row of a list as an entry to be, or as the reasons why it cannot be one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from service import identity
from service.calendar import full_years
from service.lists.cells import ADVICE, FAULTS, Clean, clean
from service.lists.kinds import Column, ListKind
from service.lists.places import Places
from service.lists.table import Cell

_REPEATED = frozenset({"school", "township", "grade", "class", "grade_class", "sex", "date", "yes_no"})
"""Kinds of columns in which the same few thousand cells stand."""
_MOST_MET = 20_000
_SOFT = frozenset({"bad_sex", "bad_number", "number_id", "sex_id", "born_id", "bad_count", "bad_yes_no"})
"""Faults that leave the row usable: it goes in without the value, or with the ID number's."""
_DETAILS = ("status", "attending", "absent_days", "last_seen_on", "category", "reason", "village")
DROP_BAD_IDS = "drop_bad_ids"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a row; `is_error` keeps the row out. `text` quotes nothing of the row."""

    row: int
    code: str
    column: str
    text: str
    is_error: bool = True


@dataclass(frozen=True, slots=True)
class Draft:
    """A row understood; texts are "" where the list says nothing. `id_number` is valid or ""."""

    row: int
    name: str
    unit_id: int
    id_number: str = ""
    sex: str = ""
    born_on: date | None = None
    student_number: str = ""
    guardian: str = ""
    phone: str = ""
    address: str = ""
    grade_class: str = ""
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Understood:
    """What became of a row: an entry to be, or none; with its faults. `skipped` when it is no child of ours."""

    draft: Draft | None
    faults: tuple[Fault, ...] = ()
    skipped: bool = False


class RowReader:
    """Understands the rows of one list: its kind, where each column stands, whose the units are."""

    def __init__(self, kind: ListKind, columns: Mapping[str, int], places: Places, on: date,
                 drop_bad_ids: bool = False) -> None:
        self._kind, self._places, self._on, self._drop_bad_ids = kind, places, on, drop_bad_ids
        self._columns = [(kind.column(name), index) for name, index in columns.items()]
        self._met = lru_cache(maxsize=_MOST_MET)(clean)

    def read(self, number: int, cells: Sequence[Cell]) -> Understood:
        """The row of this number; a row that says nothing at all is skipped."""
        values: dict[str, str] = {}
        faults: list[Fault] = []
        for column, index in self._columns:
            found = self._clean(column.kind, cells[index]) if index < len(cells) else Clean("")
            values[column.name] = found.value
            if found.fault:
                faults.append(self._fault(number, found.fault, column))
                if found.fault not in ("future", "long_name", "bad_name"):
                    values[column.name] = ""
        if not any(values.values()) and not faults:
            return Understood(None, skipped=True)
        return self._judged(number, values, faults)

    def _clean(self, kind: str, cell: Cell) -> Clean:
        """The cell understood; schools, classes and days come over and over in a list, and are understood once."""
        return self._met(kind, cell) if kind in _REPEATED and isinstance(cell, str) else clean(kind, cell)

    def _judged(self, number: int, values: dict[str, str], faults: list[Fault]) -> Understood:
        faulty = {fault.column for fault in faults}
        faults += [self._fault(number, "missing", self._kind.column(name)) for name in self._kind.required
                   if not values.get(name) and name not in faulty and not self._places.is_given(name)]
        faults += self._held_together(number, values)
        born_on = _born(values)
        if self._kind.ages and born_on and not _is_within(self._kind.ages, full_years(born_on, self._on)):
            return Understood(None, skipped=True)
        unit_id, wrong = self._places.unit(values)
        if wrong:
            faults.append(Fault(number, wrong.code, wrong.column, wrong.text))
        if any(fault.is_error for fault in faults) or unit_id is None:
            return Understood(None, tuple(faults))
        return Understood(_draft(number, values, unit_id, born_on), tuple(faults))

    def _held_together(self, number: int, values: dict[str, str]) -> list[Fault]:
        """What the ID number says against sex, birth date and 学籍号: the number has its check, so it wins."""
        id_number, found = values.get("id_number", ""), []
        if not id_number:
            student_number = values.get("student_number", "")
            if student_number.startswith("G") and identity.identifies(student_number[1:]):
                values["id_number"] = student_number[1:]
            return []
        sex, written = identity.sex(id_number), values.get("born_on", "")
        if values.get("sex") and values["sex"] != sex:
            found.append(self._named(number, "sex_id", "sex"))
        born_on = identity.born_on(id_number)
        if written and born_on and written != born_on.isoformat() and not _is_month(written, born_on):
            found.append(self._named(number, "born_id", "born_on"))
        student_number = values.get("student_number", "")
        if student_number.startswith("G") and student_number[1:] != id_number:
            found.append(self._named(number, "number_id", "student_number"))
        return found

    def _named(self, number: int, code: str, column: str) -> Fault:
        return self._fault(number, code, self._kind.column(column))

    def _fault(self, number: int, code: str, column: Column) -> Fault:
        words = FAULTS[code].format(label=column.label) + (f"，{ADVICE[code]}" if code in ADVICE else "")
        soft = code in _SOFT or (column.kind == "id_number" and self._drop_bad_ids)
        soft = soft or (column.kind == "date" and column.name != "born_on")
        return Fault(number, code, column.name, words + "。", not soft)


def _draft(number: int, values: Mapping[str, str], unit_id: int, born_on: date | None) -> Draft:
    id_number = values.get("id_number", "")
    return Draft(
        number, values["name"], unit_id, id_number, (identity.sex(id_number) if id_number else values.get("sex", "")),
        born_on, values.get("student_number", ""), values.get("guardian", ""), values.get("phone", ""),
        values.get("address", "") or values.get("village", ""), _grade_class(values),
        {name: values[name] for name in _DETAILS if values.get(name)})


def _grade_class(values: Mapping[str, str]) -> str:
    if values.get("grade_class"):
        return values["grade_class"][:40]
    grade, klass = values.get("grade", ""), values.get("class", "")
    return (klass if grade and klass.startswith(grade) else grade + klass)[:40]


def _born(values: Mapping[str, str]) -> date | None:
    if values.get("id_number"):
        return identity.born_on(values["id_number"])
    return date.fromisoformat(values["born_on"]) if values.get("born_on") else None


def _is_month(written: str, born_on: date) -> bool:
    """Whether 出生年月 was given without a day, which is kept as the first."""
    return written.endswith("-01") and written[:7] == born_on.isoformat()[:7]


def _is_within(ages: tuple[int, int], years: int) -> bool:
    return ages[0] <= years <= ages[1]
