"""Working days: Monday to Friday, less the holidays and plus the make-up days that the county lists."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

_LINE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:\s+(\d{4}-\d{2}-\d{2}))?\s+(休|班)(?:\s.*)?")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Workdays:
    """`off` are weekdays without work, `on` weekend days with it.

    The State Council announces both anew each November, so no list can be built in: without one, Monday to
    Friday count, and a deadline over a holiday comes a few days early, which only ever asks sooner.
    """

    off: frozenset[date] = frozenset()
    on: frozenset[date] = frozenset()

    @property
    def is_listed(self) -> bool:
        """Whether holidays are known."""
        return bool(self.off or self.on)

    def works(self, day: date) -> bool:
        """Whether people work on a day."""
        return day in self.on or (day.weekday() < 5 and day not in self.off)

    def after(self, day: date, count: int) -> date:
        """The working day number `count` after `day`, which itself is not counted."""
        while count > 0:
            day += _DAY
            count -= self.works(day)
        return day

    def latest_due(self, today: date, count: int) -> date:
        """The latest day whose `count` working days are over before `today`: later ones still run."""
        day = today - _DAY
        left = count
        while left > 0:
            left -= self.works(day)
            day -= _DAY
        return day


def read_workdays(path: Path | None) -> Workdays:
    """The list at `path`: `2027-02-05 2027-02-11 休 春节` or `2027-02-14 班` a line, # before a remark.

    Raises ValueError naming the line that does not fit.
    """
    off: set[date] = set()
    on: set[date] = set()
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines() if path else (), 1):
        text = line.partition("#")[0].strip()
        if not text:
            continue
        found = _LINE.fullmatch(text)
        if found is None:
            raise ValueError(f"{path}:{number}: {line!r}")
        first, last = date.fromisoformat(found[1]), date.fromisoformat(found[2] or found[1])
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        (off if found[3] == "休" else on).update(days)
    return Workdays(frozenset(off), frozenset(on))
