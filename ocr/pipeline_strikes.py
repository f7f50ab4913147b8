"""Find digits that were struck out, so that only the correction is read."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]

_LONG = 0.92
"""Length of a striking bar, in heights of the writing: no stroke of a digit is that long."""
_CROSSED = 0.35
"""Share of the bar's columns that must have writing above and below it."""


def without_struck(crop: Image) -> tuple[Image, bool]:
    """The line without what a bar crosses out, and whether there was any; all of it is never taken."""
    grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
    dark = _dark(grey)
    rows = np.flatnonzero(dark.any(axis=1))
    if len(rows) < 8:
        return crop, False
    top, height = int(rows[0]), len(rows)
    spans = [bar for bar in _bars(dark, height) if _strikes(dark, bar, top, height)]
    ink = np.flatnonzero(dark.any(axis=0))
    hidden = np.zeros(crop.shape[1], bool)
    for left, _, right, _ in spans:
        hidden[max(0, left - 1):right + 1 + int(0.08 * height)] = True
    if not spans or hidden[ink].mean() > 0.75:
        return crop, False
    clean = crop.copy()
    clean[:, hidden] = np.percentile(crop.reshape(-1, 3), 85, axis=0).astype(np.uint8)
    return _trimmed(clean, hidden, ink), True


def _dark(grey: Image) -> NDArray[np.bool_]:
    """Ink by Otsu's threshold; nothing when the crop has no contrast."""
    if int(grey.max()) - int(grey.min()) < 40:
        return np.zeros(grey.shape, bool)
    level, _ = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return np.asarray(grey <= level)


def _bars(dark: NDArray[np.bool_], height: int) -> list[tuple[int, int, int, int]]:
    """Long level strokes as (left, top, right, bottom) in pixels; a slope of a few degrees is allowed."""
    thickened = cv2.dilate(dark.astype(np.uint8), np.ones((3, 1), np.uint8))
    length = max(6, round(0.5 * height))
    opened = cv2.morphologyEx(thickened, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(opened, connectivity=8)
    shortest = _LONG * height
    return [(int(x), int(y), int(x + w), int(y + h)) for x, y, w, h, _ in stats[1:count]
            if w >= shortest and h <= 0.5 * height]


def _strikes(dark: NDArray[np.bool_], bar: tuple[int, int, int, int], top: int, height: int) -> bool:
    """Whether a bar runs through the middle of writing and is too long to be part of it."""
    left, upper, right, lower = bar
    middle = ((upper + lower) / 2 - top) / height
    if not 0.25 < middle < 0.8:
        return False
    above = dark[max(0, top):max(0, upper - 1), left:right].any(axis=0)
    below = dark[lower + 1:, left:right].any(axis=0)
    if (above & below).mean() < _CROSSED:
        return False
    return (right - left) >= _LONG * height


def _trimmed(clean: Image, hidden: NDArray[np.bool_], ink: NDArray[np.intp]) -> Image:
    """The line from its first to its last column of writing that stands, with a few pixels around."""
    kept = ink[~hidden[ink]]
    return np.ascontiguousarray(clean[:, max(0, int(kept[0]) - 6):int(kept[-1]) + 7])
