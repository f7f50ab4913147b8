"""Ruling lines too light or too broken to be dark runs: ridges among noise, and rows of dashes."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.rectify.quick import Labels, parts
from ocr.rectify.sheet import Image

ALONG = 61
"""Pixels at WORK over which a ridge is averaged: longer than a character, so that only lines add up."""

LEAST = 4.0
"""Grey levels by which a ridge is darker than what lies above and below it, once noise is averaged out."""

WHOLE = 0.6
"""Share of a ridge's length that must be darker than its sides."""

DASH = (3, 34)
"""Least and greatest length (pixels at WORK) of a dash."""

GAP = 15
"""Pixels at WORK between two dashes of one line."""

MANY = 90
"""Pixels at WORK that a row of dashes must run."""


def ridges(flat: Image) -> Image:
    """Mark (255) level lines of an evened grey picture that are hardly darker than the paper.

    Averaged along the line, paper noise vanishes and a line stays; a row of characters is dark over its
    whole height and so is no darker than what is just above and below.
    """
    thin = cv2.morphologyEx(flat, cv2.MORPH_BLACKHAT, np.ones((9, 1), np.uint8))
    thin = np.minimum(cv2.dilate(thin, np.ones((3, 1), np.uint8)), 24).astype(np.float32)
    mean, near = cv2.blur(thin, (ALONG, 1)), cv2.blur(thin, (9, 1))
    beside = _beside(mean)
    # A column of figures is dark in pieces, a line all along.
    whole = cv2.blur((near - _beside(near) > LEAST / 2).astype(np.float32), (ALONG, 1)) > WHOLE
    ridge = ((mean - beside > LEAST) & (mean > 1.6 * beside) & whole).astype(np.uint8) * 255
    # The mean reaches half its window past the line's end.
    return np.asarray(cv2.erode(ridge, np.ones((1, ALONG // 2), np.uint8)), np.uint8)


def dashes(dark: Image) -> tuple[Image, Image]:
    """Mark (255) the level and the plumb lines that thin dashes or dots make up among the dark pixels."""
    labels, stats = parts(dark)
    wide, high = stats[:, 2], stats[:, 3]
    return _joined(labels, wide, high, plumb=False), _joined(labels, high, wide, plumb=True)


def _joined(labels: Labels, long: NDArray[np.int32], thick: NDArray[np.int32], *, plumb: bool) -> Image:
    """The lines that the components of one direction make up."""
    dash = (thick <= 5) & (long >= DASH[0]) & (long <= DASH[1]) & (long >= thick)
    dash[0] = False
    if dash.sum() < 6:
        return np.zeros(labels.shape, np.uint8)
    only = (dash * np.uint8(255))[labels]

    def along(length: int) -> Image:
        return np.ones((length, 1) if plumb else (1, length), np.uint8)

    joined = cv2.morphologyEx(cv2.dilate(only, along(3).T), cv2.MORPH_CLOSE, along(GAP))
    return np.asarray(cv2.morphologyEx(joined, cv2.MORPH_OPEN, along(MANY)), np.uint8)


def _beside(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """The greatest of what stands a line's width (6) and a little more (9 rows) above and below each place."""
    places = np.zeros((19, 1), np.uint8)
    places[[0, 3, 15, 18]] = 1
    return np.asarray(cv2.dilate(rows, places, borderType=cv2.BORDER_REPLICATE), np.float32)
