"""`python -m tests.bench.months`: how fast a month opens with a million case events on record.

A made-up county of 15 townships, 400 schools and 50,000 children, two years of it, all months but the last
issued. Measured through the application itself, without the network, with new events after the mark of what
is kept. Targets: a month's page within 300 ms for 95 of 100, the county from scratch within 2 s.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from argon2 import PasswordHasher
from sqlalchemy import select, text

from service import accounts, passwords
from service.access import Actor, actor_for
from service.config import Settings
from service.installation import Installation, migrate, open_installation
from service.models import User
from service.reports import issuing, keeping
from service.reports.month import month
from service.reports.periods import Month
from service.reports.ranking import rank
from service.reports.trend import trend
from service.web import build_app
from tests.conftest import PASSWORD, Browser, login_of
from tests.county_years import FULL, County, make, record, settle
from tests.servers import postgres_database

PAGE_MS, SCRATCH_MS = 300.0, 2000.0
LATE = 150
"""Events that came in since what is kept was brought up to date."""


def main(arguments: list[str]) -> int:
    """Fill, issue, measure, print; 1 when a target is missed on PostgreSQL."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.months")
    parser.add_argument("--cases", type=int, default=FULL.cases)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--only", choices=("postgres", "sqlite"))
    asked = parser.parse_args(arguments)
    passwords.install(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    told = make(replace(FULL, cases=asked.cases))
    missed = 0
    for name in ("postgres", "sqlite"):
        if asked.only in (None, name):
            with ExitStack() as stack:
                folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
                url = stack.enter_context(postgres_database()) if name == "postgres" else ""
                slow = measure(Settings(data_dir=folder / "data", database_url=url), told, asked.rounds)
            missed = slow if name == "postgres" else missed
    return int(bool(missed))


def measure(settings: Settings, told: County, rounds: int) -> int:
    """One database filled and measured; how many targets it missed."""
    migrate(settings)
    installation = open_installation(settings)
    bureau = fill(installation, told)
    last = Month(FULL.until.year, FULL.until.month).shifted(-1)
    never_issued = [milliseconds(lambda: twelve_months(installation, bureau, last)) for _ in range(rounds)]
    issue_months(installation, bureau)
    print(f"{len(told.events):,} events of {len(told.cases):,} children, "
          f"{'PostgreSQL' if settings.database_url else 'SQLite'}, {rounds} rounds")
    scratch = from_scratch(installation, bureau, last)
    kept = milliseconds(lambda: keeping.bring_up_to_date(installation.database))
    print(f"{'keeping all steps':34}{kept:9.0f} ms, once")
    with installation.database.write() as session:
        record(session.connection(), told.events[-LATE:], len(told.events) - LATE + 1)
        session.execute(text("ANALYZE"))
    slow = [report("county from scratch", scratch, SCRATCH_MS)]
    report("12 months, none of them issued", never_issued, PAGE_MS)
    browser = Browser(build_app(installation), "bureau")
    schools = f"/reports/months/{last}/units/2"
    for words, path in (("month page, as now known", f"/reports/months/{last}"), ("month page by school", schools),
                        ("month page, issued", f"/reports/months/{last.shifted(-3)}"),
                        ("ranking, issued and now", f"/reports/ranking/{last.shifted(-1)}"),
                        ("list behind a figure", f"/reports/list?figure=returned&month={last}&unit=3"),
                        ("changes since an issue", f"/reports/issues/{last.shifted(-1)}")):
        browser.get(path)
        slow.append(report(words, [page(browser, path) for _ in range(rounds)], PAGE_MS)
                    and words.startswith("month page"))
    installation.close()
    return sum(map(bool, slow))


def fill(installation: Installation, told: County) -> Actor:
    """The county with all but its last events, their steps kept; the bureau's person."""
    with installation.database.write() as session:
        settle(session.connection(), told)
        accounts.create(session, None, login=login_of("bureau"), name="局", role="bureau", unit_id=1,
                        password=PASSWORD)
        session.execute(text("UPDATE users SET must_change_password = false"))
        bureau = actor_for(session, session.scalars(select(User)).one())
    with installation.database.write() as session:
        record(session.connection(), told.events[:-LATE])
    with installation.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as link:
        link.execute(text("VACUUM ANALYZE" if link.dialect.name == "postgresql" else "ANALYZE"))
    keeping.bring_up_to_date(installation.database)
    return bureau


def issue_months(installation: Installation, bureau: Actor) -> None:
    """Each month but the last, with what is known now."""
    known = keeping.horizon(installation.database)
    for number in range(1, FULL.months):
        wanted = Month(FULL.first.year, FULL.first.month).shifted(number - 1)
        with installation.database.write() as session:
            issuing.issue(session, bureau, wanted, known, 0)


def twelve_months(installation: Installation, bureau: Actor, last: Month) -> object:
    """The county's movements of a year, as a month's page draws them."""
    with installation.database.read() as session:
        return trend(session, bureau, last)


def from_scratch(installation: Installation, bureau: Actor, last: Month) -> list[float]:
    """Milliseconds of counting and ranking the county's month from the events alone, nothing kept."""
    with installation.database.write() as session:
        keeping.start_again(session)

    def county() -> object:
        with installation.database.read() as session:
            return rank(month(session, bureau, last))
    return [milliseconds(county) for _ in range(5)]


def page(browser: Browser, path: str) -> float:
    """Milliseconds until the page is there."""
    def opened() -> None:
        assert browser.get(path).status_code == 200, path
    return milliseconds(opened)


def milliseconds(call: Callable[[], object]) -> float:
    """How long the call takes."""
    started = time.perf_counter()
    call()
    return 1000 * (time.perf_counter() - started)


def report(words: str, taken: list[float], target: float) -> bool:
    """Print the quartiles that matter; whether the 95th percentile is above the target."""
    ordered = sorted(taken)
    p50, p95 = ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    print(f"{words:34}p50 {p50:7.1f} ms   p95 {p95:7.1f} ms   {'within' if p95 <= target else 'ABOVE'} {target:.0f} ms")
    return p95 > target


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
