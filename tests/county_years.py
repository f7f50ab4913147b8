"""Years of a made-up county: its units, its cases and what was recorded of them, in the order it came in.

Months of events with papers that come late, corrections, relapses, hand-overs, other sources and cases opened
by mistake; small for tests, large for the bench. Everything follows from the seed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random

from sqlalchemy import Connection, insert, text, update

from service.models import Case, CaseEvent, Student, Unit

TOWNSHIPS = ["城关", "河滨", "鸦岭", "高山", "平等", "鸣皋", "酒后", "葛寨", "白元", "水寨", "白沙", "半坡", "江左",
             "吕店", "彭婆"]
SOURCES = ("annual_check", "ministry_list", "school_watch", "home_visit", "other")
CLOSINGS = ("settled", "transferred", "died", "abroad", "over_age", "exempted")


@dataclass(frozen=True)
class Size:
    """How large the county is; `events_each` is about how many events a case has in all."""

    schools: int = 12
    cases: int = 60
    months: int = 5
    events_each: int = 8
    townships: int = 4
    first: date = date(2019, 4, 1)

    @property
    def until(self) -> date:
        """The day after the last."""
        years, month = divmod(self.first.month - 1 + self.months, 12)
        return date(self.first.year + years, month + 1, 1)


FULL = Size(schools=400, cases=50_000, months=24, events_each=28, townships=15)


@dataclass(slots=True)
class Told:
    """One event to be recorded; `order` are day and hour it was recorded."""

    case: int
    kind: str
    on: date
    at: datetime
    unit: int
    detail: dict = field(default_factory=dict)


@dataclass(frozen=True)
class County:
    """Unit, student and case rows, and the events in the order they were recorded."""

    units: list[dict]
    students: list[dict]
    cases: list[dict]
    events: list[Told]

    def known_by(self, moment: datetime) -> list[Told]:
        """What was recorded by then."""
        return [event for event in self.events if event.at <= moment]


def make(size: Size, seed: int = 1) -> County:
    """The county with all its years."""
    rng = Random(seed)
    units = _units(size)
    schools = [unit["id"] for unit in units if unit["kind"] == "school"]
    townships = [unit["id"] for unit in units if unit["kind"] == "township"]
    students, cases, events = [], [], []
    for number in range(1, size.cases + 1):
        home = rng.choice(schools) if rng.random() > 0.05 else rng.choice(townships)
        life = _Life(rng, size, number, home, schools, townships)
        source, year = life.source
        students.append({"id": number, "name": f"学生{number}", "school_id": home, "sex": rng.choice("男女"),
                         "born_on": date(2005, 1, 1) + timedelta(days=rng.randrange(2500))})
        told = life.events()
        cases.append({"id": number, "student_id": number, "unit_id": told[-1].unit, "source": source,
                      "source_year": year, "opened_on": told[0].on, "state": "persuading", "due_on": size.until,
                      "closing": "mistaken" if life.mistaken else ""})
        events += told
    events.sort(key=lambda event: (event.at, event.case))
    return County(units, students, cases, events)


class _Life:
    """One case from its opening on; what happens when, and when that comes to be recorded."""

    def __init__(self, rng: Random, size: Size, number: int, home: int, schools: list[int],
                 townships: list[int]) -> None:
        self.rng, self.size, self.number, self.unit = rng, size, number, home
        self.schools, self.townships = schools, townships
        self.source = (rng.choice(SOURCES), size.first.year - (rng.random() < 0.4))
        self.mistaken = rng.random() < 0.02

    def events(self) -> list[Told]:
        rng, days = self.rng, (self.size.until - self.size.first).days
        day = rng.randrange(-120, max(1, days - 20)) if rng.random() < 0.6 else rng.randrange(-120, 0)
        out, found = True, [self._told("opened", day)]
        for _ in range(max(1, int(rng.gauss(self.size.events_each - 1, self.size.events_each / 4)))):
            day += int(rng.expovariate(self.size.events_each / (days * 0.8)))
            if day >= days:
                break
            kind, out = self._next(out)
            found.append(self._told(kind, day))
        if self.mistaken:
            found.append(self._late("closed", found[0].on, {"closing": "mistaken"}))
        elif rng.random() < 0.03:
            before = dict(zip(("source", "year"), self.source, strict=True))
            after = {"source": rng.choice(SOURCES), "year": self.size.first.year - 2}
            found.append(self._late("note", found[0].on, {"act": "set_source", **after, "before": before}))
        return found

    def _next(self, out: bool) -> tuple[str, bool]:
        draw = self.rng.random()
        if draw < 0.5:
            return "visited", out
        if draw < (0.55 if out else 0.85):  # who is back stays back for long
            return "note", out
        if draw < (0.62 if out else 0.88):
            self.unit = self.rng.choice(self.schools if self.rng.random() < 0.5 else self.townships)
            return "handed_over", out
        if out:
            return ("closed" if draw > 0.93 else "returned"), False
        return ("relapsed", True) if draw > 0.94 else ("visited", False)

    def _told(self, kind: str, day: int) -> Told:
        on, rng = self.size.first + timedelta(days=day), self.rng
        late = rng.randrange(0, 4) if rng.random() < 0.85 else rng.randrange(4, 50)
        detail = {"closing": rng.choice(CLOSINGS)} if kind == "closed" else {}
        return Told(self.number, kind, on, self._moment(on + timedelta(days=late)), self.unit, detail)

    def _late(self, kind: str, on: date, detail: dict) -> Told:
        known = on + timedelta(days=self.rng.randrange(5, 90))
        return Told(self.number, kind, on, self._moment(known), self.unit, detail)

    def _moment(self, day: date) -> datetime:
        return datetime(day.year, day.month, day.day, 1 + self.rng.randrange(8), self.rng.randrange(60),
                        self.rng.randrange(60), tzinfo=UTC)


def _units(size: Size) -> list[dict]:
    units = [{"id": 1, "name": "县教育体育局", "kind": "bureau", "parent_id": None, "position": 0, "active": True}]
    for number, name in enumerate(TOWNSHIPS[:size.townships]):
        units.append({"id": 2 + number, "name": name, "kind": "township", "parent_id": 1, "position": number,
                      "active": True})
    for number in range(size.schools):
        parent = 1 + number % (size.townships + 1)  # the bureau has schools of its own
        units.append({"id": 100 + number, "name": f"第{number + 1}小学", "kind": "school", "parent_id": parent,
                      "position": number, "active": True})
    return units


def settle(connection: Connection, county: County) -> None:
    """Put units, children and cases there; what happened comes with `record`."""
    for model, rows in ((Unit, county.units), (Student, county.students), (Case, county.cases)):
        for start in range(0, len(rows), 5000):
            connection.execute(insert(model.__table__), rows[start:start + 5000])


def record(connection: Connection, events: Iterable[Told], first_id: int = 1) -> int:
    """Record events in their order; returns the next free id."""
    rows = list(_rows(events, first_id))
    if connection.dialect.name == "postgresql":
        _copy(connection, rows)
    else:
        for start in range(0, len(rows), 20_000):
            connection.execute(insert(CaseEvent.__table__), rows[start:start + 20_000])
    for row in rows:
        if row["detail"].get("act") == "set_source":
            connection.execute(update(Case.__table__).where(Case.id == row["case_id"]).values(
                source=row["detail"]["source"], source_year=row["detail"]["year"]))
    return first_id + len(rows)


def _rows(events: Iterable[Told], first_id: int) -> Iterator[dict]:
    for number, event in enumerate(events, first_id):
        yield {"id": number, "case_id": event.case, "kind": event.kind, "happened_on": event.on,
               "recorded_at": event.at, "unit_id": event.unit, "detail": event.detail}


def _copy(connection: Connection, rows: list[dict]) -> None:
    cursor = connection.connection.cursor()
    with cursor.copy("COPY case_events (id, case_id, kind, happened_on, recorded_at, unit_id, detail)"
                     " FROM STDIN") as copy:
        for row in rows:
            copy.write_row((*list(row.values())[:-1], json.dumps(row["detail"])))
    connection.execute(text("SELECT setval('case_events_id_seq', (SELECT max(id) FROM case_events))"))
