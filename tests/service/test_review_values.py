"""What stands on a sheet: the latest decision that was not undone, else the machine's reading."""

import pytest
from sqlalchemy import func, select

from service import review
from service.errors import Conflict, Invalid, NotAllowed, NotFound
from service.models import AuditEvent, Decision, Sheet
from service.models.values import FORM_ROW, TOTAL_ROW
from tests.service.review_sheets import GIRL, Read, home_visit, put, township_table

UNSURE = {"student_name": Read("谭海", accept=False, candidates=("谭梅", "谭每"), raw="谭海"),
          "age": Read("", accept=False, raw="")}


@pytest.fixture
def clerk(county):
    return county.actor("clerk")


@pytest.fixture
def sheet_id(county):
    return put(county.installation, home_visit(**UNSURE), county.users["school"], county.units["城关一小"])


def value(county, sheet_id, field, row=FORM_ROW):
    with county.installation.database.read() as session:
        return review.effective(session, session.get_one(Sheet, sheet_id))[row, field]


def test_unsure_fields_wait_for_a_person_and_sure_ones_do_not(county, sheet_id):
    assert value(county, sheet_id, "student_name").needs_person
    assert not value(county, sheet_id, "id_number").needs_person
    assert value(county, sheet_id, "id_number").value == GIRL


def test_a_decision_stands_over_the_reading_and_undoing_it_restores_the_one_before(county, clerk, sheet_id):
    database = county.installation.database
    with database.write() as session:
        one = review.decide(session, clerk, sheet_id, 0, FORM_ROW, "student_name", "picked", "谭梅")
    with database.write() as session:
        two = review.decide(session, clerk, sheet_id, one, FORM_ROW, "student_name", "corrected", " 谭 美 ")
    assert (two, value(county, sheet_id, "student_name").value) == (2, "谭美")
    with database.write() as session:
        review.undo(session, clerk, sheet_id, 2)
    assert value(county, sheet_id, "student_name").value == "谭梅"
    with database.write() as session:
        review.undo(session, clerk, sheet_id, 3)
    held = value(county, sheet_id, "student_name")
    assert (held.value, held.needs_person, held.decision) == ("谭海", True, None)
    with database.write() as session, pytest.raises(Conflict):
        review.undo(session, clerk, sheet_id, 4)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Decision)) == 4  # nothing was ever removed


def test_the_kind_of_a_decision_is_what_it_did_whatever_the_screen_says(county, clerk, sheet_id):
    database = county.installation.database
    for version, (typed, kind) in enumerate(
            [("谭海", "accepted"), ("谭梅", "picked"), ("谭眉", "corrected")]):
        with database.write() as session:
            review.decide(session, clerk, sheet_id, version, FORM_ROW, "student_name", "accepted", typed)
        assert value(county, sheet_id, "student_name").decision.kind == kind
    with database.write() as session:
        review.decide(session, clerk, sheet_id, 3, FORM_ROW, "student_name", "illegible", "谭")
    held = value(county, sheet_id, "student_name")
    assert (held.decision.kind, held.value) == ("illegible", "")


def test_how_many_fields_still_wait_is_kept_on_the_sheet(county, clerk, sheet_id):
    database = county.installation.database
    with database.write() as session:
        review.decide(session, clerk, sheet_id, 0, FORM_ROW, "age", "corrected", "十一岁")
    with database.read() as session:
        assert session.get_one(Sheet, sheet_id).uncertain == 1
    assert value(county, sheet_id, "age").value == "11"


def test_a_stale_version_is_refused_and_leaves_nothing_behind(county, clerk, sheet_id):
    database = county.installation.database
    with database.write() as session:
        review.decide(session, clerk, sheet_id, 0, FORM_ROW, "age", "corrected", "11")
    with pytest.raises(Conflict), database.write() as session:
        review.decide(session, county.actor("second_clerk"), sheet_id, 0, FORM_ROW, "age", "corrected", "12")
    assert value(county, sheet_id, "age").value == "11"


@pytest.mark.parametrize(("row", "field", "typed"), [
    (FORM_ROW, "no_such_field", "x"), (3, "age", "11"), (FORM_ROW, "sex", "不明"),
    (FORM_ROW, "school_seal", "maybe"),
])
def test_what_the_form_does_not_ask_or_cannot_hold_is_refused(county, clerk, sheet_id, row, field, typed):
    with pytest.raises(Invalid), county.installation.database.write() as session:
        review.decide(session, clerk, sheet_id, 0, row, field, "corrected", typed)
    with county.installation.database.read() as session:
        assert session.get_one(Sheet, sheet_id).version == 0


def test_marks_are_confirmed_or_denied_by_a_person(county, clerk, sheet_id):
    database = county.installation.database
    with database.write() as session:
        review.decide(session, clerk, sheet_id, 0, FORM_ROW, "school_seal", "corrected", "no")
    with database.read() as session:
        marks = review.effective_marks(session, session.get_one(Sheet, sheet_id))
    assert marks == {"school_seal": False, "guardian_signature": True}


def test_only_reviewers_decide_and_only_on_sheets_in_their_sight(county, clerk, sheet_id):
    database = county.installation.database
    with pytest.raises(NotAllowed), database.write() as session:
        review.decide(session, county.actor("school"), sheet_id, 0, FORM_ROW, "age", "corrected", "11")
    with pytest.raises(NotFound), database.write() as session:
        review.decide(session, clerk, 9999, 0, FORM_ROW, "age", "corrected", "11")


def test_a_table_stands_in_paper_order_with_its_totals_last(county, clerk):
    sheet_id = put(county.installation, township_table(), county.users["township"], county.units["城关"])
    with county.installation.database.read() as session:
        keys = list(review.effective(session, session.get_one(Sheet, sheet_id)))
    assert keys[:5] == [(1, name) for name in ("seq", "unit", "prior_year", "ministry_list", "total")]
    assert keys[-3:] == [(TOTAL_ROW, name) for name in ("prior_year", "ministry_list", "total")]


def test_opening_a_sheet_is_on_record_once_and_carries_no_value(county, clerk, sheet_id):
    database = county.installation.database
    for _ in range(3):
        with database.write() as session:
            review.open_for_review(session, clerk, sheet_id)
    with database.read() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.action == "sheet.opened")).all()
        assert [(event.object_id, event.user_id) for event in events] == [(str(sheet_id), clerk.user_id)]
        assert GIRL not in str(events[0].detail)
