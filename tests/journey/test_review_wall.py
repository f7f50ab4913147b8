"""The wall in a real browser: whole groups accepted by one key, odd ones picked out, the keys counted."""

import pytest
from sqlalchemy import func, select

from service.models import Decision, Sheet
from tests.journey.conftest import DESKTOP, PHONE, fits, until
from tests.service.review_sheets import VISIT, Read, draw, home_visit, put

pytestmark = pytest.mark.browser

FIELDS, MOST_KEYS = 200, 30
SEX = VISIT["sex"].box


@pytest.fixture
def seed(county):
    def put_there(*values):
        seeds = {value: home_visit(sex=Read(value, False, box=SEX)) for value in values}
        drawn = {value: draw(seed) for value, seed in seeds.items()}
        return [put(county.installation, seeds[value], county.users["school"], county.units["城关一小"],
                    drawn[value]) for value in values]
    return put_there


def ready(page, after=0):
    """Wait until another screenful hangs with all its pictures and Enter counts, or nothing is left; its number."""
    until(page, f"(document.querySelector('#tiles').dataset.open ?? 0) > {after} "
                "|| !document.querySelector('#done').hidden")
    return int(page.evaluate("document.querySelector('#tiles').dataset.open ?? 0"))


DONE = "!document.querySelector('#done').hidden && document.querySelector('#saved').dataset.state === 'saved'"


def decided(county):
    with county.installation.database.read() as session:
        return dict(session.execute(select(Decision.kind, func.count()).group_by(Decision.kind)).all())


def test_two_hundred_one_word_fields_take_at_most_thirty_key_presses(county, seed, open_page):
    seed(*["男"] * 110, *["女"] * 90)
    page = open_page("clerk")
    page.goto("/review/wall")
    page.click("a:has-text('性别')")
    presses, shown = 0, ready(page)
    while not page.evaluate("!document.querySelector('#done').hidden"):
        assert page.evaluate("[...document.querySelectorAll('.tile')].every(tile => "
                             "tile.getBoundingClientRect().bottom <= innerHeight)"), "a crop hangs out of sight"
        page.keyboard.press("Enter")
        presses += 1
        shown = ready(page, shown)
    until(page, DONE)
    print(f"{FIELDS} fields in {presses} key presses")
    assert presses <= MOST_KEYS
    assert decided(county) == {"accepted": FIELDS}
    with county.installation.database.read() as session:
        assert session.scalar(select(func.sum(Decision.keys))) == presses


def test_an_odd_one_is_picked_out_and_the_last_group_can_be_taken_back(county, seed, open_page):
    sheets = seed(*"女女女女女男男男")
    page = open_page("clerk")
    page.goto("/review/wall/home_visit/sex")
    shown = ready(page)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    assert page.text_content("#accept-words") == "接受其余 4 处"
    page.keyboard.press("Enter")
    shown = ready(page, shown)
    assert page.text_content("#group-title") == "机器读作「男」"
    page.keyboard.press("z")
    shown = ready(page, shown)
    assert (page.text_content("#group-title"), decided(county)["undone"]) == ("机器读作「女」", 4)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    shown = ready(page, shown)
    page.keyboard.press("Enter")
    until(page, DONE)
    with county.installation.database.read() as session:
        assert [session.get_one(Sheet, sheet).uncertain for sheet in sheets] == [0, 1] + [0] * (len(sheets) - 2)
    page.reload()
    until(page, DONE)  # the one picked out does not hang again


def test_what_a_colleague_was_faster_with_is_listed(county, seed, open_page):
    sheets = seed(*"女女女")
    page = open_page("clerk")
    page.goto("/review/wall/home_visit/sex")
    ready(page)
    other = open_page("second_clerk")
    other.route("**/review/next**", lambda route: route.abort())  # it would claim one more to have it ready
    other.goto(f"/review/{sheets[1]}")
    page.keyboard.press("Enter")
    until(page, "!document.querySelector('#refused').hidden")
    assert f"№ {sheets[1]}" in page.text_content("#refused")
    assert decided(county) == {"accepted": 2}


def test_nothing_is_accepted_before_its_picture_is_there(county, seed, open_page):
    seed(*"女女女")
    page = open_page("clerk")
    page.route("**/review/wall/crops**", lambda route: route.abort())
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.goto("/review/wall/home_visit/sex")
    page.wait_for_selector(".toast-note:has-text('图像没有取到')")
    asked_at = page.evaluate("performance.now()")
    until(page, f"performance.now() > {asked_at} + 400")  # long after Enter would count
    page.keyboard.press("Enter")
    assert not sent
    assert decided(county) == {}


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_wall_fits_the_screen(seed, open_page, viewport):
    seed(*["男"] * 4, *"女女女甲乙丙")
    page = open_page("clerk", viewport=viewport)
    for path in ("/review/wall", "/review/wall/home_visit/sex"):
        page.goto(path)
        assert fits(page)
