"""What people get to see: masked files whose opening is recorded, sheets laid open, lists, the archive."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from service import archive, cases
from service.cases import child_file, directory, handover, masking, paper, sight
from service.cases.directory import Query
from service.errors import Invalid, NotAllowed, NotFound
from service.models import AuditEvent, Case, Handover, Scan, Sheet, Student
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

NUMBER = id_number(sequence="022")
ADDRESS = "城关镇东关村3组12号"


@pytest.fixture
def clerk(county):
    return county.actor("clerk")


@pytest.fixture
def session(county):
    with county.installation.database.write() as session:
        yield session


@pytest.fixture
def visit(session, county, clerk):
    return file_visit(session, clerk, county.units[SCHOOL])


def actions(session):
    return [event.action for event in session.scalars(select(AuditEvent).order_by(AuditEvent.id))]


@pytest.mark.parametrize("mask, whole, seen", [
    (masking.masked_id, NUMBER, f"4{'*' * 16}{NUMBER[-1]}"), (masking.masked_id, None, ""),
    (masking.masked_address, ADDRESS, "城关镇东关村…"), (masking.masked_address, "某某路5号", "某某…"),
    (masking.masked_address, "", ""), (masking.masked_phone, "13800001234", "138******34"),
    (masking.masked_phone, "1234", "****"),
])
def test_a_mask_leaves_what_it_should(mask, whole, seen):
    assert mask(whole) == seen


def test_a_file_is_masked_and_its_opening_recorded(session, county, visit):
    found = child_file.open_file(session, county.actor("school"), visit.student_id)
    assert NUMBER not in repr(found) and "3组12号" not in repr(found)
    assert found.id_number.startswith("4*") and found.born_on is None
    assert actions(session)[-1] == "student.opened"


@pytest.mark.parametrize("field, numbers, addresses", [("id_number", True, False), ("address", False, True),
                                                       ("all", True, True)])
def test_opening_a_value_shows_that_value_and_is_recorded(session, county, visit, field, numbers, addresses):
    found = child_file.reveal(session, county.actor("school"), visit.student_id, field)
    assert (NUMBER in repr(found), "3组12号" in repr(found)) == (numbers, addresses)
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert (event.action, event.detail) == ("student.revealed", {"field": field})


def test_what_is_not_sealed_cannot_be_revealed(session, county, visit):
    with pytest.raises(Invalid):
        child_file.reveal(session, county.actor("school"), visit.student_id, "name")


@pytest.mark.parametrize("user", ["other_school", "other_township", "direct_school"])
def test_another_units_child_is_absent(session, county, visit, user):
    for look in (lambda a: child_file.open_file(session, a, visit.student_id),
                 lambda a: child_file.reveal(session, a, visit.student_id, "all"),
                 lambda a: paper.open_paper(session, a, visit.sheet_id),
                 lambda a: sight.case(session, a, visit.case_id)):
        with pytest.raises(NotFound):
            look(county.actor(user))
    assert directory.search(session, county.actor(user), Query()).total == 0
    assert archive.search(session, county.actor(user), archive.Query()).total == 0


def test_administrators_see_no_child(session, county, visit):
    for user in ("system_admin", "security_admin", "audit_admin"):
        with pytest.raises(NotAllowed):
            child_file.open_file(session, county.actor(user), visit.student_id)


def test_the_timeline_is_newest_first_and_every_value_knows_its_crop(session, county, visit):
    cases.perform(session, county.actor("township"), visit.case_id, cases.Request("return", ago(20)))
    found = child_file.open_file(session, county.actor("clerk"), visit.student_id)
    assert [entry.kind for entry in found.entries] == ["returned", "visited", "opened"]
    visited = found.entries[1]
    values = {value.field: value for value in visited.values}
    assert values["visit_teacher"].text == "周文静" and values["visit_teacher"].has_crop
    assert values["id_number"].sealed == "id_number" and values["content"].wide
    assert [(mark.label, mark.there) for mark in visited.marks] == [("学校公章", True), ("家长签字", True)]


def test_settling_names_what_is_there_and_what_is_missing(session, county, visit):
    cases.perform(session, county.actor("township"), visit.case_id, cases.Request("return", ago(20)))
    found = child_file.open_file(session, county.actor("township"), visit.student_id)
    settle = next(offer for offer in found.cases[0].offers if offer.act.name == "settle")
    assert [piece.there for piece in settle.pieces] == [True, True, False] and not settle.ready
    clerk = child_file.open_file(session, county.actor("clerk"), visit.student_id)
    assert clerk.cases[0].offers == (), "a clerk does nothing to cases"


def test_an_open_case_without_a_visit_for_long_is_overdue(session, county, clerk, visit):
    assert child_file.open_file(session, clerk, visit.student_id).cases[0].overdue
    assert directory.search(session, clerk, Query(watch="overdue")).total == 1
    assert directory.search(session, clerk, Query()).rows[0].overdue
    file_visit(session, clerk, county.units[SCHOOL], visit_time=ago(3).isoformat())
    session.expire_all()
    assert not child_file.open_file(session, clerk, visit.student_id).cases[0].overdue
    assert directory.search(session, clerk, Query(watch="overdue")).total == 0


def test_the_list_narrows_by_name_unit_and_state(session, county, clerk, visit):
    file_visit(session, clerk, county.units[OTHER_SCHOOL], school_name=OTHER_SCHOOL, student_name="马小云",
               id_number=id_number("20100909", "884"))
    session.add(Student(name="谭小军", school_id=county.units[SCHOOL]))
    session.flush()

    def names(**asked):
        return sorted(row.name for row in directory.search(session, clerk, Query(**asked)).rows)
    assert names() == ["谭小军", "谭小梅", "马小云"]
    assert names(text="谭小") == ["谭小军", "谭小梅"] and names(text="小梅") == [] and names(text="%") == []
    assert names(unit_id=county.units["城关"]) == ["谭小军", "谭小梅"]
    assert names(state="outstanding") == ["谭小梅", "马小云"] and names(state="none") == ["谭小军"]
    with pytest.raises(Invalid):
        names(state="lost")
    with pytest.raises(Invalid):
        names(watch="everything")


def test_the_list_pages_without_losing_or_doubling_anybody(session, county, clerk):
    for number in range(directory.PAGE + 5):
        session.add(Student(name=f"学生{number}", school_id=county.units[SCHOOL]))
    session.flush()
    pages = [directory.search(session, clerk, Query(page=page)) for page in (1, 2)]
    seen = [row.student_id for found in pages for row in found.rows]
    assert len(seen) == len(set(seen)) == directory.PAGE + 5 and pages[0].pages == 2
    assert directory.search(session, clerk, Query(page=99)).page == 2


def test_a_whole_id_number_finds_the_child_in_sight_and_the_search_is_recorded(session, county, visit):
    assert directory.looks_like_id_number(NUMBER.lower()) and not directory.looks_like_id_number("谭小梅")
    assert directory.by_id_number(session, county.actor("school"), NUMBER.lower()) == visit.student_id
    assert directory.by_id_number(session, county.actor("other_school"), NUMBER) is None
    assert actions(session)[-2:] == ["student.searched"] * 2
    assert NUMBER not in str([event.detail for event in session.scalars(select(AuditEvent))])


def test_doubts_are_listed_until_they_are_settled(session, county, clerk):
    visit = file_visit(session, clerk, county.units[SCHOOL], id_number="", school_name="没听说过小学")
    assert directory.counts(session, clerk) == {"overdue": 1, "doubts": 1}
    for doubt in child_file.open_file(session, clerk, visit.student_id).doubts:
        from service.cases.doubts import settle
        settle(session, clerk, doubt.event_id)
    session.expire_all()
    assert directory.search(session, clerk, Query(watch="doubts")).total == 0


def test_a_handed_over_case_is_seen_by_both_sides_with_its_papers(session, county, clerk):
    visit = file_visit(session, clerk, county.units[DIRECT_SCHOOL], school_name=DIRECT_SCHOOL)
    with pytest.raises(NotFound):
        paper.open_paper(session, county.actor("township"), visit.sheet_id)
    cases.perform(session, county.actor("direct_school"), visit.case_id,
                  cases.Request("hand_over", ago(1), note="户籍在城关", unit_id=county.units["城关"]))
    handover.answer(session, county.actor("township"), session.query(Handover).one().id, accept=True)
    for user in ("direct_school", "township"):
        filed = paper.open_paper(session, county.actor(user), visit.sheet_id).filed
        assert [record.student_id for record in filed] == [visit.student_id]
        assert archive.search(session, county.actor(user), archive.Query()).total == 1
        assert directory.search(session, county.actor(user), Query()).total == 1
    with pytest.raises(NotFound):
        paper.open_paper(session, county.actor("school"), visit.sheet_id)


def test_a_sheet_laid_open_tells_machine_from_person_and_where_it_counts(session, county, clerk):
    sheet = put_visit(session, county.units[SCHOOL], clerk.user_id, visit_teacher="周丈静")
    say(session, clerk, sheet, "visit_teacher", "周文静")
    sign(session, clerk, sheet)
    found = paper.open_paper(session, county.actor("school"), sheet.id)
    values = {value.field: value for _, row in found.rows for value in row}
    teacher, name = values["visit_teacher"], values["student_name"]
    assert (teacher.text, teacher.read, teacher.source, teacher.differs) == ("周文静", "周丈静", "人工", True)
    assert [(said.who, said.kind, said.value) for said in teacher.history] == [
        ("测试clerk", "改为", "周文静")]
    assert (name.source, name.certainty, name.history) == ("机器", "可信", ())
    assert found.months == (ago(60).replace(day=1),) and found.filed[0].name == "谭小梅"
    assert (found.state, found.signer) == ("signed", "测试clerk")
    assert "sheet.viewed" in actions(session)


def test_a_table_laid_open_shows_its_rows_and_counts(session, county, clerk):
    rows = [("城关", "3", "2", "6")]
    sheet = sign(session, clerk, put_table(session, county.units["城关"], clerk.user_id, rows))
    found = paper.open_paper(session, clerk, sheet.id)
    assert found.is_table and found.filed[0].numbers == (3, 2, 6) and "不符" in found.filed[0].remark
    assert [value.text for value in found.rows[0][1]] == ["", "城关", "3", "2", "6"]


def test_the_archive_narrows_by_form_unit_month_state_child_and_name(session, county, clerk, visit):
    put_visit(session, county.units[OTHER_SCHOOL], clerk.user_id)
    rows = [("城关", "1", "", "1")]
    sign(session, clerk, put_table(session, county.units["城关"], clerk.user_id, rows))
    session.add(Scan(id="ab" * 16, unit_id=county.units[SCHOOL], uploaded_by=clerk.user_id, size=1,
                     file_name="模糊_1%.jpg", media_type="image/jpeg", sha256="0" * 64, state="failed"))
    session.flush()

    def total(**asked):
        return archive.search(session, clerk, archive.Query(**asked)).total
    assert total() == 4
    by_state = archive.search(session, clerk, archive.Query()).by_state
    assert by_state == {"signed": 2, "to_review": 1, "failed": 1}
    assert total(template="home_visit") == 2 and total(template="township_table") == 1
    assert total(unit_id=county.units["城关"]) == 3
    assert total(state="failed") == 1 and total(state="signed") == 2
    assert total(student_id=visit.student_id) == 1 and total(text="模糊") == 1 and total(text="1%") == 1
    assert total(text="_") == 4 and total(text="ABAB-ABAB") == 1
    assert total(month=f"{TODAY:%Y-%m}") == 4
    assert total(month=f"{TODAY.replace(day=1) - timedelta(days=1):%Y-%m}") == 0
    for wrong in ({"month": "2019年"}, {"state": "lost"}, {"month": "0001-01"}):
        with pytest.raises(Invalid):
            total(**wrong)
    row = archive.search(session, clerk, archive.Query(student_id=visit.student_id)).rows[0]
    assert (row.sheet_id, row.student, row.state_label) == (visit.sheet_id, "谭小梅", "已入档")
    assert archive.search(session, county.actor("other_school"), archive.Query()).total == 1


def test_a_month_begins_at_midnight_of_the_county_not_of_greenwich(session, county, clerk):
    from datetime import UTC, datetime
    sheet = put_visit(session, county.units[SCHOOL], clerk.user_id)
    session.get_one(Sheet, sheet.id).scan.received_at = datetime(2019, 4, 30, 16, 0, tzinfo=UTC)
    session.flush()
    assert archive.search(session, clerk, archive.Query(month="2019-05")).total == 1
    assert archive.search(session, clerk, archive.Query(month="2019-04")).total == 0


def test_mistaken_cases_hide_from_the_list_but_stay_in_the_file(session, county, visit):
    sheet = session.get_one(Sheet, visit.sheet_id)
    cases.withdraw(session, county.actor("bureau"), sheet.id, sheet.version, "放错了")
    row = directory.search(session, county.actor("clerk"), Query()).rows[0]
    assert row.state == "none"
    found = child_file.open_file(session, county.actor("clerk"), row.student_id)
    assert [case.state_label for case in found.cases] == ["建档有误"]
    assert session.scalar(select(Case.closing)) == "mistaken"
