"""What a form's rules say against the values on a sheet: in words, with a one-key fix where there is one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from ocr.kinds import id_number
from ocr.template import FieldSpec
from service import calendar
from service.models.values import FORM_ROW
from service.review import recorded
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
    for spec in standing.template.fields:
        found += _BY_KIND.get(spec.kind, _silent)(standing, spec)
    for spec in standing.template.columns:
        found += recorded.units(standing, spec) if spec.kind == "unit" else ()
    for rule in standing.template.rules:
        found += _BY_RULE.get(rule["rule"], _no_words)(standing, rule)
    found += sum_objections(standing)
    return tuple(_with_confirmation(standing, objection) for objection in found)


def unanswered(standing: Standing) -> tuple[Objection, ...]:
    """The objections that nobody confirmed."""
    return tuple(objection for objection in objections(standing) if not objection.confirmed)


def _with_confirmation(standing: Standing, objection: Objection) -> Objection:
    """Confirmed means: for these very values. Its wording carries them."""
    said = standing.confirmed.get((objection.row, objection.rule))
    return objection.confirm() if said == objection.text else objection


def _id_holds(standing: Standing, spec: FieldSpec) -> Iterator[Objection]:
    number = standing.text(FORM_ROW, spec.name)
    wrong = id_fault(number) if number else ""
    if wrong:
        key = (FORM_ROW, spec.name)
        better = next((value for value in _candidates(standing, key) if not id_fault(value)), None)
        fix = Fix(*key, better, f"改为 {better}") if better else None
        yield Objection(FORM_ROW, f"{spec.name}.holds", (key,), f"{wrong}：{number}", fix)


def _not_to_come(standing: Standing, spec: FieldSpec) -> Iterator[Objection]:
    day = _day(standing.text(FORM_ROW, spec.name))
    if day and day > calendar.local_date(standing.sheet.created_at):
        yield Objection(FORM_ROW, f"{spec.name}.to_come", ((FORM_ROW, spec.name),),
                        f"{title(spec)} {day.isoformat()} 在收到这张表之后")


def _silent(_standing: Standing, _spec: FieldSpec) -> Iterator[Objection]:
    return iter(())


def _id_sex(standing: Standing, rule: Mapping[str, Any]) -> Iterator[Objection]:
    number, written = standing.text(FORM_ROW, rule["id"]), standing.text(FORM_ROW, rule["sex"])
    sex = id_number.sex(number) if not id_fault(number) else ""
    if sex and written and sex != written:
        keys = ((FORM_ROW, rule["sex"]), (FORM_ROW, rule["id"]))
        yield Objection(FORM_ROW, "id_sex", keys,
                        f"身份证第 17 位是 {number[16]}，表示{sex}；性别写的是{written}",
                        Fix(*keys[0], sex, f"性别改为{sex}"))


def _id_age(standing: Standing, rule: Mapping[str, Any]) -> Iterator[Objection]:
    number, written = standing.text(FORM_ROW, rule["id"]), standing.text(FORM_ROW, rule["age"])
    day = _day(standing.text(FORM_ROW, rule["on"]))
    born = id_number.born_on(number) if not id_fault(number) else None
    if not (day and born and written.isdigit()):
        return
    years = calendar.full_years(born, day)
    if not years <= int(written) <= years + _YEARS_BY_CUSTOM:
        keys = ((FORM_ROW, rule["age"]), (FORM_ROW, rule["id"]), (FORM_ROW, rule["on"]))
        yield Objection(FORM_ROW, "id_age", keys,
                        f"身份证上的出生日期是 {born.isoformat()}，家访时满 {years} 岁；年龄写的是 {written}",
                        Fix(*keys[0], str(years), f"年龄改为 {years}"))


def _not_before(standing: Standing, rule: Mapping[str, Any]) -> Iterator[Objection]:
    first, then = (_day(standing.text(FORM_ROW, rule[end])) for end in ("first", "then"))
    if first and then and then < first:
        names = [title(spec) if (spec := spec_of(standing.template, rule[end])) else rule[end]
                 for end in ("then", "first")]
        yield Objection(FORM_ROW, f"not_before.{rule['then']}",
                        ((FORM_ROW, rule["then"]), (FORM_ROW, rule["first"])),
                        f"{names[0]} {then.isoformat()} 早于{names[1]} {first.isoformat()}")


def _no_words(_standing: Standing, _rule: Mapping[str, Any]) -> Iterator[Objection]:
    return iter(())


_BY_KIND: Mapping[str, Callable[[Standing, FieldSpec], Iterator[Objection]]] = {
    "id_number": _id_holds, "date": _not_to_come,
}
_BY_RULE: Mapping[str, Callable[[Standing, Mapping[str, Any]], Iterator[Objection]]] = {
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
