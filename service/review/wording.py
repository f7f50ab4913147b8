"""The words a person meets in review: titles of fields, how sure the machine is, objections and fixes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ocr.template import FieldSpec
from service.review.values import Key

CERTAINTY: Mapping[str, str] = {
    "sure": "可信", "likely": "较有把握", "unsure": "把握不大", "poor": "没有把握", "nothing": "没有读出",
    "blank": "看来空白", "absent": "待填写",
}
_FLAGS: Mapping[str, str] = {
    "id_length": "位数不对", "id_date": "出生日期不存在", "id_check": "校验位不符",
    "no_id_number": "不像身份证号", "no_date": "不像日期", "no_grade": "不像年级", "blank": "格内无字",
    "not_found": "纸上没有找到这一格", "missing": "必填处空着", "unlisted": "不在名单里",
    "settled": "由合计推定", "sequence": "序号不连，可能少了一行",
    "illegible": "字迹难辨", "struck": "有涂改", "corrected": "有涂改", "stamped": "印章压字",
    "several_ticked": "勾了不止一项", "printed_words": "混进了表上印的字",
    "cut": "字写到格边，可能没读全",
}


@dataclass(frozen=True, slots=True)
class Fix:
    """A change of one field that answers an objection; `label` says it in words."""

    row: int
    field: str
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Objection:
    """A rule that does not hold: which, the fields it concerns (the likeliest culprit first), the
    sentence for the person, and perhaps a one-key fix. A `binding` one cannot be confirmed away: the
    sheet could not be filed so."""

    row: int
    rule: str
    fields: tuple[Key, ...]
    text: str
    fix: Fix | None = None
    confirmed: bool = False
    binding: bool = False

    def confirm(self) -> Objection:
        """The same, marked as what the paper really says."""
        return replace(self, confirmed=True)


def title(spec: FieldSpec) -> str:
    """What a field is called on screens."""
    return str(spec.options.get("title") or spec.labels[0])


def certainty(confidence: float, accepted: bool, value: str, raw: str) -> str:
    """How sure the machine is, as a key of CERTAINTY."""
    if accepted:
        return "sure"
    if not value:
        return "nothing" if raw else "blank"
    return "likely" if confidence >= 0.8 else "unsure" if confidence >= 0.5 else "poor"


def flag_words(flags: list[str]) -> list[str]:
    """The oddities of the writing that have words."""
    return [_FLAGS[flag] for flag in flags if flag in _FLAGS]
