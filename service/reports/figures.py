"""A figure: a number that knows the question whose answer is the list behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from service.cases.states import CLOSING_LABELS, SOURCE_LABELS
from service.errors import Invalid
from service.reports.dimensions import DIMENSIONS, Narrowing
from service.reports.ledger import FIGURES, Level
from service.reports.periods import Month
from service.reports.records import RECORD_FIGURES
from service.reports.walk import Span

LABELS: Mapping[str, str] = {
    "opening": "月初应劝返", "new": "本月新增", "relapsed": "本月复辍", "taken_over": "接收移交",
    "returned": "本月劝返", "closed": "本月其他销号", "handed_over": "移出移交", "closing": "月末未劝返",
    "recovered": "月初应劝返中已复学", "remaining": "未劝返（不含本月新发现）", "visits": "家访人次",
    "lessons": "送教课时", "moved_in": "转入", "moved_out": "转出",
}
MONTH_FIGURES = (*FIGURES, *RECORD_FIGURES)
ANNEX_LABELS: Mapping[str, str] = {
    "prior_year": "年度排查", "ministry_list": "教育部下发名单", "total": "合计",
    "others": "其他来源", "closing": "全部未劝返",
}
STANDING = "standing"
"""The figure of a day: children still to be brought back at its end; `part` is a column of 附件1."""
FIGURE_LABELS: Mapping[str, str] = {**LABELS, STANDING: "未劝返"}


def narrowing(text: str) -> Narrowing:
    """What `Question.params` wrote of `by`; what fits nothing stays to be refused."""
    pairs = (each.partition(":") for each in text.split(",") if each)
    return tuple((name, value) for name, _, value in pairs)


@dataclass(frozen=True, slots=True)
class Question:
    """What a figure counts. `unit_id` None is the whole county; `part` narrows by source or closing.

    Exactly one of `month` and `day` is given: the figures of a month, or `standing` of a day.
    """

    figure: str
    unit_id: int | None = None
    month: Month | None = None
    day: date | None = None
    part: str = ""
    level: Level = "reporting"
    known: int | None = None
    """The last case event known: of an issued month, or of a return as it was submitted. None for all."""
    by: Narrowing = ()
    """What the cases must have besides: a sex, an age, a category."""

    def __post_init__(self) -> None:
        known = self.day is None and self.month is not None and self.figure in MONTH_FIGURES
        standing = self.day is not None and self.month is None and self.figure == STANDING
        narrowed = all(name in DIMENSIONS and DIMENSIONS[name].knows(value) for name, value in self.by)
        if not (known or standing) or self.level not in ("reporting", "own") or not narrowed or (
                self.by and self.figure in RECORD_FIGURES):
            raise Invalid("没有这样的数字可以打开。", "请从报表页面点击数字进入。")

    @property
    def span(self) -> Span:
        """The days it asks about."""
        first, last = (self.month.first, self.month.last) if self.month else (self.day or date.min,) * 2
        return Span(first, last, known_event=self.known)

    def params(self) -> dict[str, str]:
        """As parameters of an address."""
        given = {"figure": self.figure, "unit": self.unit_id, "month": self.month, "day": self.day,
                 "part": self.part, "known": self.known, "level": "" if self.level == "reporting" else self.level,
                 "by": ",".join(f"{name}:{value}" for name, value in self.by)}
        return {name: str(value) for name, value in given.items() if value not in (None, "")}

    @property
    def label(self) -> str:
        """What is counted, in words."""
        words = CLOSING_LABELS if self.figure != STANDING else ANNEX_LABELS
        told = [words.get(self.part) or SOURCE_LABELS.get(self.part, "")] if self.part else []
        told += [DIMENSIONS[name].words(value, self.span.last) for name, value in self.by]
        return FIGURE_LABELS[self.figure] + (f"（{'，'.join(told)}）" if any(told) else "")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and the question behind it."""

    value: int
    question: Question
