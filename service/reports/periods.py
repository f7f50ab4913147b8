"""Months, as the county's calendar cuts them, and how they are written."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime

from service.calendar import COUNTY_TIME, today
from service.errors import Invalid

_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month; prints as 2019-04."""

    year: int
    month: int

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"

    @property
    def chinese(self) -> str:
        """As written on a report: 2019年4月."""
        return f"{self.year}年{self.month}月"

    @property
    def on_axis(self) -> str:
        """As written under a chart of months: the year in January's place."""
        return f"{self.year}年" if self.month == 1 else f"{self.month}月"

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return date(self.year, self.month, monthrange(self.year, self.month)[1])

    @property
    def begins_at(self) -> datetime:
        """The moment it begins on the county's clocks."""
        return datetime(self.year, self.month, 1, tzinfo=COUNTY_TIME)

    def shifted(self, months: int) -> Month:
        """The month so many months later, or earlier when negative; Invalid beyond the years 1–9999."""
        years, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        return month_of(years, month + 1)


def month_of(year: int, month: int) -> Month:
    """That month; Invalid when there is none."""
    if not (1 < year < 9999 and 1 <= month <= 12):  # one year of room on both sides for date arithmetic
        raise Invalid("月份不正确。", "请按 2019-04 的样子填写年份和月份。")
    return Month(year, month)


def parse_month(text: str) -> Month:
    """The month written as 2019-04; Invalid otherwise."""
    found = _MONTH.fullmatch(text)
    return month_of(int(found[1]), int(found[2])) if found else month_of(0, 0)


def parse_day(text: str) -> date:
    """The day written as 2019-04-30; Invalid otherwise."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Invalid("日期不正确。", "请按 2019-04-30 的样子填写日期。") from None
    month_of(day.year, day.month)
    return day


def this_month() -> Month:
    """The county's month now."""
    return month_with(today())


def month_with(day: date) -> Month:
    """The month a day lies in."""
    return Month(day.year, day.month)
