"""Which sheets a reviewer wants to see, and in what order."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement

from service.models import Sheet

UNRECOGNISED = "none"
"""As a filter: sheets whose form was not recognised."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What the queue shows; "" and None mean everything. `deadline_day` is the day months are reported."""

    state: str = "to_review"
    template: str = ""
    unit_id: int | None = None
    order: str = "due"
    deadline_day: int = 31


def conditions(filters: Filters) -> list[ColumnElement[bool]]:
    """The filters in SQL."""
    found: list[ColumnElement[bool]] = [Sheet.state == filters.state]
    if filters.template == UNRECOGNISED:
        found.append(Sheet.template.is_(None))
    elif filters.template:
        found.append(Sheet.template == filters.template)
    if filters.unit_id is not None:
        found.append(Sheet.unit_id == filters.unit_id)
    return found
