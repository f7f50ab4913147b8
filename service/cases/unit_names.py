"""The unit that a name on paper means: exact after normalising, never a guess between two."""

from __future__ import annotations

import re
from collections.abc import Callable

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


def school_named(session: Session, name: str, near: Unit | None = None) -> Unit | None:
    """The school that `name` means; `near` (the uploading unit) settles between schools of equal name."""
    return _only(_alike(_active(session, ("school",)), spelled(name), _short), near)


def reporting_unit_named(session: Session, name: str) -> Unit | None:
    """The township, county school or bureau that a row of a table names."""
    units = _active(session, ("township", "school", "bureau"))
    townships = [unit for unit in units if unit.kind == "township"]
    return _only(_alike(townships, spelled(name), _town)) or _only(_alike(units, spelled(name), _short))


def _active(session: Session, kinds: tuple[str, ...]) -> list[Unit]:
    return list(session.scalars(select(Unit).where(Unit.active, Unit.kind.in_(kinds)).order_by(Unit.id)))


def _alike(units: list[Unit], wanted: str, looser: Callable[[str], str]) -> list[Unit]:
    """Units spelled exactly as wanted; only when there is none, those equal in their looser form."""
    if not wanted:
        return []
    exact = [unit for unit in units if spelled(unit.name) == wanted]
    return exact or [unit for unit in units if looser(unit.name) == looser(wanted)]


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
