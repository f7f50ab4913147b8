"""ZIP files: opened within strict bounds, each picture in them received on its own."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from ocr.errors import DamagedFile, NotAnImage
from service import access
from service.access import Actor
from service.errors import ShibiaoError, StorageFull, Unavailable
from service.installation import Installation
from service.intake.receipts import Receipt, Refused, clean_name, receive, too_large
from service.storage import TooManyBytes

MAX_FILES = 200
MAX_RATIO = 200
"""Unpacked bytes per packed byte: pictures are packed already, bombs are not."""
MAX_TIMES_UPLOAD = 10
"""Unpacked bytes of the whole ZIP, in sizes of the largest single upload."""
_MAX_DIRECTORY_BYTES = 1024 * 1024
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_UTF8_NAME = 0x800
_ENCRYPTED = 0x1

_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, struct.error,
           UnicodeDecodeError, ValueError)
"""What zipfile raises at contents that are not as they say."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: a receipt, or the reason why there is none."""

    file_name: str
    receipt: Receipt | None
    refusal: ShibiaoError | None = None


def receive_any(installation: Installation, actor: Actor, stream: BinaryIO, file_name: str, *,
                idempotency_key: str | None = None) -> tuple[Outcome, ...]:
    """Receive a single file, or each file in a ZIP; errors as of `receive`.

    In a ZIP one bad file is its own outcome and does not keep the others out. The key is for single
    files: those in a ZIP are recognised by their bytes.
    """
    head = stream.read(4)
    whole = cast(BinaryIO, _Rejoined(head, stream))
    if head in _ZIP:
        return _receive_zip(installation, actor, whole)
    receipt = receive(installation, actor, whole, file_name, idempotency_key=idempotency_key)
    return (Outcome(receipt.file_name, receipt),)


def _receive_zip(installation: Installation, actor: Actor, stream: BinaryIO) -> tuple[Outcome, ...]:
    actor.require(access.UPLOAD)
    limit = installation.settings.max_upload_mb * 1024 * 1024
    try:
        with installation.store.draft(stream, limit) as draft, _opened(draft.path) as bundle:
            budget = _Budget(MAX_TIMES_UPLOAD * limit)
            return tuple(_member(installation, actor, bundle, info, budget) for info in _pictures(bundle))
    except TooManyBytes:
        raise too_large(installation.settings.max_upload_mb) from None


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    _check_directory(path)
    try:
        bundle = zipfile.ZipFile(path)
    except _BROKEN as broken:
        raise _damaged() from broken
    with bundle:
        yield bundle


def _check_directory(path: Path) -> None:
    """Refuse a ZIP whose list of contents alone would fill the memory."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 66_000))
        tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        raise _damaged()
    (directory_bytes,) = struct.unpack_from("<L", tail, at + 12)
    if b"PK\x06\x07" in tail or directory_bytes > _MAX_DIRECTORY_BYTES:
        raise _too_many()


def _pictures(bundle: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The files meant as papers: not folders, nor what operating systems add."""
    found = [info for info in bundle.infolist() if not info.is_dir() and not _is_clutter(_name(info))]
    if any(info.filename == "[Content_Types].xml" for info in found):
        raise Refused(NotAnImage.code, NotAnImage.message_zh, NotAnImage.advice_zh)  # Word, Excel
    if len(found) > MAX_FILES:
        raise _too_many()
    if not found:
        raise Refused("empty", "压缩包里没有文件。", "请检查压缩包内容后重新上传。")
    return found


def _is_clutter(name: str) -> bool:
    folders = name.replace("\\", "/").split("/")
    last = folders[-1].lower()
    return folders[0] == "__MACOSX" or last.startswith(".") or last in ("thumbs.db", "desktop.ini")


def _member(installation: Installation, actor: Actor, bundle: zipfile.ZipFile, info: zipfile.ZipInfo,
            budget: _Budget) -> Outcome:
    name = clean_name(_name(info))
    try:
        return Outcome(name, _receive_member(installation, actor, bundle, info, name, budget))
    except (StorageFull, Unavailable):
        raise
    except ShibiaoError as refusal:
        return Outcome(name, None, refusal)
    except _BROKEN:
        return Outcome(name, None, _damaged())


def _receive_member(installation: Installation, actor: Actor, bundle: zipfile.ZipFile, info: zipfile.ZipInfo,
                    name: str, budget: _Budget) -> Receipt:
    if info.flag_bits & _ENCRYPTED:
        raise Refused("encrypted", "压缩包有密码，无法打开。", "请去掉密码后重新压缩，或直接上传图片。")
    with bundle.open(info) as member:
        head = member.read(4)
        if head in _ZIP:
            raise Refused(NotAnImage.code, "压缩包里又有压缩包。", "请把里面的压缩包解开，直接上传图片。")
        bounded = _Rejoined(head, cast(BinaryIO, member), budget, MAX_RATIO * max(info.compress_size, 4096))
        return receive(installation, actor, cast(BinaryIO, bounded), name)


def _name(info: zipfile.ZipInfo) -> str:
    """The file's name; Chinese Windows writes it in GBK without saying so."""
    if info.flag_bits & _UTF8_NAME:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return info.filename


def _damaged() -> Refused:
    return Refused(DamagedFile.code, "压缩包已损坏，打不开。",
                   "请重新压缩（ZIP 格式）后上传，或直接上传图片。")


def _too_many() -> Refused:
    return Refused("too_many_files", f"压缩包里的文件超过 {MAX_FILES} 个。", "请分成几个压缩包上传。")


@dataclass(slots=True)
class _Budget:
    """Bytes that may still be unpacked from one ZIP."""

    left: int

    def spend(self, count: int) -> None:
        self.left -= count
        if self.left < 0:
            raise Refused("too_large", "压缩包解开后过大。", "请分成几个压缩包上传。")


class _Rejoined(io.RawIOBase):
    """A stream whose first bytes were read already, with optional bounds on what may follow."""

    def __init__(self, head: bytes, rest: BinaryIO, budget: _Budget | None = None, most: int = 0) -> None:
        self._head, self._rest, self._budget, self._most = head, rest, budget, most
        self._seen = 0

    def read(self, size: int = -1) -> bytes:
        data, self._head = self._head or self._rest.read(size), b""
        self._seen += len(data)
        if self._budget is not None:
            self._budget.spend(len(data))
            if self._seen > self._most:
                raise Refused("too_large", "压缩包里的文件解开后异常地大。", "请直接上传原图片。")
        return data
