"""The sample scans and what comes beside them: the county's units, a roster, and whose each sheet is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ocr.lists import RosterEntry, UnitEntry, read_roster, read_units

IMAGES = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff", ".pdf", ".webp", ".heic"})


@dataclass(frozen=True, slots=True)
class Sample:
    """A sheet to hand in; `unit` is the school or township written on it, "" when it names none."""

    path: Path
    unit: str


@dataclass(frozen=True, slots=True)
class Samples:
    """What the folder holds; `roster` and `units` are empty where their files are missing."""

    units: tuple[UnitEntry, ...]
    roster: tuple[RosterEntry, ...]
    sheets: tuple[Sample, ...]


def load(folder: Path) -> Samples:
    """The folder's sheets and lists."""
    units, roster = folder / "units.csv", folder / "roster.csv"
    return Samples(
        units=read_units(units) if units.exists() else (),
        roster=read_roster(roster) if roster.exists() else (), sheets=tuple(_sheets(folder)))


def _sheets(folder: Path) -> Iterator[Sample]:
    for path in sorted(folder.glob("*/*")):
        if path.suffix.lower() in IMAGES:
            yield Sample(path, _unit(path.with_suffix(".expected.json")))


def _unit(expected: Path) -> str:
    if not expected.exists():
        return ""
    fields = json.loads(expected.read_text(encoding="utf-8")).get("fields", {})
    return str(fields.get("school_name") or fields.get("unit", ""))
