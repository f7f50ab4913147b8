"""What kind of file this is and how many pages it has, told from its first bytes without decoding pixels."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ocr.errors import EmptyFile, NotAnImage, TooLarge

RISKY = frozenset({"pdf", "tiff", "heic", "webp"})
"""Kinds whose parsers are large or whose headers can ask for much: only the rendering child opens them."""

_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_TIFF = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may ask for: bytes, pixels and pages; the rendering child's bytes and seconds."""

    bytes: int = 200 * 1024 * 1024
    pixels: int = 60_000_000
    pages: int = 50
    child_bytes: int = 1536 * 1024 * 1024
    child_cpu_seconds: int = 60
    child_wall_seconds: int = 90


LIMITS = Limits()
"""What holds unless the caller says otherwise."""


@dataclass(frozen=True, slots=True)
class FileKind:
    """`kind` is jpeg, png, tiff, heic, webp, bmp or pdf; pixels are those of the first page, 0 for a PDF."""

    kind: str
    pages: int
    width: int = 0
    height: int = 0


def kind_of(path: Path, limits: Limits = LIMITS) -> str:
    """The kind that the first bytes of the file tell; the name is never asked. Raises UnreadableFile."""
    size = path.stat().st_size
    if size < 2:
        raise EmptyFile(f"{size} bytes")
    if size > limits.bytes:
        raise TooLarge(f"{size} bytes")
    with path.open("rb") as file:
        kind = _kind(file.read(1024))
    if kind is None:
        raise NotAnImage("no known signature")
    return kind


def inspect(path: Path, limits: Limits = LIMITS) -> FileKind:
    """The kind and pages of the file at `path`; raises UnreadableFile when it cannot be read.

    Loads neither cv2 nor numpy, so that a web process may call it: ordinary pictures are judged by
    their header here, the risky kinds by the rendering child (about 0.2 s).
    """
    kind = kind_of(path, limits)
    if kind in RISKY:
        from ocr.render import RenderChild

        with RenderChild(path, kind, limits) as child:
            return child.inspect()
    from ocr.picture import open_picture

    with open_picture(path, kind, limits) as picture:
        return FileKind(kind, 1, *picture.size)


def _kind(head: bytes) -> str | None:
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(_TIFF):
        return "tiff"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return "heic"
    if head.startswith(b"BM") and len(head) >= 26:
        return "bmp"
    # Some devices write a byte order mark or blank lines first; anything more is another kind of file.
    if head.lstrip(b"\xef\xbb\xbf \t\r\n\x00").startswith(b"%PDF-"):
        return "pdf"
    return None
