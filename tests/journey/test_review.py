"""A clerk's work at the review desk in a real browser, by keyboard alone, with the key presses counted."""

import pytest
from sqlalchemy import func, select

from service import cases, review
from service.models import Decision, HomeVisit, Sheet, TownshipCount
from service.models.values import FORM_ROW
from tests.conftest import PASSWORD, login_of
from tests.journey.conftest import DESKTOP, PHONE, eventually, fits, until
from tests.service.review_sheets import VISIT, Read, Seed, home_visit, put, township_table

pytestmark = pytest.mark.browser

MOST_KEYS_VISIT, MOST_KEYS_TABLE = 12, 8
UNSURE = {  # the usual four: one right as read, one among the candidates, one unread, one caught by a rule
    "visit_teacher": Read("王建国", False, box=(0.55, 0.20, 0.70, 0.24)),
    "student_name": Read("谭海", False, ("谭梅", "谭每"), box=(0.20, 0.15, 0.38, 0.19)),
    "companion_teacher": Read("", False, raw="李*", box=(0.82, 0.20, 0.95, 0.24)),
    "sex": Read("男", False, box=(0.46, 0.15, 0.54, 0.19)),
}
SAVED = "document.querySelector('#saved').dataset.state === 'saved'"
UNSAVED = "document.querySelector('#saved[data-state=unsaved]').textContent.includes('{}')"


class Keyboard:
    """Presses keys and counts them; what is typed into a box is not counted."""

    def __init__(self, page) -> None:
        self.page, self.presses = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.presses += len(key.split("+"))
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)


@pytest.fixture
def seed(county):
    def put_there(what: Seed) -> int:
        return put(county.installation, what, county.users["school"], county.units["城关一小"])
    return put_there


@pytest.fixture
def desk(open_page):
    """`desk(sheet_id)`: the clerk's page with that sheet open and its picture shown."""
    def opened(sheet_id: int, key: str = "clerk", viewport=DESKTOP):
        page = open_page(key, viewport=viewport)
        page.goto(f"/review/{sheet_id}")
        page.wait_for_selector("#layer.is-smooth, #layer[style]", state="attached")
        return page
    return opened


def unsent(county, sheet_id: int) -> str:
    """Where the clerk's browser keeps what it has not sent of a sheet."""
    return f"review-unsaved:{county.users['clerk']}:/review/{sheet_id}"


def current(page) -> str:
    return page.evaluate("document.activeElement.dataset.key ?? ''")


def at_end(page) -> None:
    until(page, "document.activeElement.matches('.btn-sign')")


def stands(county, sheet_id, field, row=FORM_ROW):
    with county.installation.database.read() as session:
        return review.effective(session, session.get_one(Sheet, sheet_id))[row, field]


def test_a_visit_with_four_unsure_fields_is_signed_off_in_twelve_key_presses(county, seed, desk):
    days = [Read(f"2019-04-{day}", box=VISIT["visit_time"].box) for day in (11, 10, 9)]  # of one child
    sheets = [seed(home_visit(**UNSURE, visit_time=day)) for day in days]
    page = desk(sheets[0])
    asked = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/review")[2]))
    for sheet_id, following in zip(sheets, sheets[1:], strict=False):
        keys = Keyboard(page)
        until(page, "document.querySelector('#progress').textContent === '还有 4 处'")
        assert current(page) == "0.student_name"
        keys.press("2")           # 谭梅, the second candidate
        assert current(page) == "0.sex"
        keys.press("F4")          # the ID number says 女
        assert current(page) == "0.visit_teacher"
        keys.press("Enter")
        keys.type("李芳")
        keys.press("Enter")
        at_end(page)
        until(page, f"document.querySelector('#desk').dataset.coming === '{following}'")
        until(page, SAVED)
        asked.clear()
        keys.press("Shift+Enter")
        page.wait_for_url(f"**/review/{following}")
        until(page, "document.querySelector('#desk').dataset.shownIn")
        assert not [path for path in asked if path.startswith(f"/{following}")], "the next sheet was not loaded yet"
        assert keys.presses <= MOST_KEYS_VISIT
        assert [stands(county, sheet_id, name).value for name in UNSURE] == ["王建国", "谭梅", "李芳", "女"]
    with county.installation.database.read() as session:
        visits = session.scalars(select(HomeVisit).order_by(HomeVisit.id)).all()
        assert [visit.sheet_id for visit in visits] == sheets[:2]
        assert sum(session.scalars(select(Decision.keys).where(Decision.sheet_id == sheets[0]))) >= 4


def test_a_table_with_one_bad_sum_is_signed_off_in_eight_key_presses(county, seed, desk):
    sheet_id = seed(township_table({(2, "prior_year"): Read("18", False, ("16",))}, rows=3))
    page = desk(sheet_id)
    keys = Keyboard(page)
    assert page.text_content("#table-objections").startswith("河滨：18 + 2 应为 20，合计写的是 18")
    assert page.text_content("td[data-check='row_sum'][data-row='2']") == "应为 20"
    keys.press("F4")
    at_end(page)
    until(page, SAVED)
    assert page.query_selector(".check.is-wrong") is None
    keys.press("Shift+Enter")
    page.wait_for_url("**/review?done=1")
    assert keys.presses <= MOST_KEYS_TABLE
    held = stands(county, sheet_id, "prior_year", row=2)
    assert (held.value, held.decision.kind) == ("16", "picked")
    with county.installation.database.read() as session:
        filed = session.scalars(select(TownshipCount.prior_year).order_by(TownshipCount.row)).all()
    assert filed == [3, 16, 75]


def test_digits_go_straight_into_cells_and_the_sums_follow_as_they_are_typed(county, seed, desk):
    sheet_id = seed(township_table())
    page = desk(sheet_id)
    page.focus("[data-key='1.prior_year'] input")
    page.keyboard.type("9")
    assert page.text_content("td[data-check='row_sum'][data-row='1']") == "应为 11"
    assert page.text_content("td[data-check='column_sum.prior_year']") == "应为 182"
    page.keyboard.press("ArrowDown")
    assert current(page) == "2.prior_year"
    until(page, SAVED)
    assert stands(county, sheet_id, "prior_year", row=1).value == "9"
    page.keyboard.press("Control+z")
    until(page, "document.querySelector(\"[data-key='1.prior_year'] input\").value === '3'")
    page.keyboard.press("ArrowRight")
    assert current(page) == "1.ministry_list"


def test_a_whole_row_is_accepted_by_one_key(county, seed, desk):
    unsure = {(2, name): Read(value, False, box=(0.1, 0.3, 0.2, 0.34))
              for name, value in (("unit", "河滨"), ("prior_year", "16"), ("ministry_list", "2"))}
    sheet_id = seed(township_table(unsure))
    page = desk(sheet_id)
    assert current(page) == "2.unit"
    page.keyboard.press("Control+Enter")
    at_end(page)
    until(page, SAVED)
    assert all(stands(county, sheet_id, name, row=2).decision for _, name in unsure)


def test_a_row_that_is_not_on_the_paper_is_cleared_by_one_key(county, seed, desk):
    sheet_id = seed(township_table({(6, "unit"): Read("计", False), (6, "prior_year"): Read("7", False)}))
    page = desk(sheet_id)
    assert current(page) == "6.unit"
    page.keyboard.press("F8")  # no unit there: then nothing else may stand there
    until(page, "document.querySelector('#table-objections').textContent.includes('第 6 行写了内容，没有单位')")
    page.focus("[data-key='6.prior_year'] input")
    page.keyboard.press("Control+Delete")
    at_end(page)
    until(page, SAVED)
    assert [stands(county, sheet_id, name, row=6).value for name in ("unit", "prior_year")] == ["", ""]
    page.keyboard.press("Shift+Enter")
    page.wait_for_url("**/review?done=1")


def test_composing_chinese_never_accepts_or_signs_off(county, seed, desk):
    sheet_id = seed(home_visit(**UNSURE))
    page = desk(sheet_id)
    page.focus("[data-key='0.companion_teacher'] input")
    page.evaluate("addEventListener('compositionend', () => { window.composedAt = performance.now(); })")
    line = page.context.new_cdp_session(page)
    line.send("Input.imeSetComposition", {"text": "lifang", "selectionStart": 6, "selectionEnd": 6})
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+Enter")
    for options in ({"keyCode": 229, "key": "Enter"}, {"isComposing": True, "key": "Enter"},
                    {"isComposing": True, "key": "2"}):
        page.evaluate("options => document.activeElement.dispatchEvent("
                      "new KeyboardEvent('keydown', {bubbles: true, cancelable: true, ...options}))", options)
    assert current(page) == "0.companion_teacher"
    line.send("Input.insertText", {"text": "李芳"})
    assert page.input_value("[data-key='0.companion_teacher'] input") == "李芳"
    with county.installation.database.read() as session:
        assert session.scalars(select(Decision)).all() == []
    until(page, "performance.now() - window.composedAt > 40")  # an Enter sooner than this may be the input method's
    page.keyboard.press("Enter")
    until(page, SAVED)
    assert stands(county, sheet_id, "companion_teacher").value == "李芳"


def test_number_keys_choose_only_where_numbers_are_not_typed(county, seed, desk):
    sheet_id = seed(home_visit(age=Read("17", False, ("11",)), reason=Read("学习困维", False, ("学习困难",))))
    page = desk(sheet_id)
    assert current(page) == "0.age"
    page.keyboard.type("12")
    assert page.input_value("[data-key='0.age'] input") == "12"
    page.keyboard.press("Escape")
    assert page.input_value("[data-key='0.age'] input") == "17"
    page.keyboard.press("Alt+2")
    assert current(page) == "0.reason"
    page.keyboard.type("因2")  # once something was typed a number is a number
    assert page.input_value("[data-key='0.reason'] textarea") == "因2"
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    at_end(page)
    until(page, SAVED)
    assert [stands(county, sheet_id, name).value for name in ("age", "reason")] == ["11", "学习困难"]


def test_what_was_decided_is_there_after_a_reload_and_can_be_undone(county, seed, desk):
    sheet_id = seed(home_visit(**UNSURE))
    page = desk(sheet_id)
    page.keyboard.press("2")
    until(page, SAVED)
    page.reload()
    assert page.input_value("[data-key='0.student_name'] input") == "谭梅"
    assert current(page) == "0.sex"
    page.keyboard.press("Control+z")
    until(page, "document.activeElement.dataset.key === '0.student_name'")
    assert stands(county, sheet_id, "student_name").value == "谭海"
    page.keyboard.press("F9")
    until(page, SAVED)
    assert stands(county, sheet_id, "student_name").decision.kind == "illegible"


def test_a_dead_network_is_shown_and_nothing_decided_is_lost_by_it(county, seed, desk):
    sheet_id = seed(home_visit(**UNSURE))
    page = desk(sheet_id)
    page.on("dialog", lambda dialog: dialog.accept())
    page.route("**/decisions", lambda route: route.abort())
    page.keyboard.press("2")
    until(page, UNSAVED.format("没有保存"))
    page.keyboard.press("F4")   # the clerk goes on working
    assert stands(county, sheet_id, "student_name").decision is None
    page.unroute("**/decisions")
    until(page, SAVED)
    assert [stands(county, sheet_id, name).value for name in ("student_name", "sex")] == ["谭梅", "女"]
    page.route("**/decisions", lambda route: route.abort())
    page.keyboard.press("Enter")
    until(page, "document.querySelector('#saved').dataset.state === 'unsaved'")
    page.unroute("**/decisions")
    page.reload()
    until(page, SAVED)
    until(page, "document.querySelector('#progress').textContent === '还有 1 处'")
    assert stands(county, sheet_id, "visit_teacher").decision is not None


def test_of_two_clerks_the_second_sees_both_values_and_chooses(county, seed, desk):
    sheet_id = seed(home_visit(age=Read("", False), companion_teacher=Read("", False)))
    one, two = desk(sheet_id), desk(sheet_id, "second_clerk")
    assert "测试clerk 正在核对这张表" in two.text_content(".desk-notice")
    one.keyboard.type("11")
    one.keyboard.press("Enter")
    until(one, SAVED)
    two.keyboard.type("12")
    two.keyboard.press("Enter")
    two.wait_for_selector("#conflict[open]")
    both = [two.text_content(f"#conflict [data-part='{part}']") for part in ("theirs", "mine")]
    assert both == ["11", "12"]
    two.click("#conflict [data-choose='mine']")
    until(two, SAVED)
    assert stands(county, sheet_id, "age").value == "12"
    one.keyboard.type("李芳")   # another field than the one the colleague changed: no question asked
    one.keyboard.press("Enter")
    until(one, SAVED)
    assert stands(county, sheet_id, "companion_teacher").value == "李芳"
    assert one.input_value("[data-key='0.age'] input") == "12"


def test_what_does_not_fit_is_said_at_the_box_and_keeps_the_sheet_open(county, seed, desk):
    sheet_id = seed(home_visit(age=Read("", False)))
    page = desk(sheet_id)
    page.keyboard.type("很多")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-key='0.age'] [data-part='error']:not([hidden])")
    assert "不是数字" in page.text_content("[data-key='0.age'] [data-part='error']")
    until(page, "document.activeElement.dataset.key === '0.age'")
    page.keyboard.press("Shift+Enter")
    until(page, "document.querySelector('#gaps').textContent.includes('年龄')")
    assert stands(county, sheet_id, "age").needs_person


def test_a_sheet_of_no_known_form_is_chosen_by_number_and_typed_in(county, seed, desk):
    sheet_id = seed(Seed(None))
    page = desk(sheet_id)
    page.keyboard.press("1")
    page.wait_for_selector("#fields")
    until(page, "document.activeElement.dataset.key === '0.school_name'")
    page.keyboard.type("城关一小")
    page.keyboard.press("Enter")
    until(page, SAVED)
    assert stands(county, sheet_id, "school_name").value == "城关一小"


def test_a_table_is_typed_in_from_the_picture_and_a_wrong_choice_of_form_can_be_changed(county, seed, desk):
    sheet_id = seed(Seed(None))
    page = desk(sheet_id)
    page.keyboard.press("1")
    page.wait_for_selector("#fields")
    page.click(".another-form summary")
    page.click(".another-form button:has-text('统计表')")
    page.wait_for_selector("#grid")
    until(page, "document.querySelector('#progress').textContent === '还没有填写任何内容'")
    until(page, "document.activeElement.dataset.key === '1.seq'")
    page.keyboard.press("ArrowRight")
    for text in ("城关", "3", "2", "5"):
        page.keyboard.insert_text(text)
        page.keyboard.press("Tab")
    until(page, SAVED)
    until(page, "document.querySelector('#progress').textContent === '全部核对完'")
    assert [stands(county, sheet_id, name, row=1).value for name in ("unit", "total")] == ["城关", "5"]
    page.keyboard.press("Shift+Enter")
    page.wait_for_url("**/review?done=1")


def test_a_sheet_goes_back_to_the_school_with_a_reason_chosen_by_number(county, seed, desk):
    first, second = seed(home_visit(**UNSURE)), seed(home_visit())
    page = desk(first)
    page.keyboard.press("Alt+r")
    page.keyboard.press("4")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/review/{second}")
    with county.installation.database.read() as session:
        sheet = session.get_one(Sheet, first)
        assert (sheet.state, sheet.return_reason) == ("returned", "缺少学校公章")


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_queue_and_desk_fit_the_screen(seed, desk, viewport):
    visit, table = seed(home_visit(**UNSURE)), seed(township_table())
    page = desk(visit, viewport=viewport)
    assert fits(page)
    for path in (f"/review/{table}", "/review"):
        page.goto(path)
        assert fits(page)


def test_closing_the_browser_loses_at_most_the_field_being_typed(county, seed, desk):
    sheet_id = seed(home_visit(**UNSURE))
    page = desk(sheet_id)
    with county.installation.database.write() as session:
        session.execute(select(Sheet.id).with_for_update())  # the server cannot save while this lasts
        page.keyboard.press("2")
        page.keyboard.press("F4")
        page.keyboard.press("Enter")
        page.keyboard.type("赵")  # being typed into the companion's box
        assert page.evaluate(f"JSON.parse(sessionStorage.getItem('{unsent(county, sheet_id)}')).waiting.length") == 3
        page.close()
    eventually(lambda: stands(county, sheet_id, "visit_teacher").decision is not None)
    assert [stands(county, sheet_id, name).value for name in ("student_name", "sex", "visit_teacher")] == [
        "谭梅", "女", "王建国"]
    assert stands(county, sheet_id, "companion_teacher").decision is None
    with county.installation.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Decision)) == 3, "each is kept once"


def test_what_a_browser_closed_without_network_had_left_is_sent_by_the_next_screen(county, seed, desk):
    first, second = seed(home_visit(**UNSURE)), seed(home_visit(**UNSURE))
    page = desk(first)
    page.context.set_offline(True)
    page.keyboard.press("2")
    page.keyboard.press("F4")
    until(page, UNSAVED.format("没有保存"))
    page.close()
    page = page.context.new_page()
    page.context.set_offline(False)
    page.goto(f"/review/{second}")
    page.wait_for_selector(f".toast-note:has-text('№ {first} 上次没有来得及保存的 2 处，已补存')")
    assert [stands(county, first, name).value for name in ("student_name", "sex")] == ["谭梅", "女"]
    page.goto("/review")
    assert page.evaluate("localStorage.length") == 0


def test_logging_out_elsewhere_keeps_what_is_decided_until_the_login_after_it(county, seed, desk):
    sheet_id = seed(home_visit(**UNSURE))
    page = desk(sheet_id)
    other = page.context.new_page()
    other.goto("/review")
    other.click("details.user-menu summary")
    other.click("button:has-text('退出登录')")
    other.wait_for_url("**/login**")
    page.keyboard.press("2")
    until(page, UNSAVED.format("登录已过期"))
    other.fill("[name=login]", login_of("clerk"))
    other.fill("[name=password]", PASSWORD)
    other.click("button:has-text('登录')")
    other.wait_for_url(lambda url: "/login" not in url)
    until(page, SAVED)
    assert stands(county, sheet_id, "student_name").value == "谭梅"


def test_the_childs_file_phrases_and_the_place_to_retake_are_at_the_clerks_keys(county, seed, desk):
    with county.installation.database.write() as session:
        cases.sign_off(session, county.actor("clerk"), seed(home_visit()), 0)
    sheet_id = seed(home_visit(visit_teacher=Read("赵敏", False), reason=Read("看不懂", False)))
    page = desk(sheet_id)
    assert "档案里有这个孩子：谭梅" in page.text_content(".known-child")
    assert page.text_content("[data-key='0.visit_teacher'] .card-known.is-different") == "档案：王建国"
    page.keyboard.press("Enter")
    assert current(page) == "0.reason"
    page.keyboard.press("2")  # the first phrase, after the one candidate
    until(page, SAVED)
    assert stands(county, sheet_id, "reason").value == "外出打工"
    page.focus("[data-key='0.id_number'] input")
    page.keyboard.press("Alt+r")
    assert page.text_content("#return [data-part='piece-name']") == "身份证号"
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    page.wait_for_url("**/review?**")
    with county.installation.database.read() as session:
        assert session.get_one(Sheet, sheet_id).return_box == [0.20, 0.25, 0.95, 0.29]


def test_a_colleague_is_asked_by_keyboard_and_both_sides_see_it(county, seed, desk):
    sheet_id = seed(home_visit(**UNSURE))
    page = desk(sheet_id)
    page.keyboard.press("Alt+q")
    names = page.locator("#ask [data-colleague]").all_text_contents()
    page.keyboard.press(str(next(n for n, name in enumerate(names, 1) if "second_clerk" in name)))
    page.keyboard.insert_text("这是谭海还是谭梅？")
    page.keyboard.press("Enter")
    page.wait_for_url("**/review?**")
    assert "等 测试second_clerk 答复" in page.text_content("table")
    other = desk(sheet_id, "second_clerk")
    assert "这是谭海还是谭梅？" in other.text_content(".desk-notice.is-note")
    other.keyboard.press("2")
    until(other, SAVED)
    page.goto(f"/review/{sheet_id}")
    assert "已接手" in page.text_content(".desk-notice.is-note")
