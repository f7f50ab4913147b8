"""`python -m tests.bench.casework`: how fast child, school and overdue pages answer in a county of 200,000 children.

1,000,000 events lie in their cases. Measured through the application itself, without the network. The target is
50 ms for 95 of 100.
"""

from __future__ import annotations

import argparse
import sys
from random import Random

from sqlalchemy import text

from service.calendar import today
from service.models import Case, CaseEvent, HomeVisit, Scan, Sheet, Student, Unit
from service.web import build_app
from tests.bench.counties import measured_county
from tests.bench.pages import _HEX, TARGET_MS, copy, report, timed
from tests.conftest import Browser, County
from tests.service.case_papers import SCHOOL, file_visit

_SCHOOLS, _IN_TOWNSHIP = 400, 27
"""Schools of the county, and of the township whose pages are opened."""


def main(arguments: list[str]) -> int:
    """Fills a database, opens pages as several people, prints; 1 when the target is missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.casework")
    parser.add_argument("--children", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--postgres", action="store_true")
    asked = parser.parse_args(arguments)
    with measured_county(postgres=asked.postgres) as county:
        events = fill(county, asked.children)
        times = work(county, asked.children, asked.rounds)
    print(f"{asked.children:,} children, {events:,} events, {'PostgreSQL' if asked.postgres else 'SQLite'}, "
          f"{asked.rounds} rounds")
    slow = [report(words, taken) > TARGET_MS for words, taken in times.items()]
    return int(any(slow))


def fill(county: County, children: int) -> int:
    """One child with its case and paper as people left it, multiplied in the database over 400 schools."""
    installation, units = county.installation, county.units
    with installation.database.write() as session:
        for number in range(_SCHOOLS):
            session.add(Unit(name=f"第{number}小学", kind="school", position=number + 10,
                             parent_id=units["城关" if number < _IN_TOWNSHIP else "河滨"]))
        visit = file_visit(session, county.actor("clerk"), units[SCHOOL])
        case, student_id = visit.case, visit.student_id
        for day in range(3):
            case.events.append(CaseEvent(kind="note", happened_on=today(), unit_id=case.unit_id, note=f"记{day}",
                                         detail={}))
        session.flush()
        first = session.query(Unit.id).filter(Unit.name == "第0小学").scalar()
        events = session.query(CaseEvent).filter_by(case_id=case.id).count()
        case_id, visit_id, sheet_id = case.id, visit.id, visit.sheet_id
        scan_id = session.get_one(Sheet, sheet_id).scan_id
    with installation.database.write() as session:
        link = session.connection()
        hexed = _HEX[link.dialect.name]
        unit = f"{first} + many.n % {_SCHOOLS}"
        copy(link, Student.__table__, children, f"students.id = {student_id}", id=f"{student_id} + many.n",
             school_id=unit, id_number_mark=hexed.format(width=64))
        copy(link, Scan.__table__, children, f"scans.id = '{scan_id}'", id=hexed.format(width=32),
             sha256=hexed.format(width=64), unit_id=unit)
        copy(link, Sheet.__table__, children, f"sheets.id = {sheet_id}", id=f"{sheet_id} + many.n",
             scan_id=hexed.format(width=32), unit_id=unit, state="'signed'")
        past = {"sqlite": "date('now', '-' || many.n % 60 || ' days')",
                "postgresql": "current_date - CAST(many.n % 60 AS integer)"}[link.dialect.name]
        state = ("CASE many.n % 10 WHEN 0 THEN 'suspected' WHEN 1 THEN 'persuading' WHEN 2 THEN 'returned' "
                 "ELSE 'closed' END")
        copy(link, Case.__table__, children, f"cases.id = {case_id}", id=f"{case_id} + many.n", unit_id=unit,
             student_id=f"{student_id} + many.n", state=state,
             closing="CASE WHEN many.n % 10 > 2 THEN 'settled' ELSE '' END",
             due_on=f"CASE WHEN many.n % 10 > 2 THEN NULL ELSE {past} END")
        copy(link, HomeVisit.__table__, children, f"home_visits.id = {visit_id}", id=f"{visit_id} + many.n",
             student_id=f"{student_id} + many.n", case_id=f"{case_id} + many.n", sheet_id=f"{sheet_id} + many.n",
             unit_id=unit)
        copy(link, CaseEvent.__table__, children, f"case_events.case_id = {case_id}",
             id="1000 + many.n * 20 + case_events.id", case_id=f"{case_id} + many.n", unit_id=unit,
             sheet_id=f"CASE WHEN case_events.sheet_id IS NULL THEN NULL ELSE {sheet_id} + many.n END")
    installation.database.take_stock()
    with installation.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as plain:
        if plain.dialect.name == "postgresql":
            plain.execute(text("VACUUM ANALYZE"))  # as its own upkeep would have by then
    return children * events


def work(county: County, children: int, rounds: int) -> dict[str, list[float]]:
    """Milliseconds of each page, opened by those whose work it is."""
    app, rng = build_app(county.installation), Random(5)
    bureau, township = Browser(app, "bureau"), Browser(app, "township")
    with county.installation.database.read() as session:
        last, schools = session.query(Student.id).order_by(Student.id.desc()).first(), session.query(Unit.id).filter(
            Unit.name.like("第%小学")).all()
    def own(rng: Random) -> int:
        """A child of the township's: children are dealt out to the schools in turn."""
        return last[0] - children + rng.randrange(1, children // _SCHOOLS) * _SCHOOLS + rng.randrange(_IN_TOWNSHIP)

    pages = {
        "child": lambda: (bureau, f"/students/{last[0] - rng.randrange(children // 2)}"),
        "school": lambda: (bureau, f"/schools/{rng.choice(schools)[0]}"),
        "overdue": lambda: (bureau, f"/tasks?span=overdue&page={rng.randrange(1, 20)}"),
        "child (township)": lambda: (township, f"/students/{own(rng)}"),
        "overdue (township)": lambda: (township, f"/tasks?span=overdue&page={rng.randrange(1, 20)}"),
        "schools": lambda: (bureau, "/schools"),
        "transfers": lambda: (bureau, "/transfers"),
    }
    times: dict[str, list[float]] = {name: [] for name in pages}
    for number in range(rounds + 5):  # the first few fill caches
        for name, page in pages.items():
            browser, path = page()
            answer, taken = timed(lambda: browser.client.get(path))  # noqa: B023
            assert answer.status_code == 200, (path, answer.status_code)
            if number >= 5:
                times[name].append(taken)
    return times


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
