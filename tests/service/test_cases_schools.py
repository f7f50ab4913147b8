"""A school's page and the ledger of home teaching: what is there, what is missing, what will be."""

import io
from datetime import date, timedelta

import pytest

from service import cases
from service.cases import facts, home_teaching, plans, school_page
from service.cases.school_year import SchoolYear, this_year, year_of
from service.errors import Invalid, NotAllowed, NotFound
from service.models import Agreement, Lesson, Student, Unit
from service.norms import norms
from tests.service.case_papers import OTHER_SCHOOL, SCHOOL, TODAY, ago, file_visit

YEAR = this_year()


@pytest.fixture
def session(county):
    with county.installation.database.write() as session:
        yield session


def child(session, county, name="王晨", **facts_):
    student = Student(name=name, school_id=county.units[SCHOOL], born_on=date(TODAY.year - 10, 1, 1), **facts_)
    session.add(student)
    session.flush()
    return student


def taught(session, county, student, on, lessons=3, signed=True):
    session.add(Lesson(student_id=student.id, unit_id=county.units[SCHOOL], taught_on=on, lessons=lessons,
                       guardian_signature=signed))
    session.flush()


@pytest.mark.parametrize("day, year", [(date(2026, 8, 31), 2025), (date(2026, 9, 1), 2026), (date(2027, 1, 2), 2026)])
def test_a_school_year_begins_in_september(day, year):
    assert year_of(day) == SchoolYear(year)


def test_holidays_are_no_time_for_lessons():
    year = SchoolYear(2026)
    assert year.taught_days(date(2027, 7, 1), date(2027, 8, 31)) == 0
    assert year.taught_days(year.first, year.last) == year.taught_days(year.first, date(2027, 1, 31)) + 131


def test_lessons_are_held_against_the_norm_and_the_rest_of_the_year_is_foreseen(session, county):
    past = SchoolYear(YEAR.year - 1)
    one, none = child(session, county), child(session, county, "赵一")
    for student in (one, none):
        facts.add(session, county.actor("school"), student.id, "home_teaching", from_on=past.first, source_name="证")
    for week in range(10):
        taught(session, county, one, past.first + timedelta(days=7 * week), 6, signed=week > 1)
    taught(session, county, one, YEAR.first, 100)  # another year's
    found = {row.name: row for row in home_teaching.ledger(session, county.actor("school"), past).children}
    norm = norms().teaching_year_lessons
    assert (found["王晨"].lessons, found["王晨"].shortfall, found["王晨"].unsigned) == (60, norm - 60, 2)
    assert (found["赵一"].lessons, found["赵一"].shortfall, found["赵一"].last_on) == (0, norm, None)


def test_who_is_enrolled_later_owes_a_share_of_the_norm(session, county):
    past = SchoolYear(YEAR.year - 1)
    student = child(session, county)
    facts.add(session, county.actor("school"), student.id, "home_teaching", from_on=date(past.year + 1, 2, 20),
              source_name="证")
    row, = home_teaching.ledger(session, county.actor("school"), past).children
    assert 0.4 < row.norm / norms().teaching_year_lessons < 0.6


def test_the_ledger_shows_only_children_in_sight(session, county):
    taught(session, county, child(session, county), TODAY)
    assert {user: len(home_teaching.ledger(session, county.actor(user), YEAR).children)
            for user in ("school", "township", "other_school", "clerk")} == {
        "school": 1, "township": 1, "other_school": 0, "clerk": 1}


def items(session, county, user="bureau"):
    page = school_page.open_school(session, county.actor(user), county.units[SCHOOL], YEAR)
    return {item.name: item for item in page.items}


def test_an_empty_school_lacks_its_plan_its_register_and_guidance(session, county):
    assert {name: item.state for name, item in items(session, county).items()} == {
        "files": "missing", "persuasion": "none", "returned": "none", "transfers": "missing",
        "home_teaching": "none", "guidance": "missing"}


def test_evidence_fills_the_items_one_by_one(session, county):
    school, bureau = county.actor("school"), county.actor("bureau")
    plans.write(session, school, county.units[SCHOOL], YEAR, {"goal": "不让一个学生失学"})
    visit = file_visit(session, county.actor("clerk"), county.units[SCHOOL], visit_time=ago(5).isoformat())
    found = items(session, county)
    assert (found["files"].state, found["persuasion"].state) == ("ok", "ok")
    cases.perform(session, school, visit.case_id, cases.Request("return", ago(3)))
    assert items(session, county)["returned"].lacking[0].student_id == visit.student_id
    cases.perform(session, school, visit.case_id, cases.Request("follow_up", ago(1), note="学习：跟得上"))
    plans.inspect(session, bureau, county.units[SCHOOL], "guidance", TODAY, "完善一人一档")
    found = items(session, county)
    assert (found["returned"].state, found["guidance"].state) == ("ok", "ok")
    assert found["guidance"].inspections[0][1] == "完善一人一档"


def test_an_old_visit_is_no_persuasion_of_this_month_and_the_child_is_named(session, county):
    visit = file_visit(session, county.actor("clerk"), county.units[SCHOOL], visit_time=ago(90).isoformat())
    found = items(session, county)["persuasion"]
    assert found.state == "missing" and found.lacking[0].student_id == visit.student_id


def test_the_list_finds_schools_without_plan_or_letter(session, county):
    bureau = county.actor("bureau")
    plans.write(session, bureau, county.units[SCHOOL], YEAR, {"goal": "x"})
    session.add(Agreement(unit_id=county.units[OTHER_SCHOOL], year=YEAR.year))
    session.flush()

    def named(wanted):
        return {row.name for row in school_page.listing(session, bureau, YEAR, wanted).rows}

    everyone = named("all")
    assert everyone - named("no_plan") == {SCHOOL} and everyone - named("no_agreement") == {OTHER_SCHOOL}
    assert {row.name for row in school_page.listing(session, county.actor("school"), YEAR).rows} == {SCHOOL}


def test_a_county_of_many_schools_is_shown_page_by_page(county, client_for):
    with county.installation.database.write() as session:
        session.add_all(Unit(name=f"第{number}小学", kind="school", parent_id=county.units["河滨"], position=number)
                        for number in range(60))
    bureau = client_for("bureau")
    pages = [bureau.get(f"/schools?page={page}").get_data(as_text=True) for page in (1, 2)]
    assert [page.count('data-label="上级"') for page in pages] == [50, 14]
    shown = [{number for number in range(60) if f">第{number}小学<" in page} for page in pages]
    assert shown[0] | shown[1] == set(range(60)) and not shown[0] & shown[1]


def test_the_newest_plan_holds_and_an_empty_or_foreign_one_is_refused(session, county):
    school, store = county.actor("school"), county.installation.store
    with pytest.raises(Invalid, match="空"):
        plans.write(session, school, county.units[SCHOOL], YEAR, {"goal": " "})
    with pytest.raises(NotFound):
        plans.write(session, school, county.units[OTHER_SCHOOL], YEAR, {"goal": "x"})
    plans.write(session, school, county.units[SCHOOL], YEAR, {"goal": "x"})
    stored, kind = plans.receive(store, io.BytesIO(b"%PDF-1.7 plan"), 1000)
    plan = plans.hand_in(session, school, county.units[SCHOOL], YEAR, "方案.pdf", stored, kind)
    assert plans.plan_of(session, county.units[SCHOOL], YEAR) is plan
    with pytest.raises(NotFound):
        plans.file_of(session, county.actor("other_school"), plan.id)


@pytest.mark.parametrize("data, limit, words", [
    (b"MZ\x90 program", 1000, "只能上传"), (b"%PDF-" + b"x" * 100, 50, "太大")])
def test_a_plan_is_a_document_of_a_fair_size(county, data, limit, words):
    with pytest.raises(Invalid, match=words):
        plans.receive(county.installation.store, io.BytesIO(data), limit)
    assert not list(county.installation.store.names())


def test_a_school_does_not_inspect_itself(session, county):
    with pytest.raises(NotAllowed):
        plans.inspect(session, county.actor("school"), county.units[SCHOOL], "guidance", TODAY, "很好")
