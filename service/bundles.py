"""ZIP files: each file in one is taken in by itself, with its own receipt or refusal."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, cast

from service import intake
from service.access import UPLOAD, Actor
from service.errors import ShibiaoError
from service.installation import Installation
from service.intake import Receipt, Refused
from service.storage import TooManyBytes

MOST_FILES = 100
MOST_BYTES = 1024 * 1024 * 1024
"""What all files of one ZIP may have together, unpacked: a small ZIP can claim terabytes."""
_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")
_UTF8_NAMES = 0x800
_ENCRYPTED = 0x1
_BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, NotImplementedError, EOFError, OSError, ValueError)
"""What zipfile raises at damaged or unknown contents."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One file handed in: its receipt, or why it has none."""

    file_name: str
    receipt: Receipt | None
    refusal: ShibiaoError | None = None


def is_bundle(head: bytes) -> bool:
    """Whether these first bytes are a ZIP's."""
    return head.startswith(_SIGNATURES)


def receive(installation: Installation, actor: Actor, stream: BinaryIO) -> list[Outcome]:
    """Take in every file of a ZIP. Raises Refused when the ZIP itself cannot be opened.

    A file that is refused does not keep the others out.
    """
    actor.require(UPLOAD)
    limit = installation.settings.max_upload_mb * 1024 * 1024
    try:
        with installation.store.draft(stream, limit) as draft:
            return list(_unpacked(installation, actor, draft.path))
    except TooManyBytes:
        raise Refused("too_large", f"压缩包超过了 {installation.settings.max_upload_mb} MB 的上限。",
                      "请分成几个压缩包，或不压缩直接选择多个文件上传。") from None


def _unpacked(installation: Installation, actor: Actor, path: Path) -> Iterator[Outcome]:
    try:
        bundle = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as broken:
        raise Refused("damaged", "压缩包已损坏，打不开。", "请重新压缩，或直接选择多个文件上传。") from broken
    with bundle:
        files = [entry for entry in bundle.infolist() if _is_wanted(entry)]
        if not files:
            raise Refused("empty", "压缩包里没有文件。", "请把扫描件或照片放进压缩包，或直接选择文件上传。")
        if len(files) > MOST_FILES:
            raise Refused("too_many_files", f"压缩包里的文件超过了 {MOST_FILES} 个。", "请分成几个压缩包上传。")
        left = MOST_BYTES
        for entry in files:
            outcome, used = _one(installation, actor, bundle, entry, left)
            left -= used
            yield outcome


def _one(installation: Installation, actor: Actor, bundle: zipfile.ZipFile, entry: zipfile.ZipInfo,
         left: int) -> tuple[Outcome, int]:
    name = intake.clean_name(_name(entry))
    if entry.flag_bits & _ENCRYPTED:
        return Outcome(name, None, Refused("encrypted", "压缩包有密码，无法打开。", "请去掉密码后再上传。")), 0
    counted = None
    try:
        with bundle.open(entry) as member:
            counted = _Counted(member, left)
            return Outcome(name, intake.receive(installation, actor, cast(BinaryIO, counted), name)), counted.used
    except Refused as refused:
        return Outcome(name, None, refused), counted.used if counted else 0
    except _BROKEN as broken:
        if isinstance(broken, OSError) and broken.errno is not None:
            raise  # the disk's trouble, not the file's
        return Outcome(name, None, Refused("damaged", "压缩包里的这个文件已损坏。", "请单独上传这个文件。")), 0


class _Counted:
    """A stream that ends with TooManyBytes once the bundle's share is used up."""

    def __init__(self, stream: IO[bytes], left: int) -> None:
        self._stream, self._left, self.used = stream, left, 0

    def read(self, size: int = -1) -> bytes:
        chunk = self._stream.read(size)
        self.used += len(chunk)
        if self.used > self._left:
            raise TooManyBytes
        return chunk


def _is_wanted(entry: zipfile.ZipInfo) -> bool:
    """Not a folder, nor what operating systems leave beside the files."""
    name = entry.filename.rsplit("/", 1)[-1]
    return not entry.is_dir() and not entry.filename.startswith("__MACOSX/") and name not in (
        ".DS_Store", "Thumbs.db", "desktop.ini")


def _name(entry: zipfile.ZipInfo) -> str:
    """The entry's name; Windows in Chinese writes GBK without saying so, and zipfile reads it as cp437."""
    if entry.flag_bits & _UTF8_NAMES:
        return entry.filename
    try:
        raw = entry.filename.encode("cp437")
    except UnicodeEncodeError:
        return entry.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return entry.filename
