"""The quality page tells what second readings and known answers bear out, and no more than that."""

import pytest
from sqlalchemy import select

from service import calendar
from service.database import now
from service.errors import Invalid, NotAllowed
from service.models import SecondEntry, SecondReading, Sheet
from service.models.values import FORM_ROW
from service.review import quality, second, spots, stream
from service.review.intervals import wilson
from tests.service.review_sheets import VISIT, Seed, draw, put

TODAY = calendar.today()
MONTH = quality.month_of(TODAY.year, TODAY.month)
TARGET = 0.002


@pytest.fixture
def bureau(county):
    return county.actor("bureau")


@pytest.fixture
def signed(county):
    """`signed(n, "sex", "age")`: n signed sheets of this month with these fields."""
    def make(number, *names):
        seed = Seed("home_visit", {(FORM_ROW, name): VISIT[name] for name in names})
        picture = draw(seed)
        ids = [put(county.installation, seed, county.users["school"], county.units["城关一小"], picture)
               for _ in range(number)]
        with county.installation.database.write() as session:
            for sheet in session.scalars(select(Sheet).where(Sheet.id.in_(ids))):
                sheet.state, sheet.signed_by, sheet.signed_at = "signed", county.users["clerk"], now()
        return ids
    return make


@pytest.fixture
def read_twice(county):
    """`read_twice(sheets, "sex", wrong=3)`: closed second readings, the first value wrong in so many."""
    def close(sheets, field, wrong=0, kind="spot", user="second_clerk"):
        with county.installation.database.write() as session:
            for n, sheet_id in enumerate(sheets):
                good = "second_wrong" if kind == "known" else "first_wrong"
                one = SecondReading(sheet_id=sheet_id, field=field, kind=kind, state="closed", first_value="女",
                                    value="男", outcome=good if n < wrong else "agreed", closed_at=now())
                one.entries.append(SecondEntry(user_id=county.users[user], value="女", agrees=n >= wrong))
                session.add(one)
    return close


def look(county, actor, target=TARGET):
    with county.installation.database.read() as session:
        return quality.look(session, actor, MONTH, target)


def test_with_too_few_data_no_figure_is_told_but_how_many_are_lacking(county, bureau, signed, read_twice):
    assert look(county, bureau).total is None
    sheets = signed(80, "sex")
    read_twice(sheets[:20], "sex", wrong=1)
    found = look(county, bureau)
    assert (found.total, found.cost, found.lacking) == (None, None, quality.FEWEST - 20)
    assert [(line.settled, line.twice, line.errors) for line in found.forms[0][1]] == [(80, 20, None)]


def test_what_remains_is_what_was_found_in_the_sample_carried_over_to_the_rest(county, bureau, signed, read_twice):
    sheets = signed(100, "sex", "age")
    read_twice(sheets[:60], "sex", wrong=3)
    read_twice(sheets[:50], "age", wrong=0)
    found = look(county, bureau)
    sex, age = (wilson(3, 60), wilson(0, 50))
    assert (found.settled, found.covered) == (200, 1.0)
    assert found.total.remaining.value == pytest.approx(40 * sex.share)
    assert found.total.remaining.high == pytest.approx(
        40 * sex.share + ((40 * (sex.high - sex.share)) ** 2 + (50 * age.high) ** 2) ** 0.5)
    by_name = {line.name: line for line in found.forms[0][1]}
    assert by_name["年龄"].rate.value == 0
    assert by_name["年龄"].rate.high > 0  # nothing found is not nothing there


def test_fields_with_few_data_are_told_together_or_left_out_by_name(county, bureau, signed, read_twice):
    sheets = signed(60, "sex", "age", "grade_class")
    read_twice(sheets, "sex", wrong=1)
    read_twice(sheets[:30], "age")
    found = look(county, bureau)
    assert (found.covered, found.lacking) == (pytest.approx(1 / 3), 0)
    read_twice(sheets[30:55], "grade_class", wrong=1)
    found = look(county, bureau)
    assert found.covered == 1
    assert found.forms[0][0].twice == 115


def test_a_reader_who_misses_known_answers_makes_the_estimate_larger(county, bureau, signed, read_twice):
    sheets = signed(100, "sex")
    read_twice(sheets[:50], "sex", wrong=2)
    before = look(county, bureau)
    assert before.caught.caught is None
    read_twice(sheets[:40], "sex", wrong=4, kind="known")
    after = look(county, bureau)
    assert after.caught.caught.share == 0.9
    assert after.total.remaining.value == pytest.approx(0.04 * (100 / 0.9 - 50))
    assert [(one.name, one.checks, one.caught.found) for one in after.readers] == [("测试second_clerk", 40, 36)]
    assert [(one.name, one.checks) for one in after.by_field] == [("性别", 40)]


def test_the_cost_of_a_target_is_read_where_most_errors_are(county, bureau, signed, read_twice):
    sheets = signed(200, "sex", "age")
    read_twice(sheets[:50], "sex", wrong=5)     # 150 left at 10 %: 15 wrong
    read_twice(sheets[:50], "age", wrong=1)     # 150 left at 2 %: 3 wrong
    cost = look(county, bureau, target=0.02).cost     # 8 of 400 may be wrong: ten must go
    assert (cost.more, cost.where) == (100, (("性别", 100),))
    cost = look(county, bureau, target=0.005).cost    # 2 may be wrong: all of one field, part of the other
    assert cost.where == (("性别", 150), ("年龄", 50))
    assert look(county, bureau, target=0.2).cost.more == 0


def test_so_many_more_as_said_make_the_target_sure_and_one_fewer_does_not(county, bureau, signed, read_twice):
    sheets = signed(120, "sex")
    read_twice(sheets[:60], "sex")
    more = look(county, bureau, target=0.02).cost.to_be_sure
    read_twice(sheets[60:60 + more - 1], "sex")
    assert look(county, bureau).total.rate.high > 0.02
    read_twice(sheets[60 + more - 1:60 + more], "sex")
    found = look(county, bureau, target=0.02)
    assert found.total.rate.high <= 0.02
    assert found.cost.to_be_sure == 0


def test_spots_are_drawn_from_signed_sheets_and_an_error_waits_to_be_mended(county, bureau, signed):
    clerk, other = county.actor("clerk"), county.actor("second_clerk")
    signed(12, "sex", "age")
    with county.installation.database.write() as session:
        assert spots.draw(session, bureau, MONTH, 5) == 5
    with county.installation.database.write() as session:
        assert stream.next_place(session, clerk) is None  # who signed the sheets does not check them
        place = stream.next_place(session, other)
        second.enter(session, other, place.id, "男" if place.title == "性别" else "12")
    with county.installation.database.write() as session:
        second.enter(session, bureau, place.id, "男" if place.title == "性别" else "12")
    with county.installation.database.read() as session:
        assert [(one.title, one.mended) for one in spots.findings(session, bureau, MONTH)] == [(place.title, False)]
        assert spots.pending(session, bureau).second == 4
    with county.installation.database.write() as session:
        assert spots.draw(session, bureau, MONTH, 100) == 24 - 5  # what was drawn is not drawn again
    with pytest.raises(Invalid), county.installation.database.write() as session:
        spots.draw(session, bureau, MONTH, 0)


def test_only_the_bureau_sees_the_quality_of_others(county):
    with pytest.raises(NotAllowed):
        look(county, county.actor("clerk"))


def test_the_page_says_it_in_words(client_for, signed, read_twice):
    browser = client_for("bureau")
    path = f"/quality/{TODAY:%Y-%m}"
    assert browser.get("/quality").location.endswith(path)
    assert "还没有签发的表" in browser.get(path).get_data(as_text=True)
    sheets = signed(90, "sex", "age")
    read_twice(sheets[:20], "sex")
    assert "还要复核 <strong" in browser.get(path).get_data(as_text=True)
    read_twice(sheets[:80], "age", wrong=1)
    page = browser.get(f"{path}?target=0.001").get_data(as_text=True)
    assert "有 95 % 的把握在" in page
    assert "只看数据够的栏目（全月内容的 50 %）" in page
    assert browser.post(f"{path}/spots", data={"number": "7"}).location.endswith("drawn=7")
    assert browser.get("/quality/2019-13").status_code == 404


def test_a_month_begins_and_ends_at_midnight_in_the_county():
    december = quality.month_of(2019, 12)
    assert (december.begin.isoformat(), december.end.isoformat()) == (
        "2019-12-01T00:00:00+08:00", "2020-01-01T00:00:00+08:00")
