"""Operations on whole pictures that cost several times as much when OpenCV is asked for them plainly."""

from __future__ import annotations

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


def parts(mask: Image) -> tuple[Labels, NDArray[np.int32]]:
    """The connected parts of a mask: each pixel's part, 0 outside, and for each part its row of left, top, width,
    height, area. Numbers of 16 bits do as long as no more parts can be there, and take a third of the time.
    """
    starts = cv2.countNonZero(cv2.subtract(mask[:, 1:], mask[:, :-1])) + cv2.countNonZero(mask[:, :1])
    bits = cv2.CV_16U if starts < _SHORT else cv2.CV_32S  # each part begins some row's run
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=bits)
    return np.asarray(labels), np.asarray(stats)


_SHORT = 1 << 16
