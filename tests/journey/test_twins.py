"""The same paper scanned twice, at the desk in a real browser: both pictures side by side, one key to answer."""

import os

import pytest
from sqlalchemy import func, select

from service import twins
from service.models import HomeVisit, Sheet
from tests.journey.conftest import DESKTOP, PHONE, fits, until
from tests.service.case_papers import SCHOOL, file_visit, put_visit

pytestmark = pytest.mark.browser


@pytest.fixture
def twin_sheets(county):
    """A visit on file, and a second sheet of the same child and day waiting for its review."""
    with county.installation.database.write() as session:
        clerk, school, store = county.actor("clerk"), county.units[SCHOOL], county.installation.store
        first = file_visit(session, clerk, school, store=store).sheet_id
        second = put_visit(session, school, clerk.user_id, store=store).id
        return first, second


def states(county):
    with county.installation.database.read() as session:
        return {sheet.id: sheet.state for sheet in session.scalars(select(Sheet))}


def sign(page):
    """Answer what the rules object to, then sign off."""
    page.wait_for_selector("#layer[style]", state="attached")
    while page.locator(".objection-answers button:has-text('原件如此')").count():
        page.locator(".objection-answers button:has-text('原件如此')").first.click()
        page.wait_for_timeout(50)
    until(page, "document.querySelector('#saved').dataset.state === 'saved'")
    page.keyboard.press("Shift+Enter")
    page.wait_for_selector("#twins[open]")


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_same_paper_is_set_aside_by_one_key(county, twin_sheets, open_page, viewport):
    first, second = twin_sheets
    page = open_page("clerk", viewport=viewport)
    page.goto(f"/review/{second}")
    sign(page)
    assert "同一学生、同一天的家访记录表已入档" in page.inner_text("#twins")
    assert f"№ {first}" in page.inner_text("#twins") and fits(page)
    until(page, "[...document.querySelectorAll('#twins img')].every((image) => image.naturalWidth > 0)")
    if "PICTURES" in os.environ:
        page.screenshot(path=f"{os.environ['PICTURES']}/twins-{viewport['width']}.png")
    page.keyboard.press("1")
    page.wait_for_url("**/review?**")
    assert states(county) == {first: "signed", second: "set_aside"}


def test_another_paper_goes_on_file_by_one_key(county, twin_sheets, open_page):
    first, second = twin_sheets
    page = open_page("clerk")
    page.goto(f"/review/{second}")
    sign(page)
    page.keyboard.press("Escape")       # later: nothing happens
    until(page, "!document.querySelector('#twins').open")
    assert states(county)[second] == "to_review"
    page.keyboard.press("Shift+Enter")
    page.wait_for_selector("#twins[open]")
    page.keyboard.press("2")
    page.wait_for_url("**/review?**")
    assert states(county) == {first: "signed", second: "signed"}
    with county.installation.database.read() as session:
        assert session.scalar(select(func.count()).select_from(HomeVisit)) == 2


def test_a_paper_known_by_its_ink_is_shown_before_any_work_is_done_on_it(county, twin_sheets, open_page):
    first, second = twin_sheets
    with county.installation.database.write() as session:
        twins.note(session, [first], second, "ink")
    page = open_page("clerk")
    page.goto(f"/review/{second}")
    page.click("button:has-text('对照看看')")
    assert "图像上的字迹几乎相同" in page.inner_text("#twins")
    page.click("#twins .twin-picture >> nth=0")     # both grow together
    assert page.get_attribute("#twins", "data-zoomed") == "yes"
    page.click("button:has-text('同一张纸')")
    page.wait_for_url("**/review?**")
    assert states(county)[second] == "set_aside"
