"""Sheets that may be one paper, found when they come in: by the bytes of their file, or by the print of their ink."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from ocr.same_ink import ONE_PAPER, likeness
from service.database import now
from service.models import Scan, Sheet, SheetInk, SheetTwin, Unit

COUNTING = ("to_review", "signed")
"""The states in which a sheet counts or may come to count."""
_SPAN = timedelta(days=400)
_MOST = 500


def keep_ink(session: Session, sheet: Sheet, cells: Mapping[str, str]) -> None:
    """Keep the print of a new sheet's ink, and note the earlier sheets that may be the same paper."""
    note(session, _same_bytes(session, sheet), sheet.id, "bytes")
    if cells and sheet.template:
        note(session, _same_ink(session, sheet, cells), sheet.id, "ink")
        session.add(SheetInk(sheet_id=sheet.id, cells=dict(cells)))


def note(session: Session, others: Iterable[int], sheet_id: int, sign: str) -> None:
    """That the sheet and each of the others may be one paper, found by this sign."""
    for other in others:
        pair = pair_of(session, sheet_id, other)
        if pair is None:
            pair = SheetTwin(one_id=min(sheet_id, other), other_id=max(sheet_id, other), signs=[])
            session.add(pair)
            session.flush()
        if sign not in pair.signs:
            pair.signs = [*pair.signs, sign]


def pair_of(session: Session, sheet_id: int, other: int) -> SheetTwin | None:
    """What is known of two sheets being one paper."""
    return session.scalar(select(SheetTwin).where(
        SheetTwin.one_id == min(sheet_id, other), SheetTwin.other_id == max(sheet_id, other)))


def _same_bytes(session: Session, sheet: Sheet) -> list[int]:
    """The same page of the same file, handed in by another unit: within one the file has one receipt."""
    return list(session.scalars(_earlier(sheet).join(Scan, Scan.id == Sheet.scan_id).where(
        Scan.sha256 == sheet.scan.sha256, Sheet.number == sheet.number)))


def _same_ink(session: Session, sheet: Sheet, cells: Mapping[str, str]) -> list[int]:
    """Among the newest of the same form from the unit, the one above it and those below: papers travel that way."""
    own = session.get_one(Unit, sheet.unit_id)
    family = select(Unit.id).where((Unit.id == own.id) | (Unit.parent_id == own.id) | (Unit.id == own.parent_id))
    known = session.execute(_earlier(sheet).join(SheetInk, SheetInk.sheet_id == Sheet.id).add_columns(SheetInk.cells)
                            .where(Sheet.unit_id.in_(family), Sheet.created_at > now() - _SPAN)
                            .order_by(Sheet.id.desc()).limit(_MOST))
    return [other for other, theirs in known if likeness(cells, theirs) >= ONE_PAPER]


def _earlier(sheet: Sheet) -> Select[int]:
    return select(Sheet.id).where(Sheet.id < sheet.id, Sheet.scan_id != sheet.scan_id,
                                  Sheet.template == sheet.template, Sheet.state.in_(COUNTING))
