"""Leaving a sheet to others: skipped, asked of a colleague, sent back with the place to take again."""

import io
from datetime import date, timedelta

import pytest
from PIL import Image

from service import review
from service.calendar import today
from service.errors import Invalid
from service.models import Sheet
from service.models.values import FORM_ROW
from service.review import notes
from service.review.filters import Filters
from service.review.turn import due_months
from tests.service.review_sheets import Read, home_visit, put


@pytest.fixture
def clerk(county):
    return county.actor("clerk")


@pytest.fixture
def second(county):
    return county.actor("second_clerk")


def sheet_of(county, unit="城关一小", **changes):
    return put(county.installation, home_visit(**changes), county.users["school"], county.units[unit])


def next_for(county, actor, after=None, **filters):
    with county.installation.database.write() as session:
        return review.claim_next(session, actor, Filters(**filters), after)


def counting_in(county, sheet_id, month):
    with county.installation.database.write() as session:
        session.get_one(Sheet, sheet_id).counts_in = month


@pytest.mark.parametrize(("day", "deadline", "months"), [
    ("2024-05-20", 28, ("2024-04-01", "2024-05-01")), ("2024-05-29", 28, ("2024-05-01", "2024-06-01")),
    ("2024-02-29", 31, ("2024-01-01", "2024-02-01")), ("2024-12-30", 25, ("2024-12-01", "2025-01-01"))])
def test_the_late_month_and_the_next_to_be_reported_are_urgent(day, deadline, months):
    assert due_months(date.fromisoformat(day), deadline) == tuple(map(date.fromisoformat, months))


def test_sheets_of_the_month_that_is_due_come_before_older_ones(county, clerk):
    old, late, due = (sheet_of(county) for _ in range(3))
    before, this = due_months(today(), 31)
    for sheet_id, month in ((old, date(2019, 4, 1)), (late, before), (due, this)):
        counting_in(county, sheet_id, month)
    seen, after = [], None
    for _ in range(4):
        after = next_for(county, clerk, after)
        seen.append(after)
        with county.installation.database.write() as session:
            review.release(session, clerk, after)
    assert seen == [late, due, old, late]
    assert next_for(county, clerk, order="oldest") == old
    with county.installation.database.read() as session:
        assert [row.id for row in review.listing(session, clerk, Filters())] == [late, due, old]


def test_one_school_can_be_worked_through_before_the_next(county, clerk):
    one, other, again = sheet_of(county), sheet_of(county, "城关二小"), sheet_of(county)
    assert next_for(county, clerk, order="school") == one
    assert next_for(county, clerk, one, order="school") == again
    assert next_for(county, clerk, again, order="school") == other


def test_a_sheet_counts_in_the_month_its_own_date_says(county, clerk):
    sheet_id = sheet_of(county, visit_time=Read("2019-03-02", False))
    with county.installation.database.write() as session:
        review.decide(session, clerk, sheet_id, 0, FORM_ROW, "visit_time", "corrected", "2019-04-11")
    with county.installation.database.read() as session:
        assert session.get_one(Sheet, sheet_id).counts_in == date(2019, 4, 1)


def test_a_skipped_sheet_stays_in_the_queue_with_its_reason_for_the_next_reader(county, clerk, second):
    sheet_id = sheet_of(county)
    next_for(county, clerk)
    with county.installation.database.write() as session:
        notes.skip(session, clerk, sheet_id, notes.SKIP_REASONS[0])
    assert next_for(county, second) == sheet_id
    with county.installation.database.read() as session:
        found = notes.notes_of(session, second, session.get_one(Sheet, sheet_id))
    assert [(note.kind, note.by, note.text) for note in found] == [("skipped", "测试clerk", notes.SKIP_REASONS[0])]


def test_a_question_waits_for_the_colleague_and_is_answered_by_taking_the_sheet_up(county, clerk, second):
    first, asked = sheet_of(county), sheet_of(county, age=Read("", False))
    database = county.installation.database
    with database.write() as session:
        notes.ask(session, clerk, asked, 0, second.user_id, "这个年龄您认得吗？")

    def state():
        with database.read() as session:
            (note,) = notes.notes_of(session, clerk, session.get_one(Sheet, asked))
            (row,) = [row for row in review.listing(session, clerk, Filters()) if row.id == asked]
            return row.asked_of, note.taken_up_at is not None

    assert state() == ("测试second_clerk", False)
    assert [next_for(county, clerk), next_for(county, clerk, first)] == [first, None]  # it waits for another
    assert next_for(county, second) == asked  # before everything else
    assert state() == ("测试second_clerk", False)  # offered is not taken up
    with database.read() as session:
        assert review.counts(session, second).asked_of_me == 1
    with database.write() as session:
        review.decide(session, second, asked, 1, FORM_ROW, "age", "corrected", "11")
    assert state() == ("", True)


def test_only_reviewers_can_be_asked_and_only_with_a_question(county, clerk):
    sheet_id = sheet_of(county)
    for colleague, text in (("school", "？"), ("clerk", "？"), ("second_clerk", "  ")):
        with pytest.raises(Invalid), county.installation.database.write() as session:
            notes.ask(session, clerk, sheet_id, 0, county.users[colleague], text)


def test_the_school_is_shown_the_very_place_to_take_again(county, clerk, client_for):
    sheet_id = sheet_of(county)
    with county.installation.database.write() as session:
        review.return_to_school(session, clerk, sheet_id, 0, "看不清", (FORM_ROW, "id_number"))
    school = client_for("school")
    assert f"/sheets/{sheet_id}/retake" in school.get("/uploads").get_data(as_text=True)
    piece = Image.open(io.BytesIO(school.get(f"/sheets/{sheet_id}/retake").data))
    assert piece.width > 0.75 * 1240 and piece.height < 0.15 * 1754
    with county.installation.database.write() as session:
        review.take_back(session, clerk, sheet_id)
    assert school.get(f"/sheets/{sheet_id}/retake").status_code == 404


def test_taking_a_claim_long_after_it_ended_is_still_possible(county, clerk, second):
    sheet_id = sheet_of(county)
    next_for(county, clerk)
    with county.installation.database.write() as session:
        session.get_one(Sheet, sheet_id).claimed_until -= timedelta(hours=1)
    assert next_for(county, second) == sheet_id
