"""Ruling lines among the dark pixels of an evened picture: long thin runs, told from rows of characters."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.rectify.quick import GRAIN, Labels, parts, pooled, unpooled
from ocr.rectify.sheet import Image

WORK = 1600
"""Pixels of the longer side at which lines are looked for: a hairline is still one pixel wide."""

SHORTEST = 40
"""Pixels at WORK: longer than any stroke of a character, shorter than the side of a small cell."""

CERTAIN = 170
"""Pixels at WORK: a run this long is a ruling line whatever stands around it."""

WORDS = 560
"""Pixels at WORK: a line of print is hardly ever longer without a gap."""

EVEN = 0.66
"""Share of a line's columns in which it has its usual thickness, whatever is written over it."""

ALL = 0.85
"""The same share of CERTAIN columns together: no row of print is so even for so long."""

STEP = 16
"""Pixels between two points of a line's course."""

Chain = NDArray[np.float32]
"""n × 2 points (along, across) of one line, ordered along."""


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """The horizontal runs of a picture `wide` pixels wide: their pooled mask (255), for each its number in `labels`,
    pooled as well, and its row (left, top, width, height, area) in `stats`, in pixels; row 0 is what is no run.
    """

    mask: Image
    labels: Labels
    stats: NDArray[np.int32]
    wide: int

    def only(self, keep: NDArray[np.bool_]) -> Image:
        """The mask, at its full width, without the runs that are not to be kept."""
        mask = self.mask.copy()
        for index in np.flatnonzero(~keep[1:]) + 1:
            part = self._place(index)
            mask[part][self.labels[part] == index] = 0
        return unpooled(mask, self.wide)

    def _place(self, index: int) -> tuple[slice, slice]:
        """The rows and columns of a run in the labels."""
        left, top, width, height, _ = self.stats[index].tolist()
        return slice(top, top + height), slice(left // GRAIN, (left + width) // GRAIN)

    def chains(self, keep: NDArray[np.bool_]) -> list[Chain]:
        """The course of each run to be kept, but for lumps."""
        found = []
        for index in np.flatnonzero(keep[1:]) + 1:
            left, top, width, height, _ = self.stats[index].tolist()
            if width >= SHORTEST * 0.7 and height <= max(12, width * 0.3):
                part = self.labels[self._place(index)] == index
                found.append(_course(part) + np.array((left, top), np.float32))
        return found


def dark_pixels(flat: Image) -> Image:
    """Mark (255) what is darker than its neighbourhood in an evened grey picture."""
    return np.asarray(cv2.adaptiveThreshold(flat, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, 12),
                      np.uint8)


def runs(dark: Image, more: Image | None = None) -> Runs:
    """Dark horizontal runs that are long though slightly slanted, broken or faint; `more`, pooled, marks others."""
    joined = cv2.morphologyEx(dark, cv2.MORPH_CLOSE, np.ones((1, 5), np.uint8))
    thick = np.asarray(cv2.dilate(joined, np.ones((3, 1), np.uint8)), np.uint8)
    whole = pooled(thick, wholly=True)
    whole = whole if more is None else whole | cv2.dilate(more, np.ones((3, 1), np.uint8))
    long = cv2.morphologyEx(whole, cv2.MORPH_OPEN, np.ones((1, SHORTEST // GRAIN), np.uint8))
    long |= cv2.dilate(long, np.ones((1, 2 * _ENDS // GRAIN + 1), np.uint8)) & pooled(thick)  # to their very ends
    # A stack of strokes is no line: what stays thick is print, a stamp or the rim of a photocopy.
    block = cv2.morphologyEx(long, cv2.MORPH_OPEN, np.ones((13, 2 * _ENDS // GRAIN), np.uint8))
    around = np.ones((3, 2 * _ENDS // GRAIN + 1), np.uint8)
    return _labelled(cv2.subtract(long, cv2.dilate(block, around)), dark.shape[1])


_ENDS = 4
"""Pixels by which a line's end may be less than wholly dark."""


def labelled(mask: Image) -> Runs:
    """The connected runs of a mask."""
    return _labelled(pooled(mask), mask.shape[1])


def _labelled(mask: Image, wide: int) -> Runs:
    labels, stats = parts(mask)
    stats[:, [0, 2]] *= GRAIN
    return Runs(mask, labels, stats, wide)


def certain(found: Runs) -> NDArray[np.bool_]:
    """Which runs are too long to be anything but lines."""
    return np.asarray(found.stats[:, 2] >= CERTAIN)


def no_words(found: Runs, sure: NDArray[np.bool_], dark: Image) -> NDArray[np.bool_]:
    """Those of the `sure` runs that are no row of small print: a line is as thick at one place as at any other."""
    keep = sure.copy()
    for index in np.flatnonzero(sure[1:]) + 1:
        left, top, width, height, _ = found.stats[index]
        if width < WORDS:
            part = dark[max(0, top - 3):top + height + 3, left:left + width]
            keep[index] = _even(np.count_nonzero(part, axis=0))
    return keep


def _even(thick: NDArray[np.intp]) -> bool:
    """Whether most of a run is of one thickness, or nearly all of a long part of it: a seal lies over the rest."""
    dark = thick[thick > 0]
    if not len(dark):
        return True
    usual = int(np.bincount(dark).argmax())
    even = np.abs(thick - usual) <= 1
    part = np.convolve(even, np.ones(CERTAIN), "valid").max() / CERTAIN
    return bool(even[thick > 0].mean() >= EVEN or part >= ALL)


def lines_among(found: Runs, sure: NDArray[np.bool_], posts: Image, rest: Image) -> NDArray[np.bool_]:
    """Which runs besides the `sure` ones are ruling lines, not the strokes of a row of characters.

    A short run is a line when it continues a long one, or when hardly anything of what is dark
    besides long lines (`rest`) stands close above and below it; a little more is allowed where it
    ends on long lines of the other direction (`posts`).
    """
    posts = cv2.dilate(posts, np.ones((9, 13), np.uint8))
    keep = sure.copy()
    long = found.stats[1:][keep[1:]]
    for index in np.flatnonzero(~certain(found)[1:]) + 1:
        run = found.stats[index]
        keep[index] = _continues(run, long) or _stands_alone(run, posts, rest)
    return keep


def _continues(run: NDArray[np.int32], long: NDArray[np.int32]) -> bool:
    """Whether a short run lies in one line with the near end of a long one."""
    left, top, width, height, _ = run
    gap = np.maximum(long[:, 0] - (left + width), left - (long[:, 0] + long[:, 2]))
    away = np.maximum(long[:, 1] - (top + height), top - (long[:, 1] + long[:, 3]))
    return bool(((gap > 0) & (gap < 140) & (away <= 1)).any())


def _stands_alone(run: NDArray[np.int32], posts: Image, rest: Image) -> bool:
    left, top, width, height, _ = run
    if height > 12:  # strokes at several heights, run together
        return False
    above, below = _beside(run, rest)
    busy = float((above | below).mean())
    if not 0.15 <= busy < 0.35:
        return busy < 0.15
    ends = posts[top:top + height, [left, left + width - 1]].any(axis=0)
    return bool(ends.all() or (busy < 0.25 and ends.any()))


def _beside(run: NDArray[np.int32], rest: Image) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """For each column of a run whether something dark stands close above, and close below it."""
    left, top, width, height, _ = run
    columns = slice(left, left + width)
    return (np.asarray(rest[max(0, top - 9):max(0, top - 2), columns].any(axis=0)),
            np.asarray(rest[top + height + 2:top + height + 9, columns].any(axis=0)))


def _course(part: NDArray[np.bool_]) -> Chain:
    """Mean height of the pixels of a line, pooled as it is, in each STEP columns."""
    height, width = part.shape
    edges = np.arange(0, width, STEP // GRAIN)
    counts = np.add.reduceat(part.sum(axis=0), edges)
    sums = np.add.reduceat(np.arange(height) @ part, edges)
    middles = np.minimum(GRAIN * edges + STEP / 2, GRAIN * width) - 0.5
    keep = counts > 0
    return np.stack([middles[keep], sums[keep] / counts[keep]], axis=1).astype(np.float32)
