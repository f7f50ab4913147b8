"""What is expected this month stands on the uploaders' first screen, and goes as it comes in."""

import pytest

from service.calendar import today
from service.models import Case, CaseEvent, CategoryFact, Lesson, Sheet, Student
from service.reports.expected import expected
from service.reports.periods import this_month
from tests.service.case_papers import put_table


def told(county, key):
    with county.installation.database.read() as session:
        return {each.label: (each.words, each.done) for each in
                expected(session, county.actor(key), this_month(), 31)}


@pytest.fixture
def child(county):
    """A child of 城关一小 to be brought back, who is also taught at home."""
    at = county.units["城关一小"]
    with county.installation.database.write() as session:
        case = Case(student=Student(name="测试", school_id=at), unit_id=at, source="other", source_year=2019,
                    state="persuading", opened_on=today())
        case.events = [CaseEvent(kind="opened", happened_on=today(), unit_id=at)]
        session.add(case)
        session.flush()
        session.add(CategoryFact(student_id=case.student_id, kind="home_teaching", from_on=today(), source="list",
                                 told_on=today()))
        return case.id, case.student_id


def test_visits_and_lessons_are_lacking_until_they_are_on_record(county, child):
    case_id, student_id = child
    for key in ("school", "township"):
        assert told(county, key)["家访"] == ("未劝返 1 人，本月已访 0 人，还差 1 人", False)
        assert told(county, key)["送教上门"] == ("1 名学生，0 名本月已有记录，还差 1 名", False)
    with county.installation.database.write() as session:
        at = county.units["城关一小"]
        session.add(CaseEvent(case_id=case_id, kind="visited", happened_on=today(), unit_id=at))
        session.add(Lesson(student_id=student_id, unit_id=at, taught_on=today(), lessons=2, row=1))
    assert told(county, "school")["家访"] == ("未劝返 1 人，本月已访 1 人", True)
    assert told(county, "school")["送教上门"][1] and told(county, "other_school")["家访"][1]


def test_a_paper_is_lacking_until_it_is_handed_in_and_again_when_sent_back(county):
    with county.installation.database.write() as session:
        sheet = put_table(session, county.units["城关"], county.users["township"], [("城关", "1", "0", "1")])
        sheet_id, sheet.counts_in = sheet.id, this_month().first
    assert told(county, "township")["统计表（附件1）"] == ("已上交，待审核", True)
    assert told(county, "other_township")["统计表（附件1）"] == ("还没有上交", False)
    assert "统计表（附件1）" not in told(county, "school")
    with county.installation.database.write() as session:
        session.get_one(Sheet, sheet_id).state = "returned"
    assert told(county, "township")["统计表（附件1）"] == ("已退回，请重拍", False)


def test_the_first_screen_of_a_school_says_so_and_the_clerks_does_not(client_for, child):
    page = client_for("school").get("/uploads").get_data(as_text=True)
    assert f"{this_month().chinese}应交" in page and "还差 1 人" in page and "月报表（纸质）" in page
    assert "应交" not in client_for("clerk").get("/uploads").get_data(as_text=True)
