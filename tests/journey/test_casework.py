"""Casework in a browser: a case handed over, a child awaited and found, a school's plan, home teaching."""

import pytest

from service.cases import Request, facts, perform, transfers
from service.models import Case, Handover, Transfer
from tests.journey.conftest import PHONE, fits
from tests.service.case_papers import DIRECT_SCHOOL, OTHER_SCHOOL, SCHOOL, ago, file_visit

pytestmark = pytest.mark.browser


@pytest.fixture
def visit(county):
    """A child of the county school's, with a visit in its file."""
    with county.installation.database.write() as session:
        return file_visit(session, county.actor("clerk"), county.units[DIRECT_SCHOOL], school_name=DIRECT_SCHOOL,
                          store=county.installation.store)


def line(county, direction, unit, other, days=40):
    with county.installation.database.write() as session:
        made = Transfer(direction=direction, name="林小树", unit_id=county.units[unit], other_school=other,
                        other_unit_id=county.units.get(other), moved_on=ago(days))
        session.add(made)
        transfers.filed(session, None, [made])
        return made.id


def test_a_county_school_hands_its_child_to_the_township_which_takes_it(open_page, county, visit):
    page = open_page("direct_school")
    page.goto(f"/students/{visit.student_id}")
    page.click("summary:has-text('申请移交')")
    page.select_option("[id^='unit-hand_over']", str(county.units["城关"]))
    page.fill("[id^='note-hand_over']", "户籍在城关，请协助劝返")
    page.click("button:has-text('申请移交')")
    page.get_by_text("县直实验小学申请移交给城关").wait_for()
    assert fits(page)
    township = open_page("township")
    township.goto("/uploads")
    township.click("a:has-text('件移交待答复')")
    township.wait_for_url("**/tasks**")
    assert "户籍在城关" in township.inner_text("#offers") and fits(township)
    township.click("button:has-text('接收')")
    township.wait_for_url("**/students/**")
    assert "城关" in township.inner_text(".case .facts")
    with county.installation.database.read() as session:
        assert session.query(Case).one().unit_id == county.units["城关"]


def test_a_hand_over_is_sent_back_with_its_reason(open_page, county, visit):
    with county.installation.database.write() as session:
        perform(session, county.actor("direct_school"), visit.case_id,
                Request("hand_over", ago(0), note="请协助", unit_id=county.units["城关"]))
    page = open_page("township", viewport=PHONE)
    page.goto("/tasks")
    page.click("summary:has-text('退回')")
    page.fill("[id^='reason-']", "户籍已迁出")
    page.click("button:has-text('退回')")
    page.get_by_text("没有逾期的个案").wait_for()
    assert fits(page)
    with county.installation.database.read() as session:
        assert session.query(Handover).one().state == "returned"


def test_a_child_who_is_awaited_too_long_is_paired_by_hand_and_parted_again(open_page, county):
    line(county, "out", SCHOOL, "")
    line(county, "in", OTHER_SCHOOL, "", 35)
    page = open_page("bureau")
    page.goto("/transfers")
    assert "超期" in page.inner_text(".transfer-list") and fits(page)
    page.click("a:has-text('办理')")
    page.click("button:has-text('配对') >> nth=0")
    page.get_by_text("测试bureau配对").wait_for()
    page.on("dialog", lambda dialog: dialog.accept())
    page.click("button:has-text('拆开')")
    page.get_by_text("可能是同一名学生的登记").or_(page.get_by_text("还没有可以配对的")).wait_for()
    page.click("summary:has-text('登记接收凭据')")
    page.fill("#f-receipt", "学籍转接单 2019-31")
    page.click("button:has-text('登记凭据')")
    page.get_by_text("已有接收凭据").wait_for()


def test_a_school_fills_its_plan_in_and_prints_it_and_its_page_says_what_is_missing(open_page, county):
    page = open_page("school")
    page.goto(f"/schools/{county.units[SCHOOL]}")
    assert "缺：本学年的一校一案" in page.inner_text(".item-list") and fits(page)
    page.click("a:has-text('在线填写')")
    page.fill("#f-goal", "不让一个学生失学")
    page.click("button:has-text('保存方案')")
    page.get_by_text("方案已保存").wait_for()
    page.emulate_media(media="print")
    page.locator(".plan-text").wait_for()
    page.locator("textarea").first.wait_for(state="hidden")
    page.emulate_media(media="screen")
    page.goto(f"/schools/{county.units[SCHOOL]}")
    assert "本学年方案已提交" in page.inner_text(".item-list")


def test_no_screen_of_casework_needs_scrolling_sideways_on_a_phone(open_page, county, visit):
    line(county, "out", DIRECT_SCHOOL, "外县实验小学")
    with county.installation.database.write() as session:
        facts.add(session, county.actor("direct_school"), visit.student_id, "home_teaching", from_on=ago(30),
                  source_name="残疾人证")
    page = open_page("direct_school", viewport=PHONE)
    for path in ("/tasks?span=all", "/transfers", "/home-teaching", "/schools", f"/students/{visit.student_id}",
                 f"/schools/{county.units[DIRECT_SCHOOL]}", f"/schools/{county.units[DIRECT_SCHOOL]}/plan"):
        page.goto(path)
        assert fits(page), path
