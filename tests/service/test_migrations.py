"""Migrations end where the models are, on both databases, and may run under load."""

import io
from dataclasses import replace

import pytest
from alembic import command
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from service import intake
from service.config import Settings
from service.database import Database
from service.installation import migrate, open_installation
from service.migrations.upgrade import config, upgrade
from tests.conftest import settle
from tests.files import jpeg


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty(request, tmp_path):
    settings = Settings(data_dir=tmp_path / "data")
    if request.param == "sqlite":
        return settings
    return replace(settings, database_url=request.getfixturevalue("postgres_url"))


def alembic(settings, task, *rest):
    database = Database(settings.database)
    with database.engine.begin() as connection:
        task(config(connection), *rest)
    database.close()


def test_the_newest_revision_is_what_the_models_say(empty):
    migrate(empty)
    alembic(empty, command.check)  # raises when a difference is found


def test_migrating_twice_changes_nothing(empty):
    migrate(empty)
    migrate(empty)
    alembic(empty, command.check)


def test_every_revision_can_be_taken_back(empty):
    migrate(empty)
    alembic(empty, command.downgrade, "base")
    database = Database(empty.database)
    assert inspect(database.engine).get_table_names() == ["alembic_version"]
    database.close()
    migrate(empty)


def test_older_databases_keep_their_rows_and_references(empty):
    upgrade(empty, "0002")
    rows = [
        "units (id, name, kind, position, active) VALUES (1, '局', 'bureau', 0, true)",
        "users (id, login, name, role, unit_id, password_hash, must_change_password, failures, created_at)"
        " VALUES (1, 'a', 'a', 'clerk', 1, 'x', true, 0, '2019-04-11')",
        "scans (id, unit_id, uploaded_by, file_name, media_type, size, sha256, state, problems, received_at)"
        " VALUES ('s1', 1, 1, 'x', 'image/jpeg', 1, 'h', 'received', '[]', '2019-04-11')",
        "jobs (scan_id, state, fence, errors, expiries, due_at, worker, last_error, created_at)"
        " VALUES ('s1', 'queued', 0, 0, 0, '2019-04-11', '', '', '2019-04-11')",
    ]
    database = Database(empty.database)
    with database.write() as session:
        for row in rows:
            session.execute(text(f"INSERT INTO {row}"))
    migrate(empty)
    with database.read() as session:
        states = session.execute(text("SELECT j.state, s.state FROM jobs j JOIN scans s ON s.id = j.scan_id"))
        assert [tuple(row) for row in states] == [("queued", "received")]
    with pytest.raises(IntegrityError), database.write() as session:
        session.execute(text("DELETE FROM scans"))
    database.close()


def test_migrating_again_keeps_queued_work_and_references(empty):
    county = settle(open_installation(empty))
    intake.receive(county.installation, county.actor("school"), io.BytesIO(jpeg()), "1.jpg")
    migrate(empty)
    with county.installation.database.read() as session:
        assert session.scalar(text("SELECT state FROM jobs")) == "queued"
    county.installation.close()
