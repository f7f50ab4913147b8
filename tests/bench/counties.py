"""A county to measure in: real tables on either database, passwords that cost nothing, gone afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from argon2 import PasswordHasher

from service import passwords
from service.config import Settings
from service.installation import open_installation
from tests.conftest import County, settle
from tests.servers import postgres_database


@contextmanager
def measured_county(*, postgres: bool) -> Iterator[County]:
    """The small county of the tests, to be filled."""
    passwords.install(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = stack.enter_context(postgres_database()) if postgres else ""
        county = settle(open_installation(Settings(data_dir=folder / "data", database_url=url)))
        stack.callback(county.installation.close)
        yield county
