"""The ledger: balances hold for every history, and every number is the length of its list."""

import random
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from service import database
from service.database import Base, now
from service.models import Case, CaseEvent, HomeVisit, Scan, Sheet, User
from service.reports import tally
from service.reports.figures import Question
from service.reports.ledger import FIGURES
from service.reports.month import month, month_within
from service.reports.periods import Month
from service.reports.walk import Span
from tests.service.reports_histories import UNITS, Step, by_hand, everyone, settle_units, tell

SERVER = "postgresql+psycopg://postgres@127.0.0.1:5432"
APRIL = Month(2019, 4)

KINDS = ("opened", "relapsed", "returned", "closed", "handed_over", "visited")
steps = st.lists(st.builds(Step, st.integers(0, 4), st.sampled_from(KINDS), st.integers(0, 95),
                           st.sampled_from(list(UNITS))), max_size=25)


BACK_AND_FORTH = [
    *(Step(child, "opened", 5, "甲一小") for child in range(3)),
    *(Step(child, "returned", 40, "甲一小") for child in range(3)),
    *(Step(child, "relapsed", 45, "甲一小") for child in range(2)), Step(0, "returned", 50, "甲一小"),
    Step(2, "closed", 52, "甲一小"), Step(3, "opened", 6, "乙中学"), Step(3, "handed_over", 41, "县直小学"),
    Step(3, "returned", 48, "县直小学"), Step(3, "handed_over", 55, "丙镇"),
]
"""Children who return twice, relapse for good, are settled after their return, or return elsewhere."""


def engines():
    yield pytest.param("sqlite", id="sqlite")
    yield pytest.param("postgresql", id="postgresql", marks=pytest.mark.postgres)


@pytest.fixture(scope="module", params=engines())
def engine(request, tmp_path_factory):
    """An empty database with the tables and the units."""
    if request.param == "sqlite":
        made = database.Database(f"sqlite:///{tmp_path_factory.mktemp('ledger') / 'db.sqlite3'}").engine
        yield from prepared(made)
        return
    server = create_engine(f"{SERVER}/postgres", isolation_level="AUTOCOMMIT",
                           connect_args={"connect_timeout": 2})
    try:
        with server.connect() as connection:
            connection.execute(text("DROP DATABASE IF EXISTS shibiao_test_reports"))
            connection.execute(text("CREATE DATABASE shibiao_test_reports"))
    except OperationalError:
        pytest.skip("no PostgreSQL answers")
    yield from prepared(create_engine(f"{SERVER}/shibiao_test_reports"))
    with server.connect() as connection:
        connection.execute(text("DROP DATABASE shibiao_test_reports WITH (FORCE)"))


def prepared(engine: Engine):
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        settle_units(session)
        session.commit()
    yield engine
    engine.dispose()


def told(engine: Engine, history: list[Step]):
    """A session in which the history happened, to be rolled back, and the ids of units by name."""
    session = Session(engine)
    units = {name: id_ for id_, name in session.execute(text("SELECT id, name FROM units"))}
    tell(session, units, history)
    return session, units


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(history=BACK_AND_FORTH)
@given(history=steps)
def test_every_month_balances_and_agrees_with_the_count_by_hand(engine, history):
    session, units = told(engine, history)
    with session:
        for level in ("reporting", "own"):
            counts = tally.tally(session, everyone(), Span(APRIL.first, APRIL.last), level)
            expected = by_hand(history, APRIL.first, APRIL.last, level)
            cells = [(figure, name) for figure in FIGURES for name in UNITS]
            assert {cell: counts.of(cell[0], units[cell[1]]) for cell in cells} == {
                cell: expected[cell] for cell in cells}
        report = month(session, everyone(), APRIL)
        assert all(row.balanced for row in (*report.rows, report.total))
        for figure in FIGURES:
            assert sum(row[figure].value for row in report.rows) == report.total[figure].value
        session.rollback()


def test_every_cell_is_the_length_of_the_list_behind_it(engine):
    session, units = told(engine, busy_history())
    with session:
        report = month(session, everyone(), APRIL)
        drilled = month_within(session, everyone(), APRIL, units["甲镇"])
        cells = [figure for row in (*report.rows, report.total, *drilled.rows, drilled.total)
                 for figure in (*row.figures.values(), *row.parts.values())
                 if figure.question.figure in FIGURES]
        assert sum(cell.value > 0 for cell in cells) > 80, "a history in which much happens"
        for cell in cells:
            listed = session.execute(tally.entries_behind(everyone(), cell.question)).all()
            assert len(listed) == cell.value, cell.question
        session.rollback()


def busy_history() -> list[Step]:
    """Forty children of five months, each with a handful of steps in any order."""
    chance = random.Random(20)
    return [Step(child, chance.choice(KINDS), chance.randrange(150), chance.choice(list(UNITS)))
            for child in range(40) for _ in range(6)]


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=steps, day=st.integers(0, 60))
def test_the_closing_of_a_day_is_the_opening_of_the_next(engine, history, day):
    on = date(2019, 3, 15) + timedelta(days=day)
    session, units = told(engine, history)
    with session:
        one = tally.tally(session, everyone(), Span(on, on), "own")
        next_day = tally.tally(session, everyone(), Span(on + timedelta(days=1), on + timedelta(days=9)), "own")
        for unit in units.values():
            assert one.of("closing", unit) == next_day.of("opening", unit)
        session.rollback()


HISTORY = [Step(0, "opened", 5, "甲一小"), Step(1, "opened", 6, "乙中学"), Step(2, "opened", 40, "县直小学"),
           Step(0, "handed_over", 41, "乙镇"), Step(1, "returned", 42, "乙中学")]


def test_a_township_sees_its_own_rows_and_a_school_only_itself(engine):
    session, units = told(engine, HISTORY)
    with session:
        township = everyone({units["甲镇"], units["甲一小"], units["甲二小"]}, "township", units["甲镇"])
        report = month(session, township, APRIL)
        assert [row.name for row in report.rows] == ["甲镇"]
        assert report.total is None
        assert report.rows[0]["handed_over"].value == 1
        school = everyone({units["乙中学"]}, "school", units["乙中学"])
        own = month(session, school, APRIL).rows
        assert [(row.name, row["returned"].value) for row in own] == [("乙中学", 1)]
        assert not session.execute(
            tally.entries_behind(school, Question("handed_over", units["甲镇"], APRIL))).all()


def test_a_hand_over_inside_a_township_moves_between_its_schools_only(engine):
    session, units = told(engine, [Step(0, "opened", 5, "甲一小"), Step(0, "handed_over", 41, "甲二小")])
    with session:
        whole = month(session, everyone(), APRIL)
        assert whole.total["handed_over"].value == whole.total["taken_over"].value == 0
        inside = month_within(session, everyone(), APRIL, units["甲镇"])
        assert {row.name: row["closing"].value for row in inside.rows} == {
            "甲一小": 0, "甲二小": 1}
        assert {row.name: row["handed_over"].value for row in inside.rows}["甲一小"] == 1


def test_what_was_recorded_later_does_not_change_what_was_known_before(engine):
    session, units = told(engine, HISTORY[:2])
    with session:
        known_at = now()
        tell(session, units, [Step(7, "opened", 10, "甲一小")])
        before = tally.tally(session, everyone(), Span(APRIL.first, APRIL.last, known_at), "reporting")
        after = tally.tally(session, everyone(), Span(APRIL.first, APRIL.last), "reporting")
        assert (before.of("opening"), after.of("opening")) == (2, 3)


def test_a_case_opened_by_mistake_counts_nowhere_once_that_is_known(engine):
    session, units = told(engine, [Step(0, "opened", 35, "甲一小"), Step(1, "opened", 36, "甲一小")])
    with session:
        mistaken = session.query(CaseEvent).order_by(CaseEvent.id.desc()).first()
        known_at = now()
        session.add(CaseEvent(case_id=mistaken.case_id, kind="closed", happened_on=mistaken.happened_on,
                              unit_id=units["甲一小"], detail={"closing": "mistaken"}, recorded_at=now()))
        session.flush()
        row = month(session, everyone(), APRIL).total
        assert (row["new"].value, row["closed"].value, row["closing"].value) == (1, 0, 1)
        earlier = tally.tally(session, everyone(), Span(APRIL.first, APRIL.last, known_at), "reporting")
        assert earlier.of("new") == 2


def test_a_mistake_that_is_taken_back_counts_again_and_each_state_of_knowledge_stays(engine):
    session, units = told(engine, [Step(0, "opened", 35, "甲一小"), Step(0, "returned", 40, "甲一小")])
    with session:
        case = session.query(Case).one()
        after = [{"kind": "closed", "detail": {"closing": "mistaken", "merged_into": 7}},
                 {"kind": "note", "detail": {"act": "note"}},
                 {"kind": "note", "detail": {"merge_undone": True}},
                 {"kind": "closed", "detail": {"closing": "mistaken"}}]
        seen = []
        for step in [None, *after]:
            if step:
                session.add(CaseEvent(case_id=case.id, happened_on=case.opened_on, unit_id=case.unit_id, **step))
                session.flush()
            seen.append(session.query(CaseEvent.id).order_by(CaseEvent.id.desc()).first()[0])
        counts = [tally.tally(session, everyone(), Span(APRIL.first, APRIL.last, known_event=known), "reporting")
                  for known in seen]
        assert [(one.of("new"), one.of("returned"), one.of("closed")) for one in counts] == [
            (1, 1, 0), (0, 0, 0), (0, 0, 0), (1, 1, 0), (0, 0, 0)]
        session.rollback()


def test_a_visit_filed_from_a_sheet_counts_once_and_on_its_corrected_day(engine):
    session, units = told(engine, [Step(0, "opened", 5, "甲一小")])
    with session:
        case = session.query(Case).one()
        user = User(login="x", name="x", role="school", unit_id=units["甲一小"], password_hash="x")
        session.add(user)
        session.flush()
        scan = Scan(id="1" * 32, unit_id=units["甲一小"], uploaded_by=user.id, file_name="x",
                    media_type="image/jpeg", size=1, sha256="0" * 64)
        sheet = Sheet(scan=scan, number=1, unit_id=units["甲一小"])
        session.add(sheet)
        session.flush()
        for on in (date(2019, 4, 2), date(2019, 5, 9)):  # as a correction leaves them: two events, one visit
            session.add(CaseEvent(case_id=case.id, kind="visited", happened_on=on, sheet_id=sheet.id,
                                  unit_id=units["甲一小"]))
        session.add(HomeVisit(student_id=case.student_id, case_id=case.id, sheet_id=sheet.id,
                              unit_id=units["甲一小"], visited_on=date(2019, 5, 9)))
        session.flush()
        assert month(session, everyone(), APRIL).total["visits"].value == 0
        assert month(session, everyone(), APRIL.shifted(1)).total["visits"].value == 1
        session.rollback()
