"""The unit that a name on paper means: exact after normalising, never a guess between two."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz.distance import Levenshtein
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.models import Unit

_NOISE = re.compile(r"[\s·•,，.。、()（）\[\]【】\"“”'‘’:：]")
_FULL_WIDTH = str.maketrans({chr(0xFF01 + n): chr(0x21 + n) for n in range(94)})
_COUNTY = re.compile(r"^(?:[\u4e00-\u9fff]{2,3}省)?(?:[\u4e00-\u9fff]{2,3}市)?([\u4e00-\u9fff]{1,3}县)")
_PLACE = re.compile(r"(?:街道办事处|街道|中心学校|中心校|镇|乡)$")
_TOWN = re.compile(r"(?<=[\u4e00-\u9fff]{2})(?:街道|镇|乡)")


def spelled(name: str) -> str:
    """A unit's name without spaces, punctuation, province and county."""
    plain = _NOISE.sub("", name.translate(_FULL_WIDTH))
    return _COUNTY.sub("", plain) or plain


@dataclass(frozen=True)
class UnitNames:
    """The active units, asked by name; one query however many names are asked for."""

    units: tuple[Unit, ...]

    @classmethod
    def of(cls, session: Session) -> UnitNames:
        """The names as they are now."""
        return cls(tuple(session.scalars(select(Unit).where(Unit.active).order_by(Unit.id))))

    def school(self, name: str, near: Unit | None = None) -> Unit | None:
        """The school that `name` means; `near` (the uploading unit) settles between schools of equal name."""
        return _only(_alike(self._schools, spelled(name)), near)

    def reporting(self, name: str) -> Unit | None:
        """The township, county school or bureau that a row of a table names."""
        wanted = spelled(name)
        return _only(_alike(self._townships, wanted)) or _only(_alike(self._all, wanted))

    def like(self, name: str) -> Unit | None:
        """The one township that differs from `name` in a single character, None without or with several."""
        wanted = spelled(name)
        near = [unit for unit in self.units if unit.kind == "township"
                and Levenshtein.distance(spelled(unit.name), wanted, score_cutoff=1) == 1]
        return near[0] if len(near) == 1 else None


    @cached_property
    def _schools(self) -> Index:
        return _indexed((unit for unit in self.units if unit.kind == "school"), _short)

    @cached_property
    def _townships(self) -> Index:
        return _indexed((unit for unit in self.units if unit.kind == "township"), _town)

    @cached_property
    def _all(self) -> Index:
        return _indexed(self.units, _short)


@dataclass(frozen=True)
class Index:
    """Units by their name as spelled, and by its looser form that `looser` gives."""

    exact: Mapping[str, list[Unit]]
    loose: Mapping[str, list[Unit]]
    looser: Callable[[str], str]


def _indexed(units: Iterable[Unit], looser: Callable[[str], str]) -> Index:
    index = Index(defaultdict(list), defaultdict(list), looser)
    for unit in units:
        index.exact[spelled(unit.name)].append(unit)
        index.loose[looser(unit.name)].append(unit)
    return index


def school_named(session: Session, name: str, near: Unit | None = None) -> Unit | None:
    """As `UnitNames.school`, for one name."""
    return UnitNames.of(session).school(name, near)


def reporting_unit_named(session: Session, name: str) -> Unit | None:
    """As `UnitNames.reporting`, for one name."""
    return UnitNames.of(session).reporting(name)


def _alike(index: Index, wanted: str) -> list[Unit]:
    """Units spelled exactly as wanted; only when there is none, those equal in their looser form."""
    if not wanted:
        return []
    return index.exact.get(wanted) or index.loose.get(index.looser(wanted)) or []


def _short(name: str) -> str:
    """A school's name with the township's rank left out: 鸦岭镇第一初级中学 = 鸦岭第一初级中学 = …一中."""
    plain = _TOWN.sub("", spelled(name), count=1)
    for long, short in (("初级中学", "中"), ("中学", "中"), ("学校", "校"), ("小学", "小"), ("第", "")):
        plain = plain.replace(long, short)
    return plain


def _town(name: str) -> str:
    """A township's name without its rank: 鸦岭 = 鸦岭镇 = 鸦岭镇中心校."""
    return _PLACE.sub("", _PLACE.sub("", spelled(name)))


def _only(found: list[Unit], near: Unit | None = None) -> Unit | None:
    if len(found) > 1 and near is not None:
        found = [unit for unit in found if unit.id == near.id or unit.parent_id == near.id]
    return found[0] if len(found) == 1 else None
