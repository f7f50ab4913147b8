"""Running Alembic from the program: no ini file, the settings decide which database."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from service import crypto
from service.config import Settings
from service.database import Database

HERE = Path(__file__).parent
_LOCK = 0x5B1A1


def upgrade(settings: Settings, revision: str = "head") -> None:
    """Bring the database to `revision`; others who try at the same time wait."""
    crypto.install(crypto.load_keyring(settings.keys))  # the keys are made together with the database
    logging.getLogger("alembic").setLevel(logging.WARNING)
    database = Database(settings.database)
    try:
        with database.engine.execution_options(immediate=True).connect() as connection:
            _prepare(connection)
            command.upgrade(config(connection), revision)
            _check(connection)
            connection.commit()
    finally:
        database.close()


def _prepare(connection: Connection) -> None:
    """Let one migrate at a time; SQLite must look away while a table is rebuilt under its references."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")  # only obeyed outside a transaction, so past SQLAlchemy


def _check(connection: Connection) -> None:
    """Refuse the whole migration when a rebuilt table left a reference dangling."""
    if connection.dialect.name == "sqlite" and connection.execute(text("PRAGMA foreign_key_check")).first():
        raise RuntimeError("a migration broke a reference; nothing was changed")


def config(connection: Connection) -> Config:
    """Alembic's configuration for a connection that is already open."""
    made = Config()
    made.set_main_option("script_location", str(HERE))
    made.attributes["connection"] = connection
    return made
