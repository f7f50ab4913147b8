"""The demo county: 附件1 of April 2019 is the notice's, histories balance, samples are handed in."""

import time
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service import demo
from service.calendar import today
from service.cases.school_year import year_of
from service.config import Settings
from service.database import Base
from service.demo.county import NOTICE
from service.installation import open_installation
from service.models import (
    Agreement,
    Case,
    CaseEvent,
    DuplicatePair,
    Lesson,
    ListImport,
    Scan,
    SchoolPlan,
    Sheet,
    Student,
    Suspect,
    TownshipCount,
    Transfer,
    Unit,
    User,
)
from service.passwords import fits
from service.reports.annex1 import COLUMNS, annex1
from service.reports.listing import listing
from service.reports.month import month
from service.reports.periods import Month, this_month
from service.reports.tally import entries_behind
from service.reports.trend import trend
from tests.service.reports_histories import everyone

SAMPLES = Path(__file__).parents[2] / "sample_scans"
DAY = date(2019, 4, 11)


@pytest.fixture(scope="module")
def seeded(tmp_path_factory, _cheap_passwords):
    installation = open_installation(Settings(data_dir=tmp_path_factory.mktemp("demo")))
    Base.metadata.create_all(installation.database.engine)
    begun = time.process_time()  # what it costs, however busy the machine
    county = demo.seed(installation, SAMPLES)
    yield installation, county, time.process_time() - begun
    installation.close()


@pytest.fixture
def session(seeded):
    with Session(seeded[0].database.engine) as session:
        yield session
        session.rollback()


def test_seeding_takes_no_longer_than_people_wait(seeded):
    assert seeded[2] < 12


def test_annex1_of_the_notices_day_is_the_notices(session):
    table = annex1(session, everyone(), DAY)
    counted = {row.name: (row["prior_year"].value, row["ministry_list"].value) for row in table.rows}
    assert list(counted)[:15] == list(NOTICE)
    assert counted == {**NOTICE, "局直学校": (0, 0)}
    assert [table.total[column].value for column in COLUMNS] == [697, 21, 718]
    assert table.total["others"].value == 0


def test_every_cell_of_annex1_is_the_length_of_its_list(session):
    table = annex1(session, everyone(), date(2019, 12, 31))
    assert table.total["others"].value > 0
    for row in (*table.rows[::4], table.total):
        for figure in row.figures.values():
            listed = session.execute(entries_behind(everyone(), figure.question)).all()
            assert len(listed) == figure.value, figure.question
    page = listing(session, everyone(), table.total["closing"].question, page=2)
    assert (page.total, len(page.rows)) == (table.total["closing"].value, min(100, page.total - 100))


def test_every_month_since_the_notice_balances_and_the_present_one_is_alive(session):
    wanted = Month(2019, 4)
    months = (this_month().year - 2019) * 12 + this_month().month - 3
    for told in trend(session, everyone(), this_month(), months):
        assert told.month == wanted
        wanted = wanted.shifted(1)
    assert told.closing == month(session, everyone(), this_month()).total["closing"].value > 10
    assert all(row.balanced for row in month(session, everyone(), this_month()).rows)
    assert session.scalar(select(func.max(CaseEvent.happened_on))) <= today()
    recent = trend(session, everyone(), this_month(), 3)
    assert sum(each.counts["returned"] for each in recent) and sum(each.counts["visits"] for each in recent)


def test_a_trend_month_says_what_the_month_itself_says(session):
    for told in trend(session, everyone(), Month(2019, 8), 3):
        report = month(session, everyone(), told.month).total
        assert told.closing == report["closing"].value
        assert {name: report[name].value for name in told.counts} == dict(told.counts)


def test_case_states_are_what_their_events_say(session):
    last = {}
    steps = select(CaseEvent).where(CaseEvent.kind.in_(("opened", "relapsed", "returned", "closed")))
    for event in session.scalars(steps.order_by(CaseEvent.happened_on, CaseEvent.id)):
        last[event.case_id] = event
    for case in session.scalars(select(Case)):
        step = last[case.id]
        expected = {"returned": {"returned"}, "closed": {"closed"}}.get(step.kind, {"verified", "persuading"})
        assert case.state in expected
        assert (case.closing, case.closed_on) == (
            (step.detail["closing"], step.happened_on) if step.kind == "closed" else ("", None))


def test_the_county_has_something_to_show_on_every_screen(session):
    first = year_of(today())
    assert {told.kind for told in session.scalars(select(ListImport)) if told.state == "stored"} == {
        "roster", "household"}
    for record, least in ((Suspect, 5), (DuplicatePair, 3), (SchoolPlan, 20), (Agreement, 20), (Lesson, 50)):
        assert session.scalar(select(func.count()).select_from(record)) >= least, record.__name__
    taught = session.scalars(select(Lesson.taught_on)).all()
    assert first.first <= min(taught) and max(taught) <= today()
    moves = session.scalars(select(Transfer)).all()
    assert sum(move.partner_id is not None for move in moves) >= 12
    assert any(move.suspected_on or move.partner_id is None for move in moves if move.direction == "out")


def test_each_role_can_log_in_with_what_the_table_says(seeded, session):
    _, county, _ = seeded
    assert {account.role for account in county.accounts} >= {"学校经办人", "乡镇中心校", "审核员", "教体局"}
    for account in county.accounts:
        user = session.scalars(select(User).where(User.login == account.login)).one()
        assert fits(account.password, user.password_hash) and not user.must_change_password
        assert account.login in county.table() and account.password in county.table()


def test_the_others_who_handed_samples_in_cannot_log_in(session):
    for user in session.scalars(select(User).where(User.login.startswith("unit-"))):
        assert not fits("!", user.password_hash) and not fits("", user.password_hash)


def test_samples_are_handed_in_by_the_school_written_on_them(seeded, session):
    _, county, _ = seeded
    assert session.scalar(select(func.count()).select_from(Scan)) == county.scans
    forms = len(list(SAMPLES.glob("home_visit/*.jpg")))
    by_schools = select(Scan).join(Unit, Unit.id == Scan.unit_id).where(Unit.kind == "school")
    assert len(session.scalars(by_schools).all()) >= forms > 0


def test_seeding_again_adds_nothing_and_tells_new_passwords(seeded):
    installation, county, _ = seeded
    with installation.database.read() as session:
        before = session.scalar(select(func.count()).select_from(Student))
    again = demo.seed(installation, SAMPLES)
    with installation.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Student)) == before
    assert (again.cases, again.scans) == (0, 0)
    assert again.accounts[0].password != county.accounts[0].password


def test_the_latest_paper_on_or_before_the_day_stands_beside_the_database(session):
    township = session.scalars(select(Unit).where(Unit.name == "城关", Unit.kind == "township")).one()
    scan = session.scalars(select(Scan)).first()
    for number, (day, prior_year) in enumerate(((date(2019, 4, 1), 9), (DAY, 4), (date(2019, 4, 12), 8)), 1):
        sheet = Sheet(scan_id=scan.id, number=100 + number, unit_id=scan.unit_id)
        session.add(sheet)
        session.flush()
        session.add(TownshipCount(sheet_id=sheet.id, row=1, unit_id=township.id, counted_on=day,
                                  prior_year=prior_year, ministry_list=2, total=6))
    session.flush()
    table = annex1(session, everyone(), DAY)
    row = table.rows[0]
    assert (row.paper.counts["prior_year"], row.paper.counted_on) == (4, DAY)
    assert [row.difference(column) for column in COLUMNS] == [1, 0, 1]
    assert row.paper.adds_up and row.agrees is False
    assert [differing.name for differing in table.differing] == ["城关"]
    assert table.papers == 1 and table.rows[1].agrees is None
    assert annex1(session, everyone(), date(2019, 4, 3)).rows[0].paper.counts["prior_year"] == 9
