"""The explorer and the meeting-room screen over HTTP: addresses are questions, kept ones are one's own."""

import html
import re
from datetime import date

import pytest

from service.models import AuditEvent, Case, CaseEvent, CategoryFact, SavedQuestion, Student

LINK = re.compile(r'<a class="figure-link[^"]*" href="([^"]+)"[^>]*>(\d+)</a>')
QUESTION = "/reports/ask?measure=closing&rows=unit&columns=sex&month=2019-04"


@pytest.fixture(autouse=True)
def children(county):
    """Nine girls and two boys of 城关一小, one of them on the register of the poor; three girls of 河滨中学."""
    with county.installation.database.write() as session:
        for number in range(14):
            at = county.units["城关一小" if number < 11 else "河滨中学"]
            student = Student(name=f"测试{number}", sex="男" if number in (0, 1) else "女", school_id=at,
                              born_on=date(2008, 3, 4))
            case = Case(student=student, unit_id=at, source="annual_check", source_year=2018, state="persuading",
                        opened_on=date(2019, 3, 1))
            case.events = [CaseEvent(kind="opened", happened_on=date(2019, 3, 1), unit_id=at)]
            session.add(case)
            if number == 0:
                session.flush()
                session.add(CategoryFact(student_id=student.id, kind="poverty", from_on=date(2019, 1, 1), source="list",
                                         told_on=date(2019, 1, 1)))


def figures(page):
    return [(html.unescape(path), int(number)) for path, number in LINK.findall(page)]


def test_every_number_of_an_answer_opens_a_list_of_that_length(client_for):
    bureau = client_for("bureau")
    found = figures(bureau.get(QUESTION).get_data(as_text=True))
    assert {number for _, number in found} >= {2, 9, 3, 14}
    for link, number in found:
        assert bureau.get(link).get_data(as_text=True).count('data-label="姓名"') == number, link


def test_who_sees_no_child_gets_no_small_number_no_list_and_no_name(client_for):
    viewer = client_for("viewer")
    page = viewer.get(QUESTION).get_data(as_text=True)
    assert "figure-link" not in page and "&lt;5" in page and "测试" not in page.replace("测试viewer", "")
    assert viewer.get("/reports/list?figure=closing&month=2019-04").status_code == 403
    for kind in ("csv", "json"):
        assert "<5" in viewer.get(QUESTION.replace("ask?", f"ask/export/{kind}?")).get_data(as_text=True)
    assert viewer.get("/reports").location == "/reports/board"


def test_a_question_is_kept_under_its_name_for_its_person_alone(client_for, county):
    bureau, township = client_for("bureau"), client_for("township")
    given = {"name": "四月按性别", "measure": "closing", "rows": "unit", "columns": "sex", "month": "2019-04"}
    answer = bureau.post("/reports/ask/saved", data=given)
    assert answer.status_code == 302 and answer.location == QUESTION
    assert "四月按性别" in bureau.get("/reports/ask").get_data(as_text=True)
    assert "四月按性别" not in township.get("/reports/ask").get_data(as_text=True)
    assert township.post("/reports/ask/forget", data={"name": "四月按性别"}).status_code == 404
    bureau.post("/reports/ask/saved", data={**given, "columns": ""})
    assert bureau.post("/reports/ask/saved", data={**given, "name": " "}).status_code == 422
    with county.installation.database.read() as session:
        assert [each.query for each in session.query(SavedQuestion)] == [
            "measure=closing&rows=unit&columns=&month=2019-04"]
    assert bureau.post("/reports/ask/forget", data={"name": "四月按性别"}).status_code == 302
    assert "四月按性别" not in bureau.get("/reports/ask").get_data(as_text=True)


@pytest.mark.parametrize("query", ["rows=sex&columns=sex", "measure=none", "f_sex=x", "unit=abc", "month=2019-13",
                                   "months=9999", "day=2019-02-30"])
def test_a_question_that_makes_no_sense_gets_words_and_the_form(client_for, query):
    answer = client_for("bureau").get(f"/reports/ask?{query}")
    assert answer.status_code == 422 and "统计查询" in answer.get_data(as_text=True)


def test_taking_an_answer_out_is_recorded(client_for, county):
    answer = client_for("township").get(QUESTION.replace("ask?", "ask/export/csv?"))
    assert "城关一小,2,9,11" in answer.get_data(as_text=True).replace("\r", "")
    with county.installation.database.read() as session:
        assert session.query(AuditEvent).filter_by(action="report.exported", object_type="question").count() == 1


def test_annex_1_goes_by_category_and_by_school(client_for, county):
    bureau, day = client_for("bureau"), "/reports/annex1?day=2019-04-30"
    totals = {}
    for category in ("plain", "poor", ""):
        path = f"{day}&category={category}".replace("annex1?", "annex1/export/json?")
        totals[category] = bureau.get(path).json["total"]["total"]
    assert totals == {"plain": 13, "poor": 1, "": 14}
    inside = bureau.get(f"{day}&unit={county.units['城关']}").get_data(as_text=True)
    assert "城关一小" in inside and "河滨" not in inside.split("<tbody>")[1]
    assert bureau.get(f"{day}&category=x").status_code == 422
    assert client_for("township").get(f"{day}&unit={county.units['河滨']}").status_code == 404


def test_the_meeting_room_screen_tells_figures_and_nobodys_name(client_for):
    viewer = client_for("viewer")
    page = viewer.get("/reports/board?month=2019-04").get_data(as_text=True)
    assert "<b>14</b>" in page and "城关" in page and "测试" not in page
    assert 'data-source="/reports/board?month=2019-04"' in page
    assert 'data-source="/reports/board/now?month=2019-04"' in client_for("bureau").get(
        "/reports/board?month=2019-04").get_data(as_text=True)
    assert "data-board" in viewer.get("/reports/board/now?month=2019-04").get_data(as_text=True)
