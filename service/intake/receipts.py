"""Receipts: one file stored, recorded and queued, or refused in words, and nothing in between."""

from __future__ import annotations

import unicodedata
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ocr.errors import TooLarge, UnreadableFile
from ocr.filetype import FileKind, inspect
from service import access, audit, jobs
from service.access import Actor
from service.errors import Conflict, Invalid
from service.installation import Installation
from service.models import Scan
from service.storage import Draft, TooManyBytes

MEDIA_TYPES = {
    "jpeg": "image/jpeg", "png": "image/png", "tiff": "image/tiff", "heic": "image/heic",
    "webp": "image/webp", "bmp": "image/bmp", "pdf": "application/pdf",
}


class Refused(Invalid):
    """A file that cannot become sheets; `code` is the reason's: empty, too_large, not_an_image, …"""

    def __init__(self, code: str, message: str, advice: str) -> None:
        super().__init__(message, advice)
        self.code = code


@dataclass(frozen=True, slots=True)
class Receipt:
    """The file is safely stored. `state` is the scan's; a duplicate shows the first upload's receipt."""

    scan_id: str
    state: str
    duplicate: bool
    file_name: str
    received_at: datetime


def receive(installation: Installation, actor: Actor, stream: BinaryIO, file_name: str, *,
            idempotency_key: str | None = None) -> Receipt:
    """Store one file of the actor's unit and queue it; the same bytes or key give the same receipt.

    Raises Refused for what is no readable image or PDF, Conflict when the key came with other bytes
    before, StorageFull or Unavailable when the disk refuses. Without a receipt nothing is kept.
    """
    actor.require(access.UPLOAD)
    key = _checked_key(idempotency_key)
    limit = installation.settings.max_upload_mb * 1024 * 1024
    try:
        with installation.store.draft(stream, limit) as draft:
            return _earlier(installation, actor, draft, key) or _accept(
                installation, actor, draft, clean_name(file_name), key)
    except TooManyBytes:
        raise too_large(installation.settings.max_upload_mb) from None


def clean_name(file_name: str) -> str:
    """A file's own name as it may be shown: no folders, no control characters, at most 255 long."""
    last = file_name.replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(c for c in unicodedata.normalize("NFC", last) if unicodedata.category(c)[0] != "C")
    plain = plain.strip() or "未命名"
    if len(plain) <= 255:
        return plain
    stem, dot, suffix = plain.rpartition(".")
    return plain[:255] if not dot or len(suffix) > 10 else f"{stem[:254 - len(suffix)]}.{suffix}"


def _accept(installation: Installation, actor: Actor, draft: Draft, name: str, key: str | None) -> Receipt:
    kind = _inspected(draft)
    installation.store.keep(draft)
    scan = Scan(id=uuid.uuid4().hex, unit_id=actor.unit_id, uploaded_by=actor.user_id, file_name=name,
                media_type=MEDIA_TYPES[kind.kind], size=draft.size, sha256=draft.sha256,
                idempotency_key=key)
    try:
        with installation.database.write() as session:
            known = _known(session, actor, draft, key)
            if known is not None:
                return _receipt(known, duplicate=True)
            _record(session, actor, scan, kind)
    except IntegrityError:  # PostgreSQL: another request stored the same a moment ago
        earlier = _earlier(installation, actor, draft, key)
        if earlier is None:
            raise
        return earlier
    installation.hints.send(scan.id)
    return _receipt(scan, duplicate=False)


def _record(session: Session, actor: Actor, scan: Scan, kind: FileKind) -> None:
    session.add(scan)
    session.flush()
    jobs.enqueue(session, scan)
    audit.record(session, actor, "scan.received", "scan", scan.id,
                 unit=scan.unit_id, size=scan.size, sha256=scan.sha256, pages=kind.pages)


def _inspected(draft: Draft) -> FileKind:
    try:
        return inspect(draft.path)
    except UnreadableFile as wrong:
        raise Refused(wrong.code, wrong.message_zh, wrong.advice_zh) from wrong


def _earlier(installation: Installation, actor: Actor, draft: Draft, key: str | None) -> Receipt | None:
    with installation.database.read() as session:
        known = _known(session, actor, draft, key)
    if known is None:
        return None
    if not installation.store.exists(known.sha256):
        installation.store.keep(draft)  # a lost original came back
    return _receipt(known, duplicate=True)


def _known(session: Session, actor: Actor, draft: Draft, key: str | None) -> Scan | None:
    """The unit's earlier scan of the same key or bytes."""
    own = select(Scan).where(Scan.unit_id == actor.unit_id)
    by_key = session.scalar(own.where(Scan.idempotency_key == key)) if key else None
    if by_key is not None and by_key.sha256 != draft.sha256:
        raise Conflict("这个上传编号已用于另一个文件。", "请为每个文件使用不同的上传编号。")
    return by_key or session.scalar(own.where(Scan.sha256 == draft.sha256))


def _receipt(scan: Scan, *, duplicate: bool) -> Receipt:
    return Receipt(scan.id, scan.state, duplicate, scan.file_name, scan.received_at)


def _checked_key(key: str | None) -> str | None:
    key = (key or "").strip() or None
    if key is not None and (len(key) > 80 or not key.isascii() or not key.isprintable()):
        raise Invalid("上传编号只能是不超过 80 个的英文、数字和符号。")
    return key


def too_large(limit_mb: int) -> Refused:
    return Refused(TooLarge.code, f"文件超过了 {limit_mb} MB 的上限。",
                   "请降低扫描分辨率（200–300 dpi 即可）或拆成几个文件后再上传。")

