"""What kind of file this is and how many pages it has, told from its first bytes without decoding pixels."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may ask for: bytes, pixels and pages; the rendering child's bytes and seconds."""

    bytes: int = 200 * 1024 * 1024
    pixels: int = 60_000_000
    pages: int = 50
    child_bytes: int = 1536 * 1024 * 1024
    child_cpu_seconds: int = 60
    child_wall_seconds: int = 90


@dataclass(frozen=True, slots=True)
class FileKind:
    """`kind` is jpeg, png, tiff, heic, webp, bmp or pdf; pixels are those of the first page, 0 for a PDF."""

    kind: str
    pages: int
    width: int = 0
    height: int = 0


def inspect(path: Path, limits: Limits = Limits()) -> FileKind:
    """The kind and pages of the file at `path`; raises UnreadableFile when it cannot be read."""
    raise NotImplementedError
