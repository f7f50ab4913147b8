"""The scan store: originals and derived pictures as files named by what is in them."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from service.errors import NotFound, StorageFull, Unavailable

_CHUNK = 1024 * 1024
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class TooManyBytes(Exception):
    """The stream brought more than the limit; nothing of it was kept."""


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """Bytes that are safely on disk, by their SHA-256 in hexadecimal."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Draft:
    """Bytes received and flushed to disk, but not yet part of the store."""

    path: Path
    sha256: str
    size: int


class BlobStore:
    """Files under `root`: `incoming/<uuid>.part` while they arrive, `blobs/ab/cd/<sha256>` for ever.

    A blob is never changed; the same bytes stored twice are one file.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._incoming = root / "incoming"
        self._blobs = root / "blobs"

    @contextmanager
    def draft(self, stream: BinaryIO, limit: int) -> Iterator[Draft]:
        """The stream's bytes as a draft, gone when the block ends unless it was kept.

        Raises TooManyBytes above `limit` bytes, StorageFull or Unavailable when the disk refuses;
        errors of the stream itself (a client that went away) pass through. Nothing stays behind.
        """
        with _disk():
            make_private(self._incoming)
            path = self._incoming / f"{uuid.uuid4().hex}.part"
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            try:
                sha256, size = _copy(stream, handle, limit)
            finally:
                os.close(handle)
            yield Draft(path, sha256, size)
        finally:
            path.unlink(missing_ok=True)

    def keep(self, draft: Draft) -> StoredBlob:
        """Make the draft a blob; when this returns it survives a power cut."""
        target = self.path(draft.sha256)
        with _disk():
            fresh = make_private(target.parent)
            # Replacing an equal file is harmless, and mends one that rotted.
            draft.path.replace(target)
            for folder in {target.parent, *(made.parent for made in fresh)}:
                _flush_folder(folder)
        return StoredBlob(draft.sha256, draft.size)

    def receive(self, stream: BinaryIO, limit: int) -> StoredBlob:
        """Store a stream of at most `limit` bytes; errors as of `draft`."""
        with self.draft(stream, limit) as draft:
            return self.keep(draft)

    def put(self, data: bytes) -> str:
        """Store bytes and return their SHA-256."""
        return self.receive(io.BytesIO(data), len(data)).sha256

    def read(self, sha256: str) -> bytes:
        """The bytes of a blob; NotFound when the store has none by that name."""
        try:
            return self.path(sha256).read_bytes()
        except FileNotFoundError:
            raise NotFound from None

    def path(self, sha256: str) -> Path:
        """Where the blob is or would be; ValueError for anything but a SHA-256."""
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise ValueError("not a SHA-256 in hexadecimal")
        return self._blobs / sha256[:2] / sha256[2:4] / sha256

    def exists(self, sha256: str) -> bool:
        """Whether the store has this blob."""
        return self.path(sha256).is_file()

    def names(self) -> Iterator[str]:
        """The SHA-256 each blob is filed under, in no order."""
        for path in self._blobs.glob("??/??/*"):
            yield path.name

    def sweep(self, older_than_seconds: float) -> int:
        """Remove what interrupted uploads left in `incoming`; returns how many files went."""
        limit, gone = time.time() - older_than_seconds, 0
        for part in self._incoming.glob("*.part"):
            with suppress(FileNotFoundError):  # another process sweeps too
                if part.stat().st_mtime < limit:
                    part.unlink()
                    gone += 1
        return gone


def make_private(folder: Path) -> list[Path]:
    """Make the folder and those above it, for their owner alone; returns those that were not there."""
    if folder.is_dir():
        return []
    fresh = make_private(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    return [*fresh, folder]


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _copy(stream: BinaryIO, handle: int, limit: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        if size > limit:
            raise TooManyBytes
        digest.update(chunk)
        with _disk():
            _write(handle, chunk)
    with _disk():
        os.fsync(handle)
    return digest.hexdigest(), size


def _write(handle: int, chunk: bytes) -> None:
    rest = memoryview(chunk)
    while rest:
        rest = rest[os.write(handle, rest):]


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _disk() -> Iterator[None]:
    """Turn what the disk refuses into errors people understand."""
    try:
        yield
    except OSError as refused:
        if refused.errno in _FULL:
            raise StorageFull from refused
        raise Unavailable(advice="请保留好原件，并通知管理员检查服务器磁盘。") from refused
