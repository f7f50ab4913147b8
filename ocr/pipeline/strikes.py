"""Find figures that were struck out, so that only the correction is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.decode import IMPOSSIBLE
from ocr.kinds.evidence import KindReading, merged
from ocr.rectify.columns import stretches

Image = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Bar = tuple[int, int, int]
"""Left and right end of a striking bar and its height in the middle, in pixels of the crop."""

LONG = 0.93
"""Length of a bar, in heights of the writing: no stroke of a digit is that long."""
PERHAPS = 0.65
"""What may be a bar through one figure, or a long stroke of a 4, 5 or 7."""
_BEGINS, _FOLLOWS = 0.4, 0.3
"""In heights: a slip is struck out where the line begins, and what is right follows it."""
SLOPES = np.linspace(-0.16, 0.16, 9)
"""Rise over run of the bars looked for."""
DOUBT, PERHAPS_DOUBT = 2.5, -4.0
"""Natural logarithm of how much likelier a bar of LONG heights, one of PERHAPS, strikes something out than it is a
wide stroke."""
_CROSSED = 0.25
"""Share of the bar's columns that must have writing above or below it."""


def without_struck(crop: Image, long: float = LONG) -> tuple[Image, bool]:
    """The line without what a bar of `long` heights crosses out, and whether there was any; all of it is never
    taken.
    """
    dark = ink_of(crop)
    rows = np.flatnonzero(dark.any(axis=1))
    if len(rows) < 8:
        return crop, False
    top, height = int(rows[0]), len(rows)
    ink = np.flatnonzero(dark.any(axis=0))
    if ink[-1] - ink[0] < (long + _FOLLOWS) * height:  # too short for a bar and what follows it
        return crop, False
    bar = _longest_bar(dark, int(ink[0]) + round(_BEGINS * height), int(long * height))
    if bar is None or not long * height <= bar[1] - bar[0] <= ink[-1] - _FOLLOWS * height - bar[0]:
        return crop, False
    if not _strikes(dark, bar, top, height):
        return crop, False
    hidden = np.zeros(crop.shape[1], bool)
    hidden[max(0, bar[0] - 1):bar[1] + 1 + int(0.08 * height)] = True
    if hidden[ink].mean() > 0.75:
        return crop, False
    clean = crop.copy()
    clean[:, hidden] = np.percentile(crop.reshape(-1, 3), 85, axis=0).astype(np.uint8)
    kept = ink[~hidden[ink]]
    return np.ascontiguousarray(clean[:, max(0, int(kept[0]) - 6):int(kept[-1]) + 7]), True


def corrected(after: KindReading, before: KindReading, doubt: float = DOUBT) -> KindReading:
    """The correction's candidates, flagged, and what stood there should nothing have been struck out, which is as
    much less likely as `doubt` says.
    """
    if not after.candidates or not before.candidates:
        return replace(after if after.candidates else before, flags=("corrected",))
    first = after.candidates[0].log_p + max(0.0, -doubt)
    other = before.candidates[0].log_p + max(0.0, doubt)
    both = [replace(c, log_p=c.log_p - first, flags=(*c.flags, "corrected")) for c in after.candidates]
    both += [replace(c, log_p=c.log_p - other) for c in before.candidates]

    def rescore(values: Sequence[str]) -> Sequence[float]:
        if after.rescore is None or before.rescore is None:
            return [IMPOSSIBLE] * len(values)
        pairs = zip(after.rescore(values), before.rescore(values), strict=True)
        return [max(new - first, old - other) for new, old in pairs]

    likelier = after if doubt > 0 else before
    return KindReading(merged(both, keep=12), likelier.evidence, likelier.flags, rescore)


def ink_of(crop: Image) -> Mask:
    """Ink by Otsu's threshold; nothing when the crop has no contrast."""
    grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
    if int(grey.max()) - int(grey.min()) < 40:
        return np.zeros(grey.shape, bool)
    level, _ = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return np.asarray(grey <= level)


def _longest_bar(dark: Mask, first: int, shortest: int) -> Bar | None:
    """The longest straight run of ink, beginning by column `first`, on nearly level lines; a pixel's play.

    None when no run has `shortest` columns.
    """
    if not may_hold_bar(dark, shortest):
        return None
    thick = cv2.dilate(dark.astype(np.uint8), np.ones((3, 1), np.uint8))
    high, wide = dark.shape
    least = np.ones((1, shortest), np.uint8)
    best: Bar | None = None
    for slope in SLOPES:
        shear = np.array([[1, 0, 0], [slope, 1, -slope * wide / 2]], np.float32)
        level = cv2.warpAffine(thick, shear, (wide, high), flags=cv2.INTER_NEAREST)
        if not cv2.erode(level, least, borderType=cv2.BORDER_CONSTANT, borderValue=0).any():
            continue
        left, right, row = longest_run(level, first)
        if best is None or right - left > best[1] - best[0]:
            best = (left, right, round(row - slope * ((left + right) / 2 - wide / 2)))
    return best


def may_hold_bar(dark: Mask, long: int) -> bool:
    """Whether `long` columns in a row hold ink: figures mostly stand apart, and the slopes need not be tried."""
    return max((end - start for start, end in stretches(np.asarray(dark.any(axis=0)))), default=0) >= long


def longest_run(mask: Image, first: int) -> tuple[int, int, int]:
    """Start, end and row of the longest run of ones along a row that begins by column `first`."""
    padded = np.pad(mask.astype(np.int8), ((0, 0), (1, 1)))
    edges = np.diff(padded, axis=1)
    starts, ends = np.argwhere(edges == 1), np.argwhere(edges == -1)
    if not len(starts):
        return 0, 0, 0
    longest = int(np.where(starts[:, 1] <= first, ends[:, 1] - starts[:, 1], 0).argmax())
    return int(starts[longest, 1]), int(ends[longest, 1]), int(starts[longest, 0])


def _strikes(dark: Mask, bar: Bar, top: int, height: int) -> bool:
    """Whether the bar runs through the middle of writing, with strokes on both sides of it."""
    left, right, row = bar
    if not 0.25 < (row - top) / height < 0.8:
        return False
    play = max(2, round(0.1 * height))
    above = dark[top:max(top, row - play), left:right].any(axis=0)
    below = dark[row + play:, left:right].any(axis=0)
    return bool(above.any() and below.any() and (above | below).mean() >= _CROSSED)
