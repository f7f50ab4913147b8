"""The month's 通报 says what the ranking says, on screen and in the document; a draft until the month is issued."""

import io
from datetime import date

import pytest
from docx import Document
from sqlalchemy import select

from service.models import AuditEvent, Case, CaseEvent, Student
from service.reports import issuing, keeping
from service.reports.periods import Month

APRIL = "/reports/bulletins/2019-04"


@pytest.fixture(autouse=True)
def children(county):
    """Twelve children of 城关一小, of whom five come back in April, and one of 河滨中学, who does not."""
    with county.installation.database.write() as session:
        for number in range(13):
            at = county.units["城关一小" if number < 12 else "河滨中学"]
            student = Student(name=f"测试{number}", sex="女", born_on=date(2008, 3, 4), school_id=at)
            case = Case(student=student, unit_id=at, source="annual_check", source_year=2018,
                        state="persuading", opened_on=date(2019, 3, 1))
            case.events = [CaseEvent(kind="opened", happened_on=date(2019, 3, 1), unit_id=at)]
            if number < 5:
                case.events.append(CaseEvent(kind="returned", happened_on=date(2019, 4, 9), unit_id=at))
            session.add(case)


def told(answer):
    """The document's paragraphs and the rows of its table."""
    paper = Document(io.BytesIO(answer.data))
    return ([line.text for line in paper.paragraphs],
            [[cell.text for cell in row.cells] for row in paper.tables[0].rows])


def test_the_document_tells_the_months_figures_and_ranking(client_for, county):
    lines, rows = told(client_for("bureau").get(f"{APRIL}/docx"))
    text = "".join(lines)
    assert "月初，全县应劝返学生13人" in text and "月末未劝返8人，比上月末减少5人" in text
    assert "劝返率38.5%" in text and "本月月报尚未下发" in text
    assert rows[1:] == [["1", "城关", "12", "5", "41.7%", "7", "2", "7"],
                        ["2", "河滨*", "1", "0", "0.0%", "1", "1", "1"],
                        ["", "全县", "13", "5", "38.5%", "8", "", "8"]]
    assert "不参加排名的单位：鸦岭、局直学校" in text
    with county.installation.database.read() as session:
        taken = session.scalars(select(AuditEvent).where(AuditEvent.action == "report.exported")).all()
    assert len(taken) == 1


def test_the_screen_says_the_same_as_the_document(client_for):
    bureau = client_for("bureau")
    lines, rows = told(bureau.get(f"{APRIL}/docx"))
    page = bureau.get(APRIL).get_data(as_text=True)
    for text in (*lines, *(cell for row in rows for cell in row)):
        assert text in page


def test_an_issued_months_notice_does_not_change_with_late_papers(client_for, county):
    installation = county.installation
    known = keeping.horizon(installation.database)
    with installation.database.write() as session:
        issuing.issue(session, county.actor("bureau"), Month(2019, 4), known, 0)
    with installation.database.write() as session:
        case = session.scalars(select(Case).order_by(Case.id.desc())).first()
        session.add(CaseEvent(case_id=case.id, kind="returned", happened_on=date(2019, 4, 20), unit_id=case.unit_id))
    lines, rows = told(client_for("bureau").get(f"{APRIL}/docx"))
    assert rows[2][3] == "0" and "首次下发" in "".join(lines) and "尚未下发" not in "".join(lines)


def test_units_that_did_not_report_are_named(client_for):
    page = client_for("bureau").get(APRIL).get_data(as_text=True)
    assert "未上报的乡镇和局直单位：城关、河滨、鸦岭、县直实验小学" in page
