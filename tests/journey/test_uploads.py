"""The uploader's way in a browser: choose or drop files, see receipts, states and what to take again."""

import io
import re

import pytest
from PIL import Image

from ocr.results import FieldReading, ReadSheet, SheetReading
from service.models import Scan, Sheet
from service.review import return_to_school
from tests.journey.conftest import PHONE, fits, until
from tests.web.papers import bundle, picture

pytestmark = pytest.mark.browser


class VisitReader:
    """Reads every file as one home visit whose picture is blank paper."""

    def read(self, path, *, template="auto", lists=None):
        """One sheet."""
        out = io.BytesIO()
        Image.new("RGB", (420, 594), "white").save(out, "JPEG")
        name = FieldReading("谭梅", "谭梅", 0.98, True, (0.1, 0.1, 0.3, 0.2), (("谭梅", 0.98),))
        return [ReadSheet(SheetReading(path.name, 0, "home_visit", 0.99, 0.1, fields={"student_name": name}),
                          out.getvalue())]


def as_file(name, data, kind="image/jpeg"):
    return {"name": name, "mimeType": kind, "buffer": data}


def row(page, name):
    return page.locator(".sending-row", has_text=name).last


def test_many_files_each_get_a_receipt_and_are_followed_until_read(open_page, reading, county):
    page = open_page("school")
    page.goto("/uploads")
    names = [f"家访{number}.jpg" for number in range(4)]
    page.set_input_files("#files", [as_file(name, picture(number)) for number, name in enumerate(names)])
    for name in names:
        row(page, name).get_by_text("已安全存入").wait_for()
    with county.installation.database.read() as session:
        receipts = {f"{scan.id[:4]}-{scan.id[4:8]}".upper() for scan in session.query(Scan)}
    shown = set(re.findall(r"[0-9A-F]{4}-[0-9A-F]{4}", page.inner_text("#sending-list")))
    assert shown == receipts
    assert "共 4 个文件 · 已安全存入 4" in page.inner_text("#sending-summary")
    assert fits(page)
    reading(VisitReader())
    for name in names:
        row(page, name).get_by_text("待审核").wait_for()


def test_what_cannot_be_read_is_refused_beside_what_is_kept(open_page):
    page = open_page("school")
    page.goto("/uploads")
    page.set_input_files("#files", [
        as_file("好.jpg", picture(1)), as_file("通知.docx", b"PK\x03\x04 word", "application/msword"),
        as_file("空.jpg", b""), as_file("<img src=x onerror=alert(1)>.jpg", b"no picture"),
        as_file("全班.zip", bundle({"张.jpg": picture(2), "说明.txt": b"x"}), "application/zip")])
    row(page, "好.jpg").get_by_text("已安全存入").wait_for()
    refusals = {"通知.docx": "压缩包已损坏", "空.jpg": "文件是空的", "onerror": "这不是可以识别的"}
    for name, words in refusals.items():
        row(page, name).get_by_text(words).wait_for()
    page.get_by_text("压缩包内 2 个文件：1 个已安全存入，1 个未接收").wait_for()
    page.set_input_files("#files", [as_file("又一次.jpg", picture(1))])
    row(page, "又一次.jpg").get_by_text(re.compile("此文件已于 .* 上传，回执号")).wait_for()


def test_a_broken_network_is_tried_again_until_the_file_is_safe(open_page, county):
    page = open_page("school")
    page.goto("/uploads")
    keys, failures = [], iter(["drop", 503, "lose the reply"])

    def unreliable(route):
        keys.append(route.request.headers["idempotency-key"])
        trouble = next(failures, None)
        if trouble == "drop":
            route.abort()
        elif trouble == 503:
            route.fulfill(status=503, body="<h1>busy</h1>")
        elif trouble:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/uploads/files", unreliable)
    page.clock.install()
    page.set_input_files("#files", [as_file("家访.jpg", picture())])
    for tries, wait in enumerate((2_000, 4_000, 10_000), 1):
        row(page, "家访.jpg").get_by_text("等待重试").wait_for()
        page.clock.fast_forward(wait)
        until(page, lambda tries=tries: len(keys) > tries)
    row(page, "家访.jpg").get_by_text("回执号").wait_for()
    assert len(keys) == 4
    assert len(set(keys)) == 1
    with county.installation.database.read() as session:
        assert session.query(Scan).count() == 1


def test_an_ended_session_keeps_the_files_and_goes_on_after_logging_in_again(open_page):
    page = open_page("school")
    page.goto("/uploads")
    page.context.clear_cookies()
    page.set_input_files("#files", [as_file("家访.jpg", picture())])
    row(page, "家访.jpg").get_by_text("登录已过期").wait_for()
    again = page.context.new_page()
    again.goto("/login")
    again.fill("[name=login]", "user.school")
    again.fill("[name=password]", "Xuexiao-2024-ok")
    again.click("button:has-text('登录')")
    again.wait_for_url("**/uploads")
    row(page, "家访.jpg").get_by_role("button", name="重试").click()
    row(page, "家访.jpg").get_by_text("已安全存入").wait_for()


def test_files_dropped_on_the_page_are_handed_in(open_page):
    page = open_page("school")
    page.goto("/uploads")
    dropped = page.evaluate_handle("""bytes => {
        const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(bytes)], "拖入.jpg", {type: "image/jpeg"}));
        return data; }""", list(picture()))
    page.dispatch_event("#drop-zone", "dragenter", {"dataTransfer": dropped})
    assert "is-over" in page.get_attribute("#drop-zone", "class")
    page.dispatch_event("#drop-zone", "drop", {"dataTransfer": dropped})
    row(page, "拖入.jpg").get_by_text("已安全存入").wait_for()


def test_a_sheet_sent_back_is_taken_again_on_a_phone(open_page, reading, county):
    page = open_page("school", viewport=PHONE, is_mobile=True, has_touch=True)
    page.goto("/uploads")
    page.set_input_files("#camera", [as_file("家访.jpg", picture(1))])
    reading(VisitReader())
    row(page, "家访.jpg").get_by_text("待审核").wait_for()
    with county.installation.database.write() as session:
        sheet = session.query(Sheet).one()
        return_to_school(session, county.actor("clerk"), sheet.id, sheet.version, "右下角缺了一块")
    page.goto("/uploads")
    page.get_by_text("右下角缺了一块").first.wait_for()
    until(page, "document.querySelector('.retake img').naturalWidth > 0")
    assert fits(page)
    with page.expect_file_chooser() as chooser:
        page.get_by_role("link", name="重拍并上传").click()
    chooser.value.set_files([as_file("家访重拍.jpg", picture(2))])
    row(page, "家访重拍.jpg").get_by_text("已安全存入").wait_for()
    page.goto("/uploads")
    assert page.locator(".retake").count() == 0
    page.get_by_role("link", name="家访.jpg", exact=True).click()
    page.get_by_text("已重拍：家访重拍.jpg").wait_for()
    page.wait_for_load_state()  # before its styles are there, a page may be wider than the screen
    assert fits(page)


def test_without_scripts_the_plain_form_still_hands_files_in(open_page):
    page = open_page("school", java_script_enabled=False)
    page.goto("/uploads")
    page.set_input_files("#files", [as_file("一.jpg", picture(1)), as_file("二.jpg", picture(2))])
    page.click("button:has-text('上传所选文件')")
    assert page.get_by_text("已安全存入，回执号").count() == 2
