"""Kept steps are a shortcut: with them, without them, or with half of them, every number is the same."""

from datetime import UTC, date, datetime

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from service.database import Base
from service.models import Case, CaseEvent
from service.reports import keeping, tally
from service.reports.figures import Question
from service.reports.ledger import FIGURES
from service.reports.periods import Month
from service.reports.walk import Span
from tests.county_years import Size, make, record, settle
from tests.service.reports_histories import everyone

SIZE = Size()
MONTHS = [Month(2019, 4).shifted(n) for n in range(SIZE.months)]
quick = settings(max_examples=4, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate],
                 suppress_health_check=[HealthCheck.function_scoped_fixture])  # a county is not shrunk in good time


def fill(database, seed, shares=(1.0,)):
    """A county whose events come in as many lots as there are shares, kept up to date after each."""
    for table in reversed(Base.metadata.sorted_tables):
        with database.write() as session:
            session.execute(table.delete())
    told = make(SIZE, seed)
    with database.write() as session:
        settle(session.connection(), told)
    upto, next_id = 0, 1
    for share in shares:
        lot = told.events[upto:int(len(told.events) * share)]
        upto += len(lot)
        with database.write() as session:
            next_id = record(session.connection(), lot, next_id)
        keeping.bring_up_to_date(database)
    with database.write() as session:
        record(session.connection(), told.events[upto:], next_id)
    return told


def counted(session, span, level="reporting"):
    return tally.tally(session, everyone(), span, level)._counts


@quick
@given(seed=st.integers(0, 10_000), share=st.floats(0, 1))
def test_every_month_is_the_same_with_what_is_kept_and_from_scratch(database, seed, share):
    fill(database, seed, (share / 2, share))
    with database.read() as session:
        for month, level in ((m, lv) for m in MONTHS for lv in ("own", "reporting")):
            kept = counted(session, Span(month.first, month.last), level)
            scratch = tally.Tally((f, u, p, 1) for f, u, p, _ in session.execute(
                tally.entries_of(everyone(), Span(month.first, month.last), level)))._counts
            assert kept == scratch, (month, level)


@quick
@given(seed=st.integers(0, 10_000), known=st.integers(1, 400), share=st.floats(0.2, 1))
def test_an_earlier_state_of_knowledge_is_counted_as_if_nothing_had_come_since(database, seed, known, share):
    told = fill(database, seed, (share,))
    month = MONTHS[2]
    with database.read() as session:
        as_known = counted(session, Span(month.first, month.last, known_event=known))
    fill(database, seed, (0.0,))
    with database.write() as session:
        session.execute(text(f"DELETE FROM case_events WHERE id > {known}"))
        for event, number in zip(told.events, range(1, len(told.events) + 1), strict=True):
            if number > known and event.detail.get("act") == "set_source":
                before = event.detail["before"]
                session.execute(text("UPDATE cases SET source = :source, source_year = :year WHERE id = :id"),
                                {**before, "id": event.case})
    with database.read() as session:
        assert as_known == counted(session, Span(month.first, month.last))


def test_a_moment_in_the_past_is_counted_from_what_was_recorded_by_then(database):
    told = fill(database, 5, (0.5,))
    moment = datetime(2019, 7, 3, 12, tzinfo=UTC)
    by_then = len(told.known_by(moment))
    month = MONTHS[2]
    with database.read() as session:
        assert 0 < by_then < len(told.events)
        assert (counted(session, Span(month.first, month.last, known_at=moment))
                == counted(session, Span(month.first, month.last, known_event=by_then)))


def test_the_list_is_as_long_as_the_figure_whatever_is_kept(database):
    fill(database, 11, (0.4, 0.7))
    with database.read() as session:
        kept = keeping.kept_to(session)
        for known in (None, kept - 50):
            month = MONTHS[3]
            counts = counted(session, Span(month.first, month.last, known_event=known))
            units = {unit for _, unit, _ in counts}
            for figure in FIGURES:
                for unit in units:
                    question = Question(figure, unit, month, known=known)
                    for mark in (0, kept):
                        listed = session.execute(tally.entries_behind(everyone(), question, mark)).all()
                        assert len(listed) == counts[figure, unit, ""], (question, mark)


def test_kept_steps_are_what_the_events_say_and_a_difference_is_found(database):
    fill(database, 3, (0.3, 0.6, 1.0))
    with database.read() as session:
        assert keeping.kept_to(session) > 200 and keeping.differing(session) == 0
    with database.write() as session:
        session.execute(text("UPDATE ledger_steps SET unit_id = 1"
                             " WHERE event_id = (SELECT min(event_id) FROM ledger_steps)"))
    with database.read() as session:
        assert keeping.differing(session) == 2


def test_whoever_changes_recorded_events_makes_the_kept_steps_void(any_county):
    database = any_county.installation.database
    with database.write() as session:
        session.execute(text("INSERT INTO students (id, name, sex, guardian, grade_class, school_id, created_at)"
                             f" VALUES (1, 'x', '', '', '', {any_county.units['城关一小']}, '2019-01-01')"))
        settle_case(session, any_county.units["城关一小"])
    keeping.bring_up_to_date(database)
    april = Span(MONTHS[0].first, MONTHS[0].last)
    with database.read() as session:
        assert keeping.kept_to(session) == 1 and counted(session, april)["new", None, ""] == 1
    for change in ("UPDATE case_events SET happened_on = '2019-05-02'", "DELETE FROM case_events"):
        with database.write() as session:
            session.execute(text(change))
        with database.read() as session:
            assert keeping.kept_to(session) == 0 and counted(session, april)["new", None, ""] == 0
        keeping.bring_up_to_date(database)


def settle_case(session, unit):
    case = Case(id=1, student_id=1, unit_id=unit, source="other", source_year=2019, state="persuading",
                opened_on=date(2019, 4, 2))
    session.add(case)
    session.flush()
    session.add(CaseEvent(id=1, case_id=1, kind="opened", happened_on=date(2019, 4, 2), unit_id=unit, detail={}))
