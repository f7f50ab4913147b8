"""Made-up histories of cases: found, visited, returned, relapsed, settled, as such things go."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from service.calendar import full_years
from service.cases.states import ATTENDANCE_DAYS, COMPULSORY_UNTIL

_WATCHED = timedelta(days=200)
"""No child that came back is watched longer."""


@dataclass(frozen=True, slots=True)
class Step:
    """An event to be told of; `state` is the case's after it."""

    kind: str
    on: date
    state: str
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """When a case opens, from which day on things may happen to it, how hard its unit tries (1 = usual)."""

    opened_on: date
    not_before: date
    effort: float
    born_on: date


def life(rng: Random, plan: Plan, until: date) -> list[Step]:
    """The steps of a case up to and including `until`, in order of days."""
    steps = [Step("opened", plan.opened_on, "verified")]
    day = max(plan.opened_on, plan.not_before)
    while day <= until and steps[-1].state != "closed":
        steps += _outstanding(rng, plan, day)
        day = steps[-1].on
        if steps[-1].state == "returned":
            steps += _after_return(rng, day, until)
            day = steps[-1].on + timedelta(days=1)
            if steps[-1].state == "returned":
                break
    return [step for step in steps if step.on <= until]


def _outstanding(rng: Random, plan: Plan, day: date) -> list[Step]:
    """Visits until the child comes back, or the case ends another way."""
    ends_on = day + timedelta(days=5 + int(rng.expovariate(plan.effort / 190)))
    last = _ending(rng, ends_on)
    too_old_on = _birthday(plan.born_on, COMPULSORY_UNTIL)
    if last.on >= too_old_on:
        late = max(too_old_on, day) + timedelta(days=rng.randrange(1, 25))
        last = _closed("over_age", late)
    return [*_visits(rng, day, last.on), last]


def _visits(rng: Random, day: date, until: date) -> list[Step]:
    steps, on, gap = [], day + timedelta(days=rng.randrange(2, 45)), 40
    while on < until:
        steps.append(Step("visited", on, "persuading"))
        gap = min(160, int(gap * 1.4))  # visits thin out
        on += timedelta(days=rng.randrange(gap // 2, gap * 2))
    return steps


def _ending(rng: Random, on: date) -> Step:
    draw = rng.random()
    if draw < 0.07:
        return _closed("transferred", on)
    if draw < 0.085:
        return _closed("exempted" if draw < 0.08 else "abroad", on)
    return Step("returned", on, "returned")


def _after_return(rng: Random, day: date, until: date) -> list[Step]:
    """Attendance confirmed and the case settled, or the child gone again, or still being watched."""
    draw = rng.random()
    if draw < 0.07:
        return [Step("relapsed", day + timedelta(days=rng.randrange(12, 150)), "persuading")]
    confirmed = day + timedelta(days=ATTENDANCE_DAYS + rng.randrange(1, 14))
    steps = [Step("note", confirmed, "returned", {"act": "attend", "attendance": True})]
    if draw < 0.85 or day < until - _WATCHED:
        steps.append(_closed("settled", confirmed + timedelta(days=rng.randrange(20, 120))))
    return steps


def _closed(closing: str, on: date) -> Step:
    return Step("closed", on, "closed", {"closing": closing})


def _birthday(born_on: date, age: int) -> date:
    """The day somebody completes so many years."""
    day = date(born_on.year + age, born_on.month, min(born_on.day, 28))
    return day if full_years(born_on, day) >= age else day + timedelta(days=3)
