"""Running Alembic from the program: no ini file, the settings decide which database."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from service import crypto
from service.config import Settings
from service.database import Database

HERE = Path(__file__).parent
_LOCK = 0x5B1A1


def upgrade(settings: Settings) -> None:
    """Bring the database to the newest revision; others who try at the same time wait."""
    crypto.install(crypto.load_keyring(settings.keys))  # the keys are made together with the database
    database = Database(settings.database)
    try:
        with database.engine.execution_options(immediate=True).begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            command.upgrade(config(connection), "head")
    finally:
        database.close()


def config(connection: Connection) -> Config:
    """Alembic's configuration for a connection that is already open."""
    made = Config()
    made.set_main_option("script_location", str(HERE))
    made.attributes["connection"] = connection
    return made
