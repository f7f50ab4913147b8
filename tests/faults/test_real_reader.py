"""The program's own reader, killed at work on real scans: each is read, and as what it is."""

import os
import signal

import pytest
from sqlalchemy import select

from service import intake
from service.models import Scan, Sheet
from tests.faults.processes import ROOT, all_read, running_workers, supervised, until

SAMPLES = [*sorted((ROOT / "sample_scans/home_visit").glob("*.jpg"))[:3],
           *sorted((ROOT / "sample_scans/township_table").glob("*.jpg"))[:1]]


@pytest.mark.weights
def test_scans_are_read_as_what_they_are_though_their_reader_was_killed(county):
    for sample in SAMPLES:
        with sample.open("rb") as stream:
            intake.receive(county.installation, county.actor("school"), stream,
                           f"{sample.parent.name} {sample.name}")
    with supervised(county, workers=1, reader=""):
        (worker,) = until(lambda: running_workers(county), 20, "somebody reads")
        os.kill(int(worker.rpartition(":")[2]), signal.SIGKILL)
        all_read(county, len(SAMPLES), 90)
    with county.installation.database.read() as session:
        found = session.execute(select(Scan.file_name, Sheet.template).join(Sheet)).all()
    assert [name.split()[0] for name, _ in found] == [template for _, template in found]
