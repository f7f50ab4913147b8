"""A database of each kind with the tables and nothing in them, one for all tests of a module."""

from contextlib import ExitStack

import pytest

from service.database import Base, Database
from tests.servers import postgres_database


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request, tmp_path_factory):
    """A database with the tables; each test clears it first."""
    with ExitStack() as stack:
        url = (f"sqlite:///{tmp_path_factory.mktemp('reports') / 'db.sqlite3'}" if request.param == "sqlite"
               else stack.enter_context(postgres_database()))
        made = Database(url)
        Base.metadata.create_all(made.engine)
        yield made
        made.close()
