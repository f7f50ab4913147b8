"""Operations that cost several times as much when OpenCV or numpy is asked for them plainly."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.rectify.sheet import Image

Labels = NDArray[np.int32] | NDArray[np.uint16]


def smaller(picture: Image, size: tuple[int, int]) -> Image:
    """A grey or BGR picture at `size` (width, height): averaged by a whole factor, the rest taken between pixels.

    Averaging by anything but a whole number costs ten times as much, and lines are found no better. Where much is
    averaged every second row is enough.
    """
    height, width = picture.shape[:2]
    factor = min(width // size[0], height // size[1])
    if factor < 2:
        return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR), np.uint8)
    every = 2 if factor >= 4 else 1
    rows, columns = factor // every, width // factor
    whole = picture[:height - height % (rows * every):every, :columns * factor]
    reduced = cv2.resize(whole, (columns, len(whole) // rows), interpolation=cv2.INTER_AREA)
    across, down = width / size[0] / factor, height / size[1] / (rows * every)
    back = np.array([[across, 0, across / 2 - 0.5], [0, down, down / 2 - 0.5]])
    return np.asarray(cv2.warpAffine(reduced, back, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                                     borderMode=cv2.BORDER_REPLICATE), np.uint8)


def across_of(picture: Image) -> Image:
    """The picture with rows and columns exchanged."""
    return np.asarray(cv2.transpose(picture), np.uint8)


GRAIN = 2
"""Pixels along a row that are taken together where long things are looked for."""


def pooled(mask: Image, wholly: bool = False) -> Image:
    """A mask (0 and 255) with GRAIN pixels of each row made one, marked when one of them is, or `wholly` when all are;
    the rest at the right is cut.
    """
    cells = np.ascontiguousarray(mask[:, :mask.shape[1] // GRAIN * GRAIN]).view(np.uint16)
    marked = cells == np.uint16(0xFFFF) if wholly else cells != 0
    return np.asarray(marked.view(np.uint8) * np.uint8(255), np.uint8)


def unpooled(mask: Image, width: int) -> Image:
    """A pooled mask at its full width again."""
    full = np.zeros((len(mask), width), np.uint8)
    full[:, :mask.shape[1] * GRAIN] = (mask.astype(np.uint16) * np.uint16(0x0101)).view(np.uint8)
    return full


def parts(mask: Image) -> tuple[Labels, NDArray[np.int32]]:
    """The connected parts of a mask: each pixel's part, 0 outside, and for each part its row of left, top, width,
    height, area. Numbers of 16 bits do as long as no more parts can be there, and take a third of the time.
    """
    starts = cv2.countNonZero(cv2.subtract(mask[:, 1:], mask[:, :-1])) + cv2.countNonZero(mask[:, :1])
    bits = cv2.CV_16U if starts < _SHORT else cv2.CV_32S  # each part begins some row's run
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=bits)
    return np.asarray(labels), np.asarray(stats)


_SHORT = 1 << 16


def percentile(values: NDArray[Any], share: float) -> float:
    """What numpy calls a percentile (share 0–1), of a few dozen values; numpy's own is mostly overhead there."""
    place = share * (len(values) - 1)
    low = int(place)
    first, second = np.sort(values)[[low, min(low + 1, len(values) - 1)]].tolist()
    return float(first + (place - low) * (second - first))
