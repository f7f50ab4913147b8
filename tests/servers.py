"""PostgreSQL and Redis for tests that want them: a database of their own, or a reasoned skip.

With CI=true a missing server fails the test instead. Other addresses than the local defaults are
named by TEST_POSTGRES_URL and TEST_REDIS_URL.
"""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

_POSTGRES = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
_REDIS = "redis://127.0.0.1:6379"


def postgres_answers() -> bool:
    """Whether there is a PostgreSQL server to measure with."""
    engine = create_engine(os.environ.get("TEST_POSTGRES_URL", _POSTGRES), connect_args={"connect_timeout": 3})
    try:
        with engine.connect():
            return True
    except OperationalError:
        return False
    finally:
        engine.dispose()


@contextmanager
def postgres_database(like: str = "") -> Iterator[str]:
    """The address of a new PostgreSQL database, empty or a copy of the one at `like`; dropped afterwards."""
    server = make_url(os.environ.get("TEST_POSTGRES_URL", _POSTGRES))
    engine = create_engine(server, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 3})
    name = f"test_{uuid.uuid4().hex[:12]}"
    copied = f" TEMPLATE {make_url(like).database}" if like else ""
    try:
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}{copied}"))
    except OperationalError as gone:
        _missing(f"PostgreSQL does not answer: {str(gone.orig).splitlines()[0]}")
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        engine.dispose()


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """The address of an empty PostgreSQL database, dropped afterwards."""
    with postgres_database() as url:
        yield url


@pytest.fixture
def redis_url() -> Iterator[str]:
    """The address of a Redis database for this pytest process alone, emptied before and after."""
    import redis

    number = 8 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % 8
    url = f"{os.environ.get('TEST_REDIS_URL', _REDIS)}/{number}"
    client = redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2)
    try:
        client.flushdb()
    except redis.RedisError as gone:
        _missing(f"Redis does not answer: {gone}")
    yield url
    client.flushdb()
    client.close()


def _missing(reason: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
