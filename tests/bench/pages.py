"""`python -m tests.bench.pages`: how fast the review's requests are answered with 100,000 sheets on record.

Measured through the application itself, without the network: the next sheet (claim, then its page) and
saving a field. The target is 50 ms for 95 of 100.
"""

from __future__ import annotations

import argparse
import sys
import time

from sqlalchemy import Connection, Table, text

from service.models import Reading, Scan, Sheet
from service.web import build_app
from tests.bench.counties import measured_county
from tests.conftest import ORIGIN, Browser, County
from tests.service.review_sheets import Read, home_visit, put

TARGET_MS = 50.0
_NUMBERS = "WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < {count}) "
_HEX = {"sqlite": "printf('%0{width}x', many.n)", "postgresql": "lpad(to_hex(many.n), {width}, '0')"}


def main(arguments: list[str]) -> int:
    """Fills a database, works through some sheets, prints; 1 when the target is missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.pages")
    parser.add_argument("--sheets", type=int, default=100_000)
    parser.add_argument("--with-readings", type=int, default=20_000, help="sheets that carry their 17 readings")
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--postgres", action="store_true")
    asked = parser.parse_args(arguments)
    with measured_county(postgres=asked.postgres) as county:
        fill(county, asked.sheets, asked.with_readings)
        times = work(county, asked.rounds)
    print(f"{asked.sheets:,} sheets ({asked.with_readings:,} with their readings), "
          f"{'PostgreSQL' if asked.postgres else 'SQLite'}, {asked.rounds} rounds")
    slow = [report(words, taken) > TARGET_MS for words, taken in times.items()]
    return int(any(slow))


def fill(county: County, sheets: int, with_readings: int) -> None:
    """One sheet as the reader leaves it, multiplied in the database; half of them are signed off already."""
    first = put(county.installation, home_visit(age=Read("", False)), county.users["school"], county.units["城关一小"])
    with county.installation.database.write() as session:
        link, scan = session.connection(), session.get_one(Sheet, first).scan_id
        copy(link, Scan.__table__, sheets, f"scans.id = '{scan}'", id=_hex(link, 32), sha256=_hex(link, 64))
        copy(link, Sheet.__table__, sheets, f"sheets.id = {first}", id=f"{first} + many.n", scan_id=_hex(link, 32),
             state="CASE many.n % 2 WHEN 0 THEN 'signed' ELSE 'to_review' END")
        copy(link, Reading.__table__, with_readings, f"readings.sheet_id = {first}",
             id=f"many.n * 50 + readings.id + {first} * 100", sheet_id=f"{first} + many.n")
        session.execute(text("ANALYZE"))


def copy(link: Connection, table: Table, count: int, where: str, **changed: str) -> None:
    """`count` copies of the rows that `where` finds; `changed` are expressions over many.n."""
    names = [column.name for column in table.columns]
    values = [changed.get(name, f"{table.name}.{name}") for name in names]
    link.execute(text(f"INSERT INTO {table.name} ({', '.join(names)}) "
                      + _NUMBERS.format(count=count)
                      + f"SELECT {', '.join(values)} FROM many, {table.name} WHERE {where}"))


def work(county: County, rounds: int) -> dict[str, list[tuple[float, float]]]:
    """Milliseconds of each request while a clerk takes sheets, saves a field of each, and goes on."""
    browser = Browser(build_app(county.installation), "clerk")
    client = browser.client
    headers = {"X-CSRF-Token": browser.csrf, "Origin": ORIGIN, "Accept": "application/json"}
    times: dict[str, list[tuple[float, float]]] = {"next sheet": [], "its page": [], "save field": []}
    after = 0
    for number in range(rounds + 5):  # the first few fill caches
        answer, claimed = timed(lambda: client.post(f"/review/next?after={after}", headers=headers, json={}))  # noqa: B023
        after = answer.json["id"]
        _, opened = timed(lambda: client.get(f"/review/{after}"))  # noqa: B023
        answer, saved = timed(lambda: client.post(f"/review/{after}/decisions", headers=headers, json={  # noqa: B023
            "version": 0, "row": 0, "field": "age", "kind": "corrected", "value": "11", "keys": 3}))
        assert answer.status_code == 200, answer.get_data(as_text=True)
        if number >= 5:
            for words, taken in zip(times, (claimed, opened, saved), strict=True):
                times[words].append(taken)
    return times


def timed(call):
    """What the call answers, its milliseconds, and those of them that this process worked."""
    started, worked = time.perf_counter(), time.process_time()
    answer = call()
    return answer, (1000 * (time.perf_counter() - started), 1000 * (time.process_time() - worked))


def report(words: str, taken: list[tuple[float, float]]) -> float:
    """Print the quartiles that matter; returns the 95th percentile. A busy machine leaves own work as it is."""
    ordered, worked = sorted(whole for whole, _ in taken), sorted(own for _, own in taken)
    p50, p95 = ordered[len(ordered) // 2], ordered[int(0.95 * len(ordered))]
    print(f"{words:12} p50 {p50:6.1f} ms   p95 {p95:6.1f} ms   worst {ordered[-1]:6.1f} ms   "
          f"(own work p50 {worked[len(worked) // 2]:5.1f} ms)   "
          f"{'within' if p95 <= TARGET_MS else 'ABOVE'} {TARGET_MS:.0f} ms")
    return p95


def _hex(link: Connection, width: int) -> str:
    return _HEX[link.dialect.name].format(width=width)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
