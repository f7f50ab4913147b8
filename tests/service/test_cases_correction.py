"""What was signed wrongly: corrected with its track kept, or withdrawn; figures count it once and rightly."""

import pytest
from sqlalchemy import func, select

from service import cases
from service.cases.acts import Request
from service.cases.doubts import open_doubts, settle
from service.errors import Conflict, Invalid, NotAllowed
from service.models import AuditEvent, Case, HomeVisit, Sheet, Student, TownshipCount
from service.review.closing import choose_template, return_to_school, set_aside
from tests.service.case_papers import SCHOOL, ago, file_visit, id_number, put_table, put_visit, say, sign


@pytest.fixture
def clerk(county):
    return county.actor("clerk")


@pytest.fixture
def bureau(county):
    return county.actor("bureau")


@pytest.fixture
def session(county):
    with county.installation.database.write() as session:
        yield session


@pytest.fixture
def correct(session, clerk, bureau):
    """Reopen the visit's sheet, say what it should be, sign it again."""
    def again(visit, **fields):
        sheet = session.get_one(Sheet, visit.sheet_id)
        cases.reopen(session, bureau, sheet.id, sheet.version, "看错了一格")
        for field, value in fields.items():
            say(session, clerk, sheet, field, value)
        sign(session, clerk, sheet)
        session.expire_all()
        return session.query(HomeVisit).filter_by(sheet_id=sheet.id).one()
    return again


def outstanding(session):
    return session.scalar(select(func.count()).select_from(Case).where(Case.state == "persuading"))


@pytest.mark.parametrize("user", ["clerk", "township", "school"])
def test_only_the_bureau_reopens_with_a_reason(session, county, clerk, bureau, user):
    visit = file_visit(session, clerk, county.units[SCHOOL])
    version = session.get_one(Sheet, visit.sheet_id).version
    with pytest.raises(NotAllowed):
        cases.reopen(session, county.actor(user), visit.sheet_id, version, "理由")
    with pytest.raises(Invalid, match="理由"):
        cases.reopen(session, bureau, visit.sheet_id, version, "  ")
    with pytest.raises(Conflict):
        cases.reopen(session, bureau, visit.sheet_id, version - 1, "理由")


def test_a_reopened_sheet_still_counts_until_it_is_signed_again(session, county, clerk, bureau):
    visit = file_visit(session, clerk, county.units[SCHOOL])
    version = session.get_one(Sheet, visit.sheet_id).version
    sheet = cases.reopen(session, bureau, visit.sheet_id, version, "看错")
    assert sheet.state == "to_review" and sheet.signed_at is None
    assert session.scalar(select(func.count()).select_from(HomeVisit)) == 1
    assert [e.note for e in visit.case.events if e.detail.get("reopened")] == ["看错"]


def test_a_corrected_field_changes_the_visit_and_says_which(session, county, clerk, correct):
    visit = file_visit(session, clerk, county.units[SCHOOL])
    case = visit.case_id
    visit = correct(visit, visit_teacher="王秀英", address="城关镇西关村")
    assert (visit.teacher, visit.student.address, visit.case_id) == ("王秀英", "城关镇西关村", case)
    assert [e.detail["corrected"] for e in visit.case.events if "corrected" in e.detail] == [["teacher"]]
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "visit.corrected")).one()
    assert event.detail["fields"] == ["teacher"]


def test_a_new_child_whose_number_was_misread_is_put_right_in_place(session, county, clerk, correct):
    visit = file_visit(session, clerk, county.units[SCHOOL])
    child = visit.student_id
    right = id_number("20080315", "062")
    visit = correct(visit, id_number=right, student_name="谭小海")
    assert (visit.student_id, visit.student.id_number, visit.student.name) == (child, right, "谭小海")
    assert session.scalar(select(func.count()).select_from(Student)) == 1 and outstanding(session) == 1


def test_a_visit_filed_under_the_wrong_child_moves_and_the_case_it_opened_counts_nowhere(
        session, county, clerk, correct):
    right = file_visit(session, clerk, county.units[SCHOOL])
    wrong = file_visit(session, clerk, county.units[SCHOOL], id_number=id_number("20100909", "884"),
                       student_name="马小云", visit_time=ago(30).isoformat())
    old = wrong.case
    visit = correct(wrong, id_number=id_number(sequence="022"), student_name="谭小梅")
    assert (visit.student_id, visit.case_id) == (right.student_id, right.case_id)
    assert (old.state, old.closing, old.closed_on) == ("closed", "mistaken", old.opened_on)
    closed = [event for event in old.events if event.kind == "closed"]
    assert [event.happened_on for event in closed] == [old.opened_on], "in no month does it stay open"
    assert outstanding(session) == 1


def test_a_case_that_stands_on_more_than_the_wrong_paper_stays_and_is_told(
        session, county, clerk, correct):
    first = file_visit(session, clerk, county.units[SCHOOL])
    wrong = file_visit(session, clerk, county.units[SCHOOL], visit_time=ago(30).isoformat())
    visit = correct(wrong, id_number=id_number("20100909", "884"), student_name="马小云")
    assert visit.student_id != first.student_id and first.case.state == "persuading"
    assert [e.detail["doubt"] for e in open_doubts(first.case.events)] == ["visit_moved"]


def test_a_corrected_day_opens_the_case_on_the_right_day(session, county, clerk, correct):
    visit = file_visit(session, clerk, county.units[SCHOOL], visit_time=ago(300).isoformat())
    old = visit.case
    visit = correct(visit, visit_time=ago(60).isoformat())
    assert (visit.visited_on, visit.case.opened_on) == (ago(60), ago(60))
    assert (old.closing, old.closed_on) == ("mistaken", ago(300)) and visit.case_id != old.id
    assert outstanding(session) == 1


def test_a_corrected_day_of_a_case_that_went_on_moves_only_the_visit(session, county, clerk, bureau, correct):
    visit = file_visit(session, clerk, county.units[SCHOOL])
    cases.perform(session, bureau, visit.case_id, Request("return", ago(20)))
    case = visit.case_id
    visit = correct(visit, visit_time=ago(62).isoformat())
    assert (visit.case_id, visit.visited_on, visit.case.state) == (case, ago(62), "returned")


def test_a_withdrawn_duplicate_leaves_the_figures_and_keeps_its_note(session, county, clerk, bureau):
    visit = file_visit(session, clerk, county.units[SCHOOL])
    twice = file_visit(session, clerk, county.units[SCHOOL], visit_time=ago(59).isoformat())
    sheet = session.get_one(Sheet, twice.sheet_id)
    cases.withdraw(session, bureau, sheet.id, sheet.version, "同一张纸拍了两次")
    session.expire_all()
    assert session.scalars(select(HomeVisit.id)).all() == [visit.id]
    assert (sheet.state, sheet.return_reason) == ("set_aside", "同一张纸拍了两次")
    assert visit.case.state == "persuading"
    with pytest.raises(Conflict):
        cases.withdraw(session, bureau, sheet.id, sheet.version, "再撤一次")


def test_withdrawing_the_only_paper_of_a_case_closes_it_as_a_mistake(session, county, clerk, bureau):
    visit = file_visit(session, clerk, county.units[SCHOOL])
    case, sheet = visit.case, session.get_one(Sheet, visit.sheet_id)
    cases.withdraw(session, bureau, sheet.id, sheet.version, "不是本县学生")
    assert (case.state, case.closing) == ("closed", "mistaken") and outstanding(session) == 0


def test_a_child_whose_only_case_was_a_mistake_gets_a_new_one(session, county, clerk, bureau):
    visit = file_visit(session, clerk, county.units[SCHOOL])
    sheet, mistaken = session.get_one(Sheet, visit.sheet_id), visit.case_id
    cases.withdraw(session, bureau, sheet.id, sheet.version, "放错了")
    again = file_visit(session, clerk, county.units[SCHOOL])
    assert again.case_id != mistaken and again.case.state == "persuading"


def test_a_table_signed_again_replaces_its_counts(session, county, clerk, bureau):
    sheet = sign(session, clerk, put_table(session, county.units["城关"], clerk.user_id, [
        ("城关", "3", "2", "5"), ("河滨", "1", "", "1")]))
    cases.reopen(session, bureau, sheet.id, sheet.version, "第一行看错")
    say(session, clerk, sheet, "prior_year", "8", row=1)
    say(session, clerk, sheet, "total", "10", row=1)
    for field in ("unit", "prior_year", "total"):
        say(session, clerk, sheet, field, "", row=2)
    sign(session, clerk, sheet)
    counts = session.scalars(select(TownshipCount)).all()
    assert [(c.row, c.prior_year, c.total) for c in counts] == [(1, 8, 10)]


def test_a_filed_sheet_cannot_be_filed_as_another_form(session, county, clerk, bureau):
    visit = file_visit(session, clerk, county.units[SCHOOL])
    version = session.get_one(Sheet, visit.sheet_id).version
    sheet = cases.reopen(session, bureau, visit.sheet_id, version, "换表")
    sheet.template = "township_table"
    session.flush()
    with pytest.raises(Conflict, match="另一种表格"):
        cases.file_sheet(session, clerk, sheet)


def test_a_filed_sheet_opened_again_is_neither_sent_back_nor_set_aside(session, county, clerk, bureau):
    visit = file_visit(session, clerk, county.units[SCHOOL])
    version = session.get_one(Sheet, visit.sheet_id).version
    sheet = cases.reopen(session, bureau, visit.sheet_id, version, "看错")
    for leave in (return_to_school, set_aside):
        with pytest.raises(Conflict, match="已经入档"):
            leave(session, clerk, sheet.id, sheet.version, "不要了")
    with pytest.raises(Conflict, match="已经入档"):
        choose_template(session, clerk, sheet.id, sheet.version, "township_table")


def test_a_sheet_of_no_known_form_cannot_be_filed(session, county, clerk):
    sheet = put_visit(session, county.units[SCHOOL], clerk.user_id)
    sheet.template = None
    with pytest.raises(Invalid, match="不是已知的表格"):
        cases.file_sheet(session, clerk, sheet)


def test_a_doubt_stays_open_until_a_person_has_looked_once(session, county, clerk, bureau):
    visit = file_visit(session, clerk, county.units[SCHOOL], id_number="", school_name="没听说过小学")
    first, *_ = open_doubts(visit.case.events)
    settle(session, bureau, first.id, "已核对纸面")
    session.expire_all()
    assert first not in open_doubts(visit.case.events)
    with pytest.raises(Conflict):
        settle(session, bureau, first.id)
