"""Second readings: blind, by others, settled by a third; signed off only after; known answers strewn in."""

from random import Random

import pytest
from sqlalchemy import select

from ocr.template import load_templates
from service import accounts, calendar, cases, review
from service.access import actor_for
from service.errors import Conflict, Invalid, NotFound
from service.models import Decision, HomeVisit, SecondEntry, SecondReading, Sheet, User
from service.models.values import FORM_ROW
from service.review import quality, sampling, second, spots, stream, wall, wholesale
from tests.conftest import PASSWORD
from tests.service.review_sheets import Read, home_visit, put, township_table


@pytest.fixture(autouse=True)
def _no_known_answers(monkeypatch):
    """Known answers come by a lot of the installation's own key: only where a test is about them."""
    monkeypatch.setattr(stream, "KNOWN_SHARE", 0.0)


@pytest.fixture
def asked(monkeypatch):
    """`asked(name=share)`: fields of the home visit that are read twice from now on."""
    def ask(form="home_visit", **shares):
        for name, share in shares.items():
            monkeypatch.setitem(load_templates()[form].field(name).options, "second_reading", share)
    return ask


@pytest.fixture
def people(county):
    return [county.actor(key) for key in ("clerk", "second_clerk", "bureau")]


@pytest.fixture
def seed(county):
    def put_there(what=None):
        return put(county.installation, what or home_visit(), county.users["school"], county.units["城关一小"])
    return put_there


def sign(county, actor, sheet_id):
    with county.installation.database.write() as session:
        return cases.sign_off(session, actor, sheet_id, session.get_one(Sheet, sheet_id).version).state


def shown(county, actor):
    with county.installation.database.write() as session:
        return stream.next_place(session, actor)


def enter(county, actor, place_id, text, **rest):
    with county.installation.database.write() as session:
        found = second.enter(session, actor, place_id, text, **rest)
        return found.state, found.outcome


def name_of(county, sheet_id):
    with county.installation.database.read() as session:
        return review.effective(session, session.get_one(Sheet, sheet_id))[FORM_ROW, "student_name"].value


def test_a_form_that_asks_for_nothing_is_signed_off_at_once(county, people, seed):
    assert sign(county, people[0], seed()) == "signed"
    assert all(sampling.share_of(spec) == 0 for form in load_templates().values()
               for spec in (*form.fields, *form.columns))


def test_the_sign_off_waits_until_another_clerk_read_the_same(county, people, seed, asked):
    asked(student_name="always")
    clerk, other, _ = people
    sheet_id = seed()
    assert sign(county, clerk, sheet_id) == "to_review"
    with county.installation.database.write() as session:
        assert session.scalars(select(HomeVisit)).all() == []
        assert review.claim_next(session, other, review.Filters()) is None  # nothing to do at the desk
        assert second.handed_on(session, [sheet_id]) == {sheet_id}
    assert shown(county, clerk) is None  # never back to the one who wanted to sign
    place = shown(county, other)
    assert (place.title, place.left) == ("学生姓名", 1)
    assert "谭" not in str(place)
    assert enter(county, other, place.id, "谭梅 ") == ("closed", "agreed")
    with county.installation.database.write() as session:
        assert review.claim_next(session, clerk, review.Filters()) == sheet_id
    assert sign(county, clerk, sheet_id) == "signed"
    with county.installation.database.read() as session:
        assert len(session.scalars(select(HomeVisit)).all()) == 1


@pytest.mark.parametrize(("third", "outcome", "stands", "decided"), [
    ("谭梅", "second_wrong", "谭梅", False), ("谭海", "first_wrong", "谭海", True),
    ("覃海", "all_differ", "覃海", True)])
def test_a_disagreement_goes_to_a_third_person_whose_word_stands(
        county, people, seed, asked, third, outcome, stands, decided):
    asked(student_name="always")
    clerk, other, bureau = people
    sheet_id = seed()
    sign(county, clerk, sheet_id)
    place = shown(county, other)
    assert enter(county, other, place.id, "谭海") == ("third", "")
    assert (shown(county, clerk), shown(county, other)) == (None, None)  # never back to the first two
    for earlier in (clerk, other):
        with pytest.raises(Conflict):
            enter(county, earlier, place.id, "谭海")
    assert sign(county, clerk, sheet_id) == "to_review"
    assert shown(county, bureau).id == place.id
    assert enter(county, bureau, place.id, third) == ("closed", outcome)
    assert name_of(county, sheet_id) == stands
    with county.installation.database.read() as session:
        made = session.scalars(select(Decision.user_id)).all()
        assert made == ([bureau.user_id] if decided else [])
        assert len(session.scalars(select(SecondEntry)).all()) == 2
    assert sign(county, clerk, sheet_id) == "signed"


def test_whoever_decided_on_the_field_does_not_read_it_again(county, people, seed, asked):
    asked(student_name="always")
    clerk, other, bureau = people
    sheet_id = seed(home_visit(student_name=Read("谭每", False)))
    with county.installation.database.write() as session:
        review.decide(session, other, sheet_id, 0, FORM_ROW, "student_name", "corrected", "谭梅")
    sign(county, clerk, sheet_id)
    assert (shown(county, clerk), shown(county, other)) == (None, None)
    assert enter(county, bureau, shown(county, bureau).id, "谭梅") == ("closed", "agreed")


def test_a_value_changed_after_its_second_reading_is_read_again(county, people, seed, asked):
    asked(student_name="always")
    clerk, other, bureau = people
    sheet_id = seed()
    sign(county, clerk, sheet_id)
    enter(county, other, shown(county, other).id, "谭梅")
    with county.installation.database.write() as session:
        version = session.get_one(Sheet, sheet_id).version
        review.decide(session, clerk, sheet_id, version, FORM_ROW, "student_name", "corrected", "谭海")
    assert sign(county, clerk, sheet_id) == "to_review"
    assert shown(county, other) is None
    assert enter(county, bureau, shown(county, bureau).id, "谭海") == ("closed", "agreed")
    assert sign(county, clerk, sheet_id) == "signed"


def test_cells_of_tables_blanks_and_illegible_places_are_read_twice_too(county, people, seed, asked):
    asked("township_table", prior_year="always")
    clerk, other, _ = people
    sheet_id = seed(township_table({(2, "prior_year"): Read("", box=(0.4, 0.3, 0.5, 0.34)),
                                    (2, "total"): Read("2"), (-1, "prior_year"): Read("78"),
                                    (-1, "total"): Read("86")}, rows=3))
    with county.installation.database.write() as session:
        review.decide(session, clerk, sheet_id, 0, 1, "prior_year", "illegible", "")
        held = review.standing(session, session.get_one(Sheet, sheet_id))
        for objection in review.objections(held):
            review.decide(session, clerk, sheet_id, session.get_one(Sheet, sheet_id).version, objection.row,
                          f"!{objection.rule}", "accepted", "")
    assert sign(county, clerk, sheet_id) == "to_review"
    said = {"第 1 行": ("", True), "第 2 行": ("", False), "第 3 行": ("七十五", False), "合计行": ("78", False)}
    for _ in range(4):
        place = shown(county, other)
        text, illegible = said.pop(place.where)
        assert enter(county, other, place.id, text, illegible=illegible) == ("closed", "agreed")
    assert (said, shown(county, other)) == ({}, None)


def test_a_place_is_shown_to_one_person_at_a_time_and_gone_with_its_sheet(county, people, seed, asked):
    asked(student_name="always", id_number="always")
    clerk, other, bureau = people
    sheet_id = seed()
    sign(county, clerk, sheet_id)
    one, two = shown(county, other), shown(county, bureau)
    assert one.id != two.id
    with pytest.raises(Conflict):
        enter(county, bureau, one.id, "谭梅")
    with pytest.raises(Invalid):
        enter(county, bureau, two.id, "不是号码")
    with pytest.raises(NotFound):
        enter(county, bureau, 9999, "x")
    with county.installation.database.write() as session:
        review.set_aside(session, clerk, sheet_id, session.get_one(Sheet, sheet_id).version, "重复的表")
    assert shown(county, other) is None


def test_lots_are_drawn_at_the_share_asked_and_cannot_be_moved(county):
    drawn = [sampling.is_drawn(0.1, sheet, 0, "age") for sheet in range(4000)]
    assert 300 < sum(drawn) < 500
    assert drawn == [sampling.is_drawn(0.1, sheet, 0, "age") for sheet in range(4000)]
    assert drawn != [sampling.is_drawn(0.1, sheet, 0, "sex") for sheet in range(4000)]


def test_known_answers_are_strewn_in_among_places_the_reader_never_met(county, people, seed, asked, monkeypatch):
    monkeypatch.setattr(stream, "KNOWN_SHARE", 0.5)
    draws = Random(7)  # the installation's own lots differ from run to run
    monkeypatch.setattr(stream, "lot", lambda *_: draws.random())
    asked(student_name="always", age="always", id_number="always")
    clerk, other, bureau = people
    for _ in range(14):
        sign(county, clerk, seed())
    answers = {"学生姓名": "谭梅", "年龄": "11", "身份证号": home_visit().fields[FORM_ROW, "id_number"].value}
    for actor in [bureau] * 20 + [other] * 20:
        place = shown(county, actor)
        enter(county, actor, place.id, answers[place.title])
    with county.installation.database.read() as session:
        known = session.scalars(select(SecondReading).where(SecondReading.kind == "known")).all()
        assert 3 < len(known) < 30
        for one in known:
            entry = one.entries[0]
            met = session.scalars(select(SecondEntry.user_id).join(SecondReading).where(
                SecondReading.kind != "known", SecondReading.sheet_id == one.sheet_id,
                SecondReading.field == one.field)).all()
            assert (one.outcome, entry.user_id in met) == ("agreed", False)


def test_a_place_still_to_be_read_is_never_a_known_answer(county, people, seed, asked, monkeypatch):
    monkeypatch.setattr(stream, "KNOWN_SHARE", 1.0)
    asked(student_name="always")
    clerk, other, bureau = people
    sheet_id = seed()
    sign(county, clerk, sheet_id)
    enter(county, other, shown(county, other).id, "谭梅")
    with county.installation.database.write() as session:
        version = session.get_one(Sheet, sheet_id).version
        review.decide(session, clerk, sheet_id, version, FORM_ROW, "student_name", "corrected", "谭海")
    sign(county, clerk, sheet_id)
    place = shown(county, bureau)
    with county.installation.database.read() as session:
        assert session.get_one(SecondReading, place.id).kind == "required"


def test_the_fourth_pair_of_eyes_may_help_when_three_are_not_enough_people(county, people, seed, asked):
    asked(student_name="always")
    clerk, other, _ = people
    sign(county, clerk, seed())
    enter(county, other, shown(county, other).id, "谭海")
    with county.installation.database.write() as session:
        accounts.create(session, None, login="new.clerk", name="新来的", role="clerk",
                        unit_id=county.units["示范县教育体育局"], password=PASSWORD)
    with county.installation.database.read() as session:
        newcomer = actor_for(session, session.scalars(select(User).where(User.login == "new.clerk")).one())
    assert shown(county, newcomer).left == 1


def test_answers_over_http_never_say_what_others_read(client_for, county, people, seed, asked):
    asked(student_name="always")
    sheet_id = seed()
    sign(county, people[0], sheet_id)
    browser = client_for("second_clerk")
    page = browser.get("/review/second").get_data(as_text=True)
    place = shown(county, people[1])
    assert "谭" not in page
    assert browser.get(f"/review/second/{place.id}/crop").mimetype == "image/jpeg"
    answer = browser.post(f"/review/second/{place.id}", json={"text": "谭海"}, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json) == (200, {"next": None})
    assert "等复核录入" in browser.get("/review").get_data(as_text=True)


@pytest.mark.postgres
def test_wall_second_reading_and_quality_go_the_same_way_on_postgresql(county_pg, asked):
    county = county_pg
    asked(student_name="always")
    clerk, other, bureau = (county.actor(key) for key in ("clerk", "second_clerk", "bureau"))
    unsure = Read("女", False, box=(0.46, 0.15, 0.54, 0.19))
    sheets = [put(county.installation, home_visit(sex=unsure, visit_time=Read(f"2019-04-{day}")),
                  county.users["school"], county.units["城关一小"]) for day in (11, 10, 12)]
    database, month = county.installation.database, quality.month_of(calendar.today().year, calendar.today().month)
    with database.write() as session:
        group = wall.hang(session, clerk, "home_visit", "sex").groups[0]
        review.decide(session, other, sheets[1], 0, FORM_ROW, "sex", "accepted", "女")
    with database.write() as session:
        outcome = wholesale.accept(session, clerk, [(tile.reading, tile.version) for tile in group.tiles])
    assert ([one.sheet for one in outcome.saved], len(outcome.refused)) == ([sheets[0], sheets[2]], 1)
    assert [sign(county, clerk, sheet_id) for sheet_id in sheets] == ["to_review"] * 3
    for text in ("谭梅", "谭梅", "谭海"):
        enter(county, other, shown(county, other).id, text)
    assert enter(county, bureau, shown(county, bureau).id, "谭梅") == ("closed", "second_wrong")
    assert [sign(county, clerk, sheet_id) for sheet_id in sheets] == ["signed"] * 3
    with database.write() as session:
        assert spots.draw(session, bureau, month, 4) == 4
        found = quality.look(session, bureau, month, 0.01)
        by_name = {line.name: (line.settled, line.twice, line.found) for line in found.forms[0][1]}
        assert by_name["学生姓名"] == (3, 3, 0)
        assert spots.findings(session, bureau, month) == []
