"""The wall groups what the machine read alike; a group is saved in one request, conflicts told and not lost."""

import io
from time import perf_counter

import pytest
from PIL import Image
from sqlalchemy import select

from service import review
from service.errors import NotFound
from service.models import AuditEvent, Decision, Sheet
from service.models.values import FORM_ROW
from service.review import wall, wholesale
from service.review.sprites import HEIGHT, Crops, sprite
from tests.service.review_sheets import VISIT, Read, home_visit, put, township_table

SEX = VISIT["sex"].box


def unsure(value, raw=None):
    return Read(value, False, raw=raw, box=SEX)


@pytest.fixture
def clerk(county):
    return county.actor("clerk")


@pytest.fixture
def hang(county, clerk):
    def hung(form="home_visit", field="sex", actor=clerk):
        with county.installation.database.write() as session:
            return wall.hang(session, actor, form, field)
    return hung


@pytest.fixture
def seed(county):
    def put_there(what):
        return put(county.installation, what, county.users["school"], county.units["城关一小"])
    return put_there


def accept(county, actor, tiles, keys=1):
    with county.installation.database.write() as session:
        return wholesale.accept(session, actor, [(tile.reading, tile.version) for tile in tiles], keys)


def sizes(hung):
    return [(group.value, len(group.tiles)) for group in hung.groups]


def test_what_was_read_alike_hangs_together_and_rare_values_hang_last(seed, hang):
    for value in ("男", "女", "女", "女", "男", "男", "女", "甲", "乙"):
        seed(home_visit(sex=unsure(value)))
    seed(home_visit())                              # the machine was sure
    seed(home_visit(sex=unsure("", raw="*")))       # ink that was not read: a glance accepts no blank there
    hung = hang()
    assert sizes(hung) == [("女", 4), ("男", 3), (None, 2)]
    assert (hung.unread, hung.more) == (1, False)


def test_sheets_of_colleagues_and_decided_fields_do_not_hang(county, clerk, seed, hang):
    sheets = [seed(home_visit(sex=unsure("男"))) for _ in range(5)]
    second = county.actor("second_clerk")
    with county.installation.database.write() as session:
        review.open_for_review(session, second, sheets[0])
        version = review.decide(session, clerk, sheets[1], 0, FORM_ROW, "sex", "accepted", "男")
        review.undo(session, clerk, sheets[1], version)
        review.decide(session, clerk, sheets[2], 0, FORM_ROW, "sex", "corrected", "女")
    assert [tile.sheet for tile in hang().groups[0].tiles] == [sheets[1], sheets[3], sheets[4]]
    with county.installation.database.read() as session:
        assert [(pile.field, pile.waiting) for pile in wall.piles(session, clerk)] == [("sex", 3)]


def test_a_group_is_saved_as_decisions_of_their_own_and_claims_no_sheet(county, clerk, seed, hang):
    sheets = [seed(home_visit(sex=unsure("女"))) for _ in range(4)]
    outcome = accept(county, clerk, hang().groups[0].tiles, keys=3)
    assert [one.version for one in outcome.saved] == [1, 1, 1, 1]
    with county.installation.database.read() as session:
        kept = session.scalars(select(Decision).order_by(Decision.sheet_id)).all()
        assert [(one.kind, one.value, one.user_id) for one in kept] == [("accepted", "女", clerk.user_id)] * 4
        assert sum(one.keys for one in kept) == 3
        for sheet_id in sheets:
            sheet = session.get_one(Sheet, sheet_id)
            assert (sheet.claimed_by, sheet.uncertain, sheet.state) == (None, 0, "to_review")
    assert hang().groups == ()


def test_a_sheet_changed_meanwhile_is_refused_and_the_others_are_saved(county, clerk, seed, hang):
    sheets = [seed(home_visit(sex=unsure("女"))) for _ in range(4)]
    tiles = hang().groups[0].tiles
    second = county.actor("second_clerk")
    with county.installation.database.write() as session:
        review.decide(session, second, sheets[1], 0, FORM_ROW, "sex", "corrected", "男")
        review.open_for_review(session, second, sheets[2])
    outcome = accept(county, clerk, tiles)
    assert [one.sheet for one in outcome.saved] == [sheets[0], sheets[3]]
    assert [one.sheet for one in outcome.refused] == [sheets[1], sheets[2]]
    assert all(one.text for one in outcome.refused)
    with county.installation.database.read() as session:
        assert review.effective(session, session.get_one(Sheet, sheets[1]))[FORM_ROW, "sex"].value == "男"
        assert session.get_one(Sheet, sheets[2]).version == 0


def test_several_cells_of_one_table_are_one_group_and_all_come_back(county, clerk, seed, hang):
    cells = {(row, "ministry_list"): Read("2", False, box=(0.5, 0.2, 0.6, 0.24)) for row in (1, 2, 4)}
    sheet_id = seed(township_table(cells))
    tiles = hang("township_table", "ministry_list").groups[0].tiles
    outcome = accept(county, clerk, tiles)
    assert [(one.sheet, one.version) for one in outcome.saved] == [(sheet_id, 3)] * 3
    with county.installation.database.write() as session:
        back = wholesale.undo(session, clerk, outcome.saved)
    assert ([one.version for one in back.saved], back.refused) == ([6, 6, 6], ())
    assert len(hang("township_table", "ministry_list").groups[0].tiles) == 3


def test_the_look_is_on_record_once_with_its_sheets_and_no_value(county, clerk, seed, hang):
    sheets = [seed(home_visit(sex=unsure("女"))) for _ in range(3)]
    tiles = hang().groups[0].tiles
    hang()
    with county.installation.database.write() as session:
        wall.boxes(session, clerk, [tile.reading for tile in tiles])
    with county.installation.database.read() as session:
        looks = session.scalars(select(AuditEvent).where(AuditEvent.action == "wall.viewed")).all()
        assert [(look.object_id, look.detail) for look in looks] == [("sex", {"sheets": sheets})]


def test_free_text_and_unknown_fields_have_no_wall(hang):
    for field in ("content", "nothing"):
        with pytest.raises(NotFound):
            hang(field=field)


def test_crops_come_in_one_picture_and_the_second_time_from_memory(county, clerk, seed, hang):
    for _ in range(12):
        seed(home_visit(sex=unsure("女")))
    store, crops = county.installation.store, Crops()
    with county.installation.database.write() as session:
        places = wall.boxes(session, clerk, [tile.reading for tile in hang().groups[0].tiles])
    began = perf_counter()
    first = sprite(store, places, crops)
    cold, began = perf_counter() - began, perf_counter()
    assert sprite(store, places, crops) == first
    warm = perf_counter() - began
    assert Image.open(io.BytesIO(first)).height == 12 * HEIGHT
    assert warm < cold / 2, f"{cold * 1000:.0f} ms, then {warm * 1000:.0f} ms"


@pytest.mark.parametrize(("path", "status"), [
    ("/review/wall/crops?of=", 422), ("/review/wall/crops?of=1,x", 422), ("/review/wall/crops?of=99999", 404),
    ("/review/wall/home_visit/content", 404), ("/review/wall", 200)])
def test_odd_addresses_are_answered_in_words(client_for, path, status):
    assert client_for("clerk").get(path).status_code == status
