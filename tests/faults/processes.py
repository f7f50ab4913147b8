"""Real worker processes for the fault tests: started, killed, awaited, and what they did held to account."""

import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import func, select

from service import fsck, intake
from service.models import AuditEvent, Job, Scan, Sheet
from service.supervisor import Supervisor
from tests.files import jpeg

ROOT = Path(__file__).resolve().parents[2]
SLEEPY = "tests.faults.readers:SleepyReader"
BRISK = {"lease_seconds": 3.0, "heartbeat_seconds": 0.5, "sweep_seconds": 0.3, "retry_seconds": 0.1}
"""Settings in which everything happens as in production, some forty times faster."""
SLOWNESS = 4
"""How many times slower than ours a machine may be before a wait of these tests gives up."""


def upload(county, numbers, tail=b"") -> list[str]:
    """Hand in one picture per number; returns the receipts' scan ids."""
    actor = county.actor("school")
    receipts = (intake.receive(county.installation, actor, io.BytesIO(jpeg(number) + tail), f"{number}.jpg")
                for number in numbers)
    return [receipt.scan_id for receipt in receipts]


@contextmanager
def process(county, *arguments) -> Iterator[subprocess.Popen]:
    """A Python process on the county's installation, killed with all its children at the end."""
    environment = {**os.environ, **county.installation.settings.as_env(), "PYTHONPATH": str(ROOT)}
    started = subprocess.Popen([sys.executable, "-m", *arguments], cwd=ROOT, start_new_session=True,
                               env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield started
    finally:
        if started.poll() is None:
            os.killpg(started.pid, signal.SIGKILL)
        started.wait()


def loop(county, reader=SLEEPY):
    """One embedded worker."""
    return process(county, "workers", "--reader", reader)


def celery(county, children=2):
    """A Celery worker with its children."""
    return process(county, "celery", "-A", "tests.faults.celery_app", "worker",
                   "--concurrency", str(children), "--loglevel", "ERROR", "--without-gossip",
                   "--without-mingle")


@contextmanager
def supervised(county, workers=2, reader=SLEEPY) -> Iterator[list[int]]:
    """Embedded workers under the supervisor, with the program's own reader when `reader` is empty.

    The list holds the pids of the dead.
    """
    dead: list[int] = []

    def buried(pid):
        from service.commands.running import _burial
        dead.append(pid)
        _burial(county.installation)(pid)

    arguments = ("--reader", reader) if reader else ()
    commands = {f"worker {n}": ("workers", *arguments) for n in range(workers)}
    environment = {**county.installation.settings.as_env(), "PYTHONPATH": str(ROOT)}
    watched = Supervisor(commands, environment, buried, county.installation.settings.data_dir / "workers.log")
    thread = threading.Thread(target=watched.run)
    thread.start()
    try:
        yield dead
    finally:
        watched.stop()
        thread.join()


def children_of(pid: int) -> list[int]:
    """The pids of a process's children."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_alive(pid: int) -> bool:
    """Whether the process runs; the dead that nobody has buried count as dead."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def until(condition, seconds: float, what: str):
    """Wait for `condition()` to be true and return it; fails with `what` after `seconds` of our machine's."""
    end = time.monotonic() + seconds * SLOWNESS
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {what}")


def states(county) -> Counter[str]:
    """How many jobs are in each state."""
    with county.installation.database.read() as session:
        return Counter(dict(session.execute(select(Job.state, func.count()).group_by(Job.state)).all()))


def running_workers(county) -> list[str]:
    """The names of the workers that have something under way."""
    with county.installation.database.read() as session:
        return list(session.scalars(select(Job.worker).where(Job.state == "running")))


def all_read(county, count: int, seconds: float) -> None:
    """Wait until `count` scans are read; then none may be lost, doubled or without its bytes."""
    until(lambda: states(county)["done"] == count, seconds, f"{count} done, but {dict(states(county))}")
    with county.installation.database.read() as session:
        per_scan = session.execute(
            select(Scan.id, Scan.state, func.count(Sheet.id)).outerjoin(Sheet).group_by(Scan.id)).all()
        events = session.scalars(select(AuditEvent.object_id).where(AuditEvent.action == "scan.read")).all()
    assert [(state, sheets) for _, state, sheets in per_scan] == [("read", 1)] * count
    assert Counter(events) == Counter(scan_id for scan_id, _, _ in per_scan)
    found = fsck.check(county.installation)
    assert found.sound
    assert not found.orphans
