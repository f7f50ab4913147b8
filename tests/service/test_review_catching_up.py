"""What a closing screen sends in one piece is taken in once, in order, and never over a colleague's head."""

import pytest
from sqlalchemy import select

from service import review
from service.errors import Conflict
from service.models import Decision, Sheet
from service.models.values import FORM_ROW
from service.review.catching_up import Step, catch_up
from service.review.decisions import decide, undo
from tests.service.review_sheets import Read, home_visit, put

AGE, TEACHER = Step(0, "age", "corrected", "12", 2), Step(0, "visit_teacher", "corrected", "赵敏", 3)


@pytest.fixture
def sheet_id(county):
    return put(county.installation, home_visit(age=Read("", False)), county.users["school"], county.units["城关一小"])


@pytest.fixture
def send(county, sheet_id):
    def sent(*steps, version=0, who="clerk"):
        with county.installation.database.write() as session:
            return catch_up(session, county.actor(who), sheet_id, version, steps)
    return sent


@pytest.fixture
def said(county, sheet_id):
    """The sheet's decisions, oldest first."""
    def found():
        with county.installation.database.read() as session:
            return [(one.field, one.kind, one.value) for one in session.scalars(
                select(Decision).where(Decision.sheet_id == sheet_id).order_by(Decision.id))]
    return found


def test_all_steps_are_taken_in_and_a_second_sending_adds_nothing(send, said):
    assert send(AGE, TEACHER).taken == 2
    again = send(AGE, TEACHER)
    assert (again.taken, again.missed, again.held.sheet.version) == (0, (), 2)
    assert said() == [("age", "corrected", "12"), ("visit_teacher", "corrected", "赵敏")]


def test_the_save_that_was_under_way_counts_as_the_first_step(county, sheet_id, send, said):
    with county.installation.database.write() as session:
        decide(session, county.actor("clerk"), sheet_id, 0, FORM_ROW, "age", "corrected", "12", 2)
    assert send(AGE, TEACHER).taken == 1
    assert len(said()) == 2


def test_the_save_that_was_under_way_comes_too_late_when_the_rest_was_faster(county, sheet_id, send, said):
    send(AGE, TEACHER)
    with pytest.raises(Conflict), county.installation.database.write() as session:
        decide(session, county.actor("clerk"), sheet_id, 0, FORM_ROW, "age", "corrected", "12", 2)
    assert len(said()) == 2


def test_undoing_is_done_once_in_its_place(county, sheet_id, send, said):
    steps = (AGE, Step(undoes=True), TEACHER)
    assert send(*steps).taken == 3
    assert send(*steps).taken == 0
    assert [kind for _, kind, _ in said()] == ["corrected", "undone", "corrected"]
    with county.installation.database.write() as session:
        undo(session, county.actor("clerk"), sheet_id, 3)
    with county.installation.database.read() as session:
        stands = review.effective(session, session.get_one(Sheet, sheet_id))
    assert (stands[0, "age"].value, stands[0, "visit_teacher"].value) == ("", "王建国")


def test_a_field_that_a_colleague_decided_stays_and_the_others_are_kept(county, sheet_id, send, said):
    with county.installation.database.write() as session:
        decide(session, county.actor("second_clerk"), sheet_id, 0, FORM_ROW, "age", "corrected", "13")
    done = send(AGE, TEACHER)
    assert [(one.place, one.overtaken) for one in done.missed] == [(0, True)]
    assert [value for _, _, value in said()] == ["13", "赵敏"]


def test_what_does_not_fit_is_named_and_keeps_nothing_else_back(send, said):
    done = send(Step(0, "age", "corrected", "很多"), TEACHER)
    assert [(one.place, one.overtaken) for one in done.missed] == [(0, False)]
    assert "不是数字" in done.missed[0].text
    assert [field for field, _, _ in said()] == ["visit_teacher"]


def test_a_sheet_that_left_review_takes_nothing(county, sheet_id, send, said):
    with county.installation.database.write() as session:
        review.set_aside(session, county.actor("clerk"), sheet_id, 0, "空白表")
    with pytest.raises(Conflict, match="已搁置"):
        send(AGE)
    assert said() == []
