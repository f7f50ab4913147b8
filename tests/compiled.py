"""Statements compiled once for a pytest process: every test opens an engine of its own, which begins knowing none."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Dialect, Engine, create_engine, event

from service import database


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    """Let all engines share the dialect of the first that connected: with it SQLAlchemy finds what was compiled.

    A third of the tests' time was compiling the same statements again for the next test's engine.
    """
    dialects: dict[str, Dialect] = {}
    compiled: dict = {}

    def sharing(*address, **options) -> Engine:
        engine = create_engine(*address, **options)
        event.listen(engine, "connect", lambda *_: dialects.setdefault(engine.dialect.name, engine.dialect), once=True)
        engine.dialect = dialects.get(engine.dialect.name, engine.dialect)
        engine.update_execution_options(compiled_cache=compiled)
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "create_engine", sharing)
        yield
