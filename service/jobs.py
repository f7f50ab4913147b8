"""The queue: one row per scan to read, claimed under a lease and a fence.

The row is the truth. A broker's message is only a hint at it, so that a message lost, doubled or
late changes nothing. Times are the database's own, so that machines need not agree on theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, CursorResult, Select, and_, func, or_, select, update
from sqlalchemy.orm import Session

from service import audit
from service.access import Actor
from service.database import Database, now
from service.errors import Conflict, NotFound
from service.models import Job, Scan

MAX_ERRORS = 3
"""Processing errors after which a job is failed."""
MAX_EXPIRIES = 10
"""Leases that may run out, which counts dying workers and power cuts, before a job is failed."""
BACKOFF_GROWTH = 6
"""Each pause before trying again is this many times the one before."""
GAVE_UP = {"code": "gave_up",
           "text": "系统多次尝试仍未能识别这个文件，请联系管理员重新识别，或重新扫描后上传。"}


class LeaseLost(Exception):
    """The job was given to another worker meanwhile: what this one found must not be kept."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to read one scan until the lease runs out; `fence` tells it from every other claim."""

    job_id: int
    scan_id: str
    fence: int


def clock(session: Session) -> datetime:
    """The database's time; SQLite's is this machine's."""
    if session.get_bind().dialect.name == "sqlite":
        return now()
    moment: datetime = session.scalars(select(func.clock_timestamp())).one()
    return moment


def enqueue(session: Session, scan: Scan) -> Job:
    """Queue the scan for reading, in the transaction that stores it; the caller hints after commit."""
    moment = clock(session)
    job = Job(scan_id=scan.id, due_at=moment, hinted_at=moment)
    session.add(job)
    return job


def claim(database: Database, worker: str, lease_seconds: float, scan_id: str | None = None) -> Claim | None:
    """Take the job that waited longest (or that of `scan_id`, if it is due); None when there is none."""
    with database.read() as session:  # looking costs an idle queue no write lock
        if session.scalar(_due(clock(session), scan_id)) is None:
            return None
    with database.write() as session:
        moment = clock(session)
        job = session.scalar(_due(moment, scan_id).with_for_update(skip_locked=True))
        if job is None:
            return None
        if job.state == "running":
            job.expiries += 1
        job.state, job.worker = "running", worker[:80]
        job.fence += 1
        job.lease_until = moment + timedelta(seconds=lease_seconds)
        session.execute(update(Scan).where(Scan.id == job.scan_id).values(state="reading"))
        return Claim(job.id, job.scan_id, job.fence)


def heartbeat(database: Database, held: Claim, lease_seconds: float) -> bool:
    """Lengthen the lease; False when the claim is no longer ours."""
    with database.write() as session:
        until = clock(session) + timedelta(seconds=lease_seconds)
        return _change(session, held, lease_until=until)


def finish(session: Session, held: Claim) -> None:
    """Mark the job done in the transaction that stores its results; raises LeaseLost to undo both."""
    if not _change(session, held, state="done", finished_at=clock(session), lease_until=None, last_error=""):
        raise LeaseLost


def release(database: Database, held: Claim, pause_seconds: float = 0.0) -> None:
    """Give the job back unread and uncounted: it was not the file's fault that it could not be read."""
    with database.write() as session:
        due_at = clock(session) + timedelta(seconds=pause_seconds)
        if _change(session, held, state="queued", due_at=due_at, lease_until=None, hinted_at=None):
            session.execute(update(Scan).where(Scan.id == held.scan_id).values(state="received"))


def fail(database: Database, held: Claim, error: str, retry_seconds: float) -> None:
    """Count a processing error: try again after `retry_seconds`, then longer; give up after the third.

    `error` is for the operator and must carry no personal data. A lost lease changes nothing.
    """
    with database.write() as session:
        job = session.scalar(select(Job).where(_ours(held)).with_for_update())
        if job is None:
            return
        job.errors += 1
        job.last_error = error[:400]
        job.lease_until = None
        if job.errors >= MAX_ERRORS:
            _give_up(session, job)
            return
        job.state = "queued"
        job.hinted_at = None
        job.due_at = clock(session) + timedelta(seconds=retry_seconds * BACKOFF_GROWTH ** (job.errors - 1))
        session.execute(update(Scan).where(Scan.id == job.scan_id).values(state="received"))


def requeue(session: Session, actor: Actor | None, scan_id: str) -> Job:
    """Queue a failed scan again from the start; raises NotFound, or Conflict when it has not failed."""
    scan = session.get(Scan, scan_id)
    job = session.scalar(select(Job).where(Job.scan_id == scan_id).with_for_update())
    if scan is None or job is None:
        raise NotFound
    if scan.state != "failed" or job.state not in ("failed", "done"):
        raise Conflict("这个文件没有识别失败，不需要重新识别。", "请刷新页面查看最新状态。")
    job.state, job.errors, job.expiries, job.last_error = "queued", 0, 0, ""
    job.due_at, job.lease_until, job.hinted_at, job.finished_at = clock(session), None, None, None
    scan.state, scan.problems, scan.read_at = "received", [], None
    audit.record(session, actor, "scan.requeued", "scan", scan_id)
    return job


def give_up_exhausted(database: Database) -> int:
    """Fail the jobs whose leases ran out too often; returns how many there were."""
    with database.read() as session:
        if session.scalar(_exhausted(clock(session)).limit(1)) is None:
            return 0
    with database.write() as session:
        jobs = session.scalars(_exhausted(clock(session)).with_for_update(skip_locked=True)).all()
        for job in jobs:
            job.last_error = job.last_error or "the lease ran out too often"
            _give_up(session, job)
        return len(jobs)


def abandon(database: Database, worker: str) -> int:
    """End the leases of a worker known to be dead, so that its jobs need not wait for them."""
    with database.write() as session:
        result = session.execute(update(Job).where(Job.state == "running", Job.worker == worker)
                                 .values(lease_until=clock(session)))
        return _count(result)


def to_hint(database: Database, again_seconds: float, limit: int = 200) -> list[str]:
    """Due scans not hinted at within `again_seconds`, noted as hinted at by this call."""
    with database.read() as session:
        if session.scalar(_unhinted(clock(session), again_seconds).limit(1)) is None:
            return []
    with database.write() as session:
        moment = clock(session)
        waiting = _unhinted(moment, again_seconds).limit(limit).with_for_update(skip_locked=True)
        jobs = session.scalars(waiting).all()
        for job in jobs:
            job.hinted_at = moment
        return [job.scan_id for job in jobs]


def _due(moment: datetime, scan_id: str | None) -> Select[Job]:
    # A job whose worker died goes behind those that waited meanwhile: it may be what killed the worker.
    waiting_since = func.coalesce(Job.lease_until, Job.due_at)
    query = select(Job).where(_is_due(moment)).order_by(waiting_since, Job.id).limit(1)
    return query if scan_id is None else query.where(Job.scan_id == scan_id)


def _is_due(moment: datetime) -> ColumnElement[bool]:
    return and_(
        or_(and_(Job.state == "queued", Job.due_at <= moment),
            and_(Job.state == "running", Job.lease_until < moment)),
        Job.errors < MAX_ERRORS, Job.expiries < MAX_EXPIRIES)


def _unhinted(moment: datetime, again_seconds: float) -> Select[Job]:
    lately = moment - timedelta(seconds=again_seconds)
    return select(Job).where(_is_due(moment), or_(Job.hinted_at.is_(None), Job.hinted_at < lately)
                             ).order_by(Job.due_at, Job.id)


def _exhausted(moment: datetime) -> Select[Job]:
    over = or_(Job.state == "queued", and_(Job.state == "running", Job.lease_until < moment))
    return select(Job).where(over, Job.expiries >= MAX_EXPIRIES)


def _give_up(session: Session, job: Job) -> None:
    job.state, job.finished_at, job.lease_until = "failed", clock(session), None
    scan = session.get_one(Scan, job.scan_id)
    scan.state, scan.problems = "failed", [GAVE_UP]
    audit.record(session, None, "scan.failed", "scan", job.scan_id, errors=job.errors, expiries=job.expiries)


def _ours(held: Claim) -> ColumnElement[bool]:
    return and_(Job.id == held.job_id, Job.fence == held.fence, Job.state == "running")


def _change(session: Session, held: Claim, **values: object) -> bool:
    return _count(session.execute(update(Job).where(_ours(held)).values(**values))) == 1


def _count(result: object) -> int:
    assert isinstance(result, CursorResult)  # noqa: S101  every UPDATE answers with a cursor
    return result.rowcount
