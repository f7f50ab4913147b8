"""The school year: from September to August, taught in two terms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from service.calendar import today

_FIRST_MONTH = 9


@dataclass(frozen=True, slots=True, order=True)
class SchoolYear:
    """The school year that begins in September of `year`."""

    year: int

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, _FIRST_MONTH, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return date(self.year + 1, 8, 31)

    @property
    def chinese(self) -> str:
        """2026—2027 学年."""
        return f"{self.year}—{self.year + 1} 学年"

    @property
    def terms(self) -> tuple[tuple[date, date], ...]:
        """First and last days of its terms, as they usually lie."""
        return ((self.first, date(self.year + 1, 1, 20)), (date(self.year + 1, 2, 20), date(self.year + 1, 6, 30)))

    def taught_days(self, first: date, last: date) -> int:
        """How many days between two days, both included, lie within the terms."""
        spans = ((max(first, begins), min(last, ends)) for begins, ends in self.terms)
        return sum(max(0, (ends - begins + timedelta(days=1)).days) for begins, ends in spans)


def year_of(day: date) -> SchoolYear:
    """The school year that a day lies in."""
    return SchoolYear(day.year if day.month >= _FIRST_MONTH else day.year - 1)


def this_year() -> SchoolYear:
    """The present school year."""
    return year_of(today())
