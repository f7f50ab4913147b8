"""Second reading in a real browser: from the sign-off to a second clerk's blind entry and back."""

import pytest
from sqlalchemy import select

from ocr.template import load_templates
from service.models import HomeVisit, SecondEntry, SecondReading
from tests.journey.conftest import DESKTOP, PHONE, fits, until
from tests.service.review_sheets import home_visit, put

pytestmark = pytest.mark.browser


@pytest.fixture
def waiting(county, monkeypatch, open_page):
    """A sheet that the clerk signs off at the desk, whose name and age are to be read again."""
    for name in ("student_name", "age"):
        monkeypatch.setitem(load_templates()["home_visit"].field(name).options, "second_reading", "always")
    sheet_id = put(county.installation, home_visit(), county.users["school"], county.units["城关一小"])
    page = open_page("clerk")
    page.goto(f"/review/{sheet_id}")
    until(page, "document.activeElement.matches('.btn-sign')")
    page.keyboard.press("Shift+Enter")
    page.wait_for_url("**/review?*done=1")
    return sheet_id


def test_a_second_clerk_enters_blind_and_the_sheet_comes_back_to_be_signed(county, waiting, open_page):
    page = open_page("second_clerk")
    page.goto("/review")
    page.click("a:has-text('复核录入')")
    for title, text in (("学生姓名", "谭梅"), ("年龄", "11")):
        until(page, f"document.querySelector('#title').textContent === '{title}'")
        assert "谭" not in page.content()
        until(page, "document.querySelector('#ink').complete && document.querySelector('#ink').naturalWidth > 0")
        page.keyboard.press("Enter")  # an empty box is not a blank on the paper
        until(page, "document.querySelector('#wrong').textContent.includes('F8')")
        page.keyboard.type(text)
        page.keyboard.press("Enter")
    until(page, "!document.querySelector('#none').hidden")
    with county.installation.database.read() as session:
        assert set(session.scalars(select(SecondReading.outcome))) == {"agreed"}
        assert all(keys > 0 for keys in session.scalars(select(SecondEntry.keys)))
    page.goto(f"/review/{waiting}")
    until(page, "document.activeElement.matches('.btn-sign')")
    page.keyboard.press("Shift+Enter")
    page.wait_for_url("**/review?*done=1")
    with county.installation.database.read() as session:
        assert session.scalars(select(HomeVisit.sheet_id)).all() == [waiting]


def test_composing_chinese_never_enters(county, waiting, open_page):
    page = open_page("second_clerk")
    page.goto("/review/second")
    until(page, "document.activeElement.id === 'box'")
    line = page.context.new_cdp_session(page)
    line.send("Input.imeSetComposition", {"text": "tanmei", "selectionStart": 6, "selectionEnd": 6})
    page.keyboard.press("Enter")
    page.evaluate("document.activeElement.dispatchEvent(new KeyboardEvent('keydown', "
                  "{bubbles: true, cancelable: true, keyCode: 229, key: 'Enter'}))")
    line.send("Input.insertText", {"text": "谭梅"})
    assert page.input_value("#box") == "谭梅"
    with county.installation.database.read() as session:
        assert session.scalars(select(SecondEntry)).all() == []


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_second_reading_and_quality_fit_the_screen(waiting, open_page, viewport):
    for user, path in (("second_clerk", "/review/second"), ("bureau", "/quality")):
        page = open_page(user, viewport=viewport)
        page.goto(path)
        assert fits(page)
