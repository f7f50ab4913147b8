"""`python -m tests.bench.properties`: what must hold of a county's figures, at full size.

The county of `months`, its months issued with what was known then. Each month balances in each unit, units sum to
the county, issued months are still counted to the digit, every cell's list is as long as its figure says, and
rankings are those of a plain count of the events. Prints how much was held against what; 1 when anything differs.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.access import Actor
from service.config import Settings
from service.installation import migrate, open_installation
from service.reports import issuing, month
from service.reports.keeping import kept_to
from service.reports.ledger import LEVELS
from service.reports.periods import Month
from service.reports.ranking import ranking
from service.reports.records import RECORD_FIGURES
from service.reports.tally import Tally, entries_of, tallies
from service.reports.walk import Span
from tests.bench.months import LATE, fill, issue_months
from tests.county_years import FULL, County, make, record
from tests.servers import postgres_database
from tests.service.reports_histories import month_by_hand


def main(arguments: list[str]) -> int:
    """Fill, issue, add what came late, hold everything against everything."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.properties")
    parser.add_argument("--cases", type=int, default=FULL.cases)
    parser.add_argument("--sqlite", action="store_true")
    asked = parser.parse_args(arguments)
    told = make(replace(FULL, cases=asked.cases))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = "" if asked.sqlite else stack.enter_context(postgres_database())
        settings = Settings(data_dir=folder / "data", database_url=url)
        migrate(settings)
        installation = open_installation(settings)
        stack.callback(installation.close)
        bureau = fill(installation, told)
        issue_months(installation, bureau)
        with installation.database.write() as session:
            record(session.connection(), told.events[-LATE:], len(told.events) - LATE + 1)
        with installation.database.read() as session:
            return held(session, bureau, told)


def held(session: Session, bureau: Actor, told: County) -> int:
    """Hold each month of the county against what must be; 1 when anything differs."""
    checked: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for number in range(FULL.months):
        wanted = Month(FULL.first.year, FULL.first.month).shifted(number)
        for what, results in {"unit balances": balances(session, bureau, wanted),
                              "county sums": sums(session, bureau, wanted),
                              "issued levels": unchanged(session, bureau, wanted),
                              "cells with their lists": lists(session, bureau, wanted),
                              "places in rankings": places(session, bureau, told, wanted)}.items():
            checked[what] += len(results)
            wrong[what] += results.count(False)
    for what, count in checked.items():
        print(f"{what:24}{count:9,} held, {wrong[what]:,} differ")
    return int(wrong.total() > 0 or not all(checked.values()))


def balances(session: Session, bureau: Actor, wanted: Month) -> list[bool]:
    """Whether opening and movements make the closing in each unit, and each school."""
    report = month.month(session, bureau, wanted)
    schools = [row for row in report.rows if row.place
               for row in month.month_within(session, bureau, wanted, row.place.id).rows]
    return [row.balanced for row in (*report.rows, *schools)]


def sums(session: Session, bureau: Actor, wanted: Month) -> list[bool]:
    """Whether the units make up the county, in each figure."""
    report = month.month(session, bureau, wanted)
    assert report.total is not None
    return [sum(row[figure].value for row in report.rows) == cell.value
            for figure, cell in report.total.figures.items()]


def unchanged(session: Session, bureau: Actor, wanted: Month) -> list[bool]:
    """Whether the month, counted again as it was known, is what was issued."""
    if not issuing.issues(session, wanted):
        return []
    issue, frozen = issuing.frozen_issue(session, wanted, 0)
    span = Span(wanted.first, wanted.last, known_event=issue.known_event)
    again = tallies(session, bureau, span)
    return [again[level] == frozen.tallies[level] for level in LEVELS]


def lists(session: Session, bureau: Actor, wanted: Month) -> list[bool]:
    """Whether each cell's list, made the way lists are made, is as long as its figure: by unit, level and part."""
    found = []
    span = Span(wanted.first, wanted.last)
    counted = tallies(session, bureau, span)
    for level in LEVELS:
        rows = entries_of(bureau, span.kept(kept_to(session)), level).subquery()
        keys = rows.c.figure, rows.c.unit_id, rows.c.part
        grouped = session.execute(select(*keys, func.count()).group_by(*keys))
        listed = Tally((figure, unit, part, n) for figure, unit, part, n in grouped)
        figures = {(figure, unit, part): n for figure, unit, part, n in counted[level].rows()
                   if figure not in RECORD_FIGURES}
        lengths = {(figure, unit, part): n for figure, unit, part, n in listed.rows()}
        found += [figures.get(key) == lengths.get(key) for key in figures.keys() | lengths.keys()]
    return found


def places(session: Session, bureau: Actor, told: County, wanted: Month) -> list[bool]:
    """Whether each unit has the place in both rankings that a plain count of the events gives it."""
    ranked = ranking(session, bureau, wanted)
    above = {unit["id"]: unit["parent_id"] if unit["kind"] == "school" else unit["id"] for unit in told.units}
    steps = [(number, event) for number, event in enumerate(told.events, 1) if event.kind != "visited"]
    counts = month_by_hand(steps, wanted, above)
    obliged = [unit for unit in set(above.values()) if unit and counts["opening", unit]]
    behind = {"rate": {unit: -Fraction(counts["recovered", unit], counts["opening", unit]) for unit in obliged},
              "outstanding": {unit: Fraction(counts["remaining", unit]) for unit in obliged}}
    return [ranked.places(by).get(unit) == 1 + sum(other < own for other in keys.values())
            for by, keys in behind.items() for unit, own in keys.items()]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
