"""Made-up histories of cases, and the month's figures worked out from them by hand, one case at a time."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from service.access import Actor
from service.models import Case, CaseEvent, Student, Unit

UNITS = {  # name: (kind, parent)
    "局": ("bureau", None), "甲镇": ("township", "局"), "乙镇": ("township", "局"),
    "丙镇": ("township", "局"), "甲一小": ("school", "甲镇"), "甲二小": ("school", "甲镇"),
    "乙中学": ("school", "乙镇"), "县直小学": ("school", "局"),
}
FIRST_DAY = date(2019, 3, 1)
SOURCES = ("annual_check", "ministry_list", "school_watch", "home_visit", "other")


@dataclass(frozen=True)
class Step:
    """An event to be: `day` counts from FIRST_DAY, `unit` answers after it."""

    child: int
    kind: str
    day: int
    unit: str

    @property
    def on(self) -> date:
        return FIRST_DAY + timedelta(days=self.day)


def everyone(unit_ids=None, role="bureau", unit_id=0) -> Actor:
    """A person of the bureau, or one who sees only these units."""
    return Actor(1, "测试", role, unit_id, None if unit_ids is None else frozenset(unit_ids))


def settle_units(session: Session) -> dict[str, int]:
    """Add the units; their ids by name."""
    made: dict[str, Unit] = {}
    for position, (name, (kind, parent)) in enumerate(UNITS.items()):
        made[name] = Unit(name=name, kind=kind, position=position, parent=made[parent] if parent else None)
        session.add(made[name])
    session.flush()
    return {name: unit.id for name, unit in made.items()}


def tell(session: Session, units: dict[str, int], steps: list[Step]) -> dict[int, int]:
    """Add a student and a case for each child and the steps as events; case ids by child."""
    cases: dict[int, Case] = {}
    for step in steps:
        if step.child not in cases:
            student = Student(name=f"学生{step.child}", school_id=units[step.unit])
            cases[step.child] = Case(student=student, unit_id=units[step.unit], state="persuading",
                                     source=SOURCES[step.child % 5], source_year=2018, opened_on=step.on)
            session.add(cases[step.child])
    session.flush()
    session.add_all(  # in this order: ids tell the order of events of one day
        CaseEvent(case_id=cases[step.child].id, kind=step.kind, happened_on=step.on, unit_id=units[step.unit],
                  detail={"closing": "died"} if step.kind == "closed" else {}) for step in steps)
    session.flush()
    return {child: case.id for child, case in cases.items()}


def tell_april(session: Session) -> dict[str, int]:
    """Units and an April in which every column of the month has something; the units' ids by name."""
    units = settle_units(session)
    tell(session, units, [
        *(Step(n, "opened", 3, "甲一小") for n in range(7)),
        *(Step(n, "opened", 40, "乙中学") for n in range(7, 12)),
        Step(0, "returned", 45, "甲一小"), Step(1, "closed", 46, "甲一小"),
        Step(2, "handed_over", 47, "乙镇"), Step(0, "relapsed", 50, "甲一小"),
        Step(3, "returned", 55, "甲一小"), Step(4, "visited", 41, "甲一小")])
    return units


def place(unit: str, level: str) -> str:
    """Where a unit's children count."""
    kind, parent = UNITS[unit]
    return parent if kind == "school" and level == "reporting" else unit


def by_hand(steps: list[Step], first: date, last: date, level: str) -> Counter:
    """Counts by (figure, unit) the slow and simple way: each child's days are walked one step at a time."""
    counts: Counter = Counter()
    for child in {step.child for step in steps}:
        own = sorted((s for s in steps if s.child == child), key=lambda s: s.day)  # stable
        walk_by_hand(counts, [s for s in own if s.on <= last], first, lambda unit: place(unit, level))
    return counts


def walk_by_hand(counts: Counter, steps: list[Step], first: date, at) -> None:
    out, unit, obliged, fresh, left_by = False, None, None, False, ""
    for step in steps:
        if step.on >= first and obliged is None:
            obliged = at(unit) if out else False
        if step.kind == "visited":
            counts["visits", at(step.unit)] += step.on >= first
            continue
        was = out
        out = {"opened": True, "relapsed": True, "returned": False, "closed": False}.get(step.kind, out)
        within = step.on >= first
        if out and not was:
            counts["new" if step.kind == "opened" else "relapsed", at(step.unit)] += within
            fresh, left_by = fresh or (within and step.kind == "opened"), ""
        elif was and not out:
            counts[step.kind, at(unit)] += within
            left_by = step.kind if within else ""
        elif was and at(unit) != at(step.unit) and within:
            counts["handed_over", at(unit)] += 1
            counts["taken_over", at(step.unit)] += 1
        unit = step.unit
    if obliged is None:
        obliged = at(unit) if out else False
    counts["opening", obliged] += bool(obliged)
    counts["closing", at(unit) if unit else ""] += out
    counts["remaining", at(unit) if unit else ""] += out and not fresh
    counts["recovered", obliged] += bool(obliged) and not out and left_by == "returned"


def month_by_hand(events, wanted, places):
    """Counts of a `tests.county_years` month the slow way; `events` are (id, event), as known."""
    mistaken = {event.case for _, event in events if event.detail.get("closing") == "mistaken"}
    cases = {}
    for number, event in events:
        if event.on <= wanted.last and event.case not in mistaken and event.kind != "note":
            cases.setdefault(event.case, []).append((event.on, number, event))
    counts = Counter()
    for steps in cases.values():
        told = [event for _, _, event in sorted(steps, key=lambda step: step[:2])]
        walk_by_hand(counts, told, wanted.first, places.__getitem__)
    return counts
