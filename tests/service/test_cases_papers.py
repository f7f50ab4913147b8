"""The other papers of the notice enter the records, are corrected and withdrawn, and show in the child's file."""

from datetime import date

import pytest
from sqlalchemy import func, select

from service import cases
from service.cases import child_file, paper
from service.errors import Conflict, Invalid
from service.models import Agreement, Case, HomeVisit, Lesson, PaperReturn, Persuasion, Student, Transfer
from service.models.filed import filed_as
from tests.service.case_papers import OTHER_SCHOOL, SCHOOL, ago, file_visit, id_number, put_sheet, say, sign
from tests.service.other_papers import (
    agreement_values,
    lesson_values,
    persuasion_values,
    put_paper,
    register_cells,
    return_values,
)


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


def filed(session, county, clerk, template, values, marks=None):
    return sign(session, clerk, put_paper(session, template, county.units[SCHOOL], clerk.user_id, values, marks))


def test_a_persuasion_record_joins_the_case_that_a_visit_opened(session, county, clerk):
    visit = file_visit(session, clerk, county.units[SCHOOL])
    sheet = filed(session, county, clerk, "persuasion_record", persuasion_values(outcome="同意返校"))
    talk = session.scalars(select(Persuasion).where(Persuasion.sheet_id == sheet.id)).one()
    assert (talk.student_id, talk.case_id) == (visit.student_id, visit.case_id)
    assert (talk.outcome, talk.result, talk.method, talk.number) == ("agreed", "同意返校", "入户", 2)
    assert (talk.persuaders, talk.persuaded_on) == ("周文静、李国强", ago(40))
    assert talk.guardian_signature and talk.school_seal
    assert [event.kind for event in talk.case.events] == ["opened", "visited", "persuaded"]


def test_a_persuasion_record_alone_makes_the_child_and_opens_its_case(session, county, clerk):
    filed(session, county, clerk, "persuasion_record", persuasion_values())
    talk = session.scalars(select(Persuasion)).one()
    assert (talk.student.name, talk.student.guardian) == ("谭小梅", "谭大勇")
    assert (talk.case.state, talk.case.reason, talk.case.source) == ("persuading", "外出打工", "other")


def test_a_persuasion_corrected_on_the_same_child_and_day_changes_in_place(session, county, clerk, bureau):
    sheet = filed(session, county, clerk, "persuasion_record", persuasion_values())
    cases.reopen(session, bureau, sheet.id, sheet.version, "结果写错")
    say(session, clerk, sheet, "outcome", "暂不返校")
    sign(session, clerk, sheet)
    talk = session.scalars(select(Persuasion)).one()
    assert talk.outcome == "refused"
    assert session.scalar(select(func.count()).select_from(Case)) == 1
    assert any("corrected" in event.detail for event in talk.case.events)


def test_a_persuasion_corrected_to_a_known_child_moves_there_and_leaves_no_case_behind(session, county, clerk, bureau):
    other = file_visit(session, clerk, county.units[SCHOOL], student_name="王强", sex="男",
                       id_number=id_number(sequence="031"), parent_signature="王大山")
    sheet = filed(session, county, clerk, "persuasion_record", persuasion_values())
    wrong = session.scalars(select(Persuasion)).one().case_id
    cases.reopen(session, bureau, sheet.id, sheet.version, "张冠李戴")
    for field, value in (("student_name", "王强"), ("id_number", id_number(sequence="031")), ("sex", "男")):
        say(session, clerk, sheet, field, value)
    sign(session, clerk, sheet)
    talk = session.scalars(select(Persuasion)).one()
    assert (talk.student_id, talk.case_id) == (other.student_id, other.case_id)
    assert session.get(Case, wrong).closing == "mistaken"


def test_a_withdrawn_persuasion_closes_the_case_it_alone_had_opened(session, county, clerk, bureau):
    sheet = filed(session, county, clerk, "persuasion_record", persuasion_values())
    case_id = session.scalars(select(Persuasion)).one().case_id
    cases.withdraw(session, bureau, sheet.id, sheet.version, "重复")
    assert session.scalars(select(Persuasion)).all() == []
    assert session.get(Case, case_id).closing == "mistaken"
    assert filed_as(session, sheet.id) == ""


def test_each_line_of_a_register_becomes_a_transfer_and_both_sheets_count_once(session, county, clerk):
    for page in (1, 2):
        cells = register_cells(page=f"{page}/2", lines=[
            (f"学生{page}甲", "转出", id_number(sequence=f"0{page}1")), (f"学生{page}乙", "转入", "")])
        put = put_sheet(session, "transfer_register", county.units[SCHOOL], clerk.user_id, cells, {}, None)
        sign(session, clerk, put)
    lines = session.scalars(select(Transfer).order_by(Transfer.id)).all()
    assert [(line.name, line.direction, line.row) for line in lines] == [
        ("学生1甲", "out", 1), ("学生1乙", "in", 2), ("学生2甲", "out", 1), ("学生2乙", "in", 2)]
    assert {line.unit_id for line in lines} == {county.units[SCHOOL]}
    assert {line.other_unit_id for line in lines} == {county.units[OTHER_SCHOOL]}
    assert lines[0].born_on == date(2008, 3, 15) and lines[1].id_number_mark is None


def test_a_register_corrected_changes_its_line_and_forgets_one_that_is_gone(session, county, clerk, bureau):
    cells = register_cells(lines=[("谭小梅", "转出", id_number(sequence="022")), ("王强", "转入", "")])
    put = put_sheet(session, "transfer_register", county.units[SCHOOL], clerk.user_id, cells, {}, None)
    sheet = sign(session, clerk, put)
    first = session.scalars(select(Transfer).where(Transfer.row == 1)).one().id
    cases.reopen(session, bureau, sheet.id, sheet.version, "第二行划掉了")
    say(session, clerk, sheet, "moved_on", ago(9).isoformat(), 1)
    for field in ("student_name", "direction", "moved_on", "other_school", "grade_class", "sex", "reason", "seq"):
        say(session, clerk, sheet, field, "", 2)
    sign(session, clerk, sheet)
    line = session.scalars(select(Transfer)).one()
    assert (line.id, line.moved_on) == (first, ago(9))
    cases.withdraw(session, bureau, sheet.id, sheet.version, "重复")
    assert session.scalars(select(Transfer)).all() == []


def test_a_register_line_that_goes_neither_way_is_named(session, county, clerk):
    cells = register_cells(lines=[("谭小梅", "转出", ""), ("王强", "借读", "")])
    put = put_sheet(session, "transfer_register", county.units[SCHOOL], clerk.user_id, cells, {}, None)
    with pytest.raises(Invalid, match="第2行的「转入转出」"):
        sign(session, clerk, put)


def test_a_lesson_day_goes_into_its_childs_ledger_without_a_case(session, county, clerk, bureau):
    sheet = filed(session, county, clerk, "home_teaching", lesson_values(lessons="3"))
    lesson = session.scalars(select(Lesson)).one()
    assert (lesson.student.name, lesson.lessons, lesson.taught_on) == ("谭小梅", 3, ago(30))
    assert (lesson.teachers, lesson.content) == ("周文静、李国强", "认识数字")
    assert lesson.guardian_signature and lesson.teacher_signature
    assert session.scalar(select(func.count()).select_from(Case)) == 0
    cases.reopen(session, bureau, sheet.id, sheet.version, "课时写错")
    say(session, clerk, sheet, "lessons", "2")
    sign(session, clerk, sheet)
    assert session.scalars(select(Lesson.lessons)).all() == [2]
    cases.withdraw(session, bureau, sheet.id, sheet.version, "重复")
    assert session.scalars(select(Lesson)).all() == []


def test_an_agreement_says_who_signed_for_which_school_and_whose_seals_are_there(session, county, clerk):
    marks = {"issuer_seal": True, "school_seal": False, "signature": True}
    filed(session, county, clerk, "responsibility_agreement", agreement_values(), marks)
    made = session.scalars(select(Agreement)).one()
    assert (made.unit_id, made.level, made.year) == (county.units[SCHOOL], "township_school", int(ago(90).year))
    assert (made.first_signer, made.second_signer, made.signed_on) == ("李国强", "周文静", ago(90))
    assert (made.first_seal, made.second_seal, made.second_signature) == (True, False, True)


def test_a_paper_return_keeps_its_numbers_and_says_when_they_do_not_balance(session, county, clerk, bureau):
    sheet = filed(session, county, clerk, "monthly_return", return_values(closing="8"))
    made = session.scalars(select(PaperReturn)).one()
    assert (made.unit_id, made.opening, made.new_total, made.returned, made.closing) == (
        county.units["城关"], 10, 2, 4, 8)
    assert made.balances
    cases.reopen(session, bureau, sheet.id, sheet.version, "月末写错")
    say(session, clerk, sheet, "closing", "9")
    sign(session, clerk, sheet)
    made = session.scalars(select(PaperReturn)).one()
    assert made.closing == 9 and not made.balances
    assert paper.open_paper(session, bureau, sheet.id).filed[0].remark == paper.NOT_BALANCED


def test_a_sheet_filed_as_one_paper_cannot_be_set_aside_or_filed_as_another(session, county, clerk, bureau):
    from service.review.closing import set_aside

    sheet = filed(session, county, clerk, "home_teaching", lesson_values())
    cases.reopen(session, bureau, sheet.id, sheet.version, "看错")
    with pytest.raises(Conflict):
        set_aside(session, clerk, sheet.id, sheet.version, "空白表")


def test_the_childs_file_shows_each_paper_with_the_place_of_every_value(session, county, clerk, bureau):
    file_visit(session, clerk, county.units[SCHOOL])
    filed(session, county, clerk, "persuasion_record", persuasion_values())
    filed(session, county, clerk, "home_teaching", lesson_values())
    cells = register_cells(page="1/3", lines=[("别人", "转入", ""), ("谭小梅", "转出", id_number(sequence="022"))])
    sign(session, clerk, put_sheet(session, "transfer_register", county.units[SCHOOL], clerk.user_id, cells, {}, None))
    student = session.scalars(select(Student).where(Student.name == "谭小梅")).one()
    entries = {entry.kind: entry for entry in child_file.open_file(session, bureau, student.id).entries}
    assert {"visited", "persuaded", "taught", "transferred"} <= set(entries)
    rows = {value.field: (value.row, value.text, value.has_crop) for value in entries["transferred"].values}
    assert rows["page"] == (0, "1/3", True)
    assert rows["other_school"] == (2, OTHER_SCHOOL, True)
    for kind in ("persuaded", "taught", "transferred"):
        assert all(value.has_crop for value in entries[kind].values if value.text)
        sealed = {value.field: value.text for value in entries[kind].values if value.sealed}
        assert "id_number" in sealed and "20080315" not in sealed["id_number"]
    assert session.scalar(select(func.count()).select_from(HomeVisit)) == 1
