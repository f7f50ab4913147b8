"""The numbers that duties are measured by, as the county set them: one set for each process."""

from __future__ import annotations

from dataclasses import dataclass

from service.config import Settings
from service.workdays import Workdays, read_workdays


@dataclass(frozen=True, slots=True)
class Norms:
    """Days are working days. Home teaching is counted in lessons (课时) of a school year."""

    workdays: Workdays = Workdays()
    transfer_days: int = 10
    handover_days: int = 3
    verify_days: int = 5
    teaching_year_lessons: int = 216
    teaching_week_visits: int = 2
    teaching_visit_lessons: int = 3
    teaching_from_age: int = 6
    teaching_until_age: int = 14


_current = Norms()


def norms() -> Norms:
    """What holds in this process."""
    return _current


def install(wanted: Norms) -> None:
    """Let `wanted` hold from now on."""
    global _current
    _current = wanted


def norms_of(settings: Settings) -> Norms:
    """What the settings say; raises ValueError for a list of holidays that cannot be read."""
    same = {name: getattr(settings, name) for name in Norms.__dataclass_fields__ if name != "workdays"}
    return Norms(read_workdays(settings.holidays_file), **same)
