"""`python -m tests.bench.roster`: a roster of 50,000 pupils taken in, checked row by row, and taken in again.

The way from the file handed in to the last row stored, without the time people look at it, must not take longer than
30 s; the progress that the screen shows is watched along the way.
"""

from __future__ import annotations

import argparse
import sys
import threading
import time

from sqlalchemy import func, select

from service.models import ListEntry, ListImport, ListProblem, Unit
from tests.bench.counties import measured_county
from tests.conftest import County
from tests.service.list_files import check, csv_file, hand_in, pupils, store, xlsx_file

SECONDS = 30.0
_SCHOOLS, _WRONG = 400, 250
"""Schools of the roster, and rows in it that are wrong."""


class Watch:
    """Looks at a list's progress from another thread while it is worked on."""

    def __init__(self, county: County) -> None:
        self._county, self._done = county, threading.Event()
        self.seen: set[int] = set()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_failed: object) -> None:
        self._done.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._done.wait(0.2):
            with self._county.installation.database.read() as session:
                self.seen.update(session.scalars(select(ListImport.progress)))


def main(arguments: list[str]) -> int:
    """Takes the roster in twice, as XLSX and as CSV; 1 when it takes too long or a row is lost."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.roster", description=__doc__)
    parser.add_argument("--pupils", type=int, default=50_000)
    parser.add_argument("--postgres", action="store_true")
    asked = parser.parse_args(arguments)
    with measured_county(postgres=asked.postgres) as county:
        rows = roster(county, asked.pupils)
        print(f"{asked.pupils:,} pupils, {_WRONG} wrong rows, {'PostgreSQL' if asked.postgres else 'SQLite'}")
        first = taken_in(county, "first time (XLSX)", xlsx_file(rows))
        for row in rows[:1000]:
            row[8] = "9班"
        again = taken_in(county, "again, 1,000 changed (CSV)", csv_file(rows), "名单.csv")
        with county.installation.database.read() as session:
            standing = session.scalar(select(func.count()).select_from(ListEntry).where(ListEntry.ended_by.is_(None)))
            wrong = session.scalar(select(func.count(func.distinct(ListProblem.row))).where(
                ListProblem.import_id == 1, ListProblem.severity == "error"))
    print(f"  standing {standing:,}, wrong rows listed {wrong}")
    return int(max(first, again) > SECONDS or standing != asked.pupils - _WRONG or wrong != _WRONG)


def roster(county: County, count: int) -> list[list[str]]:
    """The rows, some of them with an ID number whose check does not hold."""
    names = [f"第{number}小学" for number in range(_SCHOOLS)]
    with county.installation.database.write() as session:
        session.add_all(Unit(name=name, kind="school", position=number + 10, parent_id=county.units["城关"])
                        for number, name in enumerate(names))
    rows = pupils(count, names)
    for row in rows[:: count // _WRONG][:_WRONG]:
        row[6] = row[6][:-1] + ("1" if row[6][-1] != "1" else "2")
        row[2] = ""
    return rows


def taken_in(county: County, words: str, data: bytes, name: str = "名单.xlsx") -> float:
    """Seconds from the file to the last row stored."""
    begin, worked = time.perf_counter(), time.process_time()
    with Watch(county) as watch:
        import_id = hand_in(county, data, name)
        looked = time.perf_counter()
        check(county, import_id)
        checked = time.perf_counter()
        store(county, import_id)
    taken = time.perf_counter() - begin
    print(f"  {words}: {taken:.1f} s (looked at {looked - begin:.1f}, checked {checked - looked:.1f}, stored "
          f"{begin + taken - checked:.1f}), {time.process_time() - worked:.1f} s of one core; progress "
          f"seen at {len(watch.seen)} points")
    return taken


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
