"""A register with names, ID numbers, answers and dates in its rows, at the desk in a real browser."""

import os

import pytest

from service import review
from service.models import Sheet
from tests.journey.conftest import DESKTOP, PHONE, fits, until
from tests.service import made_up
from tests.service.review_sheets import Read, put

pytestmark = pytest.mark.browser
SAVED = "document.querySelector('#saved').dataset.state === 'saved'"


@pytest.fixture
def sheet_id(county, monkeypatch, tmp_path):
    made_up.known(monkeypatch, tmp_path)
    changes = {(0, "school_name"): Read("", False, box=(0.1, 0.08, 0.4, 0.11)),
               (1, "direction"): Read("", False, box=made_up.box(1, "direction")),
               (2, "number"): Read(made_up.ROWS[1][2], False, box=made_up.box(2, "number")),
               (2, "sex"): Read("男", box=made_up.box(2, "sex")),
               (3, "moved_on"): Read("", False, box=made_up.box(3, "moved_on")),
               (3, "reason"): Read("", False, box=made_up.box(3, "reason"))}
    return put(county.installation, made_up.sheet(changes), county.users["school"], county.units["城关一小"])


def current(page):
    return page.evaluate("document.activeElement.dataset.key ?? ''")


def test_each_kind_of_cell_is_settled_by_its_own_keys(county, sheet_id, open_page):
    page = open_page("clerk")
    page.goto(f"/review/{sheet_id}")
    page.wait_for_selector("#layer[style]", state="attached")
    assert current(page) == "0.school_name"
    page.keyboard.insert_text("城关一小")
    page.keyboard.press("Enter")
    assert current(page) == "1.direction"
    page.keyboard.press("1")            # 转入, by number
    assert current(page) == "2.sex"     # the ID number says 女
    assert "李静：身份证第 17 位是 2，表示女；性别写的是男" in page.text_content("#table-objections")
    page.keyboard.press("F4")
    assert current(page) == "2.number"
    page.keyboard.press("Enter")
    assert current(page) == "3.moved_on"
    page.keyboard.type("19.3.11")
    page.keyboard.press("Enter")
    assert current(page) == "3.reason"
    assert page.locator("#cell-choices .candidate").all_text_contents() == ["1 随父母务工", "2 家庭搬迁"]
    page.keyboard.press("2")            # 家庭搬迁, by number
    until(page, "document.activeElement.matches('.btn-sign')")
    until(page, SAVED)
    with county.installation.database.read() as session:
        held = review.effective(session, session.get_one(Sheet, sheet_id))
    assert [held[key].value for key in ((0, "school_name"), (1, "direction"), (2, "sex"), (3, "moved_on"),
                                        (3, "reason"))] == ["城关一小", "转入", "女", "2019-03-11", "家庭搬迁"]


def test_arrows_lead_through_the_rows_and_to_what_stands_above_them(sheet_id, open_page):
    page = open_page("clerk")
    page.goto(f"/review/{sheet_id}")
    page.focus("[data-key='1.pupil'] input")
    page.keyboard.press("ArrowDown")
    assert current(page) == "2.pupil"
    page.keyboard.press("ArrowRight")
    assert current(page) == "2.sex"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert current(page) == "0.school_name"
    page.keyboard.press("ArrowDown")
    assert current(page) == "1.seq"


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_broad_table_fits_the_screen(sheet_id, open_page, viewport):
    page = open_page("clerk", viewport=viewport)
    page.goto(f"/review/{sheet_id}")
    page.wait_for_selector("#layer[style]", state="attached")
    assert fits(page)
    if "PICTURES" in os.environ:
        page.screenshot(path=f"{os.environ['PICTURES']}/mixed-{viewport['width']}.png")
