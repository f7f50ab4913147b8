"""The ranking: ties, empty units, and what newly found children do to it."""

import random
from fractions import Fraction
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import NotAllowed
from service.reports.month import MonthReport, Rate
from service.reports.periods import Month
from service.reports.ranking import rank, ranking
from tests.service.reports_histories import everyone


class Row(SimpleNamespace):
    """A month's row with only what a ranking looks at."""

    def __getitem__(self, name):
        return SimpleNamespace(value=getattr(self, name))

    @property
    def rate(self):
        return Rate(self.recovered, self.opening)


def row(name, opening, recovered=0, remaining=0, new=0):
    return Row(name=name, opening=opening, recovered=recovered, remaining=remaining, new=new)


def ranked(rows):
    found = rank(MonthReport(Month(2019, 4), tuple(rows), None))
    return (*([(p.rank, p.unit.name) for p in placed] for placed in (found.by_rate, found.by_outstanding)),
            [unit.name for unit in found.idle])


def test_units_that_tie_share_a_rank_and_the_next_rank_skips():
    by_rate, by_outstanding, _ = ranked(
        [row("甲", 10, 5, 5), row("乙", 4, 2, 2), row("丙", 3, 0, 3), row("丁", 2, 2, 0)])
    assert by_rate == [(1, "丁"), (2, "甲"), (2, "乙"), (4, "丙")]
    assert by_outstanding == [(1, "丁"), (2, "乙"), (3, "丙"), (4, "甲")]


def test_rates_that_only_look_equal_do_not_tie():
    by_rate, _, _ = ranked([row("甲", 30000, 10000), row("乙", 30001, 10001)])
    assert by_rate == [(1, "乙"), (2, "甲")]


def test_a_unit_with_nothing_to_bring_back_is_listed_apart_whatever_it_found():
    by_rate, by_outstanding, idle = ranked([row("甲", 0, new=9), row("乙", 1, 0, 1)])
    assert (by_rate, by_outstanding, idle) == ([(1, "乙")], [(1, "乙")], ["甲"])


rows = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(0, 6)), max_size=16)


@given(rows)
def test_ranks_equal_the_number_of_units_that_did_better_plus_one(told):
    units = [row(f"单位{n}", opening, min(back, opening), left)
             for n, (opening, back, left) in enumerate(told)]
    by_rate, by_outstanding, idle = ranked(units)
    obliged = [u for u in units if u.opening]
    assert {name: place for place, name in by_rate} == {
        u.name: 1 + sum(Fraction(o.recovered, o.opening) > Fraction(u.recovered, u.opening) for o in obliged)
        for u in obliged}
    assert {name: place for place, name in by_outstanding} == {
        u.name: 1 + sum(o.remaining < u.remaining for o in obliged) for u in obliged}
    assert idle == [u.name for u in units if not u.opening]


def test_newly_found_children_change_no_rank(make_session, units):
    """The same month with and without ten newly found children in one unit."""
    from tests.service.reports_histories import Step, tell

    chance = random.Random(4)
    places = ["甲一小"] * 6 + ["乙中学"] * 5 + ["丙镇"] * 4
    steps = [Step(n, "opened", 3, unit) for n, unit in enumerate(places)]
    steps += [Step(n, "returned", chance.randrange(32, 60), steps[n].unit) for n in (0, 1, 6, 11)]
    with make_session() as session:
        tell(session, units, steps)
        before = ranking(session, everyone(), Month(2019, 4))
        tell(session, units, [Step(100 + n, "opened", 45, "甲一小") for n in range(10)])
        after = ranking(session, everyone(), Month(2019, 4))
        session.rollback()
    for one in ("by_rate", "by_outstanding"):
        assert [(p.rank, p.unit.name) for p in getattr(before, one)] == [
            (p.rank, p.unit.name) for p in getattr(after, one)]


def test_only_those_who_may_see_the_county_see_its_ranking(make_session, units):
    with make_session() as session, pytest.raises(NotAllowed):
        ranking(session, everyone({units["甲镇"]}, "township", units["甲镇"]), Month(2019, 4))


@pytest.fixture
def make_session(tmp_path):
    from sqlalchemy.orm import Session

    from service.database import Base, Database
    from tests.service.reports_histories import settle_units

    database = Database(f"sqlite:///{tmp_path / 'db.sqlite3'}")
    Base.metadata.create_all(database.engine)
    with database.write() as session:
        settle_units(session)
    yield lambda: Session(database.engine)
    database.close()


@pytest.fixture
def units(make_session):
    from service.models import Unit

    with make_session() as session:
        return {unit.name: unit.id for unit in session.query(Unit)}
