"""One row of the list behind a figure: a child, the step or record that counts, and its paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ListRow:
    """One entry. `student_id` is None, and name and ID hidden, where the child is another unit's now."""

    student_id: int | None
    name: str
    sex: str
    age: int | None
    """Full years on the last day the question asks about."""
    id_number: str
    school: str
    unit: str
    source: str
    step: str
    on: date
    sheet_id: int | None
    is_initial: bool
    """The step was told of when the system was set up, without a paper of its own."""
    row: int = 0
    """Its row on the sheet."""
    amount: int = 1
    """By how much the figure counts it."""
