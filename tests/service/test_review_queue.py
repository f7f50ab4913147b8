"""The queue hands each sheet to one person, oldest first; sheets leave it signed, returned or set aside."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from service import review
from service.database import now
from service.errors import Conflict, Invalid
from service.models import AuditEvent, Sheet
from service.models.values import FORM_ROW
from service.review.filters import UNRECOGNISED, Filters
from tests.service.review_sheets import Read, Seed, home_visit, put, township_table

ALL = Filters()


@pytest.fixture
def clerk(county):
    return county.actor("clerk")


@pytest.fixture
def second(county):
    return county.actor("second_clerk")


@pytest.fixture
def sheets(county):
    """A visit of one school, a table, a visit of another school, and a sheet of no known form."""
    places = [("城关一小", home_visit()), ("城关", township_table()),
              ("河滨中学", home_visit(age=Read("", False))), ("城关一小", Seed(None))]
    return [put(county.installation, seed, county.users["school"], county.units[unit])
            for unit, seed in places]


def next_for(county, actor, filters=ALL, after=None):
    with county.installation.database.write() as session:
        return review.claim_next(session, actor, filters, after)


def test_each_reviewer_gets_the_oldest_sheet_nobody_holds(county, clerk, second, sheets):
    assert [next_for(county, clerk), next_for(county, second)] == sheets[:2]
    assert next_for(county, clerk) == sheets[0]  # one's own claim is offered again


def test_a_skipped_sheet_comes_again_after_the_others(county, clerk, sheets):
    seen, after = [], None
    for _ in range(5):
        after = next_for(county, clerk, after=after)
        seen.append(after)
        with county.installation.database.write() as session:
            review.release(session, clerk, after)
    assert seen == [*sheets, sheets[0]]


def test_a_claim_runs_out_and_work_renews_it(county, clerk, second, sheets):
    database = county.installation.database
    next_for(county, clerk)
    with database.write() as session:
        session.execute(update(Sheet).values(claimed_until=now() - timedelta(seconds=1)))
    assert next_for(county, second) == sheets[0]
    with database.write() as session:
        session.execute(update(Sheet).values(claimed_until=now() + timedelta(seconds=5)))
    with database.write() as session:
        review.decide(session, second, sheets[0], 0, FORM_ROW, "age", "accepted", "11")
    with database.read() as session:
        held = session.get_one(Sheet, sheets[0])
        assert held.claimed_by == second.user_id
        assert held.claimed_until > now() + timedelta(minutes=14)


def test_whoever_opens_a_held_sheet_is_told_by_whom_and_may_take_it_over(county, clerk, second, sheets):
    database = county.installation.database
    next_for(county, clerk)
    with database.write() as session:
        sheet = review.open_for_review(session, second, sheets[0])
        assert review.holder(session, second, sheet) == "测试clerk"
    with database.write() as session:
        review.open_for_review(session, second, sheets[0], take_over=True)
    with database.read() as session:
        assert review.holder(session, clerk, session.get_one(Sheet, sheets[0])) == "测试second_clerk"


def test_filters_narrow_by_form_and_unit(county, clerk, sheets):
    def shown(**wanted):
        with county.installation.database.read() as session:
            return [row.id for row in review.listing(session, clerk, Filters(**wanted))]

    assert shown() == sheets
    assert shown(template="home_visit") == [sheets[0], sheets[2]]
    assert shown(template=UNRECOGNISED) == [sheets[3]]
    assert shown(unit_id=county.units["河滨中学"]) == [sheets[2]]
    assert next_for(county, clerk, Filters(template="township_table")) == sheets[1]


def test_the_counts_say_what_waits_where(county, clerk, second, sheets):
    next_for(county, second)
    with county.installation.database.read() as session:
        found = review.counts(session, clerk)
    assert found.by_state == {"to_review": 4}
    assert found.by_template == {"home_visit": 2, "township_table": 1, None: 1}
    assert {name: number for _, name, number in found.by_unit} == {"城关": 1, "城关一小": 2, "河滨中学": 1}
    assert (found.held_by_others, found.fields_waiting) == (1, 1)


def test_a_sheet_is_signed_off_only_when_nothing_is_open(county, clerk, sheets):
    database = county.installation.database
    with pytest.raises(review.Unfinished) as refused, database.write() as session:
        review.close(session, clerk, sheets[2], 0)
    assert [gap.key for gap in refused.value.gaps] == [(FORM_ROW, "age")]
    with database.write() as session:
        version = review.decide(session, clerk, sheets[2], 0, FORM_ROW, "age", "illegible", "")
    with database.write() as session:
        review.close(session, clerk, sheets[2], version)
    with database.read() as session:
        sheet = session.get_one(Sheet, sheets[2])
        assert (sheet.state, sheet.signed_by, sheet.claimed_by) == ("signed", clerk.user_id, None)
    with pytest.raises(Conflict), database.write() as session:
        review.decide(session, clerk, sheets[2], sheet.version, FORM_ROW, "age", "corrected", "11")


def test_a_required_blank_must_be_said_and_an_objection_confirmed(county, clerk):
    sheet_id = put(county.installation, home_visit(visit_time=Read(""), sex=Read("男")),
                   county.users["school"], county.units["城关一小"])
    database = county.installation.database

    def gaps():
        with database.read() as session:
            held = review.standing(session, session.get_one(Sheet, sheet_id))
            return [gap.key[1] for gap in review.gaps(held)]

    assert gaps() == ["visit_time", "sex"]
    with database.write() as session:
        review.decide(session, clerk, sheet_id, 0, FORM_ROW, "visit_time", "accepted", "")
    assert gaps() == ["sex"]
    with database.write() as session:
        review.decide(session, clerk, sheet_id, 1, FORM_ROW, "!id_sex", "accepted", "")
    assert gaps() == []


def test_a_sheet_of_no_known_form_is_given_one_by_hand_and_typed_in(county, clerk, sheets):
    database = county.installation.database
    with pytest.raises(review.Unfinished), database.write() as session:
        review.close(session, clerk, sheets[3], 0)
    with database.write() as session:
        review.choose_template(session, clerk, sheets[3], 0, "home_visit")
    with database.read() as session:
        sheet = session.get_one(Sheet, sheets[3])
        held = review.standing(session, sheet)
        assert (len(held.waiting), sheet.uncertain) == (17, 17)
    with database.write() as session:
        review.decide(session, clerk, sheets[3], 1, FORM_ROW, "student_name", "corrected", "谭梅")


def test_a_sheet_sent_back_says_why_and_can_be_taken_back(county, clerk, sheets):
    database = county.installation.database
    with pytest.raises(Invalid), database.write() as session:
        review.return_to_school(session, clerk, sheets[0], 0, "  ")
    with database.write() as session:
        review.return_to_school(session, clerk, sheets[0], 0, "缺少学校公章")
    assert next_for(county, clerk) == sheets[1]
    with database.write() as session:
        sheet = review.take_back(session, clerk, sheets[0])
        assert (sheet.state, sheet.return_reason) == ("to_review", "")
    with database.read() as session:
        actions = session.scalars(select(AuditEvent.action).where(
            AuditEvent.object_type == "sheet", AuditEvent.object_id == str(sheets[0]))).all()
    assert actions == ["sheet.returned", "sheet.taken_back"]
