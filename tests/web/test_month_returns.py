"""Monthly returns over HTTP: up the tree, back with a reason, in time or late, and nobody's work lost."""

from datetime import date

import pytest

from service.calendar import today
from service.models import Case, CaseEvent, MonthlyReturn, ReturnStep, Student, TownshipCount
from service.reports.deadlines import days_late, deadline, opens_on
from service.reports.periods import Month, this_month
from tests.service.case_papers import put_table

LAST = this_month().shifted(-1)


@pytest.fixture(autouse=True)
def children(county):
    """Three children of 城关一小 and one of 城关 that were found long ago; one came back last month."""
    with county.installation.database.write() as session:
        for number, unit in enumerate(["城关一小"] * 3 + ["城关"]):
            at = county.units[unit]
            student = Student(name=f"测试{number}", sex="女", born_on=date(2012, 3, 4), school_id=at)
            case = Case(student=student, unit_id=at, source="annual_check", source_year=2018, state="persuading",
                        opened_on=date(2019, 3, 1))
            case.events = [CaseEvent(kind="opened", happened_on=date(2019, 3, 1), unit_id=at)]
            if number == 0:
                case.events.append(CaseEvent(kind="returned", happened_on=LAST.first, unit_id=at))
            session.add(case)


def path(county, unit, act=""):
    return f"/reports/returns/{LAST}/units/{county.units[unit]}" + (f"/{act}" if act else "")


def send(browser, county, unit, act, **form):
    return browser.post(path(county, unit, act), data=form)


def state_of(county, unit):
    with county.installation.database.read() as session:
        record = session.query(MonthlyReturn).filter_by(unit_id=county.units[unit]).one_or_none()
        return (record.state, record.version) if record else None


def test_a_return_goes_up_the_tree_and_is_approved_at_each_step(client_for, county):
    school, township, bureau = client_for("school"), client_for("township"), client_for("bureau")
    assert send(school, county, "城关一小", "submit", version="0").status_code == 302
    assert send(bureau, county, "城关一小", "approve", version="1").status_code == 422, "the township's to decide"
    assert send(township, county, "城关一小", "approve", version="1").status_code == 302
    assert send(township, county, "城关", "submit", version="0").status_code == 302
    assert send(bureau, county, "城关", "approve", version="1").status_code == 302
    assert state_of(county, "城关一小") == state_of(county, "城关") == ("approved", 2)
    assert send(township, county, "城关一小", "return", version="2", reason="错").status_code == 409, "locked above"


def test_a_return_sent_back_says_why_and_can_be_handed_in_again(client_for, county):
    school, township = client_for("school"), client_for("township")
    send(school, county, "城关一小", "submit", version="0")
    assert send(township, county, "城关一小", "return", version="1").status_code == 422
    assert send(township, county, "城关一小", "return", version="1", reason="少报一名").status_code == 302
    assert "少报一名" in school.get(path(county, "城关一小")).get_data(as_text=True)
    assert "少报一名" in school.get("/reports").get_data(as_text=True), "the home page reminds"
    assert send(school, county, "城关一小", "submit", version="2", remark="已补报").status_code == 302
    with county.installation.database.read() as session:
        acts = [(step.act, step.remark) for step in session.query(ReturnStep).order_by(ReturnStep.id)]
    assert acts == [("submitted", None), ("returned", "少报一名"), ("submitted", "已补报")]


def test_what_was_submitted_stays_as_it_was_when_more_is_recorded(client_for, county):
    school = client_for("school")
    send(school, county, "城关一小", "submit", version="0")
    with county.installation.database.write() as session:
        case = session.query(Case).filter_by(unit_id=county.units["城关一小"]).order_by(Case.id.desc()).first()
        session.add(CaseEvent(case_id=case.id, kind="returned", happened_on=LAST.last, unit_id=case.unit_id))
    with county.installation.database.read() as session:
        figures = session.query(MonthlyReturn).one().figures
    assert ["closing", county.units["城关一小"], "annual_check", 2] in figures["own"]
    page = school.get(path(county, "城关一小")).get_data(as_text=True)
    assert "上报时" in page and "−1" in page and "known=" in page


def test_handing_in_twice_is_one_return_and_an_outdated_page_is_told_so(client_for, county):
    school, again = client_for("school"), client_for("school")
    for browser in (school, again):
        assert send(browser, county, "城关一小", "submit", version="0").status_code == 302
    assert state_of(county, "城关一小") == ("submitted", 1)
    assert send(school, county, "城关一小", "recall", version="1").status_code == 302
    assert send(again, county, "城关一小", "recall", version="1").status_code == 409


def test_a_difference_to_the_paper_must_be_explained(client_for, county):
    with county.installation.database.write() as session:
        sheet = put_table(session, county.units["城关"], county.users["township"], [])
        session.add(TownshipCount(sheet_id=sheet.id, row=1, unit_id=county.units["城关"], prior_year=5,
                                  ministry_list=0, total=5, counted_on=LAST.last))
    township = client_for("township")
    page = township.get(path(county, "城关")).get_data(as_text=True)
    assert "必须写明原因" in page and "+2" in page
    assert send(township, county, "城关", "submit", version="0").status_code == 422
    assert send(township, county, "城关", "submit", version="0", remark="两名学生尚未录入").status_code == 302


def test_the_paper_offers_the_children_who_may_explain_it(client_for, county):
    with county.installation.database.write() as session:
        sheet = put_table(session, county.units["城关"], county.users["township"], [])
        session.add(TownshipCount(sheet_id=sheet.id, row=1, unit_id=county.units["城关"], prior_year=4,
                                  ministry_list=0, total=4, counted_on=LAST.first))
    page = client_for("bureau").get(f"/reports/check/{county.units['城关']}?day={LAST.last}").get_data(as_text=True)
    assert "测试0" in page and "正好 1 人" in page
    assert "测试1" not in page


def test_the_overview_counts_who_is_in_who_is_late_and_who_waits_for_me(client_for, county):
    send(client_for("school"), county, "城关一小", "submit", version="0")
    bureau = client_for("bureau").get(f"/reports/returns/{LAST}").get_data(as_text=True)
    assert "城关二小" in bureau and "逾期" in bureau
    mine = client_for("township").get(f"/reports/returns/{LAST}?only=decide").get_data(as_text=True)
    assert "城关一小" in mine and "城关二小" not in mine and "河滨" not in mine
    assert client_for("school").get(f"/reports/returns/{LAST}").location.endswith(path(county, "城关一小"))


def test_a_month_to_come_cannot_be_reported(client_for, county):
    school = client_for("school")
    coming = this_month().shifted(2)
    answer = school.post(f"/reports/returns/{coming}/units/{county.units['城关一小']}/submit", data={"version": "0"})
    assert answer.status_code == 422 and "还没有开始上报" in answer.get_data(as_text=True)


def test_issuing_freezes_the_page_and_shows_what_changed_since(client_for, county):
    bureau = client_for("bureau")
    assert bureau.post(f"/reports/issues/{LAST}", data={"number": "0"}).status_code == 302
    with county.installation.database.write() as session:
        case = session.query(Case).order_by(Case.id.desc()).first()
        session.add(CaseEvent(case_id=case.id, kind="returned", happened_on=LAST.last, unit_id=case.unit_id))
    issued = bureau.get(f"/reports/months/{LAST}").get_data(as_text=True)
    assert "首次下发" in issued
    told = [client_json(bureau, county, LAST, asked) for asked in ("0", "now")]
    assert told == [3, 2]
    changes = bureau.get(f"/reports/issues/{LAST}").get_data(as_text=True)
    assert "测试3" in changes and "更正 1" in changes
    assert bureau.post(f"/reports/issues/{LAST}", data={"number": "1"}).status_code == 422
    assert bureau.post(f"/reports/issues/{LAST}", data={"number": "1", "reason": "补报"}).status_code == 302
    assert bureau.post(f"/reports/issues/{LAST}", data={"number": "1", "reason": "补报"}).status_code == 409
    ranks = bureau.get(f"/reports/ranking/{LAST}?issue=0").get_data(as_text=True)
    assert "现名次" in ranks and "基数小" in ranks


def client_json(bureau, county, month, issue):
    from service.access import Actor
    from service.reports import issuing
    from service.reports import month as months

    with county.installation.database.read() as session:
        frozen = issuing.frozen_issue(session, month, int(issue))[1] if issue != "now" else None
        return months.month(session, Actor(1, "x", "bureau", 1, None), month, frozen).total["closing"].value


def test_the_api_gives_a_receipt_and_the_same_one_again(app, token_for, county):
    client, headers = app.test_client(), token_for("school")
    first, second = (client.post(f"/api/v1/months/{LAST}/returns", headers=headers, json={"version": 0})
                     for _ in range(2))
    assert first.status_code == second.status_code == 201 and first.json == second.json
    told = client.get(f"/api/v1/months/{LAST}/returns", headers=token_for("bureau")).json
    assert (told["received"], told["approved"]) == (1, 0) and told["expected"] == 7
    assert client.get(f"/api/v1/months/{LAST}/issues", headers=headers).json["issues"] == []


def test_the_deadline_is_a_day_of_the_month_or_its_last():
    april, february = Month(2019, 4), Month(2019, 2)
    assert (deadline(april, 31), deadline(april, 28)) == (date(2019, 4, 30), date(2019, 4, 28))
    assert deadline(february, 31) == date(2019, 2, 28) and opens_on(april, 28) == date(2019, 4, 21)
    assert days_late(date(2019, 4, 28), None, date(2019, 4, 30)) == 2
    assert days_late(today(), None, today()) == 0
