"""The county's calendar: moments are kept in UTC, days and months are those of Beijing time."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

from service.database import now

COUNTY_TIME = timezone(timedelta(hours=8), "Asia/Shanghai")  # no summer time since 1991


def local(moment: datetime) -> datetime:
    """`moment` on the county's clocks."""
    return moment.astimezone(COUNTY_TIME)


def local_date(moment: datetime) -> date:
    """The day that `moment` falls on in the county."""
    return local(moment).date()


def today() -> date:
    """The county's day now."""
    return local_date(now())


def full_years(born_on: date, on: date) -> int:
    """Age in completed years (周岁) on a day."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))
