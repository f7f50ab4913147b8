"""Tell a stroke drawn for none from the figure 1: it leans, a 1 stands."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.kinds.evidence import Candidate, KindReading, merged

Image = NDArray[np.uint8]

LEANS = 72.0
"""Degrees from level up to which a straight stroke is as likely a slash as a 1; those measured lean 62 to 71,
ones 80 and more."""
_STRAIGHT = 0.2
"""Width of a lone stroke over its length."""


def slashed(reading: KindReading, crop: Image) -> KindReading:
    """A reading of 1 with «none» as likely, when the writing is one leaning stroke: then the sums decide."""
    best = reading.best
    if best is None or best.raw != "1" or not _leans(crop):
        return reading
    none = Candidate("", "/", best.log_p + 0.1)
    others = [candidate for candidate in reading.candidates if candidate.value]
    return replace(reading, candidates=merged([none, *others], keep=12))


def _leans(crop: Image) -> bool:
    """Whether the ink is one straight stroke that rises to the right at less than LEANS degrees."""
    grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
    level, _ = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    ys, xs = np.nonzero(grey <= level)
    if len(xs) < 12:
        return False
    spread, axes = np.linalg.eigh(np.cov(xs, ys))
    along = axes[:, 1]
    angle = float(np.degrees(np.arctan2(abs(along[1]), abs(along[0]))))
    rises = bool(along[0] * along[1] < 0)
    return rises and 40 < angle <= LEANS and bool(spread[0] <= (_STRAIGHT ** 2) * spread[1])
