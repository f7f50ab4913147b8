"""The reports over HTTP: who sees which rows, lists that match their figures, files that are recorded."""

import html
import io
import re
from datetime import date

import pytest
from openpyxl import load_workbook

from service.models import AuditEvent, Case, CaseEvent, Student, TownshipCount
from service.reports import issuing, keeping
from service.reports.periods import Month
from tests.service.case_papers import put_table

LINK = re.compile(r'<a class="figure-link[^"]*" href="([^"]+)"[^>]*>(\d+)</a>')


@pytest.fixture(autouse=True)
def children(county):
    """Ten cases: four of 城关一小, three of 河滨中学, two of 县直实验小学 and one of 城关 itself."""
    with county.installation.database.write() as session:
        for number, unit in enumerate(["城关一小"] * 4 + ["河滨中学"] * 3 + ["县直实验小学"] * 2 + ["城关"]):
            at = county.units[unit]
            student = Student(name=f"测试{number}", sex="女", born_on=date(2008, 3, 4), school_id=at,
                              id_number=f"41032920080304{number:04}")
            case = Case(student=student, unit_id=at, source="annual_check", source_year=2018,
                        state="persuading", opened_on=date(2019, 3, 1))
            case.events = [CaseEvent(kind="opened", happened_on=date(2019, 3, 1), unit_id=at)]
            if number in (0, 4):
                case.events.append(CaseEvent(kind="returned", happened_on=date(2019, 4, 9), unit_id=at))
            session.add(case)


def figures(page):
    return [(html.unescape(path), int(number)) for path, number in LINK.findall(page.get_data(as_text=True))]


def test_every_figure_on_a_screen_opens_a_list_of_that_length(client_for):
    bureau, found = client_for("bureau"), {}
    for path in ("/reports/months/2019-04", "/reports/ranking/2019-04", "/reports",
                 "/reports/annex1?day=2019-04-30"):
        found |= dict(figures(bureau.get(path)))
    assert len(found) > 60
    for link, number in found.items():
        page = bureau.get(link).get_data(as_text=True)
        assert page.count('data-label="姓名"') == number, link


def test_a_township_sees_its_row_and_schools_and_no_county(client_for, county):
    township = client_for("township")
    page = township.get("/reports/months/2019-04").get_data(as_text=True)
    assert "城关" in page and "河滨" not in page and "全县" not in page
    inside = township.get(f"/reports/months/2019-04/units/{county.units['城关']}").get_data(as_text=True)
    assert "城关一小" in inside and "城关（本级，学校未定）" in inside
    assert township.get("/reports/ranking/2019-04").status_code == 403


def test_a_school_sees_only_itself(client_for):
    page = client_for("school").get("/reports/months/2019-04").get_data(as_text=True)
    assert "城关一小" in page and "城关二小" not in page and "河滨" not in page


SEEN = {  # who: (unit, level, status, rows)
    "school": [("城关一小", "own", 200, 3), ("城关二小", "own", 404, 0), ("城关", "reporting", 404, 0),
               (None, "reporting", 403, 0)],
    "township": [("城关", "reporting", 200, 4), ("城关", "own", 200, 1), ("河滨", "reporting", 404, 0),
                 (None, "reporting", 403, 0)],
    "bureau": [(None, "reporting", 200, 8), ("示范县教育体育局", "reporting", 200, 2)],
}


@pytest.mark.parametrize("who", SEEN)
def test_a_list_shows_children_of_units_in_sight_only(client_for, county, who):
    browser = client_for(who)
    for unit, level, status, rows in SEEN[who]:
        place = f"&unit={county.units[unit]}" if unit else ""
        answer = browser.get(f"/reports/list?figure=closing&month=2019-04&level={level}{place}")
        listed = answer.get_data(as_text=True).count('data-label="姓名"')
        assert (answer.status_code, listed) == (status, rows)


def test_a_list_masks_id_numbers_and_goes_on_record(client_for, county):
    page = client_for("bureau").get("/reports/list?figure=closing&month=2019-04").get_data(as_text=True)
    assert "4****************1" in page and "410329" not in page
    with county.installation.database.read() as session:
        event = session.query(AuditEvent).filter_by(action="list.opened").one()
        assert (event.object_id, event.detail["month"]) == ("closing", "2019-04")
        assert "测试" not in str(event.detail)


WRONG = [f"/reports/list?{query}" for query in (
    "", "figure=closing", "figure=nonsense&month=2019-04", "figure=closing&month=2019-13",
    "figure=standing&month=2019-04", "figure=closing&month=2019-04&unit=x",
    "figure=closing&day=2019-04-01", "figure=closing&month=2019-04&level=all",
    "figure=standing&day=2019-02-30", "figure=closing&month=0000-01")]
WRONG += ["/reports/months/2019-4", "/reports/months/9999-99", "/reports/ranking/x",
          "/reports/months?month=x", "/reports/annex1?day=31.4.2019"]


def test_an_address_that_asks_for_nothing_there_is_gets_refused_in_words(client_for):
    bureau = client_for("bureau")
    for path in WRONG:
        answer = bureau.get(path)
        assert answer.status_code == 422 and "请" in answer.get_data(as_text=True), path


def test_files_hold_what_the_screen_holds_and_taking_them_is_recorded(client_for, county):
    bureau = client_for("bureau")
    answer = bureau.get("/reports/months/2019-04/export/xlsx")
    sheet = load_workbook(io.BytesIO(answer.data), data_only=True)["月报"]
    last = {cell.value: sheet.cell(sheet.max_row - 4, cell.column).value for cell in sheet[3] if cell.value}
    assert (last["月初应劝返"], last["本月劝返"], last["月末未劝返"]) == (10, 2, 8)
    told = bureau.get("/reports/annex1/export/json?day=2019-04-30").get_json()
    assert (told["total"]["prior_year"], told["total"]["total"]) == (8, 8)
    assert bureau.get("/reports/list/export/csv?figure=returned&month=2019-04").data.count(b"\r\n") == 3
    with county.installation.database.read() as session:
        events = session.query(AuditEvent).filter_by(action="report.exported").order_by(AuditEvent.id)
        taken = [(event.object_type, event.detail["kind"]) for event in events]
    assert taken == [("month", "xlsx"), ("annex1", "json"), ("list", "csv")]


def test_the_api_tells_the_same_month_with_addresses_that_answer(app, token_for, county):
    client, headers = app.test_client(), token_for("bureau")
    told = client.get("/api/v1/months/2019-04", headers=headers).get_json()
    assert told["total"]["figures"]["closing"]["value"] == 8 and told["total"]["rate"] == 0.2
    for row in (*told["units"], told["total"]):
        figure = row["figures"]["returned"]
        listed = client.get(figure["list"], headers=headers).get_json()
        assert listed["total"] == len(listed["entries"]) == figure["value"]
    inside = client.get(f"/api/v1/months/2019-04?unit={county.units['城关']}", headers=headers).get_json()
    assert [row["name"] for row in inside["units"]] == ["城关一小", "城关二小", "城关（本级，学校未定）"]
    assert "2019-04" in client.get("/api/v1/months", headers=headers).get_json()["months"]


def test_the_present_month_opens_and_neighbours_are_linked(client_for):
    bureau = client_for("bureau")
    assert "概览" in bureau.get("/reports").get_data(as_text=True)
    answer = bureau.get("/reports/months")
    assert answer.status_code == 302 and answer.location.startswith("/reports/months/20")
    page = bureau.get("/reports/months/2019-04").get_data(as_text=True)
    assert "/reports/months/2019-03" in page and "/reports/months/2019-05" in page


def test_a_township_sees_its_count_on_the_bureaus_paper_but_not_the_paper(client_for, county):
    with county.installation.database.write() as session:
        clerk = county.users["clerk"]
        sheets = [put_table(session, county.units[unit], clerk, []) for unit in ("示范县教育体育局", "河滨")]
        for sheet, unit in zip(sheets, ("城关", "河滨"), strict=True):
            session.add(TownshipCount(sheet_id=sheet.id, row=1, unit_id=county.units[unit], prior_year=77,
                                      ministry_list=0, total=77, counted_on=date(2019, 4, 30)))
    for who, link in (("township", False), ("other_township", True), ("bureau", True)):
        page = client_for(who).get("/reports/annex1?day=2019-05-01").get_data(as_text=True)
        assert "77" in page and ('href="/sheets/' in page) == link


def test_the_files_of_an_issued_month_hold_what_was_issued(client_for, county):
    known = keeping.horizon(county.installation.database)
    with county.installation.database.write() as session:
        issuing.issue(session, county.actor("bureau"), Month(2019, 4), known, 0)
    with county.installation.database.write() as session:
        case = session.query(Case).order_by(Case.id.desc()).first()
        session.add(CaseEvent(case_id=case.id, kind="returned", happened_on=date(2019, 4, 20), unit_id=case.unit_id))
    bureau, export = client_for("bureau"), "/reports/months/2019-04/export/json"
    returned = [bureau.get(export + query).json["total"]["returned"] for query in ("", "?issue=0", "?issue=now")]
    assert returned == [2, 2, 3]
    assert bureau.get(export).json["about"]["state"] == "首次下发（固定不变）"
    assert "/export/xlsx?issue=0" in bureau.get("/reports/months/2019-04").get_data(as_text=True)
