"""Ruling lines too light or too broken to be dark runs: ridges among noise, and rows of dashes."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.rectify.quick import GRAIN, across_of, parts, pooled
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
    """Mark (255), pooled, level lines of an evened grey picture that are hardly darker than the paper.

    Averaged along the line, paper noise vanishes and a line stays; a row of characters is dark over its
    whole height and so is no darker than what is just above and below.
    """
    thin = cv2.morphologyEx(flat, cv2.MORPH_BLACKHAT, np.ones((9, 1), np.uint8))
    thin = np.minimum(cv2.dilate(thin, np.ones((3, 1), np.uint8)), 24)
    thin = cv2.resize(thin, (thin.shape[1] // GRAIN, len(thin)), interpolation=cv2.INTER_AREA)
    far, near = _sums(thin, _ALONG), _sums(thin, _NEAR)
    beside = _beside(far)
    # A column of figures is dark in pieces, a line all along.
    pieces = cv2.compare(cv2.subtract(near, _beside(near)), _NEAR * LEAST / 2, cv2.CMP_GT)
    whole = cv2.compare(_sums(pieces & 1, _ALONG), WHOLE * _ALONG, cv2.CMP_GT)
    darker = cv2.compare(cv2.subtract(far, beside), _ALONG * LEAST, cv2.CMP_GT)
    ridge = whole & darker & cv2.compare(5 * far, 8 * beside, cv2.CMP_GT)
    # The sum reaches half its window past the line's end.
    return np.asarray(cv2.erode(ridge, np.ones((1, _ALONG // 2), np.uint8)), np.uint8)


_ALONG, _NEAR = ALONG // GRAIN, 9 // GRAIN


def dashes(dark: Image) -> tuple[Image, Image]:
    """Mark (255), pooled, the level lines that thin dashes or dots make up among the dark pixels, and the plumb ones,
    turned to run along rows.
    """
    labels, stats = parts(dark)
    level, plumb = _dashes(stats[:, 2], stats[:, 3]), _dashes(stats[:, 3], stats[:, 2])
    at = np.flatnonzero(dark != 0)
    both = np.zeros_like(dark)
    both.ravel()[at] = (level * _LEVEL | plumb * _PLUMB)[labels.ravel()[at]]
    return _joined(pooled(both & _LEVEL)), _joined(pooled(across_of(both & _PLUMB)))


_LEVEL, _PLUMB = np.uint8(1), np.uint8(2)


def _dashes(long: NDArray[np.int32], thick: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Which components are dashes of one direction."""
    dash = (thick <= 5) & (long >= DASH[0]) & (long <= DASH[1]) & (long >= thick)
    dash[0] = False
    return np.asarray(dash)


def _joined(only: Image) -> Image:
    """The lines that the dashes of one direction, pooled, make up."""
    thick = cv2.dilate(only, np.ones((3, 1), np.uint8))
    joined = cv2.morphologyEx(thick, cv2.MORPH_CLOSE, np.ones((1, -(-GAP // GRAIN)), np.uint8))
    return np.asarray(cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones((1, MANY // GRAIN), np.uint8)), np.uint8)


def _sums(rows: Image, along: int) -> NDArray[np.uint16]:
    """The sum of `along` pixels of a row around each place."""
    return np.asarray(cv2.boxFilter(rows, cv2.CV_16U, (along, 1), normalize=False), np.uint16)


def _beside(rows: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """The greatest of what stands a line's width (6) and a little more (9 rows) above and below each place."""
    places = np.zeros((19, 1), np.uint8)
    places[[0, 3, 15, 18]] = 1
    return np.asarray(cv2.dilate(rows, places, borderType=cv2.BORDER_REPLICATE), np.uint16)
