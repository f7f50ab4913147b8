"""Workers die, freeze and meet poison: nothing is lost, nothing is read twice, nobody waits for long."""

import os
import signal
import socket

import pytest
from sqlalchemy import select, update

from service.models import Job, Scan
from tests.faults.processes import (
    SLEEPY,
    all_read,
    celery,
    children_of,
    is_alive,
    loop,
    process,
    running_workers,
    states,
    supervised,
    until,
    upload,
)
from tests.faults.readers import BROKEN, DEADLY


def pid_of(worker):
    return int(worker.rpartition(":")[2])


def kill_whoever_reads(county, killed):
    """Kill a process that is reading at this moment, and note its pid in `killed`."""
    def alive():
        return [pid for pid in map(pid_of, running_workers(county)) if pid not in killed]

    victim = until(alive, 15, "somebody reads")[0]
    os.kill(victim, signal.SIGKILL)
    killed.add(victim)


def test_kill_9_in_the_middle_of_50_uploads_loses_none_and_doubles_none(county):
    killed = set()
    with supervised(county) as dead:
        for start in range(0, 50, 10):
            upload(county, range(start, start + 10))
            kill_whoever_reads(county, killed)
        all_read(county, 50, 40)
        assert set(dead) == killed
    assert len(killed) == 5


@pytest.mark.postgres
@pytest.mark.redis
def test_kill_9_among_celery_workers_loses_none_and_doubles_none(scaled):
    with celery(scaled) as parent:
        killed = set()
        for start in range(0, 50, 10):
            upload(scaled, range(start, start + 10))
            kill_whoever_reads(scaled, killed)
        with celery(scaled):
            os.killpg(parent.pid, signal.SIGKILL)  # all of it, broker connection and all
            all_read(scaled, 50, 40)


@pytest.mark.parametrize("form", ["county", pytest.param("county_pg", marks=pytest.mark.postgres)])
def test_a_worker_frozen_beyond_its_lease_is_replaced_and_refused(form, request):
    county = request.getfixturevalue(form)
    upload(county, [1])
    with loop(county, "tests.faults.readers:SlowReader") as frozen:
        until(lambda: running_workers(county), 10, "the first worker reads")
        os.kill(frozen.pid, signal.SIGSTOP)
        with loop(county, SLEEPY):
            all_read(county, 1, 15)
            os.kill(frozen.pid, signal.SIGCONT)
            frozen.terminate()
            frozen.wait(60)  # what it was reading ended now, too late
            all_read(county, 1, 1)


def test_a_file_that_breaks_the_reader_is_failed_after_three_tries_and_delays_nobody(county):
    (poison,) = upload(county, [0], tail=BROKEN)
    upload(county, range(1, 11))
    with loop(county):
        until(lambda: states(county)["done"] == 10, 15, "the others are read")
        until(lambda: states(county)["failed"] == 1, 15, "the poison is given up")
    with county.installation.database.read() as session:
        job = session.scalars(select(Job).where(Job.scan_id == poison)).one()
        assert (job.errors, job.expiries, session.get_one(Scan, poison).state) == (3, 0, "failed")
        assert county.installation.store.exists(session.get_one(Scan, poison).sha256)


def test_a_file_that_kills_its_worker_is_given_up_and_delays_nobody(county):
    (poison,) = upload(county, [0], tail=DEADLY)
    with county.installation.database.write() as session:
        session.execute(update(Job).values(expiries=9))  # it has killed nine already
    upload(county, range(1, 11))
    with supervised(county, workers=1) as dead:
        until(lambda: states(county)["done"] == 10, 20, "the others are read")
        until(lambda: states(county)["failed"] == 1, 20, "the poison is given up")
        assert len(dead) == 2
    with county.installation.database.read() as session:
        job = session.scalars(select(Job).where(Job.scan_id == poison)).one()
        assert (job.errors, job.expiries) == (0, 10)


def test_a_worker_told_to_end_finishes_what_it_reads(county):
    upload(county, [1])
    with loop(county, "tests.faults.readers:SlowReader") as worker:
        until(lambda: running_workers(county), 10, "it reads")
        worker.terminate()
        assert worker.wait(60) == 0
    all_read(county, 1, 1)


def test_workers_end_when_their_supervisor_is_killed(county):
    upload(county, [1])
    with process(county, "tests.faults.held") as supervisor:
        all_read(county, 1, 15)
        (worker,) = children_of(supervisor.pid)
        supervisor.kill()
        until(lambda: not is_alive(worker), 10, "the worker ends")


def test_names_of_workers_tell_processes_apart(county):
    upload(county, [1])
    with loop(county, "tests.faults.readers:SlowReader") as worker:
        assert until(lambda: running_workers(county), 10, "it reads") == [
            f"{socket.gethostname()}:{worker.pid}"]
