"""A roster's way in a browser: uploaded, its columns confirmed, its wrong rows seen, stored; and a school's own."""

import pytest

from tests.journey.conftest import PHONE, fits
from tests.service.list_files import pupils, xlsx_file

pytestmark = pytest.mark.browser


class NoReader:
    """There are no scans in this story."""

    def read(self, path, *, template="auto", lists=None):
        """Nothing."""
        return []


def roster():
    rows = pupils(30, ["城关一小", "城关二小"])
    rows[0][6] = rows[0][6][:-1] + ("1" if rows[0][6][-1] != "1" else "2")
    rows[1][6], rows[2][1] = "4.10329E+17", "东关小学老校区"
    return xlsx_file(rows, above=[["示范县2024年秋季学籍名册"]])


def upload(page, data):
    page.goto("/lists")
    page.set_input_files("#f-file", {"name": "秋季学籍.xlsx", "mimeType": "application/octet-stream", "buffer": data})
    page.click("button:has-text('上传')")
    page.get_by_role("heading", name="每一项是哪一列").wait_for()


def test_the_bureau_takes_a_roster_in_and_downloads_its_wrong_rows(open_page, reading):
    reading(NoReader())
    page = open_page("bureau")
    upload(page, roster())
    assert page.locator("#c-id_number option:checked").inner_text() == "身份证件号"
    assert page.locator("#f-heading option:checked").inner_text() == "第 2 行" and fits(page)
    page.click("button:has-text('开始检查')")
    page.get_by_role("heading", name="确认入库").wait_for()
    assert "科学计数" in page.inner_text("main") and "校验位不对" in page.inner_text("main") and fits(page)
    with page.expect_download() as got:
        page.click("text=下载问题清单")
    assert got.value.suggested_filename.endswith(".xlsx")
    page.select_option("#u-0", label="城关一小")
    page.click("button:has-text('再检查一次')")
    page.get_by_text("入库 28 人").wait_for()
    page.click("button:has-text('入库'):not(:has-text('不'))")
    page.get_by_text("已入库").first.wait_for()
    page.click("a.stat:has-text('新增')")
    page.wait_for_url("**/changes/added")
    assert page.locator("tbody tr").count() == 28 and fits(page)


def test_a_school_takes_its_own_roster_in_on_a_phone(open_page, reading):
    reading(NoReader())
    page = open_page("school", viewport=PHONE)
    assert page.goto("/lists") and fits(page)
    upload(page, roster())
    assert fits(page)
    page.click("button:has-text('开始检查')")
    page.get_by_text("不是本单位的学生").first.wait_for()
    assert fits(page)
