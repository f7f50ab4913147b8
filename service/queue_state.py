"""The queue as the system administrator sees it: how much waits, what runs, what gave up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from service.access import UNITS, Actor
from service.models import Job, Scan

_MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class JobLine:
    """One job; files' names may carry children's names and are not shown to administrators."""

    scan_id: str
    unit: str
    state: str
    received_at: datetime
    errors: int
    expiries: int
    last_error: str
    worker: str


@dataclass(frozen=True, slots=True)
class QueueState:
    """Jobs by state, the time the oldest waiting one came, and those a person may have to look at."""

    counts: Mapping[str, int]
    oldest_waiting_at: datetime | None
    running: tuple[JobLine, ...]
    failed: tuple[JobLine, ...]


def look(session: Session, actor: Actor) -> QueueState:
    """The queue now."""
    actor.require(UNITS)
    counts = dict(session.execute(select(Job.state, func.count()).group_by(Job.state)).all())
    oldest = session.scalar(select(func.min(Job.created_at)).where(Job.state == "queued"))
    return QueueState(counts, oldest, _lines(session, "running"), _lines(session, "failed"))


def _lines(session: Session, state: str) -> tuple[JobLine, ...]:
    jobs = session.scalars(select(Job).where(Job.state == state)
                           .options(joinedload(Job.scan).joinedload(Scan.unit))
                           .order_by(Job.id.desc()).limit(_MOST_SHOWN))
    return tuple(JobLine(job.scan_id, job.scan.unit.name, job.state, job.scan.received_at, job.errors,
                         job.expiries, job.last_error, job.worker) for job in jobs)
