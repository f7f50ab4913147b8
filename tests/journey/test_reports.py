"""From a month's number down to the ink in a browser, and 附件1 beside the paper it came from."""

import pytest

from service.calendar import today
from service.reports.periods import month_with
from tests.conftest import PASSWORD, login_of
from tests.journey.conftest import PHONE, fits
from tests.journey.test_students import is_shown
from tests.service.case_papers import SCHOOL, file_visit, picture, put_table, sign

pytestmark = pytest.mark.browser


@pytest.fixture
def visited(county):
    """A home visit filed from its sheet; the month it counts in."""
    with county.installation.database.write() as session:
        visit = file_visit(session, county.actor("clerk"), county.units[SCHOOL],
                           store=county.installation.store)
        return month_with(visit.visited_on), visit.sheet_id


@pytest.fixture
def table_id(county):
    """A signed-off 统计表: 城关 says 3 + 2 = 5, 河滨 0 + 0 = 0."""
    with county.installation.database.write() as session:
        clerk = county.actor("clerk")
        rows = [("城关", "3", "2", "5"), ("河滨", "0", "0", "0")]
        sheet = put_table(session, county.units["示范县教育体育局"], clerk.user_id, rows)
        cells = {(n, name): "" for n in (1, 2) for name in ("unit", "prior_year", "ministry_list", "total")}
        sheet.image_sha256 = county.installation.store.put(picture(cells))
        return sign(session, clerk, sheet).id


def test_a_months_number_opens_the_child_and_the_paper_it_stands_on(open_page, visited):
    wanted, sheet_id = visited
    page = open_page("bureau")
    page.goto(f"/reports/months/{wanted}")
    assert "各行均平衡" in page.inner_text(".notes") and fits(page)
    row = page.locator("tbody tr", has_text="城关")
    assert row.locator("td").nth(1).inner_text().startswith("1"), "the visit opened a case: 本月新增"
    row.locator("td").nth(8).locator("a").click()
    page.wait_for_url("**/reports/list?figure=visits**")
    assert page.locator(".list-table tbody tr").count() == 1 and "谭小梅" in page.inner_text(".list-table")
    assert is_shown(page.locator(".list-table img.crop"))
    page.click(".paper-link")
    page.wait_for_url(f"**/sheets/{sheet_id}#b-0-student_name")
    page.go_back()
    page.click("text=谭小梅")
    page.wait_for_url("**/students/*")
    assert "周文静" in page.inner_text(".timeline")


def test_a_township_drills_to_its_schools_and_takes_the_workbook_along(open_page, visited):
    wanted, _ = visited
    page = open_page("township")
    page.goto(f"/reports/months/{wanted}")
    page.click("tbody th a:has-text('城关')")
    page.wait_for_url("**/units/*")
    assert "城关一小" in page.inner_text(".month-table")
    with page.expect_download() as taking:
        page.click("text=导出 Excel")
    assert taking.value.suggested_filename == f"月报-城关-{wanted}.xlsx"
    page.click("a[rel=prev]")
    page.wait_for_url(f"**/months/{wanted.shifted(-1)}/units/*")


def test_annex1_stands_beside_the_paper_and_names_what_differs(open_page, table_id):
    page = open_page("bureau")
    page.goto(f"/reports/annex1?day={today()}")
    assert "1 个单位与纸表不符" in page.inner_text(".report-bar") and fits(page)
    row = page.locator("tbody tr", has_text="城关")
    assert [cell.strip() for cell in row.locator("td.is-paper").all_inner_texts()] == ["3", "2", "5"]
    assert row.locator(".off-by").inner_text() == "+5"
    page.click("text=显示纸面截图")
    page.wait_for_url("**crops=1")
    assert is_shown(row.locator("img.crop").first)
    row.locator("td.is-paper a").last.click()
    page.wait_for_url(f"**/sheets/{table_id}#b-1-total")


def test_the_first_screen_of_the_bureau_shows_the_month_and_fits_a_phone(open_page, visited):
    page = open_page()
    page.goto("/login")
    page.fill("[name=login]", login_of("bureau"))
    page.fill("[name=password]", PASSWORD)
    page.click("button:has-text('登录')")
    page.wait_for_url("**/reports")
    assert {"未劝返", "本月劝返", "待审核的纸表"} <= set(page.inner_text(".glance").split())
    assert page.locator("svg .chart-line").count() == 1
    phone = open_page("bureau", viewport=PHONE)
    for path in ("/reports", f"/reports/months/{visited[0]}", f"/reports/ranking/{visited[0]}",
                 "/reports/annex1", f"/reports/list?figure=closing&month={visited[0]}"):
        phone.goto(path)
        assert fits(phone), path
