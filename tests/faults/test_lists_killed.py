"""A list whose worker is killed leaves nothing behind, and goes on with the next worker."""

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from service import audit
from service.database import now
from service.lists import acts
from service.lists.work import MOST_ATTEMPTS, work_on_list
from service.models import ListEntry, ListImport, ListProblem, Student
from tests.service.list_files import check, hand_in, pupils, take_in, told_of, xlsx_file


def killed(county, step):
    """Let a worker take the waiting list and die at `step`."""
    env = {**os.environ, **county.installation.settings.as_env()}
    command = [sys.executable, "-m", "tests.faults.interrupted_list", step]
    done = subprocess.run(command, env=env, timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL


def lease_over(county):
    with county.installation.database.write() as session:
        session.execute(update(ListImport).values(lease_until=now() - timedelta(seconds=1)))


def standing(county):
    with county.installation.database.read() as session:
        entries = session.execute(select(ListEntry.id, ListEntry.ended_by).order_by(ListEntry.id)).all()
        return entries, session.scalar(select(func.count()).select_from(Student))


@pytest.mark.parametrize("step", ["checking", "written"])
def test_a_worker_killed_while_storing_leaves_what_stood_before(any_county, step):
    county, rows = any_county, pupils(40, ["城关一小", "河滨中学"])
    take_in(county, xlsx_file(rows[:30]))
    import_id = hand_in(county, xlsx_file(rows[5:]))
    check(county, import_id)
    with county.installation.database.write() as session:
        acts.confirm(session, county.actor("bureau"), import_id, gone_seen=True)
    before = standing(county)
    killed(county, step)
    assert standing(county) == before
    assert told_of(county, import_id).state == "to_store"
    assert not work_on_list(county.installation), "its lease still runs"
    lease_over(county)
    assert work_on_list(county.installation)
    told = told_of(county, import_id)
    assert (told.state, told.summary["added"], told.summary["gone"]) == ("stored", 10, 5)
    assert standing(county)[1] == 40
    with county.installation.database.read() as session:
        assert audit.verify(session) is None


def test_a_worker_killed_while_checking_leaves_no_problems_and_a_list_that_kills_each_is_failed(county):
    import_id = hand_in(county, xlsx_file(pupils(5, ["没有的学校"])))
    with county.installation.database.write() as session:
        told = session.get_one(ListImport, import_id)
        told.state, told.mapping = "to_check", told.mapping
    for _ in range(MOST_ATTEMPTS):
        killed(county, "checking")
        lease_over(county)
        with county.installation.database.read() as session:
            assert session.scalar(select(func.count()).select_from(ListProblem)) == 0
    assert not work_on_list(county.installation)
    told = told_of(county, import_id)
    assert told.state == "failed" and "没有入库" in told.problem
