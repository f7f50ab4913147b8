"""One county with everybody logged in, so that the table costs no thousand logins."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from service import accounts
from service.config import Settings
from service.database import now
from service.installation import open_installation
from service.models import WebSession
from service.web import sessions
from tests.conftest import County, county_of


@pytest.fixture(scope="session")
def _ground(_county_ground: Path, tmp_path_factory: pytest.TempPathFactory):
    """A data folder where each user has a session and a bearer token, and what those are."""
    folder = tmp_path_factory.mktemp("access") / "data"
    shutil.copytree(_county_ground, folder)
    installation = open_installation(Settings(data_dir=folder))
    entries, bearers = {}, {}
    for user, user_id in county_of(installation).users.items():
        with installation.database.write() as session:
            entries[user] = f"session of {user}", f"form of {user}"
            token_hash = sessions.hashed(entries[user][0])
            session.add(WebSession(token_hash=token_hash, user_id=user_id, csrf_token=entries[user][1],
                                   expires_at=now() + timedelta(hours=1)))
            bearers[user] = accounts.issue_token(session, None, user_id, "access", 1)
    installation.close()
    return folder, entries, bearers


@pytest.fixture
def county(_ground, settings: Settings) -> Iterator[County]:
    """The county with everybody logged in."""
    shutil.copytree(_ground[0], settings.data_dir, dirs_exist_ok=True)
    installation = open_installation(settings)
    yield county_of(installation)
    installation.close()


@pytest.fixture
def entries(_ground):
    """User → (session token, CSRF token)."""
    return _ground[1]


@pytest.fixture
def bearers(_ground):
    """User → bearer token."""
    return _ground[2]
