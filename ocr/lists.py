"""The lists a caller may give to help reading: the roster of pupils and the units of the county."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TypeVar


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """A pupil on the school's roll; unknown parts are empty strings."""

    name: str
    id_number: str = ""
    school: str = ""
    grade: str = ""
    klass: str = ""


@dataclass(frozen=True, slots=True)
class UnitEntry:
    """A reporting unit or a school; `kind` is bureau, township or school, `parent` a unit's name."""

    name: str
    kind: str = ""
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Lists:
    """What is known beforehand. Without a list nothing is ever snapped to one."""

    roster: tuple[RosterEntry, ...] = ()
    units: tuple[UnitEntry, ...] = ()


Entry = TypeVar("Entry", RosterEntry, UnitEntry)

_COLUMN = {"class": "klass"}


def read_roster(path: Path) -> tuple[RosterEntry, ...]:
    """The rows of a CSV with the columns name,id_number,school,grade,class (UTF-8, BOM allowed)."""
    return tuple(_rows(path, RosterEntry))


def read_units(path: Path) -> tuple[UnitEntry, ...]:
    """The rows of a CSV with the columns name,kind,parent (UTF-8, BOM allowed)."""
    return tuple(_rows(path, UnitEntry))


def _rows(path: Path, entry: type[Entry]) -> Iterable[Entry]:
    known = {f.name for f in fields(entry)}
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            named = {_COLUMN.get(key, key): (text or "").strip() for key, text in row.items() if key}
            if named.get("name"):
                yield entry(**{key: text for key, text in named.items() if key in known})
