"""The database: engine, read and write sessions, and the column types all records share."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import DateTime, Dialect, Engine, MetaData, String, Text, create_engine, event, text
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import TypeDecorator

from service import crypto
from service.config import Settings
from service.errors import StorageFull, Unavailable

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Parent of all records; constraint names are spelled out so that migrations can name them."""

    metadata = MetaData(naming_convention=NAMING)


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


class Moment(TypeDecorator[datetime]):
    """A point in time, kept in UTC; SQLite stores it naive, callers always see it aware."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Sealed(TypeDecorator[str]):
    """Text kept encrypted; `label` (table.column) binds the ciphertext to its place."""

    impl = Text
    cache_ok = True

    def __init__(self, label: str) -> None:
        super().__init__()
        self.label = label

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return value if value is None else crypto.keyring().seal(value, self.label)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return value if value is None else crypto.keyring().open(value, self.label)


class SealedJSON(TypeDecorator[Any]):
    """A JSON value kept encrypted as a whole."""

    impl = Text
    cache_ok = True

    def __init__(self, label: str) -> None:
        super().__init__()
        self.label = label

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return crypto.keyring().seal(json.dumps(value, ensure_ascii=False), self.label)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(crypto.keyring().open(value, self.label))


Code = String(40)
"""Column type of the short words that states, kinds and roles are stored as."""


class Database:
    """The one way to the records: `read()` and `write()` sessions on one engine."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self._read = sessionmaker(self.engine, expire_on_commit=False)
        # A writer takes SQLite's write lock at BEGIN: taking it later loses concurrent updates.
        self._write = sessionmaker(self.engine.execution_options(immediate=True), expire_on_commit=False)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for reading; nothing it does is kept."""
        with _understood(), self._read() as session:
            yield session  # closing rolls back; what was loaded stays readable

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session whose work is committed as one, or not at all when the block raises."""
        with _understood(), self._write.begin() as session:
            yield session

    def take_stock(self) -> None:
        """Let SQLite see how its tables are filled, or it looks through the longer ones; PostgreSQL looks by itself."""
        if self.engine.dialect.name == "sqlite":
            with self.write() as session:
                session.execute(text("PRAGMA analysis_limit = 400"))
                session.execute(text("ANALYZE"))

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


@contextmanager
def _understood() -> Iterator[None]:
    """Turn a database that is full, locked for long or gone into errors people understand."""
    try:
        yield
    except OperationalError as failed:
        full = "full" in str(failed.orig).lower() or "no space" in str(failed.orig).lower()
        raise (StorageFull if full else Unavailable) from failed


def open_database(settings: Settings) -> Database:
    """The installation's database, with the keys for its sealed columns installed."""
    crypto.install(crypto.load_keyring(settings.keys))
    return Database(settings.database)


def _engine(url: str) -> Engine:
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        # Compiling a query costs PostgreSQL more than any of ours takes to run.
        return create_engine(address, pool_pre_ping=True, pool_size=5, max_overflow=10,
                             connect_args={"options": "-c jit=off"})
    if address.database and address.database != ":memory:":
        file = Path(address.database)
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.touch(mode=0o600)  # SQLite would let everyone read it; its -wal and -shm take after it
    engine = create_engine(address, connect_args={"timeout": 15, "check_same_thread": False})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not open transactions of its own
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
