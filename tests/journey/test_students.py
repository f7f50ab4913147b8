"""From sign-off to the child's file in a browser: every value opens the ink it came from."""

import pytest

from service.models import HomeVisit, Sheet
from tests.journey.conftest import PHONE, fits
from tests.service.case_papers import SCHOOL, ago, file_visit, id_number, put_visit

pytestmark = pytest.mark.browser
NUMBER = id_number(sequence="022")


@pytest.fixture
def sheet_id(county):
    """A home visit that was read and waits for its sign-off."""
    with county.installation.database.write() as session:
        return put_visit(session, county.units[SCHOOL], county.users["school"],
                         store=county.installation.store).id


@pytest.fixture
def student_id(county):
    """A child with one visit in its file."""
    with county.installation.database.write() as session:
        visit = file_visit(session, county.actor("clerk"), county.units[SCHOOL],
                           store=county.installation.store)
        return visit.student_id


def is_shown(image):
    """Whether a picture really came."""
    image.scroll_into_view_if_needed()
    image.evaluate("picture => picture.decode()")
    return image.evaluate("picture => picture.naturalWidth > 20")


def test_signing_off_puts_the_visit_in_the_childs_file_with_its_crops(open_page, sheet_id, county):
    page = open_page("clerk")
    page.goto(f"/review/{sheet_id}")
    page.click("[data-act=sign-off]")
    page.wait_for_url("**/review?**")
    page.goto("/archive")
    assert fits(page)
    page.click("text=谭小梅")
    page.wait_for_url("**/students/*")
    assert fits(page)
    assert "周文静" in page.inner_text(".timeline") and NUMBER not in page.content()
    assert page.locator(".timeline .mark.is-there").count() == 2
    assert is_shown(page.locator("img[alt='家访教师在原件上的字迹']"))
    assert page.locator("img[alt='身份证号在原件上的字迹']").count() == 0, "sealed ink"
    page.click("a.ink:has(img[alt='家访教师在原件上的字迹'])")
    page.wait_for_url(f"**/sheets/{sheet_id}#b-0-visit_teacher")
    assert is_shown(page.locator(".sheet-image img"))
    assert page.locator("rect:target").count() == 1 and fits(page)
    assert f"计入 城关一小 {ago(60):%Y}年{ago(60).month}月 家访人次" in page.inner_text(".filed")


def test_a_masked_number_opens_on_request_prints_without_buttons_and_closes_again(open_page, student_id):
    page = open_page("school")
    page.goto(f"/students/{student_id}")
    assert NUMBER not in page.content()
    page.click("button[aria-label^='查看完整的身份证号']")
    page.get_by_text("正在显示完整信息").wait_for()
    assert NUMBER in page.inner_text(".file-side")
    assert is_shown(page.locator("img[alt='身份证号在原件上的字迹']"))
    page.emulate_media(media="print")
    assert page.locator(".print-title").is_visible() and page.locator(".print-foot").is_visible()
    assert not page.locator(".app-header").is_visible() and not page.locator("button:visible").count()
    page.emulate_media(media="screen")
    page.click("text=重新遮盖")
    assert NUMBER not in page.content()


def test_a_township_records_a_return_and_is_told_what_settling_lacks(open_page, student_id):
    page = open_page("township")
    page.goto(f"/students/{student_id}")
    page.click("summary:has-text('登记返校')")
    page.fill("[id^='on-return']", ago(20).isoformat())
    page.click("button:has-text('登记返校')")
    page.get_by_text("已劝返（跟踪）").wait_for()
    page.click("summary:has-text('销号')")
    assert "缺 返校满 30 天后的在校确认" in page.inner_text("details[open] .pieces")
    page.click("button:has-text('销号')")
    page.locator(".notice-bad").wait_for()
    assert "返校满 30 天后的在校确认" in page.inner_text(".notice-bad")
    assert "已劝返（跟踪）" in page.inner_text(".case-head")


def test_a_search_by_name_or_number_leaves_neither_in_the_address(open_page, student_id):
    page = open_page("school")
    for text in ("谭小", NUMBER):
        page.goto("/students")
        page.fill("#f-text", text)
        page.click("button:has-text('查找')")
        page.get_by_text("谭小梅").first.wait_for()
        assert text not in page.url and "%" not in page.url
    assert page.url.endswith(f"/students/{student_id}")


def test_the_bureau_takes_a_sheet_back_and_corrects_it(open_page, student_id, county):
    with county.installation.database.read() as session:
        sheet_id = session.query(HomeVisit).one().sheet_id
    page = open_page("bureau")
    page.goto(f"/sheets/{sheet_id}")
    page.click("summary:has-text('重新打开核对')")
    page.fill("#f-reason", "教师姓名看错")
    page.click("button:has-text('重新打开')")
    page.wait_for_url(f"**/review/{sheet_id}")
    with county.installation.database.read() as session:
        assert session.get_one(Sheet, sheet_id).state == "to_review"
        assert session.query(HomeVisit).count() == 1


def test_no_screen_needs_scrolling_sideways_on_a_phone(open_page, student_id, county):
    with county.installation.database.read() as session:
        sheet_id = session.query(HomeVisit).one().sheet_id
    page = open_page("school", viewport=PHONE)
    for path in ("/students", f"/students/{student_id}", f"/sheets/{sheet_id}", "/archive"):
        page.goto(path)
        assert fits(page), path
