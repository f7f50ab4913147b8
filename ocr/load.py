"""From a file to pixels: every page of a picture or PDF as an upright BGR array."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ocr.errors import DamagedFile, TooLarge
from ocr.filetype import LIMITS, RISKY, Limits, kind_of
from ocr.picture import LONGEST, decode, dpi_of, open_picture
from ocr.render import RenderChild
from ocr.results import Problem

IN_PROCESS_PIXELS = 26_000_000
"""Above this even an ordinary picture is decoded by the child; phones stay below."""

MOST_SCANS = 40
"""Passes a progressive JPEG may have here; thousands of passes are a known way to burn hours."""


@dataclass(frozen=True, slots=True, eq=False)
class LoadedSheet:
    """Page `index` of a file, height × width × BGR uint8; `dpi` as the file says, None when unsaid."""

    index: int
    pixels: NDArray[np.uint8]
    dpi: float | None
    notes: tuple[Problem, ...] = ()


def open_sheets(path: Path, limits: Limits = LIMITS) -> Iterator[LoadedSheet]:
    """The pages of the file at `path`, one at a time; raises UnreadableFile.

    JPEG, PNG and BMP of ordinary size are decoded here: their decoders allocate what the checked
    header says and no more. Everything else goes through the rendering child.
    """
    kind = kind_of(path, limits)
    if kind in RISKY or not _ordinary(path, kind, limits):
        yield from _rendered(path, kind, limits)
        return
    with open_picture(path, kind, limits) as picture:
        pixels, missing = _quickly(path, picture), 0.0
        if pixels is None:
            pixels, missing = _decoded(picture)
        yield LoadedSheet(0, pixels, dpi_of(picture), _notes(missing))


def _quickly(path: Path, picture: Image.Image) -> NDArray[np.uint8] | None:
    """The pixels of a whole JPEG of ordinary size straight in OpenCV's order, at half the cost; None for any other."""
    if picture.format != "JPEG" or picture.mode not in ("RGB", "L") or max(picture.size) > LONGEST:
        return None
    data = path.read_bytes()
    if not data.endswith(_END):
        return None
    try:
        pixels: NDArray[np.uint8] | None = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)  # type: ignore[assignment]
    except cv2.error:
        return None
    return pixels


_END = b"\xff\xd9"
"""The end marker of a JPEG: one without it broke off."""


def _decoded(picture: Image.Image) -> tuple[NDArray[np.uint8], float]:
    """The pixels of any picture, and the share (0–1) missing at its end."""
    try:
        rgb, missing = decode(picture)
    except MemoryError as hungry:
        raise TooLarge("out of memory") from hungry
    return np.frombuffer(rgb.tobytes("raw", "BGR"), np.uint8).reshape(rgb.height, rgb.width, 3), missing


def _ordinary(path: Path, kind: str, limits: Limits) -> bool:
    with open_picture(path, kind, limits) as picture:
        width, height = picture.size
    if width * height > IN_PROCESS_PIXELS:
        return False
    return kind != "jpeg" or path.read_bytes().count(b"\xff\xda") <= MOST_SCANS


def _rendered(path: Path, kind: str, limits: Limits) -> Iterator[LoadedSheet]:
    with RenderChild(path, kind, limits) as child:
        for index in range(child.inspect().pages):
            page = child.page(index)
            if not page.data:
                raise DamagedFile("an empty page")
            pixels = np.frombuffer(page.data, np.uint8).reshape(page.height, page.width, 3)
            yield LoadedSheet(index, pixels, page.dpi, _notes(page.missing))


def _notes(missing: float) -> tuple[Problem, ...]:
    if missing <= 0:
        return ()
    return (Problem("truncated", f"图片文件不完整，下方约 {max(1, round(missing * 100))}% 没有内容，"
                                 "请重新上传完整的文件。"),)
