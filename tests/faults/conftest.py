"""The two forms an installation takes, with settings that make faults show within seconds."""

from dataclasses import replace

import pytest

from service.config import Settings
from service.installation import open_installation
from tests.conftest import county_of
from tests.faults.processes import BRISK


@pytest.fixture
def settings(tmp_path):
    """Short leases and sweeps."""
    return Settings(data_dir=tmp_path / "data", **BRISK)


@pytest.fixture
def scaled(county_pg, redis_url):
    """The county on PostgreSQL with hints through Redis."""
    installation = open_installation(replace(county_pg.installation.settings, redis_url=redis_url))
    yield county_of(installation)
    installation.close()
