"""What a form's rules say against the values on a sheet: in words, with a one-key fix where there is one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from ocr.kinds import id_number
from ocr.template import FieldSpec
from service import calendar
from service.review import recorded
from service.review.lines import Line, lines
from service.review.sums import sum_objections
from service.review.values import CONFIRMATION, Key, Standing, spec_of
from service.review.wording import Fix, Objection, title

_YEARS_BY_CUSTOM = 2
"""How far an age written in 虚岁 may lie above the full years."""


def objections(standing: Standing) -> tuple[Objection, ...]:
    """Every rule that objects, in the form's order; confirmed ones are marked as such."""
    if standing.template is None:
        return ()
    found: list[Objection] = []
    for spec in (*standing.template.fields, *standing.template.columns):
        for line in lines(standing, (spec.name,)) if spec.kind in _BY_KIND else ():
            found += _BY_KIND[spec.kind](line, spec)
    for spec in standing.template.columns:
        found += recorded.units(standing, spec) if spec.kind == "unit" else ()
    for rule in standing.template.rules:
        names = [str(name) for part, name in rule.items() if part != "rule"]
        for line in lines(standing, names) if rule["rule"] in _BY_RULE else ():
            found += _BY_RULE[rule["rule"]](line, rule)
    found += sum_objections(standing)
    return tuple(_with_confirmation(standing, objection) for objection in found)


def unanswered(standing: Standing) -> tuple[Objection, ...]:
    """The objections that nobody confirmed."""
    return tuple(objection for objection in objections(standing) if not objection.confirmed)


def _with_confirmation(standing: Standing, objection: Objection) -> Objection:
    """Confirmed means: for these very values. Its wording carries them."""
    said = standing.confirmed.get((objection.row, objection.rule))
    return objection.confirm() if said == objection.text else objection


def _id_holds(line: Line, spec: FieldSpec) -> Iterator[Objection]:
    key, number = line.key(spec.name), line.text(spec.name)
    wrong = id_fault(number) if number else ""
    if wrong:
        better = next((value for value in _candidates(line.standing, key) if not id_fault(value)), None)
        fix = Fix(*key, better, f"改为 {better}") if better else None
        yield Objection(line.row, f"{spec.name}.holds", (key,), f"{line.words}{wrong}：{number}", fix)


def _not_to_come(line: Line, spec: FieldSpec) -> Iterator[Objection]:
    day = _day(line.text(spec.name))
    if day and day > calendar.local_date(line.standing.sheet.created_at):
        yield Objection(line.row, f"{spec.name}.to_come", (line.key(spec.name),),
                        f"{line.words}{title(spec)} {day.isoformat()} 在收到这张表之后")


def _id_sex(line: Line, rule: Mapping[str, Any]) -> Iterator[Objection]:
    number, written = line.text(rule["id"]), line.text(rule["sex"])
    sex = id_number.sex(number) if not id_fault(number) else ""
    if sex and written and sex != written:
        keys = (line.key(rule["sex"]), line.key(rule["id"]))
        yield Objection(line.row, "id_sex", keys,
                        f"{line.words}身份证第 17 位是 {number[16]}，表示{sex}；性别写的是{written}",
                        Fix(*keys[0], sex, f"性别改为{sex}"))


def _id_age(line: Line, rule: Mapping[str, Any]) -> Iterator[Objection]:
    number, written, day = line.text(rule["id"]), line.text(rule["age"]), _day(line.text(rule["on"]))
    born = id_number.born_on(number) if not id_fault(number) else None
    if not (day and born and written.isdigit()):
        return
    years = calendar.full_years(born, day)
    if not years <= int(written) <= years + _YEARS_BY_CUSTOM:
        keys = (line.key(rule["age"]), line.key(rule["id"]), line.key(rule["on"]))
        text = f"身份证上的出生日期是 {born.isoformat()}，到 {day.isoformat()} 满 {years} 岁；年龄写的是 {written}"
        yield Objection(line.row, "id_age", keys, line.words + text,
                        Fix(*keys[0], str(years), f"年龄改为 {years}"))


def _not_before(line: Line, rule: Mapping[str, Any]) -> Iterator[Objection]:
    first, then = (_day(line.text(rule[end])) for end in ("first", "then"))
    if first and then and then < first:
        names = [title(spec) if (spec := spec_of(line.standing.template, rule[end])) else rule[end]
                 for end in ("then", "first")]
        yield Objection(line.row, f"not_before.{rule['then']}", (line.key(rule["then"]), line.key(rule["first"])),
                        f"{line.words}{names[0]} {then.isoformat()} 早于{names[1]} {first.isoformat()}")


_BY_KIND: Mapping[str, Callable[[Line, FieldSpec], Iterator[Objection]]] = {
    "id_number": _id_holds, "date": _not_to_come,
}
_BY_RULE: Mapping[str, Callable[[Line, Mapping[str, Any]], Iterator[Objection]]] = {
    "id_sex": _id_sex, "id_age": _id_age, "not_before": _not_before, "roster": recorded.roster,
}


def id_fault(number: str) -> str:
    """What is wrong with an ID number, in words; "" when it holds."""
    if len(number) not in (15, 18):
        return f"身份证号应为 18 位，现在是 {len(number)} 位"
    if not number[:-1].isdigit():
        return "身份证号只有末位可以是 X"
    found = id_number.flags(number)
    if "id_date" in found:
        return "身份证号里的出生日期不存在"
    return "身份证号校验不符，至少有一位不对" if found else ""


def rule_field(objection: Objection) -> str:
    """The `field` of the decision that confirms an objection."""
    return CONFIRMATION + objection.rule


def _candidates(standing: Standing, key: Key) -> list[str]:
    reading = standing.values[key].reading
    return [str(value) for value, _ in reading.candidates] if reading else []


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
