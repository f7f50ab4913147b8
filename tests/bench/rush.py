"""`python -m tests.bench.rush`: month's end: 400 units hand in their return within a minute while sheets are read.

A real web server and a real worker on 127.0.0.1, each unit with its own bearer token. No error, no return
lost, and 95 of 100 receipts within 300 ms. Whatever happens, it ends within three minutes.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import socket
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from argon2 import PasswordHasher
from sqlalchemy import func, select

from service import accounts, intake, passwords
from service.access import actor_for
from service.config import Settings
from service.installation import Installation, migrate, open_installation
from service.models import Job, MonthlyReturn, User
from service.reports import keeping
from service.reports.periods import Month
from tests.conftest import PASSWORD
from tests.county_years import FULL, make, record, settle
from tests.faults.processes import process
from tests.servers import postgres_database

SAMPLES = Path(__file__).resolve().parents[2] / "sample_scans" / "home_visit"
TARGET_MS = 300.0
GRACE_SECONDS, PATIENCE_SECONDS = 30.0, 15.0
"""How long after the rush returns may still be sent, and how long each waits for its receipt."""
_MONTH = Month(FULL.until.year, FULL.until.month).shifted(-1)


class _Held:
    """What `process` asks of a county."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation


def main(arguments: list[str]) -> int:
    """Fill, start, rush, count; 1 when something was lost, refused or slow."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.rush")
    parser.add_argument("--schools", type=int, default=400)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--cases", type=int, default=5000)
    parser.add_argument("--scans", type=int, default=60, help="sheets that wait to be read, enough for the whole rush")
    parser.add_argument("--postgres", action="store_true")
    asked = parser.parse_args(arguments)
    passwords.install(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = stack.enter_context(postgres_database()) if asked.postgres else ""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            bind = f"127.0.0.1:{free.getsockname()[1]}"
        installation = open_installation(prepared(Settings(folder / "data", database_url=url, bind=bind)))
        stack.callback(installation.close)
        tokens = fill(installation, asked.schools, asked.cases)
        queue(installation, asked.scans)
        stack.enter_context(process(_Held(installation), "service", "web"))
        stack.enter_context(process(_Held(installation), "workers"))
        wait_for(f"http://{bind}/login")
        times, errors = rush(f"http://{bind}/api/v1/months/{_MONTH}/returns", tokens, asked.seconds)
        with installation.database.read() as session:
            kept = session.scalar(select(func.count()).select_from(MonthlyReturn).where(
                MonthlyReturn.state == "submitted")) or 0
            read = session.scalar(select(func.count()).select_from(Job).where(Job.state == "done")) or 0
    ordered = sorted(times)
    p95 = ordered[int(0.95 * len(ordered))]
    print(f"{len(tokens)} units in {asked.seconds:.0f} s, {'PostgreSQL' if asked.postgres else 'SQLite'}: "
          f"{len(errors)} errors, {kept} returns kept, {read} of {asked.scans} sheets read meanwhile; "
          f"receipts p50 {ordered[len(ordered) // 2]:.0f} ms, p95 {p95:.0f} ms, worst {ordered[-1]:.0f} ms")
    for error in errors[:3]:
        print(error)
    return int(bool(errors) or kept != len(tokens) or p95 > TARGET_MS)


def prepared(settings: Settings) -> Settings:
    """The settings, with the database they name migrated."""
    migrate(settings)
    return settings


def fill(installation: Installation, schools: int, cases: int) -> list[str]:
    """A county with a person and a token for each school; the tokens."""
    told = make(replace(FULL, schools=schools, cases=cases))
    with installation.database.write() as session:
        settle(session.connection(), told)
        record(session.connection(), told.events)
    keeping.bring_up_to_date(installation.database)
    tokens = []
    with installation.database.write() as session:
        for unit in told.units:
            if unit["kind"] == "school":
                accounts.create(session, None, login=f"school.{unit['id']}", name="校", role="school",
                                unit_id=unit["id"], password=PASSWORD)
        for user in session.scalars(select(User).order_by(User.id)).all():
            user.must_change_password = False
            tokens.append(accounts.issue_token(session, None, user.id, "rush", 1))
    return tokens


def queue(installation: Installation, scans: int) -> None:
    """Sheets that wait to be read."""
    with installation.database.read() as session:
        sender = actor_for(session, session.scalars(select(User).order_by(User.id)).first())
    pictures = [path.read_bytes() for path in sorted(SAMPLES.glob("*.jpg"))]
    for number in range(scans):  # what stands after a picture's end makes another file of it
        picture = io.BytesIO(pictures[number % len(pictures)] + str(number).encode())
        intake.receive(installation, sender, picture, f"{number}.jpg")


def rush(address: str, tokens: list[str], seconds: float) -> tuple[list[float], list[str]]:
    """Every unit hands in at a moment of its own; milliseconds until each receipt, and what went wrong."""
    times: list[float] = []
    errors: list[str] = []
    lock = threading.Lock()
    began = time.monotonic()
    rng = random.Random(4)
    moments = sorted(rng.uniform(0, seconds) for _ in tokens)

    def hand_in(at: float, token: str) -> None:
        time.sleep(max(0.0, began + at - time.monotonic()))
        if time.monotonic() > began + seconds + GRACE_SECONDS:
            errors.append("not sent in time: all before it waited too long")
            return
        started = time.perf_counter()
        status, told = post(address, token)
        with lock:
            times.append(1000 * (time.perf_counter() - started))
            if status != 201 or told.get("state") != "submitted":
                errors.append(f"{status} {told}")

    with ThreadPoolExecutor(32) as pool:
        for done in [pool.submit(hand_in, at, token) for at, token in zip(moments, tokens, strict=True)]:
            done.result()
    return times, errors


def post(address: str, token: str) -> tuple[int, dict]:
    """Hand one return in."""
    request = urllib.request.Request(address, data=b'{"version": 0}', method="POST", headers={
        "Authorization": f"Bearer {token}", "Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        return refused.code, {"body": refused.read().decode()[:200]}
    except OSError as broken:
        return 0, {"error": str(broken)}


def wait_for(address: str) -> None:
    """Until the web server answers."""
    for _ in range(600):
        try:
            urllib.request.urlopen(address, timeout=2).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the web server does not answer")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
