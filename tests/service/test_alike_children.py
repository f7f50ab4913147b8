"""Two files of one child: found, put side by side, merged with everything that moves, and taken apart again."""

import pytest
from sqlalchemy import func, select

from service import audit, identity
from service.alike import children, chores, merging
from service.cases import matching, sight
from service.cases.directory import Query
from service.cases.directory import search as list_children
from service.cases.records import CASE_MOVES, CASE_STAYS, MOVES, STAYS
from service.database import Base
from service.errors import Conflict
from service.known import lists_for
from service.models import Case, CaseEvent, DuplicatePair, HomeVisit, Student, StudentMerge
from tests.service.case_papers import OTHER_SCHOOL, SCHOOL, TODAY, file_visit, id_number


def references(table):
    return {(key.parent.table.name, key.parent.name) for one in Base.metadata.tables.values()
            for key in one.foreign_keys if key.column.table.name == table}


def test_every_record_that_names_a_child_moves_or_says_why_it_stays():
    assert references("students") == set(MOVES) | set(STAYS) and not set(MOVES) & set(STAYS)
    assert references("cases") == set(CASE_MOVES) | set(CASE_STAYS) and not set(CASE_MOVES) & set(CASE_STAYS)


@pytest.fixture
def two(any_county):
    """A child with two files, each with a visit and a case: one with an ID number, one without."""
    county = any_county
    with county.installation.database.write() as session:
        clerk = county.actor("clerk")
        with_number = file_visit(session, clerk, county.units[SCHOOL])
        without = file_visit(session, clerk, county.units[OTHER_SCHOOL], school_name=OTHER_SCHOOL, id_number="",
                             age="18", student_name="谭晓梅")
        without.student.born_on = with_number.student.born_on
        return county, with_number.student_id, without.student_id


def everything(county):
    """All rows of all tables but the audit trail and the merges themselves."""
    with county.installation.database.read() as session:
        return {name: session.execute(select(table).order_by(*table.primary_key.columns)).all()
                for name, table in Base.metadata.tables.items()
                if name not in ("audit_events", "student_merges", "duplicate_pairs")}


def merged(county, kept, gone):
    with county.installation.database.write() as session:
        return merging.merge(session, county.actor("bureau"), kept, gone).id


def test_likely_files_are_found_in_the_background_and_what_was_answered_is_not_asked_again(two):
    county, one, other = two
    database = county.installation.database
    for expected in (1, 0):
        with database.write() as session:
            chores.ask(session, county.actor("bureau"), "duplicates")
        assert chores.work_on_chore(county.installation)
        with database.write() as session:
            page = children.offered(session, county.actor("bureau"))
            assert page.total == expected
            for pair in page.pairs:
                assert {pair.one_id, pair.other_id} == {one, other}
                said = {line.label: line.agrees for line in pair.lines}
                assert said["监护人"] is True and said["姓名"] is False and said["身份证号"] is None
                assert id_number(sequence="022") not in str(pair)
                children.keep_apart(session, county.actor("bureau"), pair.id, "")


def test_a_merge_moves_every_record_and_the_old_address_leads_to_the_kept_file(two):
    county, one, other = two
    merged(county, other, one)
    with county.installation.database.read() as session:
        kept = session.get_one(Student, other)
        assert set(session.scalars(select(HomeVisit.student_id))) == {other}
        assert kept.id_number == id_number(sequence="022")
        assert sight.student(session, county.actor("bureau"), one).id == other
        assert [row.student_id for row in list_children(session, county.actor("bureau"), Query()).rows] == [other]
        live = select(Case).where(Case.student_id == other, Case.closing != "mistaken")
        assert session.scalar(select(func.count()).select_from(live.subquery())) == 1
        assert {visit.case_id for visit in session.scalars(select(HomeVisit))} == {session.scalars(live).one().id}
        sought = matching.Sought("谭小梅", id_number(sequence="022"), county.units[SCHOOL], None, TODAY)
        assert matching.find(session, sought).student.id == other
        roster = [entry for unit in (SCHOOL, OTHER_SCHOOL) for entry in lists_for(session, county.units[unit]).roster]
        assert len(roster) == 1
        assert audit.verify(session) is None


def test_a_merge_taken_back_leaves_everything_as_it_was(two):
    county, one, other = two
    before = everything(county)
    merge_id = merged(county, other, one)
    with county.installation.database.write() as session:
        merging.undo(session, county.actor("bureau"), merge_id)
    after = everything(county)
    assert after.keys() == before.keys()
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"case_events"}, "only events were added"
    assert all(event in after["case_events"] for event in before["case_events"]), "and none was changed"
    with county.installation.database.read() as session:
        told = session.scalars(select(CaseEvent).order_by(CaseEvent.id)).all()
        assert len(told) == len(before["case_events"]) + 2
        assert [event.kind for event in told[-2:]] == ["closed", "note"], "the ledger heeds the note"
        assert session.scalar(select(Student.id).where(
            Student.id_number_mark == identity.mark(id_number(sequence="022")))) == one


def test_a_merged_file_is_not_merged_again_and_a_merge_not_undone_twice(two):
    county, one, other = two
    merge_id = merged(county, one, other)
    with pytest.raises(Conflict):
        merged(county, other, one)
    with county.installation.database.write() as session:
        merging.undo(session, county.actor("bureau"), merge_id)
    with pytest.raises(Conflict), county.installation.database.write() as session:
        merging.undo(session, county.actor("bureau"), merge_id)


def test_the_bureau_merges_and_undoes_on_the_screen(county, client_for):
    with county.installation.database.write() as session:
        clerk = county.actor("clerk")
        one = file_visit(session, clerk, county.units[SCHOOL]).student_id
        there = file_visit(session, clerk, county.units[OTHER_SCHOOL], school_name=OTHER_SCHOOL, id_number="")
        other = there.student_id
        pair = DuplicatePair(one_id=one, other_id=other, score=9.0, findings=["name_same", "place_other"])
        session.add(pair)
        session.flush()
        pair_id = pair.id
    browser = client_for("bureau")
    page = browser.get("/students/duplicates").text
    assert "姓名相同" in page and "学校不同" in page and id_number(sequence="022") not in page
    assert browser.post(f"/students/duplicates/{pair_id}/merge", data={"keep": str(other)}).status_code == 303
    assert browser.get(f"/students/{one}").status_code in (200, 302)
    assert "撤销合并" in browser.get("/students/duplicates?state=merged").text
    with county.installation.database.read() as session:
        merge_id = session.scalar(select(StudentMerge.id))
    assert browser.post(f"/students/merges/{merge_id}/undo").status_code == 303
    assert "姓名相同" in browser.get("/students/duplicates").text
