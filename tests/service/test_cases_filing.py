"""Signed-off sheets enter the records: the right child, one visit per sheet, a count per unit."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from service import cases, identity
from service.errors import Conflict, Invalid
from service.models import AuditEvent, Case, CaseEvent, HomeVisit, Sheet, Student, TownshipCount, Unit
from tests.service.case_papers import (
    DIRECT_SCHOOL,
    OTHER_SCHOOL,
    SCHOOL,
    TODAY,
    ago,
    file_visit,
    id_number,
    put_table,
    put_visit,
    say,
    sign,
)


@pytest.fixture
def clerk(county):
    return county.actor("clerk")


@pytest.fixture
def session(county):
    with county.installation.database.write() as session:
        yield session


def doubts_of(visit):
    return sorted(e.detail["doubt"] for e in visit.case.events if "doubt" in e.detail)


def test_a_home_visit_makes_the_child_its_case_and_its_visit(session, county, clerk):
    visit = file_visit(session, clerk, county.units[SCHOOL])
    student = visit.student
    assert (student.name, student.sex, student.school_id) == ("谭小梅", "女", county.units[SCHOOL])
    assert student.born_on == date(2008, 3, 15)
    assert (student.grade_class, student.guardian) == ("六年级2班", "谭大勇")
    assert (visit.visited_on, visit.teacher, visit.companion) == (ago(60), "周文静", "李国强")
    assert visit.school_seal and visit.guardian_signature
    assert (visit.school_on, visit.parent_on) == (ago(60), ago(60))
    case = visit.case
    assert (case.source, case.state, case.reason) == ("home_visit", "persuading", "外出打工")
    assert case.opened_on == ago(60)
    assert [event.kind for event in case.events] == ["opened", "visited"]
    assert all(event.sheet_id == visit.sheet_id for event in case.events)


def test_every_kind_of_value_filed_can_be_traced_to_the_actor_in_the_audit_record(session, county, clerk):
    visit = file_visit(session, clerk, county.units[SCHOOL])
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "visit.filed")).one()
    assert (event.user_id, event.object_id) == (clerk.user_id, str(visit.sheet_id))
    assert "谭" not in str(event.detail)


def test_a_second_visit_finds_the_child_by_id_number_wherever_it_was_made(session, county, clerk):
    first = file_visit(session, clerk, county.units[SCHOOL])
    second = file_visit(session, clerk, county.units["城关"], school_name="城关二小",
                        visit_time=ago(20).isoformat(), grade_class="七年级1班")
    assert second.student_id == first.student_id and second.case_id == first.case_id
    assert second.student.grade_class == "七年级1班"
    assert second.student.school_id == county.units["城关二小"]
    assert second.case.unit_id == county.units[SCHOOL], "a case changes hands by a person's act only"
    assert doubts_of(second) == ["other_school"]


def test_an_older_paper_that_comes_late_fills_gaps_but_overwrites_nothing(session, county, clerk):
    file_visit(session, clerk, county.units[SCHOOL], address="", grade_class="七年级1班")
    late = file_visit(session, clerk, county.units[SCHOOL], visit_time=ago(200).isoformat(),
                      grade_class="五年级", address="城关镇西关村")
    assert late.student.grade_class == "七年级1班"
    assert late.student.address == "城关镇西关村"


def test_the_same_id_number_with_another_name_is_filed_there_and_told_to_a_person(session, county, clerk):
    first = file_visit(session, clerk, county.units[SCHOOL])
    second = file_visit(session, clerk, county.units[SCHOOL], student_name="谭小海",
                        visit_time=ago(9).isoformat())
    assert second.student_id == first.student_id and second.student.name == "谭小梅"
    assert doubts_of(second) == ["other_name"]


def test_a_child_known_without_id_number_is_found_by_name_school_and_birth_date(session, county, clerk):
    known = Student(name="谭小梅", school_id=county.units[SCHOOL], born_on=date(2008, 3, 15))
    session.add(known)
    session.flush()
    visit = file_visit(session, clerk, county.units[SCHOOL])
    assert visit.student_id == known.id
    assert known.id_number == id_number(sequence="022")


def test_a_paper_without_id_number_is_matched_by_age_and_leaves_a_doubt(session, county, clerk):
    first = file_visit(session, clerk, county.units[SCHOOL])
    years = (ago(30) - first.student.born_on).days // 365
    second = file_visit(session, clerk, county.units[SCHOOL], id_number="", age=str(years),
                        visit_time=ago(30).isoformat())
    assert second.student_id == first.student_id
    assert doubts_of(second) == ["by_age", "no_id"]


@pytest.mark.parametrize("change, doubt", [
    ({"id_number": id_number(sequence="042")}, "id_slip"),
    ({"id_number": id_number(born="20091102", sequence="516")}, "same_name_other_id"),
    ({"id_number": id_number(sequence="526"), "student_name": "谭小海"}, "like_name"),
    ({"id_number": "", "age": "9"}, "same_name"),
])
def test_a_likeness_is_told_and_never_merged(session, county, clerk, change, doubt):
    first = file_visit(session, clerk, county.units[SCHOOL])
    second = file_visit(session, clerk, county.units[SCHOOL], visit_time=ago(59).isoformat(), **change)
    assert second.student_id != first.student_id
    assert doubt in doubts_of(second)
    named = [e.detail["student"] for e in second.case.events if e.detail.get("doubt") == doubt]
    assert named == [first.student_id]


def test_two_children_of_one_name_in_one_school_with_ids_far_apart_stay_two(session, county, clerk):
    first = file_visit(session, clerk, county.units[SCHOOL])
    other = file_visit(session, clerk, county.units[OTHER_SCHOOL], school_name=OTHER_SCHOOL,
                       id_number=id_number("20071224", "618"))
    assert other.student_id != first.student_id and doubts_of(other) == []


def test_an_id_number_that_fails_its_check_is_no_identity(session, county, clerk):
    wrong = id_number(sequence="022")[:-1] + "0"
    visit = file_visit(session, clerk, county.units[SCHOOL], id_number=wrong)
    assert visit.student.id_number is None and doubts_of(visit) == ["bad_id"]


def test_the_old_fifteen_digits_mean_the_same_child(session, county, clerk):
    number = id_number("19950315", "022")
    old = number[:6] + number[8:17]
    first = file_visit(session, clerk, county.units[SCHOOL], id_number=number)
    second = file_visit(session, clerk, county.units[SCHOOL], id_number=old, visit_time=ago(3).isoformat())
    assert first.student_id == second.student_id


@pytest.mark.parametrize("written, meant", [
    ("城关一小", "城关一小"), (" 城关 一小", "城关一小"), ("示范县城关一小", "城关一小"),
    ("城关镇第一小学", "城关一小"),
    ("河南省洛阳市示范县河滨中学", "河滨中学"), ("河滨街道中学", "河滨中学"), ("城关小学", None), ("", None),
])
def test_a_school_is_known_by_its_name_however_formal_and_never_guessed(session, county, written, meant):
    from service.unit_names import school_named
    found = school_named(session, written)
    assert (found.name if found else None) == meant


@pytest.mark.parametrize("written, meant", [
    ("鸦岭", "鸦岭"), ("鸦岭镇", "鸦岭"), ("鸦岭镇中心学校", "鸦岭"), ("河滨街道", "河滨"),
    ("县直实验小学", DIRECT_SCHOOL), ("不知何处", None),
])
def test_a_row_of_a_table_names_its_unit(session, county, written, meant):
    from service.unit_names import reporting_unit_named
    found = reporting_unit_named(session, written)
    assert (found.name if found else None) == meant


def test_an_unknown_school_stays_with_the_uploading_unit_and_is_told(session, county, clerk):
    visit = file_visit(session, clerk, county.units["城关"], school_name="没听说过小学")
    assert visit.student.school_id == county.units["城关"] and doubts_of(visit) == ["unknown_school"]


def test_a_suspicion_becomes_persuasion_and_an_open_case_is_used_again(session, county, clerk):
    student = Student(name="谭小梅", school_id=county.units[SCHOOL])
    student.id_number = id_number(sequence="022")
    student.id_number_mark = identity.mark(student.id_number)
    session.add(student)
    session.flush()
    case = cases.open_case(session, county.actor("bureau"), student.id, source="ministry_list", year=2019,
                           on=ago(90))
    visit = file_visit(session, clerk, county.units[SCHOOL])
    assert visit.case_id == case.id and case.state == "persuading" and case.source == "ministry_list"
    assert [event.kind for event in case.events] == ["opened", "visited"]


def test_a_visit_after_closing_reopens_nothing_by_itself(session, county, clerk):
    visit = file_visit(session, clerk, county.units[SCHOOL])
    visit.case.state, visit.case.closing, visit.case.closed_on = "closed", "transferred", ago(40)
    session.flush()
    again = file_visit(session, clerk, county.units[SCHOOL], visit_time=ago(5).isoformat())
    assert again.case_id == visit.case_id and again.case.state == "closed"
    assert "after_closing" in doubts_of(again)


@pytest.mark.parametrize("field, label", [("student_name", "学生姓名"), ("visit_time", "时间")])
def test_a_missing_essential_refuses_filing_and_names_the_field(session, county, clerk, field, label):
    sheet = put_visit(session, county.units[SCHOOL], clerk.user_id, **{field: ""})
    with pytest.raises(Invalid) as refused:
        sign(session, clerk, sheet)
    assert label in refused.value.message


def test_a_visit_in_the_future_is_refused(session, county, clerk):
    day = (TODAY + timedelta(days=3)).isoformat()
    with pytest.raises(Invalid, match="时间"):
        file_visit(session, clerk, county.units[SCHOOL], visit_time=day)


def test_what_is_refused_leaves_nothing_behind(county, clerk):
    database = county.installation.database
    with database.write() as session:
        sheet = put_table(session, county.units["城关"], clerk.user_id,
                          [("城关", "1", "2", "3"), ("无此单位", "1", "", "1")])
    with pytest.raises(Invalid, match="第 2 行.*无此单位"), database.write() as session:
        cases.sign_off(session, clerk, sheet.id, sheet.version)
    with database.read() as session:
        assert session.get_one(Sheet, sheet.id).state == "to_review"
        assert session.scalar(select(func.count()).select_from(TownshipCount)) == 0


def test_signing_off_twice_is_a_conflict_and_files_once(session, county, clerk):
    sheet = put_visit(session, county.units[SCHOOL], clerk.user_id)
    seen = sheet.version
    cases.sign_off(session, clerk, sheet.id, seen)
    for version in (seen, sheet.version):
        with pytest.raises(Conflict):
            cases.sign_off(session, county.actor("second_clerk"), sheet.id, version)
    assert session.scalar(select(func.count()).select_from(HomeVisit)) == 1
    assert session.scalar(select(func.count()).select_from(CaseEvent).where(CaseEvent.kind == "visited")) == 1


def test_a_township_table_files_one_count_per_unit(session, county, clerk):
    sheet = sign(session, clerk, put_table(session, county.units["城关"], clerk.user_id, [
        ("城关镇", "3", "2", "5"), ("河滨", "30", "", "30"), ("", "", "", ""), ("鸦岭", "", "6", "")]))
    names = dict(session.execute(select(Unit.id, Unit.name)).all())
    counts = session.scalars(select(TownshipCount).order_by(TownshipCount.row)).all()
    assert [(names[c.unit_id], c.prior_year, c.ministry_list, c.total) for c in counts] == [
        ("城关", 3, 2, 5), ("河滨", 30, 0, 30), ("鸦岭", 0, 6, 6)]
    assert {c.counted_on for c in counts} == {TODAY} and {c.sheet_id for c in counts} == {sheet.id}
    assert {c.remark for c in counts} == {""}


def test_a_row_whose_total_does_not_add_up_is_kept_as_written_with_a_remark(session, county, clerk):
    sign(session, clerk, put_table(session, county.units["城关"], clerk.user_id, [("城关", "3", "2", "6")]))
    count = session.scalars(select(TownshipCount)).one()
    assert count.total == 6 and "不符" in count.remark


def test_a_unit_named_twice_is_refused(session, county, clerk):
    sheet = put_table(session, county.units["城关"], clerk.user_id,
                      [("城关", "1", "", "1"), ("城关镇", "2", "", "2")])
    with pytest.raises(Invalid, match="第 2 行.*第 1 行重复"):
        cases.sign_off(session, clerk, sheet.id, sheet.version)


def test_a_row_with_counts_but_no_unit_is_refused(session, county, clerk):
    sheet = put_table(session, county.units["城关"], clerk.user_id,
                      [("城关", "1", "", "1"), ("", "2", "", "2")])
    say(session, clerk, sheet, "unit", "", row=2)
    with pytest.raises(Invalid, match="第 2 行写了内容，没有单位"):
        cases.sign_off(session, clerk, sheet.id, sheet.version)


def test_what_is_personal_is_sealed_in_the_file_of_the_database(county, clerk):
    with county.installation.database.write() as session:
        visit = file_visit(session, clerk, county.units[SCHOOL], content="家访内容原文甲乙丙",
                           address="东关村3组77号")
        cases.perform(session, county.actor("bureau"), visit.case_id,
                      cases.Request("note", ago(1), note="记事内容丁戊己"))
    for number in (id_number(sequence="022"), "家访内容原文甲乙丙", "东关村3组77号", "记事内容丁戊己"):
        for file in county.installation.settings.data_dir.glob("*.sqlite3*"):
            assert number.encode() not in file.read_bytes(), f"{number} stands open in {file.name}"


def test_a_case_per_child_however_many_papers(session, county, clerk):
    for days in (50, 40, 30):
        file_visit(session, clerk, county.units[SCHOOL], visit_time=ago(days).isoformat())
    assert session.scalar(select(func.count()).select_from(Case)) == 1
    assert session.scalar(select(func.count()).select_from(HomeVisit)) == 3
