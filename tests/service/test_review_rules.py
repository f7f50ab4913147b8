"""Rules object in words, and offer the one change that answers them."""

from dataclasses import replace

import pytest

from ocr.kinds.id_number import check_character
from service import review
from service.models import Sheet
from service.models.values import FORM_ROW, TOTAL_ROW
from tests.service.review_sheets import GIRL, Read, home_visit, put, township_table


def objections(county, seed):
    sheet_id = put(county.installation, seed, county.users["school"], county.units["城关一小"])
    with county.installation.database.read() as session:
        return review.objections(review.standing(session, session.get_one(Sheet, sheet_id)))


def test_a_sheet_that_agrees_with_itself_meets_no_objection(county):
    assert objections(county, home_visit()) == ()
    assert objections(county, township_table()) == ()


@pytest.mark.parametrize(("changes", "says", "fix"), [
    ({"sex": Read("男")}, "身份证第 17 位是 4，表示女；性别写的是男", ("sex", "女")),
    ({"age": Read("15")}, "满 11 岁；年龄写的是 15", ("age", "11")),
    ({"id_number": Read(GIRL[:-1])}, "应为 18 位，现在是 17 位", None),
    ({"id_number": Read(GIRL.replace("20080305", "20080231"))}, "出生日期不存在", None),
    ({"id_number": Read("9" + GIRL[1:], candidates=(GIRL,))}, "校验不符", ("id_number", GIRL)),
    ({"school_date": Read("2019-04-01")}, "学校意见日期 2019-04-01 早于家访时间 2019-04-11", None),
    ({"visit_time": Read("2091-04-11"), "school_date": Read(""), "parent_date": Read("")},
     "在收到这张表之后", None),
])
def test_each_rule_says_what_is_wrong_and_how_to_mend_it(county, changes, says, fix):
    found = [objection for objection in objections(county, home_visit(**changes)) if says in objection.text]
    assert len(found) == 1, [objection.text for objection in objections(county, home_visit(**changes))]
    offered = found[0].fix
    assert (offered and (offered.field, offered.value)) == fix


@pytest.mark.parametrize("age", ["11", "12", "13"])
def test_an_age_counted_by_custom_is_not_objected_to(county, age):
    assert objections(county, home_visit(age=Read(age))) == ()


def test_a_misread_cell_is_found_by_the_row_and_the_column_together(county):
    found = objections(county, township_table({(5, "prior_year"): Read("16", box=(0, 0, .1, .1))}))
    assert [objection.text for objection in found] == [
        "城关二小：16 + 3 应为 19，合计写的是 22", "“年度排查”一列合计应为 173，合计行写的是 176"]
    assert {objection.fix.label for objection in found} == {"把 城关二小·年度排查 16 改为 19"}


def test_a_wrong_total_is_found_where_it_stands(county):
    found = objections(county, township_table({(TOTAL_ROW, "total"): Read("197")}))
    assert {(objection.fix.row, objection.fix.field, objection.fix.value) for objection in found} == {
        (TOTAL_ROW, "total", "191")}


def test_between_two_changes_the_one_the_machine_also_saw_is_offered(county):
    whole = township_table({(1, "prior_year"): Read("8", candidates=("3",))})
    without_totals = {key: read for key, read in whole.fields.items() if key[0] != TOTAL_ROW}
    found = objections(county, replace(whole, fields=without_totals))
    assert [objection.fix.label for objection in found] == ["把 城关·年度排查 8 改为 3"]


def test_blank_cells_count_as_nothing_and_stay_blank(county):
    seed = township_table({(1, "ministry_list"): Read(""), (1, "total"): Read("3"),
                           (TOTAL_ROW, "ministry_list"): Read("13"), (TOTAL_ROW, "total"): Read("189")})
    assert objections(county, seed) == ()


def test_an_objection_that_was_confirmed_comes_back_when_the_values_change(county):
    clerk, database = county.actor("clerk"), county.installation.database
    sheet_id = put(county.installation, home_visit(sex=Read("男")),
                   county.users["school"], county.units["城关一小"])

    def confirmed():
        with database.read() as session:
            found = review.objections(review.standing(session, session.get_one(Sheet, sheet_id)))
        return [(objection.rule, objection.confirmed) for objection in found]

    with database.write() as session:
        review.decide(session, clerk, sheet_id, 0, FORM_ROW, "!id_sex", "accepted", "")
    assert confirmed() == [("id_sex", True)]
    other = GIRL[:16] + "6"
    other += check_character(other)
    with database.write() as session:
        review.decide(session, clerk, sheet_id, 1, FORM_ROW, "id_number", "corrected", other)
    assert confirmed() == [("id_sex", False)]
