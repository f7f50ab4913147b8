"""Each of the seven forms from the school's file to the records: several pages, several rows, read, reviewed, filed."""

import pytest
from sqlalchemy import func, select

from service.models import (
    Agreement,
    HomeVisit,
    Lesson,
    PaperReturn,
    Persuasion,
    Sheet,
    Student,
    TownshipCount,
    Transfer,
)
from tests.journey.conftest import fits, until
from tests.journey.papers_read import Page, PapersReader
from tests.service.case_papers import SCHOOL, ago, file_visit, id_number, visit_values
from tests.service.other_papers import (
    agreement_values,
    lesson_values,
    persuasion_values,
    register_cells,
    return_values,
)

pytestmark = pytest.mark.browser
CONFIRM = """(() => {
    const buttons = [...document.querySelectorAll("#desk button")];
    const asked = buttons.find((button) => button.textContent.includes("原件如此"));
    asked?.click();
    return !asked && document.querySelector("#saved").dataset.state === "saved";
})()"""
"""Confirms what the rules object to, one after the other."""
OTHER_CHILD = {"student_name": "林小树", "id_number": id_number("20090807", "044")}


def form(template, values, *unsure):
    return Page(template, {(0, name): value for name, value in values.items()}, tuple((0, name) for name in unsure))


def pairs(template, values, *unsure):
    """Two children's papers of a form, of one day."""
    return [form(template, values(), *unsure), form(template, values(**OTHER_CHILD), *unsure)]


def counts(*rows):
    return {(number, name): value for number, row in enumerate(rows, 1)
            for name, value in zip(("unit", "prior_year", "ministry_list", "total"), row, strict=True)}


REGISTER = [
    Page("transfer_register", register_cells(
        [("谭小梅", "转出", id_number(sequence="022")), ("李静", "转入", id_number("20090101", "042")),
         ("王芳", "转入", id_number("20090202", "062"))], "1/2"), ((2, "direction"), (3, "moved_on"))),
    Page("transfer_register", register_cells(
        [("钱多", "转出", id_number("20090303", "031")), ("孙英", "转入", id_number("20090404", "084"))], "2/2"),
        ((1, "direction"),)),
]
PAPERS = {
    "home_visit": (HomeVisit, 2, pairs("home_visit", visit_values, "visit_teacher")),
    "persuasion_record": (Persuasion, 2, pairs("persuasion_record", persuasion_values, "outcome", "guardian")),
    "home_teaching": (Lesson, 2, pairs("home_teaching", lesson_values, "lessons")),
    "transfer_register": (Transfer, 5, REGISTER),
    "township_table": (TownshipCount, 4, [
        Page("township_table", counts(("城关", "3", "2", "5"), ("河滨", "1", "4", "5"), ("鸦岭", "0", "2", "2")),
             ((2, "ministry_list"),)),
        Page("township_table", counts(("城关", "1", "1", "2")), ((1, "total"),))]),
    "monthly_return": (PaperReturn, 2, [
        form("monthly_return", return_values(), "closing"),
        form("monthly_return", return_values(unit="河滨", month=f"{ago(40):%Y-%m}"), "returned")]),
    "responsibility_agreement": (Agreement, 2, [
        form("responsibility_agreement", agreement_values(), "signed_on"),
        form("responsibility_agreement", agreement_values(school_name="城关二小"), "signer")]),
}


@pytest.fixture
def journey(county, open_page, reading):
    """`journey(pages)`: the school hands them in as one file, a clerk reviews and signs each; gives clerk's page."""
    def go(pages):
        reader = PapersReader()
        school = open_page("school")
        school.goto("/uploads")
        school.set_input_files("#files", [{"name": "扫描.pdf", "mimeType": "application/pdf",
                                           "buffer": reader.file(pages)}])
        reading(reader)
        school.locator(".sending-row", has_text="扫描.pdf").get_by_text("待审核").wait_for()
        clerk = open_page("clerk")
        clerk.goto("/review/next")
        for number, page in enumerate(pages, signed(county) + 1):
            review(clerk, page)
            until(clerk, lambda wanted=number: signed(county) == wanted)
        clerk.wait_for_url("**/review?done=*")
        return clerk
    return go


def review(clerk, page):
    """Type what the reader left open, confirm what the rules object to, sign."""
    clerk.wait_for_selector("#layer[style]", state="attached")
    assert clerk.locator("#desk [data-key] :is(input, textarea)").count() >= len(page.cells)
    for row, field in page.unsure:
        clerk.locator(f"[data-key='{row}.{field}'] :is(input, textarea)").first.fill(page.cells[row, field])
        clerk.keyboard.press("Enter")
    until(clerk, CONFIRM)
    assert fits(clerk)
    clerk.keyboard.press("Shift+Enter")


def signed(county):
    with county.installation.database.read() as session:
        return session.scalar(select(func.count()).select_from(Sheet).where(Sheet.state == "signed"))


def inks(page, scope):
    """Every piece of ink in the scope, each really there."""
    pictures = page.locator(f"{scope} a.ink img").all()
    for picture in pictures:
        picture.scroll_into_view_if_needed()
        picture.evaluate("image => image.decode()")
        assert picture.evaluate("image => image.naturalWidth > 10"), picture.get_attribute("alt")
    return pictures


@pytest.mark.parametrize("name", PAPERS)
def test_a_form_goes_from_the_schools_file_to_the_records(county, journey, name):
    model, records, pages = PAPERS[name]
    known = on_file(county) if name == "transfer_register" else 0
    clerk = journey(pages)
    with county.installation.database.read() as session:
        assert session.scalar(select(func.count()).select_from(model)) == records
        ids = session.scalars(select(Sheet.id).where(Sheet.id > known).order_by(Sheet.id)).all()
    for sheet_id, page in zip(ids, pages, strict=True):
        clerk.goto(f"/sheets/{sheet_id}")
        assert clerk.locator(".filed li").count() and fits(clerk), "the sheet says what it was filed as"
        assert clerk.locator("rect.spot").count() == len(page.cells), "each value has its place on the picture"
    if name in CHILDS:
        opens_its_ink(county, clerk)


CHILDS = {"home_visit", "persuasion_record", "home_teaching", "transfer_register"}
"""Forms whose values stand in a child's file."""


def on_file(county):
    """A child whom a line of the register will join; returns its sheet."""
    with county.installation.database.write() as session:
        return file_visit(session, county.actor("clerk"), county.units[SCHOOL],
                          store=county.installation.store).sheet_id


def opens_its_ink(county, clerk):
    """Every value in the child's file leads to the ink it came from, sealed ones once they are opened."""
    with county.installation.database.read() as session:
        child = session.scalars(select(Student.id).where(Student.name == "谭小梅")).one()
    clerk.goto(f"/students/{child}")
    assert clerk.locator(".value.is-sealed").count()
    assert clerk.locator(".value.is-sealed a.ink").count() == 0, "masked values keep their ink back"
    clerk.click("button:has-text('显示完整信息')")
    clerk.get_by_text("正在显示完整信息").wait_for()
    without = clerk.locator(".timeline .value:not(:has(a.ink))").all_inner_texts()
    assert [text for text in without if not text.rstrip().endswith("—")] == []
    assert len(inks(clerk, ".timeline")) >= 6
    facts = clerk.locator("section[aria-label='基本情况'] dd:not(:has(a.from-paper))").all_inner_texts()
    assert [text for text in facts if text not in ("—", "未登记") and not text[:4].isdigit()] == []
    link = clerk.locator(".timeline a.ink").last
    target = link.get_attribute("href")
    link.click()
    clerk.wait_for_url(f"**{target}")
    assert clerk.locator("rect:target").count() == 1
