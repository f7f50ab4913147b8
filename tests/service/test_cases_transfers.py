"""Transfers: outs find their ins, a person may decide, and who does not arrive becomes a suspect, once."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from service import identity
from service.cases import Request, missing, perform, transfer_list, transfers, work
from service.errors import Conflict, Invalid, NotAllowed, NotFound
from service.models import Case, Student, Transfer
from service.norms import norms
from tests.service.case_papers import OTHER_SCHOOL, SCHOOL, TODAY, ago, id_number

LONG_AGO = ago(40)


@pytest.fixture
def session(county):
    with opened(county) as session:
        yield session


@contextmanager
def opened(county):
    engine = county.installation.database.engine.execution_options(immediate=True)
    with Session(engine, expire_on_commit=False) as session:
        yield session


def line(session, county, direction, unit, other="", *, name="谭小梅", number="", on=LONG_AGO, file=True):
    made = Transfer(direction=direction, name=name, unit_id=county.units[unit], other_school=other,
                    other_unit_id=county.units.get(other), moved_on=on)
    transfers.identify(made, number)
    session.add(made)
    if file:
        transfers.filed(session, None, [made])
    return made


def test_an_out_finds_its_in_by_the_id_number_whatever_the_names_say(session, county):
    out = line(session, county, "out", SCHOOL, number=id_number())
    came = line(session, county, "in", OTHER_SCHOOL, name="谭晓梅", number=id_number(), on=ago(35))
    assert (out.partner, came.partner) == (came, out)


def test_without_a_number_the_schools_must_name_each_other(session, county):
    out = line(session, county, "out", SCHOOL, OTHER_SCHOOL)
    stranger = line(session, county, "in", "城关二小", "外县小学")
    assert out.partner is None and transfers.candidates(session, out) == [stranger]
    came = line(session, county, "in", OTHER_SCHOOL, SCHOOL, on=ago(38))
    assert out.partner is came and stranger.partner is None


def test_two_different_numbers_are_two_children_and_two_that_fit_are_left_to_a_person(session, county):
    out = line(session, county, "out", SCHOOL, OTHER_SCHOOL, number=id_number(sequence="021"))
    line(session, county, "in", OTHER_SCHOOL, SCHOOL, number=id_number(sequence="041"))
    assert out.partner is None and not transfers.candidates(session, out)
    twice = [line(session, county, "out", SCHOOL, OTHER_SCHOOL, name="林小树") for _ in range(2)]
    came = line(session, county, "in", OTHER_SCHOOL, SCHOOL, name="林小树")
    assert came.partner is None and transfers.candidates(session, came) == twice


def test_the_child_moves_to_the_school_that_took_it_in_and_both_schools_see_the_pair(session, county):
    child = Student(name="谭小梅", school_id=county.units[SCHOOL], id_number=id_number(),
                    id_number_mark=identity.mark(id_number()))
    session.add(child)
    out = line(session, county, "out", SCHOOL, OTHER_SCHOOL, number=id_number())
    came = line(session, county, "in", OTHER_SCHOOL, SCHOOL, number=id_number())
    assert out.student is came.student is child and child.school_id == county.units[OTHER_SCHOOL]
    for user in ("school", "other_school"):
        entry, = transfer_list.listing(session, county.actor(user), "paired").entries
        assert {entry.line.transfer_id, entry.partner.transfer_id} == {out.id, came.id}
    assert transfer_list.listing(session, county.actor("direct_school"), "paired").counts["paired"] == 0
    with pytest.raises(NotFound):
        transfer_list.open_line(session, county.actor("direct_school"), out.id)


def test_a_person_pairs_unpairs_and_the_program_does_not_insist(session, county):
    bureau = county.actor("bureau")
    out = line(session, county, "out", SCHOOL, OTHER_SCHOOL)
    came = line(session, county, "in", OTHER_SCHOOL, SCHOOL)
    transfers.unpair(session, bureau, came.id)
    transfers.filed(session, None, [out, came])
    assert out.partner is None and not transfers.candidates(session, out)
    transfers.pair(session, bureau, out.id, came.id)
    assert out.partner is came
    with pytest.raises(Conflict):
        transfers.pair(session, bureau, came.id, out.id)


@pytest.mark.parametrize("user, error", [
    ("direct_school", NotFound), ("other_township", NotFound), ("clerk", NotAllowed)])
def test_who_has_nothing_to_do_with_a_line_changes_nothing(session, county, user, error):
    out = line(session, county, "out", SCHOOL)
    with pytest.raises(error):
        transfers.receive(session, county.actor(user), out.id, "转接单", TODAY)


def test_two_outs_are_no_pair_and_a_receipt_needs_words_and_a_day(session, county):
    one, other = (line(session, county, "out", SCHOOL, name=name) for name in ("甲一", "乙一"))
    with pytest.raises(Invalid):
        transfers.pair(session, county.actor("bureau"), one.id, other.id)
    for receipt, on in ((" ", TODAY), ("转接单", TODAY + timedelta(days=1))):
        with pytest.raises(Invalid):
            transfers.receive(session, county.actor("school"), one.id, receipt, on)


def watch(county, session):
    session.commit()
    count = missing.watch(county.installation.database)
    session.expire_all()
    return count


def test_a_child_nobody_took_in_becomes_a_suspect_once_and_not_a_day_too_early(any_county):
    with opened(any_county) as session:
        _becomes_a_suspect_once(session, any_county)


def _becomes_a_suspect_once(session, county):
    last = norms().workdays.latest_due(TODAY, norms().transfer_days)
    late = line(session, county, "out", SCHOOL, number=id_number(), on=last)
    still = line(session, county, "out", SCHOOL, name="林小树", on=last + timedelta(days=1))
    counts = transfer_list.listing(session, county.actor("school")).counts
    assert (counts["overdue"], counts["awaited"]) == (1, 1), "seen at once, before the job has run"
    assert [watch(county, session) for _ in range(3)] == [1, 0, 0]
    case = session.query(Case).one()
    assert (case.state, case.source, case.unit_id) == ("suspected", "school_watch", county.units[SCHOOL])
    assert late.case_id == case.id and case.student.name == "谭小梅" and still.case_id is None
    assert case.due_for == "verify"


def test_a_suspect_who_arrives_later_can_be_closed_by_the_register(session, county):
    out = line(session, county, "out", SCHOOL, OTHER_SCHOOL, number=id_number())
    watch(county, session)
    line(session, county, "in", OTHER_SCHOOL, SCHOOL, number=id_number(), on=ago(20))
    case = session.get_one(Transfer, out.id).case
    assert case.due_for in ("arrival", "verify")
    perform(session, county.actor("township"), case.id, Request("transferred", TODAY))
    assert (case.state, case.closing) == ("closed", "transferred")


def test_an_open_case_is_told_and_a_closed_one_reopened_but_not_that_of_a_dead_child(session, county):
    made = []
    for sequence, state, closing in (("021", "persuading", ""), ("041", "closed", "settled"),
                                     ("061", "closed", "died")):
        number = id_number(sequence=sequence)
        child = Student(name=f"学生{sequence}", school_id=county.units[SCHOOL], id_number=number,
                        id_number_mark=identity.mark(number))
        case = Case(student=child, unit_id=county.units[SCHOOL], source="annual_check", source_year=2019,
                    state=state, closing=closing, opened_on=ago(300), closed_on=ago(200) if closing else None)
        session.add(case)
        session.flush()
        made.append(case)
        line(session, county, "out", SCHOOL, name=child.name, number=number)
    watch(county, session)
    assert [case.state for case in made] == ["persuading", "suspected", "closed"]
    assert [[event.kind for event in case.events] for case in made] == [
        ["note"], ["relapsed", "note"], ["note", "note"]]
    assert any("doubt" in event.detail for event in made[2].events)
    assert session.query(Case).count() == 3


def test_a_line_taken_out_leaves_its_other_half_waiting(session, county):
    out = line(session, county, "out", SCHOOL, OTHER_SCHOOL)
    came = line(session, county, "in", OTHER_SCHOOL, SCHOOL)
    assert out.partner is came
    transfers.forget(session, None, came)
    assert out.partner is None
    assert transfer_list.listing(session, county.actor("school")).counts["overdue"] == 1


def test_the_strip_counts_what_waits_for_each(session, county):
    line(session, county, "out", SCHOOL)
    assert {user: work.counts(session, county.actor(user)).transfers
            for user in ("school", "township", "other_school", "bureau")} == {
        "school": 1, "township": 1, "other_school": 0, "bureau": 1}
