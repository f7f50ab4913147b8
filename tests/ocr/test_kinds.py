"""Every kind of field reads what people write, and nothing it cannot be."""

from __future__ import annotations

import importlib.util
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.kinds import KINDS, free_text, id_number, mention, read
from ocr.kinds.numerals import chinese
from ocr.lists import Lists, RosterEntry, UnitEntry
from ocr.template import load_templates


def _writing():
    place = Path(__file__).parent / "writing.py"
    spec = importlib.util.spec_from_file_location("ocr_writing", place)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


writing = _writing()
context, written = writing.context, writing.written


def value(kind, text, *doubts, lists=None, **spec):
    return read(written(text, *doubts), context(kind, lists, **spec)).best.value


def test_every_kind_a_template_names_can_be_read():
    for template in load_templates().values():
        assert {spec.kind for spec in (*template.fields, *template.columns)} <= set(KINDS)


@pytest.mark.parametrize(("text", "day"), [
    ("2019年4月11日", "2019-04-11"), ("2019.4.11", "2019-04-11"), ("2019-04-11", "2019-04-11"),
    ("2019年04月11日", "2019-04-11"), ("二〇一九年四月十一日", "2019-04-11"), ("2019/4/1", "2019-04-01"),
    ("19.6.1", "2019-06-01"), ("2020年2月29日", "2020-02-29"), ("2019年10月31号", "2019-10-31"),
    ("二〇二〇年十二月廿五日", "2020-12-25"), ("2O19.l2.3O", "2019-12-30"), ("年月日", ""),
    ("2018年Ⅱ月20日", "2018-11-20"), ("2018.3.″", "2018-03-11"),
])
def test_dates_are_read_in_all_the_ways_people_write_them(text, day):
    assert value("date", text) == day


def test_a_day_that_does_not_exist_is_not_read():
    found = read(written("2019.2.30", (8, "8", 0.2)), context("date"))
    assert "2019-02-30" not in [c.value for c in found.candidates]


@settings(max_examples=25, deadline=None)
@given(st.dates(date(1995, 1, 1), date(2045, 12, 31)))
def test_any_day_in_chinese_numerals_comes_back(day):
    digits = "〇一二三四五六七八九"
    text = "".join(digits[int(d)] for d in str(day.year)) + f"年{chinese(day.month)}月{chinese(day.day)}日"
    assert value("date", text) == day.isoformat()


@pytest.mark.parametrize(("text", "klass"), [
    ("六年级2班", "六年级2班"), ("六(2)班", "六年级2班"), ("六（2）班", "六年级2班"), ("六年级(2)班", "六年级2班"),
    ("六年级二班", "六年级2班"), ("6年级2班", "六年级2班"), ("6.2班", "六年级2班"), ("初一3班", "七年级3班"),
    ("初三(1)班", "九年级1班"), ("九年级", "九年级"), ("八年级11班", "八年级11班"), ("六年級2班", "六年级2班"),
])
def test_grade_and_class_have_one_form(text, klass):
    assert value("grade_class", text) == klass


@pytest.mark.parametrize(("text", "age"), [("12", "12"), ("12岁", "12"), ("十二岁", "12"), ("九", "9"), ("l2岁", "12"),
                                           ("14周岁", "14")])
def test_ages_are_numbers(text, age):
    assert value("age", text) == age


@pytest.mark.parametrize(("text", "sex"), [("男", "男"), ("女", "女"), ("女孩", "女"), ("√男□女", "男"),
                                           ("□男√女", "女")])
def test_sex_is_written_or_ticked(text, sex):
    assert value("sex", text) == sex


@pytest.mark.parametrize(("text", "number"), [("30", "30"), ("O", "0"), ("l00", "100"), ("/", ""), ("5", "5"),
                                              ("Z", "2")])
def test_counts_are_digits_and_a_dash_is_none(text, number):
    assert value("count", text) == number


@pytest.mark.parametrize("kind", ["free_text", "person_name"])
@pytest.mark.parametrize("mark", ["/", "-", "无", "×"])
def test_a_lone_mark_where_words_belong_is_nothing_and_kept_as_written(kind, mark):
    best = read(written(mark), context(kind)).best
    assert (best.value, best.raw) == ("", mark)


def number_of(born, sequence, region="410329"):
    first = f"{region}{born:%Y%m%d}{sequence:03}"
    return first + id_number.check_character(first)


@settings(max_examples=40, deadline=None)
@given(st.dates(date(2000, 1, 1), date(2020, 12, 31)), st.integers(1, 999), st.integers(0, 16))
def test_one_doubtful_digit_of_an_id_number_is_settled_by_its_check(born, sequence, place):
    number = number_of(born, sequence)
    other = "7" if number[place] != "7" else "1"
    found = read(written(number, (place, other, 0.6)), context("id_number"))
    assert found.best.value == number
    assert found.best.flags == ()


def test_a_number_that_is_wrong_on_the_paper_stays_as_written_and_says_so():
    number = number_of(date(2008, 5, 6), 123)
    wrong = number[:-1] + ("1" if number[-1] != "1" else "2")
    best = read(written(wrong, sure=0.99999), context("id_number")).best
    assert best.value == wrong
    assert best.flags == ("id_check",)


def test_the_last_place_may_be_an_x_and_nothing_else_may():
    number = next(n for n in (number_of(date(2009, 1, 2), s) for s in range(1, 200)) if n.endswith("X"))
    assert value("id_number", number[:-1] + "x") == number
    assert id_number.sex(number) in "男女"
    assert id_number.born_on(number) == date(2009, 1, 2)


def test_known_numbers_follow_the_standards_example():
    assert id_number.check_character("11010519491231002") == "X"     # GB 11643-1999, appendix
    assert id_number.flags("110105491231002") == ()                  # the old form of 15 digits
    assert id_number.flags("11010519491331002X") == ("id_date", "id_check")


ROSTER = Lists(roster=(RosterEntry("谭梅", number_of(date(2008, 3, 4), 22)), RosterEntry("李建国")))


def test_a_name_on_the_roster_wins_over_a_likelier_stranger():
    doubted = written("谭海", (1, "梅", 0.05))
    assert read(doubted, context("person_name", ROSTER, lexicon="roster")).best.value == "谭梅"
    assert read(doubted, context("person_name", lexicon="roster")).best.value == "谭海"


def test_a_clear_name_that_is_not_on_the_roster_is_kept():
    found = read(written("欧阳文静", sure=0.999), context("person_name", ROSTER, lexicon="roster"))
    assert found.best.value == "欧阳文静"


def test_characters_that_names_need_stay_themselves():
    assert value("person_name", "马昇") == "马昇"
    assert value("person_name", "張雪") == "张雪"


UNITS = Lists(units=(UnitEntry("伊川县教育体育局", "bureau"), UnitEntry("鸦岭", "township", "伊川县教育体育局"),
                     UnitEntry("鸣皋", "township", "伊川县教育体育局"),
                     UnitEntry("鸦岭镇第一初级中学", "school", "鸦岭"), UnitEntry("鸣皋镇中心小学", "school", "鸣皋")))


def test_units_and_schools_come_from_the_list_in_its_own_words():
    assert value("unit", "鸣皋镇", lists=UNITS) == "鸣皋"
    assert value("unit", "鸣臭", (1, "皋", 0.1), lists=UNITS) == "鸣皋"
    assert value("school", "鸦岭镇一中", lists=UNITS) == "鸦岭镇第一初级中学"


def test_without_a_list_nothing_is_snapped_to_one():
    assert value("school", "酒后镇中心小学") == "酒后镇中心小学"
    assert value("unit", "水寨") == "水寨"


def test_a_school_outside_the_list_is_read_openly_and_flagged():
    best = read(written("洛阳市实验小学", sure=0.999), context("school", UNITS)).best
    assert best.value == "洛阳市实验小学"
    assert best.flags == ("unlisted",)


def test_addresses_keep_their_free_tail():
    assert value("place", "伊川县鸦岭镇王沟村8组", lists=UNITS) == "伊川县鸦岭镇王沟村8组"


def test_a_group_of_a_village_keeps_its_number():
    assert value("place", "河滨街道李庄村乙组", (7, "2", 0.1)) == "河滨街道李庄村2组"


def test_a_group_whose_number_is_passed_over_is_most_likely_the_first():
    assert value("place", "酒后镇北湾村组", lists=UNITS) == "酒后镇北湾村1组"
    assert value("place", "酒后镇北湾村第三村民组", lists=UNITS) == "酒后镇北湾村第三村民组"


def test_addresses_have_no_punctuation():
    assert value("place", "白沙镇石，店村") == "白沙镇石店村"


def test_texts_of_the_same_words_are_one_candidate():
    found = read(written("同意，返校。", (2, "。", 0.4)), context("free_text"))
    assert found.best.value == "同意，返校。"
    assert all(free_text.words_alone(c.value) != "同意返校" for c in found.candidates[1:])


def test_the_printed_word_day_is_no_eight():
    found = read(written("2018年4月2日", (7, "日", 0.02)), context("date"))
    assert "2018-04-28" not in [c.value for c in found.candidates if c.log_p > found.best.log_p - 8]


def test_running_text_is_mended_by_its_words():
    assert value("free_text", "孩子厌字，不愿到校。", (3, "学", 0.3)) == "孩子厌学，不愿到校。"
    assert value("free_text", "生活費困难") == "生活费困难"


@pytest.mark.parametrize(("kind", "text", "expected"), [
    ("phone", "13800138000", "13800138000"), ("phone", "0379-68331234", "037968331234"),
    ("student_number", "G" + number_of(date(2008, 5, 6), 123), "G" + number_of(date(2008, 5, 6), 123)),
    ("disability_number", number_of(date(2008, 5, 6), 123) + "43", number_of(date(2008, 5, 6), 123) + "43"),
])
def test_other_numbers_have_their_forms(kind, text, expected):
    assert value(kind, text) == expected


def test_a_choice_may_be_written_in_its_own_ways():
    options = {"choices": {"外出打工": ["打工", "务工"], "学习困难或厌学": ["厌学"]}}
    assert value("choice", "务工", options=options) == "外出打工"


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_no_kind_fails_on_nonsense(kind):
    for text in ("", "#", "永和九年岁在癸丑", "0" * 40):
        reading = read(written(text), context(kind))
        assert all(c.value is not None for c in reading.candidates)


def test_a_name_that_stands_in_the_account_as_well_is_likelier():
    name = read(written("张浩晓", (1, "若", 0.4)), context("person_name"))
    assert name.best.value == "张浩晓"
    told = mention.weighed(name, written("经了解，张若晓同学在家。", (5, "浩", 0.05)))
    silent = mention.weighed(name, written("家长表示支持。"))
    assert (told.best.value, silent.best.value) == ("张若晓", "张浩晓")


def test_double_surnames_have_given_names_as_long_as_others_and_no_name_ends_in_a_dot():
    assert value("person_name", "上官诺刚", (0, "土", 0.3)) == "上官诺刚"
    assert value("person_name", "高翊·") == "高翊"


def test_a_surname_written_twice_was_struck_out_once():
    twice = read(written("许许佩", (0, "评", 0.3)), context("person_name"))
    alone = read(written("张芳芳"), context("person_name"))
    assert (twice.candidates[0].value, alone.best.value) == ("许佩", "张芳芳")


def test_a_class_whose_number_is_passed_over_is_most_likely_the_first():
    found = read(written("六年级班", sure=0.9999), context("grade_class"))
    assert found.best.value == "六年级1班" == value("grade_class", "六班")
    assert 2 < found.candidates[0].log_p - found.candidates[1].log_p < 4
