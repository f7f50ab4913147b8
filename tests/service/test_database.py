"""Sessions: writers never lose each other's work, readers keep nothing, moments come back aware."""

import stat
import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select, text

from service.database import Database
from service.errors import Unavailable
from service.models import LoginFailure, Unit


def test_concurrent_changes_of_one_row_are_all_kept(county):
    database, threads, each = county.installation.database, 4, 25

    def count_up():
        for _ in range(each):
            with database.write() as session:
                unit = session.get_one(Unit, county.units["城关"])
                unit.position = unit.position + 1

    with database.read() as session:
        before = session.get_one(Unit, county.units["城关"]).position
    workers = [threading.Thread(target=count_up) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with database.read() as session:
        assert session.get_one(Unit, county.units["城关"]).position == before + threads * each


def test_a_write_that_raises_keeps_nothing(any_county):
    database = any_county.installation.database
    with pytest.raises(RuntimeError), database.write() as session:
        session.get_one(Unit, any_county.units["城关"]).name = "changed"
        session.flush()
        raise RuntimeError
    with database.read() as session:
        assert session.get_one(Unit, any_county.units["城关"]).name == "城关"


def test_a_read_session_keeps_nothing_but_what_it_loaded_stays_readable(any_county):
    with any_county.installation.database.read() as session:
        unit = session.get_one(Unit, any_county.units["城关"])
        unit.name = "changed"
        session.flush()
    assert unit.name == "changed"
    with any_county.installation.database.read() as session:
        assert session.get_one(Unit, any_county.units["城关"]).name == "城关"


def test_moments_keep_their_instant_whatever_zone_they_came_in(any_county):
    shanghai = timezone(timedelta(hours=8))
    with any_county.installation.database.write() as session:
        session.add(LoginFailure(address="::1", failed_at=datetime(2019, 4, 11, 9, 30, tzinfo=shanghai)))
    with any_county.installation.database.read() as session:
        (moment,) = session.scalars(select(LoginFailure.failed_at))
    assert moment == datetime(2019, 4, 11, 1, 30, tzinfo=UTC)
    assert moment.utcoffset() == timedelta(0)


def test_sqlite_is_set_up_to_survive_a_power_cut_and_to_hold_references(county):
    with county.installation.database.read() as session:
        found = {name: session.scalar(text(f"PRAGMA {name}"))
                 for name in ("journal_mode", "synchronous", "foreign_keys")}
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_database_that_is_away_is_said_in_words():
    database = Database("postgresql+psycopg://nobody@127.0.0.1:1/none?connect_timeout=2")
    with pytest.raises(Unavailable), database.read() as session:
        session.execute(text("SELECT 1"))


def test_only_the_owner_may_read_the_database_and_its_folder(county):
    folder = county.installation.settings.data_dir
    assert stat.S_IMODE(folder.stat().st_mode) & 0o077 == 0
    for file in folder.glob("shibiao.sqlite3*"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name
