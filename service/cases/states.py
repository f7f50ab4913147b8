"""The state machine of a case as one table: which act, in which state, by whom, on what evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

ATTENDANCE_DAYS = 30
"""Days back at school that must have passed when attendance is confirmed, before a case is settled."""
COMPULSORY_UNTIL = 16
"""The age (full years) from which compulsory schooling no longer holds: `over_age`."""
OVERDUE_DAYS = 30
"""An open case without a visit for so many days is on the overdue list."""

OUTSTANDING = ("suspected", "verified", "persuading")
"""States of a child still to be brought back."""
OPEN = (*OUTSTANDING, "returned")

_ALL = frozenset({"school", "township", "bureau"})
_ABOVE_SCHOOL = frozenset({"township", "bureau"})
_BUREAU = frozenset({"bureau"})


@dataclass(frozen=True, slots=True)
class Act:
    """One thing a person may do to a case.

    `to` is the state after it, None when the state stays. `event` is the kind of CaseEvent it
    appends. `evidence` names the checks of `service.cases.evidence` that must all hold.
    """

    name: str
    label: str
    states: tuple[str, ...]
    to: str | None
    roles: frozenset[str]
    event: str
    evidence: tuple[str, ...] = ()
    closing: str = ""


ACTS: Mapping[str, Act] = {act.name: act for act in (
    Act("verify", "核实为辍学", ("suspected",), "verified", _ALL, "verified"),
    Act("persuade", "登记劝返", OUTSTANDING, "persuading", _ALL, "persuaded"),
    Act("return", "登记返校", OUTSTANDING, "returned", _ALL, "returned"),
    Act("attend", "确认在校", ("returned",), None, _ALL, "note"),
    Act("follow_up", "登记跟踪情况", ("returned",), None, _ALL, "note"),
    Act("relapse", "登记复辍", ("returned", "closed"), "persuading", _ALL, "relapsed", ("can_relapse",)),
    Act("settle", "销号", ("returned",), "closed", _ABOVE_SCHOOL, "closed",
        ("persuasion_on_paper", "guardian_signature", "confirmed_attendance"), closing="settled"),
    Act("transferred", "转出核实", OPEN, "closed", _ABOVE_SCHOOL, "closed", ("arrival",), "transferred"),
    Act("died", "死亡", OPEN, "closed", _ABOVE_SCHOOL, "closed", ("document",), "died"),
    Act("abroad", "出国（境）", OPEN, "closed", _ABOVE_SCHOOL, "closed", ("document",), "abroad"),
    Act("over_age", "超龄", OPEN, "closed", _ABOVE_SCHOOL, "closed", ("age",), "over_age"),
    Act("exempted", "免学、缓学", OPEN, "closed", _BUREAU, "closed", ("document",), "exempted"),
    Act("hand_over", "申请移交", OPEN, None, _ALL, "note"),
    Act("assign", "指定负责单位", OPEN, None, _BUREAU, "handed_over"),
    Act("set_source", "更改来源", OPEN, None, _ABOVE_SCHOOL, "note"),
    Act("note", "记事", (*OPEN, "closed"), None, _ALL, "note"),
)}

AFTER_VISIT: Mapping[str, str] = {"suspected": "persuading", "verified": "persuading"}
"""What a filed home visit makes of a case's state; states not named stay as they are."""
OPENED_BY_VISIT = "persuading"
"""The state of a case that a home visit opens: somebody has already gone to bring the child back."""

STATE_LABELS: Mapping[str, str] = {
    "suspected": "疑似", "verified": "已核实", "persuading": "劝返中",
    "returned": "已劝返（跟踪）", "closed": "已结案",
}
CLOSING_LABELS: Mapping[str, str] = {
    "settled": "销号", "transferred": "转出核实", "died": "死亡", "abroad": "出国（境）", "over_age": "超龄",
    "exempted": "免学、缓学", "mistaken": "建档有误",
}
SOURCE_LABELS: Mapping[str, str] = {
    "annual_check": "年度排查", "ministry_list": "教育部下发疑似失学名单", "school_watch": "学校日常监测",
    "home_visit": "家访", "other": "其他",
}
EVENT_LABELS: Mapping[str, str] = {
    "opened": "立案", "verified": "核实", "visited": "家访", "persuaded": "劝返", "returned": "返校",
    "relapsed": "复辍", "closed": "结案", "handed_over": "移交", "note": "记事",
}
REASONS: Mapping[str, tuple[str, ...]] = {
    "外出打工": ("打工", "务工"), "早婚早育": ("早婚", "早育", "结婚", "生育"), "信教": ("信教", "宗教"),
    "学习困难或厌学": ("厌学", "学习困难", "学习差", "不想上学", "不愿上学", "跟不上"),
    "身体残疾或疾病": ("残疾", "疾病", "生病", "患病", "因病"), "家庭困难": ("家庭困难", "贫困", "经济困难"),
    "失踪失联": ("失踪", "失联", "联系不上"), "其他": ("其他",),
}
"""The official reasons for leaving, each with the words it goes by on paper."""


def state_label(state: str, closing: str = "") -> str:
    """The state in Chinese; a closed case says how it was closed."""
    return CLOSING_LABELS.get(closing, STATE_LABELS[state]) if state == "closed" else STATE_LABELS[state]


def acts_for(state: str, role: str) -> tuple[Act, ...]:
    """The acts that someone with `role` may do to a case in `state`, evidence aside."""
    return tuple(act for act in ACTS.values() if state in act.states and role in act.roles)


def reason_in(text: str) -> str:
    """The official reason for leaving that `text` names, "" when it names none or several."""
    found = [reason for reason, words in REASONS.items() if any(word in text for word in words)]
    return found[0] if len(found) == 1 else ""
