"""The 通报 of a month: its summary and ranking as the notice that the county sends to its units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import yaml
from sqlalchemy.orm import Session

from service import access
from service.access import Actor
from service.calendar import COUNTY_TIME, today
from service.reports.issuing import frozen_issue, frozen_latest, latest
from service.reports.layouts import FOLDER
from service.reports.month import UnitMonth, month
from service.reports.pages import chinese
from service.reports.periods import Month
from service.reports.ranking import SMALL, Ranking, rank
from service.reports.reported import Reported, reported


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a notice; every cell is text."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its paragraphs, and a table after the first of them."""

    heading: str
    paragraphs: tuple[str, ...]
    table: Table | None = None


@dataclass(frozen=True, slots=True)
class Bulletin:
    """The notice, from its red head to the date under it. `is_draft`: the month was not issued yet."""

    month: Month
    head: str
    number: str
    title: str
    to: str
    opening: tuple[str, ...]
    sections: tuple[Section, ...]
    signed: str
    made_on: str
    is_draft: bool


def bulletin(session: Session, actor: Actor, wanted: Month, county: str, deadline_day: int) -> Bulletin:
    """The month's notice with the figures of its last issue, or as now known while there is none.

    NotAllowed for those who may not see the county.
    """
    actor.require(access.COUNTY)
    issue = latest(session, wanted)
    frozen = frozen_issue(session, wanted, issue.number)[1] if issue else None
    found = rank(month(session, actor, wanted, frozen))
    before = wanted.shifted(-1)
    earlier = month(session, actor, before, frozen_latest(session, [before]).get(before)).total
    words = _words(found.total, earlier, wanted, county, today())
    words |= {"issue": issue.title, "known_on": chinese(issue.known_at.astimezone(COUNTY_TIME).date())} if issue else {}
    told = _wording()
    return Bulletin(
        wanted, _say(told["head"], words), _say(told["number"], words), _say(told["title"], words), told["to"],
        (_say(told["opening"], words), _say(told["issued" if issue else "draft"], words)),
        (_section("state", words), _ranking(found, words),
         _reports(reported(session, actor, wanted, deadline_day), words), _section("notes", words)),
        _say(told["signed"], words), words["made_on"], issue is None)


def _words(row: UnitMonth | None, earlier: UnitMonth | None, wanted: Month, county: str,
           made_on: date) -> dict[str, str]:
    words = {"county": county, "month": wanted.chinese, "year": str(made_on.year), "made_on": chinese(made_on),
             "small": str(SMALL)}
    if row is None:
        return words
    words |= {name: str(figure.value) for name, figure in row.figures.items()} | {"rate": row.rate.percent}
    change = row["closing"].value - (earlier["closing"].value if earlier else 0)
    kind = "more" if change > 0 else "less" if change < 0 else "same"
    return words | {"trend": _wording()["trend"][kind].format(change=abs(change))}


def _section(name: str, words: Mapping[str, str], more: Sequence[str] = (), table: Table | None = None) -> Section:
    told = _wording()["sections"][name]
    return Section(told["heading"], (*(_say(text, words) for text in told["text"]), *more), table)


def _ranking(found: Ranking, words: Mapping[str, str]) -> Section:
    told = _wording()["sections"]["ranking"]
    more = [_say(told["small"], words)] if any(placing.is_small for placing in found.by_rate) else []
    if found.idle:
        more.append(_say(told["idle"], {**words, "units": "、".join(unit.name for unit in found.idle)}))
    fewest = {placing.unit.name: placing.rank for placing in found.by_outstanding}
    rows = [(str(placing.rank), placing.unit.name + "*" * placing.is_small,
             *_numbers(placing.unit, str(fewest[placing.unit.name]))) for placing in found.by_rate]
    rows += [("", "全县", *_numbers(found.total, ""))] if found.total else []
    return _section("ranking", words, more, Table(tuple(_wording()["columns"]), tuple(rows)))


def _numbers(unit: UnitMonth, rank_by_number: str) -> tuple[str, ...]:
    return (str(unit["opening"].value), str(unit["recovered"].value), unit.rate.percent,
            str(unit["remaining"].value), rank_by_number, str(unit["closing"].value))


def _reports(found: Reported, words: Mapping[str, str]) -> Section:
    told = _wording()["sections"]["reports"]
    counts = {"expected": found.expected, "received": len(found.received),
              "late": sum(row.days_late > 0 for row in found.received)}
    townships = {row.unit_id for row in found.rows if row.kind == "township"}
    silent = [row.name for row in found.missing if row.parent_id not in townships]  # a township answers for its schools
    words = {**words, **{name: str(count) for name, count in counts.items()}, "units": "、".join(silent)}
    more = [_say(told["missing"], words)] if silent else [] if found.missing else [told["complete"]]
    return _section("reports", words, more)


def _say(pattern: str, words: Mapping[str, str]) -> str:
    return pattern.format_map(words)


@cache
def _wording() -> dict[str, Any]:
    told: dict[str, Any] = yaml.safe_load((FOLDER / "bulletin.yaml").read_text(encoding="utf-8"))
    return told
