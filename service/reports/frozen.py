"""A month's counts kept as they were: what an issued month and a submitted return are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from service.access import Actor
from service.reports.ledger import LEVELS, Level
from service.reports.periods import Month
from service.reports.records import Entry, record_entries, thawed
from service.reports.tally import Tally, tallies
from service.reports.walk import Span


@dataclass(frozen=True, slots=True)
class Frozen:
    """Counts by level, and the records that are no steps of a case; `known` is the last event they know."""

    known: int
    tallies: Mapping[Level, Tally]
    records: tuple[Entry, ...]


def freeze(session: Session, actor: Actor, wanted: Month, known: int,
           units: frozenset[int] | None = None) -> dict[str, Any]:
    """The month as known at event `known`, of all units or of these, as JSON.

    Every event up to `known` must be there to be read: it comes from `keeping.horizon`.
    """
    wide = replace(actor, unit_ids=units)
    span = Span(wanted.first, wanted.last, known_event=known)
    records = record_entries(session, wide, span)
    return {"known": known, "records": [entry.frozen() for entry in records],
            **{level: told.rows() for level, told in tallies(session, wide, span).items()}}


def thaw(kept: Mapping[str, Any]) -> Frozen:
    """What `freeze` kept."""
    return Frozen(kept["known"], {level: Tally(tuple(row) for row in kept[level]) for level in LEVELS},
                  tuple(thawed(row) for row in kept["records"]))
