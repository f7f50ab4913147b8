"""Deadlines count working days: weekends and listed holidays do not run."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.workdays import Workdays, read_workdays

LIST = "# 国务院办公厅通知\n2027-02-05 2027-02-11 休 春节\n2027-02-14 班\n"


def test_ten_days_over_a_weekend():
    assert Workdays().after(date(2026, 11, 25), 10) == date(2026, 12, 9)


def test_a_holiday_does_not_count_and_a_make_up_sunday_does(tmp_path):
    (tmp_path / "holidays.txt").write_text(LIST, encoding="utf-8")
    days = read_workdays(tmp_path / "holidays.txt")
    assert days.is_listed and days.after(date(2027, 2, 4), 1) == date(2027, 2, 12)
    assert days.after(date(2027, 2, 4), 2) == date(2027, 2, 14)


def test_a_line_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / "holidays.txt").write_text("2027年春节 休\n", encoding="utf-8")
    with pytest.raises(ValueError, match=":1:"):
        read_workdays(tmp_path / "holidays.txt")


@given(st.dates(date(2027, 1, 1), date(2027, 12, 31)), st.integers(1, 15))
def test_the_latest_day_whose_time_is_over_is_just_that(today, count):
    days = Workdays(frozenset({date(2027, 2, 8), date(2027, 10, 1)}), frozenset({date(2027, 2, 14)}))
    latest = days.latest_due(today, count)
    assert days.after(latest, count) < today <= days.after(latest + timedelta(days=1), count)
