"""The invented persons could exist: their numbers, ages and schools agree."""

from __future__ import annotations

from datetime import date

import pytest

from ocr.lists import read_roster, read_units
from tests.press import people, wording
from tests.press.chance import chance
from tests.press.county import TOWNSHIPS, schools, units_csv

PUPILS = people.roll("tune")


@pytest.mark.parametrize(
    ("first17", "last"),
    [("11010519491231002", "X"), ("44052418800101001", "4")],  # the two worked examples of GB 11643-1999
)
def test_the_check_digit_is_that_of_the_standard(first17, last):
    assert people.check_digit(first17) == last


@pytest.mark.parametrize("split", ["tune", "held", "sample"])
def test_every_id_number_holds_its_owner_s_birth_sex_and_check_digit(split):
    for pupil in people.roll(split):
        number = pupil.id_number
        assert len(number) == 18
        assert number[17] == people.check_digit(number[:17])
        assert number[6:14] == f"{pupil.born_on:%Y%m%d}"
        assert (int(number[16]) % 2 == 1) == (pupil.sex == "男")


def test_most_but_not_all_pupils_were_registered_in_the_county():
    local = sum(pupil.id_number.startswith("410329") for pupil in PUPILS)
    assert 0.7 < local / len(PUPILS) < 0.9


def test_pupils_are_of_an_age_to_be_in_their_grade_and_of_a_school_that_has_it():
    for pupil in PUPILS:
        assert 5 <= pupil.age - pupil.grade + 1 <= 8
        assert pupil.school.middle == (pupil.grade > 6)


def test_no_two_pupils_of_a_roster_share_a_name_and_splits_share_no_number():
    assert len({pupil.name for pupil in PUPILS}) == len(PUPILS) == 300
    held = {pupil.id_number for pupil in people.roll("held")}
    assert not held & {pupil.id_number for pupil in PUPILS}


def test_the_lists_can_be_read_as_a_caller_s_lists(tmp_path):
    (tmp_path / "roster.csv").write_text(people.roster_csv("sample"), encoding="utf-8")
    (tmp_path / "units.csv").write_text(units_csv(), encoding="utf-8")
    roster, units = read_roster(tmp_path / "roster.csv"), read_units(tmp_path / "units.csv")
    assert len(roster) == 300
    assert [unit.name for unit in units if unit.kind == "township"] == list(TOWNSHIPS)
    assert {entry.school for entry in roster} <= {unit.name for unit in units if unit.kind == "school"}
    assert len(schools()) >= 60


def test_children_of_primary_schools_are_not_said_to_work_or_to_marry():
    for number in range(300):
        reason = wording.phrase(chance("reason", number), "reasons", "held", grade=3)
        assert "婚" not in reason
        assert "打工" not in reason or "父母" in reason


@pytest.mark.parametrize(
    ("number", "written"), [(5, "五"), (10, "十"), (11, "十一"), (30, "三十"), (0, "〇")]
)
def test_numbers_are_written_in_chinese_as_people_do(number, written):
    assert wording.chinese(number) == written


def test_dates_are_written_in_many_ways_all_naming_the_day():
    ways = {wording.written_date(chance("way", number), date(2019, 4, 11)) for number in range(200)}
    assert {"2019年4月11日", "2019.4.11", "2019-04-11", "二〇一九年四月十一日"} <= ways
