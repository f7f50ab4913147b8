"""Handing files in over HTTP: a receipt only for what is safe, words for what is not."""

import io
import re
import tracemalloc
from urllib.parse import quote

import pytest

from service import progress
from service.models import AuditEvent, Job, Scan, Sheet
from tests.web.papers import bundle, hostile, picture

JSON = {"Accept": "application/json"}


def hand_in(browser, data, name="家访.jpg", key=None, announced=None, **headers):
    named = JSON | {"X-File-Name": quote(name), "Content-Type": "application/octet-stream",
                    "Idempotency-Key": key or ""}
    length = {} if announced is None else {"CONTENT_LENGTH": str(announced)}
    return browser.post("/uploads/files", data=data, headers=named | headers, environ_overrides=length)


def scans(county):
    with county.installation.database.read() as session:
        return session.query(Scan).all()


def leftovers(county):
    return list((county.installation.store.root / "incoming").glob("*"))


def test_a_receipt_means_stored_and_queued(client_for, county):
    data = picture()
    answer = hand_in(client_for("school"), data)
    assert answer.status_code == 201
    receipt = answer.json["files"][0]
    scan = scans(county)[0]
    assert (receipt["id"], receipt["receipt"]) == (scan.id, progress.receipt_number(scan.id))
    assert county.installation.store.read(scan.sha256) == data
    with county.installation.database.read() as session:
        assert session.query(Job).one().scan_id == scan.id


def test_the_same_file_twice_gives_the_first_receipt(client_for):
    browser = client_for("school")
    first, second = (hand_in(browser, picture(), name).json["files"][0] for name in ("a.jpg", "b.jpg"))
    assert (second["duplicate"], second["id"], second["file_name"]) == (True, first["id"], "a.jpg")


def test_a_lost_reply_is_made_good_by_the_same_key(client_for, county):
    browser = client_for("school")
    receipts = {hand_in(browser, picture(), key="k1").json["files"][0]["id"] for _ in range(3)}
    assert len(receipts) == len(scans(county)) == 1


def test_another_units_equal_file_is_its_own_and_nobody_is_told(client_for, county):
    mine = hand_in(client_for("school"), picture()).json["files"][0]
    theirs = hand_in(client_for("other_school"), picture()).json["files"][0]
    assert theirs["duplicate"] is False
    assert theirs["id"] != mine["id"]


@pytest.mark.parametrize("percent", [1, 50, 99])
def test_a_client_that_goes_away_leaves_nothing(percent, client_for, county):
    browser, data = client_for("school"), picture(size=(1200, 1700))
    answer = hand_in(browser, data[:len(data) * percent // 100], announced=len(data))
    assert answer.status_code == 400
    assert "没有传完" in answer.json["error"]["advice"]
    assert not scans(county)
    assert not leftovers(county)
    assert hand_in(browser, data).status_code == 201


def test_too_large_a_file_is_told_so(client_for, county):
    object.__setattr__(county.installation.settings, "max_upload_mb", 1)
    answer = hand_in(client_for("school"), b"\xff\xd8\xff" + b"x" * 1_200_000)
    assert answer.status_code == 413
    assert "超过了 1 MB" in answer.json["error"]["message"]
    assert not leftovers(county)


def test_a_form_without_scripts_takes_several_files(client_for, county):
    files = [(io.BytesIO(picture(1)), "一.jpg"), (io.BytesIO(b"x" * 99), "<b>二</b>.docx"),
             (io.BytesIO(picture(2)), "三.png")]
    answer = client_for("school").post("/uploads/files", data={"files": files, "csrf_token": "by header"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert page.count("已安全存入，回执号") == 2
    assert "这不是可以识别的图片或 PDF 文件" in page
    assert "<b>二</b>" not in page
    assert len(scans(county)) == 2


def test_a_form_without_files_is_told_so(client_for):
    answer = client_for("school").post("/uploads/files", data={"files": (io.BytesIO(b""), "")})
    assert answer.status_code == 422
    assert "没有选择文件" in answer.get_data(as_text=True)


def test_each_file_in_a_zip_has_its_own_answer(client_for, county):
    data = bundle({"六年级/张.jpg": picture(1), "李.png": picture(2, "PNG"), "说明.txt": b"hello"})
    files = hand_in(client_for("school"), data, "全班.zip").json["files"]
    assert [("id" in one, one["file_name"]) for one in files] == [
        (True, "张.jpg"), (True, "李.png"), (False, "说明.txt")]
    assert len(scans(county)) == 2


def test_no_hostile_file_gets_more_than_words(client_for, county):
    browser = client_for("school")
    for name, (data, may_pass) in hostile().items():
        answer = hand_in(browser, data, name)
        assert answer.status_code in ((201, 413, 422) if may_pass else (413, 422)), name
        if answer.status_code != 201:
            said = answer.json["error"]
            assert re.search("[一-龥]", said["message"]), name
            assert re.search("[一-龥]", said["advice"]), name
        assert not leftovers(county), name
    kept = {scan.file_name: scan.size for scan in scans(county)}
    assert kept.items() <= {name: len(data) for name, (data, _) in hostile().items()}.items()


HOSTILE_NAMES = [  # as sent, as kept
    ("../../etc/passwd.jpg", "passwd.jpg"), ("C:\\学校\\家访.jpg", "家访.jpg"), ("", "未命名"),
    ("a\r\nSet-Cookie: x=1.jpg", "aSet-Cookie: x=1.jpg"), ("\u202egpj.exe", "gpj.exe"),
    ("a\0b.jpg", "ab.jpg"), ("<img src=x onerror=alert(1)>.jpg", "<img src=x onerror=alert(1)>.jpg"),
    ("{{7*7}}%s.jpg", "{{7*7}}%s.jpg"), ("x" * 400 + ".jpg", "x" * 251 + ".jpg"),
]


def test_hostile_names_are_only_ever_text(client_for, county):
    browser = client_for("school")
    for number, (name, kept) in enumerate(HOSTILE_NAMES):
        receipt = hand_in(browser, picture(number), name).json["files"][0]
        assert receipt["file_name"] == kept
        page = browser.get(f"/scans/{receipt['id']}").get_data(as_text=True)
        assert "<img src=x" not in page
        assert "49%s" not in page
        original = browser.get(f"/scans/{receipt['id']}/original")
        assert original.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
        assert original.mimetype == "application/octet-stream"
        assert original.data == picture(number)
    assert "<img src=x" not in browser.get("/uploads").get_data(as_text=True)


def test_downloading_an_original_is_on_record(client_for, county):
    browser = client_for("school")
    scan_id = hand_in(browser, picture()).json["files"][0]["id"]
    browser.get(f"/scans/{scan_id}/original")
    with county.installation.database.read() as session:
        event = session.query(AuditEvent).filter_by(action="scan.downloaded").one()
    assert (event.object_id, event.user_id) == (scan_id, county.users["school"])


def put(county, scan_id, state, sheet_state=None, reason="", problems=()):
    with county.installation.database.write() as session:
        scan = session.get_one(Scan, scan_id)
        scan.state, scan.problems = state, list(problems)
        if sheet_state:
            session.add(Sheet(scan_id=scan_id, number=1, unit_id=scan.unit_id, template="home_visit",
                              state=sheet_state, return_reason=reason))


STATES = [  # scan's state, sheet's, what the school reads, whether the page keeps asking
    ("received", None, "排队中", True), ("reading", None, "识别中", True),
    ("read", "to_review", "待审核", True), ("read", "signed", "已入档", False),
    ("read", "set_aside", "未入档", False),
    ("read", "returned", "需重拍", False), ("failed", None, "需重拍", False),
]


def test_the_school_reads_where_its_file_stands(client_for, county):
    browser = client_for("school")
    for number, (state, sheet, words, moving) in enumerate(STATES):
        scan_id = hand_in(browser, picture(number)).json["files"][0]["id"]
        put(county, scan_id, state, sheet)
        told = browser.get(f"/uploads/state?ids={scan_id},{'f' * 32}").json
        assert [(one["words"], one["moving"]) for one in told["scans"]] == [(words, moving)]
        assert words in browser.get(f"/scans/{scan_id}").get_data(as_text=True)
    check_filters(browser)


def test_a_retake_says_why_and_ends_with_the_new_photo(client_for, county):
    browser = client_for("school")
    old = hand_in(browser, picture(1)).json["files"][0]["id"]
    put(county, old, "read", "returned", "右下角缺了一块")
    page = browser.get("/uploads").get_data(as_text=True)
    assert "右下角缺了一块" in page
    assert "retakes-title" in page
    new = hand_in(browser, picture(2), **{"X-Replaces": old}).json["files"][0]["id"]
    assert "retakes-title" not in browser.get("/uploads").get_data(as_text=True)
    page = browser.get(f"/scans/{old}").get_data(as_text=True)
    assert "已重拍" in page
    assert f"/scans/{new}" in page


def test_a_retake_can_be_waived_once(client_for, county):
    browser = client_for("school")
    scan_id = hand_in(browser, picture()).json["files"][0]["id"]
    assert browser.post(f"/scans/{scan_id}/settle").status_code == 409
    put(county, scan_id, "failed", problems=[{"code": "blurred", "text": "太模糊"}])
    assert browser.post(f"/scans/{scan_id}/settle").status_code == 303
    assert browser.post(f"/scans/{scan_id}/settle").status_code == 409
    assert browser.get("/uploads/state").json["counts"]["retake"] == 0


def test_another_units_retake_is_not_answered_by_mine(client_for, county):
    theirs = hand_in(client_for("other_school"), picture(1)).json["files"][0]["id"]
    put(county, theirs, "failed")
    assert hand_in(client_for("school"), picture(2), **{"X-Replaces": theirs}).status_code == 201
    assert client_for("other_school").get("/uploads/state").json["counts"]["retake"] == 1


def check_filters(browser):
    counts = browser.get("/uploads/state").json["counts"]
    assert counts == {"": 7, "retake": 2, "working": 2, "to_review": 1, "filed": 1}
    for kind in progress.KINDS:
        page = browser.get(f"/uploads?kind={kind}").get_data(as_text=True)
        assert page.count("<tr data-scan=") == counts[kind]


ODD = ["month=2024-13", "month=x", "page=0", "page=-3", "page=99999999999999999999", "page=x", "kind=none",
       "q=%25", "q='%20OR%201=1", "ids=" + "f," * 500, "all=1"]


def test_odd_questions_get_plain_answers(client_for):
    browser = client_for("school")
    hand_in(browser, picture())
    for query in ODD:
        assert browser.get(f"/uploads?{query}").status_code == 200, query
        assert browser.get(f"/uploads/state?{query}").status_code == 200, query
    assert browser.get("/uploads?q=%00").status_code == 422
    assert browser.get("/scans/%00").status_code == 404


def test_wildcards_in_a_search_are_only_letters(client_for):
    browser = client_for("school")
    hand_in(browser, picture(1), "一百分.jpg")
    hand_in(browser, picture(2), "100%.jpg")
    assert browser.get("/uploads?q=%25").get_data(as_text=True).count("<tr data-scan=") == 1
    assert browser.get("/uploads?q=_").get_data(as_text=True).count("<tr data-scan=") == 0


def test_a_small_picture_is_made_anew(client_for, county):
    browser = client_for("school")
    scan_id = hand_in(browser, picture(size=(1500, 2100)) + b"<script>").json["files"][0]["id"]
    answer = browser.get(f"/scans/{scan_id}/preview")
    assert answer.mimetype == "image/jpeg"
    assert b"<script>" not in answer.data
    assert len(answer.data) < 60_000


class LongStream(io.RawIOBase):
    """A picture followed by 40 MB that are never in memory at once."""

    def __init__(self, head):
        self.head, self.left = head, 40_000_000

    def readinto(self, buffer):
        chunk, self.head = self.head[:len(buffer)], self.head[len(buffer):]
        if not chunk:
            chunk = bytes(min(len(buffer), self.left))
            self.left -= len(chunk)
        buffer[:len(chunk)] = chunk
        return len(chunk)


def test_a_large_file_passes_through_without_filling_the_memory(client_for, county):
    browser, head = client_for("school"), picture()
    environ = {"wsgi.input": LongStream(head), "CONTENT_LENGTH": str(len(head) + 40_000_000)}
    headers = {"X-CSRF-Token": browser.csrf, "Content-Type": "application/octet-stream"}
    tracemalloc.start()
    answer = browser.client.post("/uploads/files", headers=headers, environ_overrides=environ)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert answer.status_code == 201
    assert scans(county)[0].size == len(head) + 40_000_000
    assert peak < 10_000_000
