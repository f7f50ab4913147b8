"""Keeping the ledger's steps ready: brought up to date in the background, and made again at any time.

What is kept is only ever a shortcut. Readers walk every case afresh that had an event after the mark, so
late, lost or repeated keeping costs time and never a right number.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.orm import Session

from service.database import Database
from service.models import CaseEvent, LedgerMark, LedgerStep
from service.models.ledger import NEVER
from service.reports.walk import COLUMNS, Span, lived

ENOUGH = 200
"""So many new events are worth keeping; fewer are walked by whoever asks."""
_ROW = 1
_WHOLE = date.min


def kept_to(session: Session) -> int:
    """The case event up to which the kept steps are complete; 0 when nothing is kept."""
    return session.scalar(select(LedgerMark.up_to).where(LedgerMark.id == _ROW)) or 0


def horizon(database: Database) -> int:
    """The last case event such that every event up to it is there to be read.

    On PostgreSQL numbers are given before the rows can be seen; for a moment, writers are waited for.
    """
    with database.write() as session:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("LOCK TABLE case_events IN SHARE MODE"))
        return session.scalar(select(func.max(CaseEvent.id))) or 0


def keep_up(database: Database) -> None:
    """Keep what has come since, once it is enough; cheap when it is not."""
    with database.read() as session:
        behind = (session.scalar(select(func.max(CaseEvent.id))) or 0) - kept_to(session)
    if behind >= ENOUGH:
        bring_up_to_date(database)


def bring_up_to_date(database: Database) -> int:
    """Walk the cases with events after the mark and keep their steps; returns how many events were new."""
    up_to = horizon(database)
    with database.write() as session:
        mark = session.scalar(select(LedgerMark).where(LedgerMark.id == _ROW).with_for_update())
        if mark is None:
            mark = LedgerMark(id=_ROW, up_to=0)
            session.add(mark)
            session.flush()
        before = mark.up_to
        if up_to > before:
            _keep(session, before, up_to)
            mark.up_to = up_to
    database.take_stock()
    return max(0, up_to - before)


def start_again(session: Session) -> None:
    """Trust nothing that is kept; the next keeping makes it all from the events."""
    session.execute(update(LedgerMark).values(up_to=0))


def differing(session: Session) -> int:
    """How many kept steps are not what the events say: nought, unless something changed recorded events."""
    up_to = kept_to(session)
    if not up_to:
        return 0
    columns = [getattr(LedgerStep, name) for name in COLUMNS]
    fresh = lived(Span(_WHOLE, NEVER, known_event=up_to))
    told = select(*(fresh.c[name] for name in COLUMNS))
    gone = select(*columns).except_(told).subquery()
    missing = told.except_(select(*columns)).subquery()
    return sum(session.scalar(select(func.count()).select_from(rows)) or 0 for rows in (gone, missing))


def _keep(session: Session, before: int, up_to: int) -> None:
    touched = None if before == 0 else select(CaseEvent.case_id).where(
        CaseEvent.id > before, CaseEvent.id <= up_to)
    session.execute(delete(LedgerStep) if touched is None else delete(LedgerStep).where(
        LedgerStep.case_id.in_(touched)))
    steps = lived(Span(_WHOLE, NEVER, known_event=up_to), touched)
    session.execute(insert(LedgerStep).from_select(COLUMNS, select(*(steps.c[name] for name in COLUMNS))))
