"""What people type becomes the value that is kept, or a sentence that says why not."""

from datetime import date

import pytest

from service.errors import Invalid
from service.review.entry import normalise, number

NEAR = date(2019, 5, 6)


@pytest.mark.parametrize(("kind", "typed", "kept"), [
    ("date", "19.4.11", "2019-04-11"),
    ("date", "2019年4月11日", "2019-04-11"),
    ("date", "２０１９－０４－１１", "2019-04-11"),
    ("date", "二〇一九年四月十一日", "2019-04-11"),
    ("date", "20190411", "2019-04-11"),
    ("date", "190411", "2019-04-11"),
    ("date", "4.11", "2019-04-11"),
    ("date", "4月11日", "2019-04-11"),
    ("grade_class", "6.2", "六年级2班"),
    ("grade_class", "六（2）班", "六年级2班"),
    ("grade_class", "62", "六年级2班"),
    ("grade_class", "初一3班", "七年级3班"),
    ("grade_class", "初中二年级", "八年级"),
    ("grade_class", "七年级十二班", "七年级12班"),
    ("grade_class", "六年级", "六年级"),
    ("grade_class", "学前班", "学前班"),
    ("age", "十一岁", "11"),
    ("age", "12周岁", "12"),
    ("count", "１９", "19"),
    ("count", "二百〇三", "203"),
    ("count", "007", "7"),
    ("sex", "1", "男"),
    ("sex", "2", "女"),
    ("sex", "女", "女"),
    ("id_number", "4103 2920 0803 0512 3x", "41032920080305123X"),
    ("person_name", " 谭 梅 ", "谭梅"),
    ("person_name", "Ann Lee", "Ann Lee"),
    ("free_text", "家庭困难，外出打工。\n已劝返（３人）", "家庭困难，外出打工。 已劝返（3人）"),
    ("place", "", ""),
    ("a_kind_of_tomorrow", "ａｂ 12", "ab 12"),
])
def test_what_is_typed_is_kept_in_one_form(kind, typed, kept):
    assert normalise(kind, typed, NEAR) == kept


@pytest.mark.parametrize(("kind", "typed", "says"), [
    ("date", "2019-02-30", "没有这一天"),
    ("date", "上周三", "不像日期"),
    ("age", "120", "不合常理"),
    ("count", "许多", "不是数字"),
    ("count", "1234567", "不是数字"),
    ("sex", "不明", "性别"),
    ("id_number", "4103292008AB", "身份证号"),
    ("free_text", "字" * 2001, "太长"),
])
def test_what_cannot_be_such_a_value_is_refused_in_words(kind, typed, says):
    with pytest.raises(Invalid, match=says):
        normalise(kind, typed, NEAR)


def test_a_month_and_day_alone_need_a_year_from_somewhere():
    with pytest.raises(Invalid):
        normalise("date", "4.11")


@pytest.mark.parametrize(("text", "value"), [
    ("十", 10), ("十一", 11), ("二十", 20), ("九十九", 99), ("一百", 100), ("一百零三", 103),
    ("三百二十", 320), ("二〇一九", 2019), ("百", 100), ("多", None), ("", None),
])
def test_chinese_numerals_are_numbers(text, value):
    assert number(text) == value
