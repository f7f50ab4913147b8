"""One thing that happened to a child, as the timeline of its file shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from service.cases.visit_values import Mark, Shown


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. `kind` as of CaseEvent; `tone` as screens colour it; `other_student_id`
    is another child it speaks of."""

    kind: str
    on: date
    recorded_at: datetime
    title: str
    text: str
    who: str
    unit: str
    sheet_id: int | None
    tone: str
    values: tuple[Shown, ...] = ()
    marks: tuple[Mark, ...] = ()
    other_student_id: int | None = None
    row: int = 0
