"""Issued months: frozen to the digit, corrected with numbers and differences, ranked as anybody would by hand."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from service.database import Base
from service.errors import Conflict, Invalid, NotAllowed
from service.models import CaseEvent, IssuedReport, Lesson, Transfer, User
from service.reports import issuing, keeping, month, tally
from service.reports.difference import differences
from service.reports.figures import MONTH_FIGURES
from service.reports.frozen import thaw
from service.reports.ledger import FIGURES
from service.reports.listing import listing
from service.reports.periods import Month, this_month
from service.reports.ranking import rank
from service.reports.walk import Span
from tests.county_years import Size, make, record, settle
from tests.service.reports_histories import everyone, month_by_hand

SIZE = Size(cases=40, months=3, schools=8, townships=3)
MONTHS = [Month(2019, 4).shifted(n) for n in range(SIZE.months)]
quick = settings(max_examples=3, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate],
                 suppress_health_check=[HealthCheck.function_scoped_fixture])  # a county is not shrunk in good time


def settled(database, seed):
    """A county without anything recorded, in place of what another test left."""
    told = make(SIZE, seed)
    with database.write() as session:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(table.delete())
        settle(session.connection(), told)
        session.add(User(id=1, login="b", name="局", role="bureau", unit_id=1, password_hash="x"))
    return told


def live(database, seed, keep=True):
    """A county whose months are issued three days after their end, while papers keep coming in."""
    told = settled(database, seed)
    done, next_id = 0, 1
    for wanted in MONTHS:
        moment = datetime.combine(wanted.last + timedelta(days=3), datetime.min.time(), UTC)
        known = told.known_by(moment)
        next_id = add(database, known[done:], next_id)
        done = len(known)
        issue(database, wanted)
        if keep and wanted == MONTHS[1]:
            keeping.bring_up_to_date(database)
    add(database, told.events[done:], next_id)
    return told


def add(database, events, next_id):
    with database.write() as session:
        return record(session.connection(), events, next_id)


def issue(database, wanted, number=0, reason=""):
    known = keeping.horizon(database)
    with database.write() as session:
        return issuing.issue(session, everyone(), wanted, known, number, reason)


@quick
@given(seed=st.integers(0, 10_000), data=st.data())
def test_issued_months_balance_never_change_and_open_to_lists_of_their_length(database, seed, data):
    live(database, seed)
    with database.read() as session:
        for wanted in MONTHS:
            known, frozen = issuing.frozen_issue(session, wanted, 0)
            for level in ("own", "reporting"):
                again = tally.tally(session, everyone(), Span(wanted.first, wanted.last, known_event=known.known_event),
                                    level)
                assert again == frozen.tallies[level], "any past state can be reproduced to the digit"
            report = month.month(session, everyone(), wanted, frozen)
            assert all(row.balanced for row in (*report.rows, report.total))
            for figure in MONTH_FIGURES:
                assert sum(row[figure].value for row in report.rows) == report.total[figure].value
    with database.write() as session:
        _, frozen = issuing.frozen_issue(session, MONTHS[1], 0)
        report = month.month(session, everyone(), MONTHS[1], frozen)
        cells = [cell for row in (*report.rows, report.total) for cell in (*row.figures.values(), *row.parts.values())]
        for cell in data.draw(st.lists(st.sampled_from(cells), min_size=12, max_size=12)):
            assert listing(session, everyone(), cell.question).total == cell.value, cell.question


@quick
@given(seed=st.integers(0, 10_000))
def test_what_changed_since_is_explained_child_by_child(database, seed):
    live(database, seed)
    with database.read() as session:
        wanted = MONTHS[1]
        known, frozen = issuing.frozen_issue(session, wanted, 0)
        before, after = (month.month(session, everyone(), wanted, each) for each in (frozen, None))
        changed = differences(session, everyone(), before, after)
        cells = {(each.unit, each.figure): each for each in changed}
        for old, new in zip(before.rows, after.rows, strict=True):
            for figure in FIGURES:
                by = new[figure].value - old[figure].value
                found = cells.get((old.name, figure))
                assert (found.by, sum(child.by for child in found.moved)) == (by, by) if found else by == 0
        for child in (child for each in changed for child in each.moved):
            assert child.causes and child.student_id


@quick
@given(seed=st.integers(0, 10_000))
def test_rankings_are_those_of_a_plain_count_as_published_and_as_now_known(database, seed):
    told = live(database, seed)
    places = {unit["id"]: unit["parent_id"] if unit["kind"] == "school" else unit["id"] for unit in told.units}
    numbered = list(enumerate(told.events, 1))
    with database.read() as session:
        for wanted in MONTHS[1:]:
            known, frozen = issuing.frozen_issue(session, wanted, 0)
            for state, events in ((frozen, numbered[:known.known_event]), (None, numbered)):
                found = rank(month.month(session, everyone(), wanted, state))
                counts = month_by_hand(events, wanted, places)
                rates = {unit: Fraction(counts["recovered", unit], counts["opening", unit])
                         for unit in set(places.values()) if unit and counts["opening", unit]}
                assert {place.unit.place.id: place.rank for place in found.by_rate} == {
                    unit: 1 + sum(other > rate for other in rates.values()) for unit, rate in rates.items()}
                left = {unit: counts["remaining", unit] for unit in rates}
                assert {place.unit.place.id: place.rank for place in found.by_outstanding} == {
                    unit: 1 + sum(other < own for other in left.values()) for unit, own in left.items()}


def test_a_late_paper_makes_a_numbered_correction_and_the_first_issue_stays(database):
    told = live(database, 7)
    wanted = MONTHS[0]
    with database.write() as session:
        first = session.query(IssuedReport).filter_by(month=wanted.first).one().figures
        case = session.query(CaseEvent).order_by(CaseEvent.id).first()
        session.add(CaseEvent(case_id=case.case_id, kind="visited", unit_id=case.unit_id, detail={},
                              happened_on=wanted.last))
    with pytest.raises(Invalid, match="更正原因"):
        issue(database, wanted, 1)
    corrected = issue(database, wanted, 1, "迟交的家访表")
    assert (corrected.number, corrected.title) == (1, "更正1")
    with database.read() as session:
        kept = {each.number: each.figures for each in session.query(IssuedReport).filter_by(month=wanted.first)}
        assert kept[0] == first
        visits = [thaw(kept[number]).tallies["reporting"].of("visits") for number in (0, 1)]
        late = sum(event.kind == "visited" and wanted.first <= event.on <= wanted.last for event in told.events)
        assert visits[1] == late + 1 > visits[0]
    with pytest.raises(Conflict):
        issue(database, wanted, 1, "再来一次")


def test_lessons_and_moves_count_by_their_records_and_stay_as_issued(database):
    settled(database, 1)
    april, school = MONTHS[0], 100
    with database.write() as session:
        session.add_all([Lesson(student_id=1, unit_id=school, taught_on=april.first, lessons=3, row=1),
                         Lesson(student_id=2, unit_id=school, taught_on=april.last, lessons=4, row=2),
                         Lesson(student_id=2, unit_id=school, taught_on=april.shifted(1).first, lessons=9, row=3),
                         Transfer(direction="out", name="甲", unit_id=school, moved_on=april.first),
                         Transfer(direction="in", name="乙", unit_id=101, moved_on=april.first)])
    issue(database, april)
    with database.write() as session:
        session.execute(text("UPDATE home_teaching SET lessons = 1 WHERE lessons = 4"))
        session.execute(text("DELETE FROM transfers"))
    with database.write() as session:
        _, frozen = issuing.frozen_issue(session, april, 0)
        for state, expected in ((frozen, (7, 1, 1)), (None, (4, 0, 0))):
            total = month.month(session, everyone(), april, state).total
            cells = [total[figure] for figure in ("lessons", "moved_in", "moved_out")]
            assert tuple(cell.value for cell in cells) == expected
            assert [listing(session, everyone(), cell.question).total for cell in cells] == list(expected)


def test_only_the_bureau_issues_and_only_a_month_that_is_over(database):
    live(database, 2)
    for wanted, actor, error in ((this_month().shifted(1), everyone(), Invalid),
                                 (MONTHS[0].shifted(-1), everyone(role="clerk"), NotAllowed),
                                 (MONTHS[0].shifted(-1), everyone({2}, "township", 2), NotAllowed)):
        with pytest.raises(error), database.write() as session:
            issuing.issue(session, actor, wanted, 1, 0)


def test_two_who_issue_at_once_make_one_issue(database):
    live(database, 2)
    wanted = MONTHS[-1].shifted(1)
    known = keeping.horizon(database)
    with database.write() as session:
        issuing.issue(session, everyone(), wanted, known, 0)
    with pytest.raises(Conflict), database.write() as session:
        issuing.issue(session, everyone(), wanted, known, 0)
    with Session(database.engine) as session:
        assert session.query(IssuedReport).filter_by(month=wanted.first).count() == 1
