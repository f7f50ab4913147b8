"""A table whose rows hold names, ID numbers and dates is reviewed like any other: row by row, under its rules."""

import pytest

from service import review
from service.models import Sheet
from service.models.values import FORM_ROW
from service.review.desk import lay_out
from service.review.objections import objections
from service.review.values import standing
from tests.service import made_up
from tests.service.review_sheets import Read, put


@pytest.fixture(autouse=True)
def template(monkeypatch, tmp_path):
    return made_up.known(monkeypatch, tmp_path)


@pytest.fixture
def seed(county):
    def put_there(changes=None):
        return put(county.installation, made_up.sheet(changes), county.users["school"], county.units["城关一小"])
    return put_there


def seen(county, sheet_id):
    with county.installation.database.read() as session:
        held = standing(session, session.get_one(Sheet, sheet_id))
        return held, lay_out(session, county.actor("clerk"), held)


def test_what_stands_above_the_table_comes_before_its_rows(county, seed):
    _, view = seen(county, seed())
    assert [field.key for field in view.fields[:3]] == ["0.school_name", "0.filled_on", "1.seq"]
    assert view.fields[-1].key == "3.reason"
    assert view.is_broad
    assert (view.objections, view.gaps) == ((), ())


def test_rules_hold_in_each_row_and_say_whose_it_is(county, seed):
    wrong = made_up.ROWS[1][2][:-1] + ("0" if made_up.ROWS[1][2][-1] != "0" else "1")
    held, _ = seen(county, seed({
        (1, "sex"): Read("女"), (2, "number"): Read(wrong, candidates=(made_up.ROWS[1][2],)),
        (3, "moved_on"): Read("2019-04-02")}))
    found = [(one.row, one.rule, one.text.split("：")[0], one.fix and one.fix.value) for one in objections(held)]
    assert found == [(2, "number.holds", "李静", made_up.ROWS[1][2]), (1, "id_sex", "张伟", "男"),
                     (3, "not_before.filled_on", "王芳", None)]


def test_an_answer_from_a_list_is_kept_as_the_list_puts_it_and_always_offered(county, seed):
    sheet_id = seed({(1, "direction"): Read("", False)})
    with county.installation.database.write() as session:
        review.decide(session, county.actor("clerk"), sheet_id, 0, 1, "direction", "corrected", " 入 ")
    held, view = seen(county, sheet_id)
    assert held.text(1, "direction") == "转入"
    assert next(field for field in view.fields if field.key == "1.direction").candidates == ("转入", "转出")


def test_an_unread_row_may_lie_blank_but_one_in_use_needs_its_required_cells(county, seed):
    blank = {(4, name): Read("", box=made_up.box(4, name)) for name in made_up.NAMES}
    _, view = seen(county, seed(blank))
    assert view.gaps == ()
    _, view = seen(county, seed(blank | {(4, "pupil"): Read("赵强", box=made_up.box(4, "pupil"))}))
    assert [gap["key"] for gap in view.gaps] == ["4.number", "4.moved_on"]


def test_what_nothing_was_read_for_above_the_table_needs_a_person(county):
    sheet = made_up.sheet()
    del sheet.fields[FORM_ROW, "school_name"]
    _, view = seen(county, put(county.installation, sheet, county.users["school"], county.units["城关一小"]))
    assert [field.key for field in view.fields if field.waiting] == ["0.school_name"]
