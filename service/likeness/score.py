"""How alike two records are: the sum of stated weights, and in words what agrees and what does not.

A weight is about the logarithm (base 2, rounded) of how much likelier the finding is between two records of
one child than between two children of one county; 8 and more is worth showing a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from rapidfuzz.distance import OSA

from service.likeness.names import Name
from service.likeness.person import Person

OFFERED = 8.0
"""From here on a pair is offered."""
WEIGHTS: Mapping[str, float] = {
    "id_same": 14, "id_other": -7, "id_other_name_other": -14,
    "name_same": 5, "name_sound": 4.5, "name_near_sound": 3.5, "name_swapped": 3.5, "name_one_off": 2.5,
    "name_one_off_short": 1, "name_other": -7,
    "born_same": 4.5, "born_slip": 2, "born_other": -5,
    "guardian_same": 4.5, "guardian_near": 2.5, "guardian_other": -1.5,
    "phone_same": 4, "phone_other": 0, "sex_other": -2, "place_same": 1, "place_other": -0.5,
}
WORDS: Mapping[str, str] = {
    "id_same": "身份证号相同", "id_other": "身份证号不同", "id_other_name_other": "身份证号不同",
    "name_same": "姓名相同", "name_sound": "姓名同音", "name_near_sound": "姓名音近", "name_swapped": "姓名字序颠倒",
    "name_one_off": "姓名一字之差", "name_one_off_short": "姓名一字之差", "name_other": "姓名不同",
    "born_same": "出生日期相同", "born_slip": "出生日期只差一处", "born_other": "出生日期不同",
    "guardian_same": "监护人相同", "guardian_near": "监护人相近", "guardian_other": "监护人不同",
    "phone_same": "电话相同", "phone_other": "电话不同", "sex_other": "性别不同", "place_same": "学校相同",
    "place_other": "学校不同",
}


@dataclass(frozen=True, slots=True)
class Likeness:
    """The score, and the findings it is the sum of (keys of WEIGHTS)."""

    score: float
    findings: tuple[str, ...]


def compare(one: Person, other: Person) -> Likeness:
    """The two records held against each other."""
    name = _names(one.said, other.said)
    findings = [f"name_{name}"]
    if one.id_number and other.id_number:
        same = one.id_number == other.id_number
        findings.append("id_same" if same else "id_other" if name not in ("other", "one_off", "one_off_short")
                        else "id_other_name_other")
    if one.born_on and other.born_on:
        findings.append(f"born_{_days(one.born_on, other.born_on)}")
    if one.keeper and other.keeper:
        findings.append(f"guardian_{_keepers(one.keeper, other.keeper)}")
    if one.phone and other.phone:
        findings.append("phone_same" if one.phone == other.phone else "phone_other")
    if one.sex and other.sex and one.sex != other.sex:
        findings.append("sex_other")
    if one.place and other.place:
        findings.append("place_same" if one.place == other.place else "place_other")
    return Likeness(sum(WEIGHTS[finding] for finding in findings), tuple(findings))


def _names(one: Name, other: Name) -> str:
    if one.plain == other.plain:
        return "same"
    if one.sounds == other.sounds:
        return "sound"
    if one.near == other.near:
        return "near_sound"
    if len(one.plain) == len(other.plain) and sorted(one.near) == sorted(other.near):
        return "swapped"
    shorter = min(len(one.plain), len(other.plain))
    if OSA.distance(one.plain, other.plain, score_cutoff=1) <= 1 or _sounds_off(one, other) == 1:
        return "one_off" if shorter >= 3 else "one_off_short"
    return "other"


def _sounds_off(one: Name, other: Name) -> int:
    """In how many syllables two names of one length differ; a name one syllable shorter differs by that one."""
    if len(one.near) != len(other.near):
        return OSA.distance(one.near, other.near, score_cutoff=1)
    return sum(a != b for a, b in zip(one.near, other.near, strict=True))


def _keepers(one: Name, other: Name) -> str:
    found = _names(one, other)
    return "same" if found in ("same", "sound") else "other" if found in ("other", "one_off_short") else "near"


def _days(one: date, other: date) -> str:
    """Equal, one slip of the pen apart (a digit, a swapped neighbour, day for month), or other days."""
    if one == other:
        return "same"
    first, second = one.strftime("%Y%m%d"), other.strftime("%Y%m%d")
    swapped = first[:4] == second[:4] and first[4:6] == second[6:] and first[6:] == second[4:6]
    return "slip" if swapped or OSA.distance(first, second, score_cutoff=1) <= 1 else "other"
