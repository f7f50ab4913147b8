"""Whose a row is: the school or township that its cell names, as written, or as a person said it means."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz, process
from sqlalchemy.orm import Session

from service.access import Actor
from service.lists.kinds import ListKind
from service.models import Unit
from service.unit_names import UnitNames

_LIKE = 70.0


@dataclass(frozen=True, slots=True)
class Misplaced:
    """Why a row has no unit: code, column and words."""

    code: str
    column: str
    text: str


@dataclass(frozen=True, slots=True)
class UnknownName:
    """A unit's name that nobody knows, how many rows bear it, and the unit most like it."""

    written: str
    count: int
    like_id: int | None
    like: str


class Places:
    """The units of one list's rows; `said` is what a person decided that names mean."""

    def __init__(self, session: Session, actor: Actor, kind: ListKind, said: Mapping[str, int]) -> None:
        self._actor, self._kind, self._said = actor, kind, said
        self._names = UnitNames.of(session)
        self._own = session.get_one(Unit, actor.unit_id)
        self._known: dict[tuple[str, str], int | None] = {}
        self._units = {unit.id: unit for unit in self._names.units}
        self._unknown: Counter[str] = Counter()

    def is_given(self, column: str) -> bool:
        """Whether the column may be empty because only one unit can be meant: the school's own list."""
        return column in ("school", "township") and self._own.kind == (
            "school" if column == "school" else "township")

    def unit(self, values: Mapping[str, str]) -> tuple[int | None, Misplaced | None]:
        """The unit of a row, or why it has none; the township stands in for a school outside the county."""
        column = self._kind.belongs_to
        written, township = values.get(column, ""), values.get("township", "")
        if not written:
            return self._without(values)
        unit_id = self._found(column, written, township)
        if unit_id is None:
            self._unknown[written] += 1
            word = "学校" if column == "school" else "乡镇"
            return None, Misplaced("unknown_unit", column, f"{word}不在单位名单中。")
        if not self._actor.sees(unit_id):
            return None, Misplaced("other_unit", column, "不是本单位的学生，不能由本单位导入。")
        return unit_id, None

    def unknown(self, limit: int = 40) -> list[UnknownName]:
        """The names that no unit bears, most frequent first, each with the likeliest unit."""
        kinds = {"school": ("school",), "township": ("township",)}[self._kind.belongs_to]
        choices = {unit.id: unit.name for unit in self._names.units
                   if unit.kind in kinds and self._actor.sees(unit.id)}
        return [self._likened(name, count, choices) for name, count in self._unknown.most_common(limit)]

    def name(self, unit_id: int) -> str:
        """A unit's name."""
        unit = self._units.get(unit_id)
        return unit.name if unit else ""

    def _without(self, values: Mapping[str, str]) -> tuple[int | None, Misplaced | None]:
        """A row that names no unit of its own kind: the uploader's, or the one that another column leads to."""
        if self.is_given(self._kind.belongs_to):
            return self._own.id, None
        school = self._found("school", values["school"], "") if values.get("school") else None
        if school is not None and self._actor.sees(school):
            return school, None
        if self._kind.belongs_to in self._kind.required:
            return None, None  # said to be missing already
        return self._own.id, None

    def _found(self, column: str, written: str, township: str) -> int | None:
        key = (column, f"{written}\0{township}")
        if key not in self._known:
            self._known[key] = self._looked_up(column, written, township)
        return self._known[key]

    def _looked_up(self, column: str, written: str, township: str) -> int | None:
        if written in self._said:
            return self._said[written]
        near = self._names.reporting(township) if township else None
        own = self._own if self._own.kind != "bureau" else near
        unit = self._names.school(written, own) if column == "school" else self._names.reporting(written)
        if unit is None and column == "township":
            unit = self._names.school(written)
        return unit.id if unit else None

    def _likened(self, name: str, count: int, choices: Mapping[int, str]) -> UnknownName:
        found = process.extractOne(name, choices, scorer=fuzz.ratio, score_cutoff=_LIKE)
        return UnknownName(name, count, found[2] if found else None, found[0] if found else "")
