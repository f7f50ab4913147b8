"""By when a month is to be reported, and how a return stands to that day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from service.calendar import local_date
from service.reports.periods import Month

OPENS_BEFORE = timedelta(days=7)
"""A month that still runs may be reported so many days before its deadline."""


def deadline(month: Month, day: int) -> date:
    """The last day in time; `day` is the setting, and 31 means the month's last day."""
    return month.first.replace(day=min(max(1, day), month.last.day))


def opens_on(month: Month, day: int) -> date:
    """The first day on which the month may be reported."""
    return max(month.first, deadline(month, day) - OPENS_BEFORE)


def days_late(due: date, submitted_at: datetime | None, today: date) -> int:
    """Days past the deadline at which it came in, or by now if it has not; 0 in time."""
    came_on = local_date(submitted_at) if submitted_at else today
    return max(0, (came_on - due).days)
