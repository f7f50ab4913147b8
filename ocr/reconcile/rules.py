"""What the rules of a form say: how likely values are together, what they suggest, when they object.

A rule is a mapping from the template with the key `rule` and the names of the fields it binds:
`id_sex` (id, sex) · `id_age` (id, age, on) · `roster` (id, name, school, grade_class) ·
`not_before` (first, then) · `same_person` (id, number) · `family` (child, elder) · `at_most` (part, whole) ·
`same_text` (first, then) · `balance` (plus, minus, total; in balance) · `stage` (school, grade_class) and
`grade_age` (grade_class, age), both in schooling.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ocr.kinds.date import day_of
from ocr.kinds.evidence import KindReading
from ocr.kinds.id_number import born_on, flags, sex, shortened
from ocr.kinds.knowledge import Knowledge
from ocr.kinds.person_name import surname
from ocr.lists import RosterEntry
from ocr.reconcile import balance, schooling
from ocr.reconcile.combinations import weighed

Rule = Mapping[str, Any]
Values = Mapping[str, Sequence[str]]
Factor = Callable[[Rule, Values, Knowledge], NDArray[np.float64]]
Objection = Callable[[Rule, Mapping[str, str], Knowledge], Mapping[str, bool]]

_NEUTRAL = 0.3
"""Weight of values that a rule cannot judge."""


def _id_sex(rule: Rule, values: Values, knowledge: Knowledge) -> NDArray[np.float64]:
    def weigh(**chosen: str) -> float:
        by_number, written = sex(chosen.get(rule["id"], "")), chosen.get(rule["sex"], "")
        if not by_number or not written:
            return _NEUTRAL
        return 1.0 if by_number == written else 0.01
    return weighed(values, weigh)


def _id_age(rule: Rule, values: Values, knowledge: Knowledge) -> NDArray[np.float64]:
    def weigh(**chosen: str) -> float:
        off = _years_off(rule, chosen)
        return _NEUTRAL if off is None else _AGE_OFF.get(off, 0.002)
    return weighed(values, weigh)


_AGE_OFF = {0: 1.0, 1: 0.15, -1: 0.03, 2: 0.03, -2: 0.01}
"""Ages are mostly full years, some count the year begun (虚岁)."""


def _years_off(rule: Rule, chosen: Mapping[str, str]) -> int | None:
    """The age written less the full years by ID number on the day; None when one of them is missing."""
    born, age, on = born_on(chosen.get(rule["id"], "")), chosen.get(rule["age"], ""), chosen.get(rule["on"], "")
    day = day_of(on)
    if born is None or not age.isdecimal() or day is None:
        return None
    years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return int(age) - years


def _not_before(rule: Rule, values: Values, knowledge: Knowledge) -> NDArray[np.float64]:
    def weigh(**chosen: str) -> float:
        first, then = day_of(chosen.get(rule["first"], "")), day_of(chosen.get(rule["then"], ""))
        if not first or not then:
            return _NEUTRAL
        days = (then - first).days
        for most, weight in _DAYS_AFTER:
            if days <= most:
                return weight
        return _LONG_AFTER
    return weighed(values, weigh)


_DAYS_AFTER = ((-32, 0.001), (-1, 0.004), (0, 1.0), (3, 0.25), (7, 0.1), (31, 0.03), (100, 0.008))
"""Weights by the most days between two days of a visit's paper; most signatures are given there and then."""
_LONG_AFTER = 0.003
_SOON = timedelta(days=7)
"""Two days no further apart speak for each other."""


def _same_person(rule: Rule, values: Values, knowledge: Knowledge) -> NDArray[np.float64]:
    def weigh(**chosen: str) -> float:
        number, student = chosen.get(rule["id"], ""), chosen.get(rule["number"], "")
        if not number or not student.startswith("G"):
            return _NEUTRAL
        return 1.0 if student[1:] == number else 0.005
    return weighed(values, weigh)


def _at_most(rule: Rule, values: Values, knowledge: Knowledge) -> NDArray[np.float64]:
    """其中: a part is no more than its whole."""
    def weigh(**chosen: str) -> float:
        part, whole = chosen.get(rule["part"], ""), chosen.get(rule["whole"], "")
        if not part.isdecimal() or not whole.isdecimal():
            return _NEUTRAL
        return 1.0 if int(part) <= int(whole) else 1e-4
    return weighed(values, weigh)


def _family(rule: Rule, values: Values, knowledge: Knowledge) -> NDArray[np.float64]:
    """A guardian's surname is often the child's."""
    def weigh(**chosen: str) -> float:
        child, elder = chosen.get(rule["child"], ""), chosen.get(rule["elder"], "")
        if not child or not elder:
            return _NEUTRAL
        return 1.0 if surname(child) == surname(elder) else _OTHER_SURNAME
    return weighed(values, weigh)


_OTHER_SURNAME = 0.2
"""Mothers and their parents have another surname; how usual that one is weighs in the name itself."""


def _same_text(rule: Rule, values: Values, knowledge: Knowledge) -> NDArray[np.float64]:
    """A guardian named on a paper is mostly the one who signs it."""
    def weigh(**chosen: str) -> float:
        first, then = chosen.get(rule["first"], ""), chosen.get(rule["then"], "")
        if not first or not then:
            return _NEUTRAL
        return 1.0 if first == then else _ANOTHER
    return weighed(values, weigh)


_ANOTHER = 0.02
"""Share of papers that another member of the family signs, over how many names that may be."""

_PARTS = {"id": 1e-3, "name": 1e-3, "school": 0.1, "grade_class": 0.05}
"""How likely each part of a pupil's paper is to differ from the roster."""
_UNLISTED = 1e-4
"""Weight of a pupil who is not on the roster."""


def _roster(rule: Rule, values: Values, knowledge: Knowledge) -> NDArray[np.float64]:
    """The best-fitting pupil for every combination: over each, the product of how well the parts agree."""
    keys = {field: key for key, field in rule.items() if key in _PARTS}
    weights = np.full([len(listed) for listed in values.values()], _UNLISTED)
    for entry in _possible(rule, values, knowledge):
        own = np.ones(())
        for field, listed in values.items():
            agreement = [1.0 if _matches(entry, keys[field], value) else _differing(keys[field], value)
                         for value in listed]
            own = own[..., None] * np.array(agreement)
        weights = np.maximum(weights, own)
    return weights


def _differing(key: str, value: str) -> float:
    """A number that is sound in itself and not the entry's belongs to somebody else."""
    return _PARTS[key] if key != "id" or flags(value) else _PARTS[key] / 100


def _possible(rule: Rule, values: Values, knowledge: Knowledge) -> list[RosterEntry]:
    """The roster's pupils whose name or number is among the candidates."""
    names, numbers = set(values.get(rule["name"], ())), set(values.get(rule["id"], ()))
    return [entry for entry in knowledge.lists.roster
            if entry.name in names or (entry.id_number and not numbers.isdisjoint(
                (entry.id_number, shortened(entry.id_number))))]


def _matches(entry: RosterEntry, key: str, value: str) -> bool:
    """Whether a value is the entry's; what either leaves out cannot differ."""
    if key == "grade_class":
        klass = entry.klass if not entry.klass or entry.klass.endswith("班") else entry.klass + "班"
        own = entry.grade + klass
        return not own or not value or own.startswith(value) or value.startswith(own)
    own = {"id": entry.id_number, "name": entry.name, "school": entry.school}[key]
    if key == "id" and len(value) == 15:
        own = shortened(own)
    return not own or not value or own == value


def suggestions(rule: Rule, readings: Mapping[str, KindReading], knowledge: Knowledge) -> dict[str, list[str]]:
    """Values that the candidates of other fields suggest, to be weighed against the writing as well."""
    if rule["rule"] == "roster" and knowledge.lists.roster:
        return _suggested_by_roster(rule, readings, knowledge)
    if rule["rule"] == "not_before":
        return _suggested_days(str(rule["first"]), str(rule["then"]), readings)
    if rule["rule"] == "family":
        return _suggested_surname(str(rule["child"]), str(rule["elder"]), readings)
    if rule["rule"] == "same_person":
        return _suggested_numbers(str(rule["id"]), str(rule["number"]), readings)
    if rule["rule"] == "same_text":
        return _suggested_each_other(str(rule["first"]), str(rule["then"]), readings)
    if rule["rule"] == "balance":
        return balance.suggestions(rule, readings, knowledge)
    return {}


def _suggested_numbers(number: str, student: str, readings: Mapping[str, KindReading]) -> dict[str, list[str]]:
    """The 学籍号 that an ID number makes, and the ID numbers that stand in a 学籍号."""
    if number not in readings or student not in readings:
        return {}
    ids = [c.value for c in readings[number].candidates[:4] if len(c.value) == 18]
    inside = [c.value[1:] for c in readings[student].candidates[:4] if c.value.startswith("G")]
    return {student: ["G" + value for value in ids], number: inside}


def _suggested_each_other(first: str, then: str, readings: Mapping[str, KindReading]) -> dict[str, list[str]]:
    """What either of two fields may say, for the other one."""
    if first not in readings or then not in readings:
        return {}
    return {name: [c.value for c in readings[other].candidates[:6] if c.value]
            for name, other in ((first, then), (then, first)) if readings[name].candidates}


def _suggested_surname(child: str, elder: str, readings: Mapping[str, KindReading]) -> dict[str, list[str]]:
    """The guardian's candidates with the child's surname."""
    best = readings[child].best if child in readings else None
    if best is None or not best.value or elder not in readings:
        return {}
    names = [c.value for c in readings[elder].candidates[:4] if len(c.value) >= 2]
    return {elder: [surname(best.value) + name[len(surname(name)):] for name in names]}


def _suggested_by_roster(rule: Rule, readings: Mapping[str, KindReading],
                         knowledge: Knowledge) -> dict[str, list[str]]:
    """The roster's numbers for the names read, and back."""
    name, number = str(rule["name"]), str(rule["id"])
    if name not in readings or number not in readings:
        return {}
    values = {field: [c.value for c in readings[field].candidates] for field in (name, number)}
    entries = _possible(rule, values, knowledge)
    return {name: [entry.name for entry in entries], number: [e.id_number for e in entries if e.id_number]}


def _suggested_days(first: str, then: str, readings: Mapping[str, KindReading]) -> dict[str, list[str]]:
    """The days after a visit that have a month and day as in the later date's candidates, and those for the visit."""
    days = [c.value for c in readings[first].candidates[:3] if _followed(c.value)] if first in readings else []
    later = [c.value for c in readings[then].candidates[:4] if day_of(c.value)] if then in readings else []
    found = {f"{year}{value[4:]}" for day in days for value in later for year in (day[:4], str(int(day[:4]) + 1))}
    found |= {(date.fromisoformat(day) + timedelta(days=ahead)).isoformat() for day in days for ahead in range(8)}
    return {then: sorted(value for value in found if day_of(value)), first: later}


def _followed(value: str) -> bool:
    """Whether it is a day that others can follow: the calendar ends."""
    day = day_of(value)
    return day is not None and day.year < date.max.year


def _objects_id_sex(rule: Rule, values: Mapping[str, str], knowledge: Knowledge) -> Mapping[str, bool]:
    by_number, written = sex(values.get(rule["id"], "")), values.get(rule["sex"], "")
    if not by_number or not written:
        return {}
    return dict.fromkeys((rule["id"], rule["sex"]), by_number == written)


def _objects_id_age(rule: Rule, values: Mapping[str, str], knowledge: Knowledge) -> Mapping[str, bool]:
    off = _years_off(rule, values)
    if off is None:
        return {}
    return dict.fromkeys((rule["id"], rule["age"], rule["on"]), off in (0, 1, -1, 2))


def _objects_not_before(rule: Rule, values: Mapping[str, str], knowledge: Knowledge) -> Mapping[str, bool]:
    first, then = day_of(values.get(rule["first"], "")), day_of(values.get(rule["then"], ""))
    if not first or not then:
        return {}
    after = then - first
    return dict.fromkeys((rule["first"], rule["then"]), after >= timedelta()) if after <= _SOON else {}


def _objects_same_person(rule: Rule, values: Mapping[str, str], knowledge: Knowledge) -> Mapping[str, bool]:
    number, student = values.get(rule["id"], ""), values.get(rule["number"], "")
    if not number or not student.startswith("G"):
        return {}
    return dict.fromkeys((rule["id"], rule["number"]), student[1:] == number)


def _objects_at_most(rule: Rule, values: Mapping[str, str], knowledge: Knowledge) -> Mapping[str, bool]:
    part, whole = values.get(rule["part"], ""), values.get(rule["whole"], "")
    if not part.isdecimal() or not whole.isdecimal():
        return {}
    return {rule["part"]: False, rule["whole"]: False} if int(part) > int(whole) else {}


def _objects_roster(rule: Rule, values: Mapping[str, str], knowledge: Knowledge) -> Mapping[str, bool]:
    """Only name and number are held against the roster: pupils change school and grade."""
    name, number = values.get(rule["name"], ""), values.get(rule["id"], "")
    if not knowledge.lists.roster or not name or not number:
        return {}
    listed = any(entry.name == name and _matches(entry, "id", number) for entry in knowledge.lists.roster)
    return dict.fromkeys((rule["name"], rule["id"]), listed)


def _agrees_same_text(rule: Rule, values: Mapping[str, str], knowledge: Knowledge) -> Mapping[str, bool]:
    """Two names that agree speak for each other; another member of the family may sign."""
    first, then = values.get(rule["first"], ""), values.get(rule["then"], "")
    return dict.fromkeys((rule["first"], rule["then"]), True) if first and first == then else {}


FACTORS: Mapping[str, Factor] = {"id_sex": _id_sex, "id_age": _id_age, "not_before": _not_before,
                                 "roster": _roster, "same_person": _same_person, "family": _family,
                                 "at_most": _at_most, "same_text": _same_text, "balance": balance.factor,
                                 "stage": schooling.stage, "grade_age": schooling.grade_age}
"""How likely each combination of values is, one axis per field of the rule that was read."""

OBJECTIONS: Mapping[str, Objection] = {"id_sex": _objects_id_sex, "id_age": _objects_id_age,
                                       "not_before": _objects_not_before, "roster": _objects_roster,
                                       "same_person": _objects_same_person, "family": lambda *_: {},
                                       "at_most": _objects_at_most, "same_text": _agrees_same_text,
                                       "balance": balance.objects, "stage": lambda *_: {},
                                       "grade_age": lambda *_: {}}
"""Which fields a rule speaks for (True) or against (False) once values are chosen."""
