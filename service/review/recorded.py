"""What a sheet says against the records: another name under an ID number, a unit nobody knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ocr.template import FieldSpec
from service import identity
from service.models import Student
from service.models.values import FORM_ROW
from service.review.lines import Line
from service.review.values import Standing
from service.review.wording import Fix, Objection

_SLIP = 2
"""ID numbers of one name that differ in so few places are one number read or written wrong."""


def roster(line: Line, rule: Mapping[str, Any]) -> Iterator[Objection]:
    """The child on record under this ID number has another name, or the one of this name a number much like it."""
    name, number, records = line.text(rule["name"]), line.text(rule["id"]), line.standing.records
    if records is None or not name or not number:
        return
    child = records.child(number)
    if child is not None:
        yield from _other_name(line, child, name, rule)
        return
    for namesake in records.namesakes(name, line.text(rule["school"]) if "school" in rule else ""):
        known, written = namesake.id_number or "", identity.canonical(number)
        if 0 < identity.differing(known, written) <= _SLIP:
            yield _slip(line, namesake, written, rule)
            return


def _other_name(line: Line, child: Student, name: str, rule: Mapping[str, Any]) -> Iterator[Objection]:
    if child.name != name:
        keys = (line.key(rule["name"]), line.key(rule["id"]))
        yield Objection(line.row, "roster.name", keys,
                        f"{line.words}档案里这个身份证号是{child.school.name}的{child.name}，这里写的是{name}",
                        Fix(*keys[0], child.name, f"姓名改为{child.name}"))


def _slip(line: Line, namesake: Student, written: str, rule: Mapping[str, Any]) -> Objection:
    known, keys = namesake.id_number or "", (line.key(rule["id"]), line.key(rule["name"]))
    places = [place for place, (one, other) in enumerate(zip(known, written, strict=True), 1) if one != other]
    said = "、".join(f"第 {place} 位 {written[place - 1]} 改为 {known[place - 1]}" for place in places)
    text = f"{namesake.school.name}的{namesake.name}在档案里的身份证号与这里写的有 {len(places)} 位不同"
    return Objection(line.row, "roster.id", keys, line.words + text, Fix(*keys[0], known, said))


def units(standing: Standing, spec: FieldSpec) -> Iterator[Objection]:
    """Rows whose unit is missing, is not in the county's list, or stands there twice; none of them can be filed."""
    if standing.records is None or not spec.files_into:
        return
    seen: dict[int, int] = {}
    for (row, field), held in standing.values.items():
        if field != spec.name or row <= FORM_ROW:
            continue
        if not held.value:
            yield from _nameless(standing, row, field)
            continue
        unit = standing.records.units.reporting(held.value)
        if unit is None:
            yield _unknown(standing, row, field, held.value)
        elif unit.id in seen:
            yield Objection(row, "unit.twice", ((row, field), (seen[unit.id], field)),
                            f"第 {row} 行的单位“{held.value}”与第 {seen[unit.id]} 行重复", binding=True)
        else:
            seen[unit.id] = row


def _nameless(standing: Standing, row: int, field: str) -> Iterator[Objection]:
    written = standing.values[row, field]
    if written.decision is not None and any(held.value for (r, _), held in standing.values.items() if r == row):
        text = f"第 {row} 行写了内容，没有单位；纸上没有这一行的，按 Ctrl+Delete 整行清空"
        yield Objection(row, "unit.missing", ((row, field),), text, binding=True)


def _unknown(standing: Standing, row: int, field: str, name: str) -> Objection:
    like = standing.records.units.like(name) if standing.records else None
    fix = Fix(row, field, like.name, f"改为{like.name}") if like else None
    return Objection(row, "unit.unknown", ((row, field),), f"第 {row} 行的单位“{name}”不在单位名单中", fix,
                     binding=True)
