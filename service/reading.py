"""Reading a scan under a claim: from the stored file to sheets and readings, kept once or not at all."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Protocol

import structlog
from sqlalchemy.orm import Session

from ocr.errors import UnreadableFile
from ocr.lists import Lists
from ocr.results import FieldReading, Problem, ReadSheet, SheetReading
from ocr.template import Template, load_templates
from service import audit, jobs, twins
from service.calendar import today
from service.database import now
from service.errors import ShibiaoError, StorageFull, Unavailable
from service.installation import Installation
from service.jobs import Claim, LeaseLost
from service.known import lists_for
from service.models import Reading, Scan, Sheet
from service.models.values import FORM_ROW, TOTAL_ROW

NO_SHEET = Problem("no_sheet", "文件里没有找到表格，请确认拍到了整张纸，再重新上传。")
LONGEST_SECONDS = 600.0
"""No file takes this long to read: the heartbeat ends, and the lease with it."""
_PAUSE_SECONDS = 30.0
_FELL_OVER = "failed"
"""The problem by which the reader says that it fell over a sheet and went on with the next."""

_log = structlog.get_logger("shibiao.reading")


class NothingRead(Exception):
    """The reader fell over every sheet of a file."""


class Reader(Protocol):
    """Image in, readings out: `ocr.pipeline.Reader`, or a test's own."""

    def read(self, path: Path, *, template: str = "auto", lists: Lists | None = None) -> Sequence[ReadSheet]:
        """The sheets of a file, in order; raises UnreadableFile."""


def work(installation: Installation, reader: Reader, worker: str, scan_id: str | None = None,
         overrun: Callable[[], None] | None = None) -> bool:
    """Claim one scan, read it and keep the result; False when nothing was due.

    Every outcome is recorded: sheets, a refusal in words for the school, or a processing error to try
    again. When the disk or the database refuses, the job is put back uncounted; Unavailable passes when
    even that fails. `overrun` is called from another thread when the reader does not come back.
    """
    settings = installation.settings
    held = jobs.claim(installation.database, worker, settings.lease_seconds, scan_id)
    if held is None:
        return False
    with _heartbeat(installation, held, overrun):
        try:
            _keep_or_refuse(installation, reader, held)
        except LeaseLost:
            _log.warning("result refused: the lease was lost", scan_id=held.scan_id, fence=held.fence)
        except (Unavailable, StorageFull) as refused:
            _log.warning("put back", scan_id=held.scan_id, error=type(refused).__name__)
            jobs.release(installation.database, held, _PAUSE_SECONDS)
        except Exception as failed:  # noqa: BLE001  whatever a file does to the reader is counted, not raised
            _log.error("reading failed", scan_id=held.scan_id, error=_where(failed))
            jobs.fail(installation.database, held, _where(failed), settings.retry_seconds)
    return True


def _keep_or_refuse(installation: Installation, reader: Reader, held: Claim) -> None:
    with installation.database.read() as session:
        scan = session.get_one(Scan, held.scan_id)
        lists = lists_for(session, scan.unit_id)
    try:
        sheets = reader.read(installation.store.path(scan.sha256), template="auto", lists=lists)
    except UnreadableFile as wrong:
        sheets, problem = [], Problem(wrong.code, wrong.message_zh + wrong.advice_zh)
    else:
        problem = NO_SHEET
        _check_read(sheets)
    images = [installation.store.put(sheet.image) for sheet in sheets]
    with installation.database.write() as session:
        jobs.finish(session, held)
        if sheets:
            _keep(session, scan.id, sheets, images)
        else:
            _refuse(session, scan.id, problem)


def _check_read(sheets: Sequence[ReadSheet]) -> None:
    """Raise when no sheet of the file got through: that is a fault of ours to try again, not a result."""
    codes = [{problem.code for problem in sheet.reading.problems} for sheet in sheets]
    if codes and all(_FELL_OVER in found for found in codes):
        raise NothingRead


def _keep(session: Session, scan_id: str, read: Sequence[ReadSheet], images: Sequence[str]) -> None:
    scan = session.get_one(Scan, scan_id)
    for number, (sheet, image) in enumerate(zip(read, images, strict=True), start=1):
        twins.keep_ink(session, _keep_sheet(session, scan, number, sheet.reading, image), sheet.ink)
    scan.state, scan.read_at = "read", now()
    scan.problems = _problems([sheet.reading for sheet in read])
    audit.record(session, None, "scan.read", "scan", scan.id, sheets=len(read))


def _refuse(session: Session, scan_id: str, problem: Problem) -> None:
    scan = session.get_one(Scan, scan_id)
    scan.state, scan.read_at, scan.problems = "failed", now(), [asdict(problem)]
    audit.record(session, None, "scan.refused", "scan", scan.id, code=problem.code)


def _keep_sheet(session: Session, scan: Scan, number: int, reading: SheetReading, image: str) -> Sheet:
    known = load_templates().get(reading.template or "")
    places = list(_places(reading))
    sheet = Sheet(
        scan_id=scan.id, number=number, unit_id=scan.unit_id, template=reading.template,
        template_version=known.version if known else 0, template_confidence=reading.template_confidence,
        image_sha256=image, marks=dict(reading.marks), problems=[asdict(one) for one in reading.problems],
        uncertain=sum(not field.accept for _, _, field in places), seconds=reading.seconds,
        grid=asdict(reading.grid) if reading.grid else None,
    )
    month = counted_month(known, {name: field.value for name, field in reading.fields.items()})
    if month is not None:
        sheet.counts_in = month
    session.add(sheet)
    session.flush()
    session.add_all(_row(sheet.id, row, name, field) for row, name, field in places)
    return sheet


def counted_month(template: Template | None, values: Mapping[str, str]) -> date | None:
    """First day of the month a form counts in, as its own date says; None when it says none so far."""
    dated = [spec.name for spec in template.fields if spec.counts_as and spec.kind == "date"] if template else []
    for name in dated:
        try:
            return min(date.fromisoformat(values.get(name, "")), today()).replace(day=1)
        except ValueError:
            continue
    return None


def _places(reading: SheetReading) -> Iterator[tuple[int, str, FieldReading]]:
    """Every field of the sheet with its row: lone fields, the rows of a table from 1, its sums."""
    yield from _named(FORM_ROW, reading.fields)
    for row, fields in enumerate(reading.rows, start=1):
        yield from _named(row, fields)
    yield from _named(TOTAL_ROW, reading.totals)


def _named(row: int, fields: Mapping[str, FieldReading]) -> Iterator[tuple[int, str, FieldReading]]:
    return ((row, name, field) for name, field in fields.items())


def _row(sheet_id: int, row: int, name: str, field: FieldReading) -> Reading:
    return Reading(
        sheet_id=sheet_id, row=row, field=name, value=field.value, raw=field.raw,
        candidates=[[value, probability] for value, probability in field.candidates],
        confidence=field.confidence, accept=field.accept, box=list(field.box), flags=list(field.flags))


def _problems(readings: Sequence[SheetReading]) -> list[dict[str, str]]:
    """What the school should know about the file, each sheet's problems with its place."""
    place = "第 {} 页：" if len(readings) > 1 else ""
    return [{"code": problem.code, "text": place.format(number) + problem.text}
            for number, reading in enumerate(readings, start=1) for problem in reading.problems]


@contextmanager
def _heartbeat(installation: Installation, held: Claim, overrun: Callable[[], None] | None) -> Iterator[None]:
    """Lengthen the lease from another thread while the block runs, but not for ever."""
    settings, done = installation.settings, threading.Event()

    def beat() -> None:
        ours, left = True, LONGEST_SECONDS
        while left > 0:
            if done.wait(settings.heartbeat_seconds):
                return
            left -= settings.heartbeat_seconds
            ours = ours and _lengthened(installation, held)
        if overrun is not None:
            overrun()

    thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join(timeout=5)


def _lengthened(installation: Installation, held: Claim) -> bool:
    """Whether the claim is still ours, as far as can be told."""
    try:
        return jobs.heartbeat(installation.database, held, installation.settings.lease_seconds)
    except ShibiaoError as unreachable:  # the next beat may get through before the lease ends
        _log.warning("no heartbeat", scan_id=held.scan_id, error=type(unreachable).__name__)
        return True


def _where(failed: Exception) -> str:
    """The error's class and place, never its text: that may quote what is written on the paper."""
    frames = traceback.extract_tb(failed.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
    return f"{type(failed).__name__} at {place}"
