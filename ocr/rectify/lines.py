"""Ruling lines in an evened grey picture: masks, and each line as a chain of points."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.rectify.sheet import Image

WORK = 1600
"""Pixels of the longer side at which lines are looked for: a hairline is still one pixel wide."""

SHORTEST = 40
"""Pixels at WORK: longer than any stroke of a character, shorter than the side of a small cell."""

CERTAIN = 170
"""Pixels at WORK: a run this long is a ruling line whatever stands around it."""


@dataclass(frozen=True, slots=True, eq=False)
class LineMasks:
    """Where horizontal and vertical ruling lines run (255), at the size of the picture given."""

    across: Image
    down: Image


def dark_pixels(flat: Image) -> Image:
    """Mark (255) what is darker than its neighbourhood in an evened grey picture."""
    return np.asarray(cv2.adaptiveThreshold(flat, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, 12),
                      np.uint8)


def line_masks(dark: Image, shortest: int = SHORTEST) -> LineMasks:
    """Mark the ruling lines among the dark pixels of a picture whose longer side is about WORK pixels."""
    turned = np.ascontiguousarray(dark.T)
    across, down = _runs(dark, shortest), np.ascontiguousarray(_runs(turned, shortest).T)
    sure_across, sure_down = _long(across), np.ascontiguousarray(_long(np.ascontiguousarray(down.T)).T)
    rest = cv2.subtract(dark, cv2.dilate(sure_across | sure_down, np.ones((5, 5), np.uint8)))
    clean_across = _without_text(across, sure_down, rest)
    clean_down = _without_text(down.T, sure_across.T, rest.T).T
    return LineMasks(clean_across, np.ascontiguousarray(clean_down))


def chains(mask: Image, step: int = 16) -> list[NDArray[np.float32]]:
    """Each connected horizontal line of `mask` as points (x, y) every `step` pixels, left to right."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    found = []
    for index in range(1, count):
        left, top, width, height, _area = stats[index]
        if width < SHORTEST * 0.7 or height > max(12, width * 0.3):
            continue
        part = labels[top:top + height, left:left + width] == index
        found.append(_centres(part, step) + np.array((left, top), np.float32))
    return found


def _runs(dark: Image, shortest: int) -> Image:
    """Pixels in dark horizontal runs that are long though slightly slanted, broken or faint."""
    joined = cv2.morphologyEx(dark, cv2.MORPH_CLOSE, np.ones((1, 5), np.uint8))
    thick = cv2.dilate(joined, np.ones((3, 1), np.uint8))
    runs = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, shortest), np.uint8))
    # A stack of strokes is no line: what stays thick is print, a stamp or the rim of a photocopy.
    block = cv2.morphologyEx(runs, cv2.MORPH_OPEN, np.ones((13, 9), np.uint8))
    return np.asarray(cv2.subtract(runs, cv2.dilate(block, np.ones((3, 3), np.uint8))), np.uint8)


def _long(mask: Image) -> Image:
    """The lines of a mask too long to be anything else."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    keep = np.where(stats[:, 2] >= CERTAIN, np.uint8(255), np.uint8(0))
    keep[0] = 0
    return np.asarray(keep[labels], np.uint8)


def _without_text(mask: Image, posts: Image, rest: Image) -> Image:
    """The horizontal lines of `mask` without the short runs that are strokes of a line of characters.

    A short run is a ruling line when it continues a long one, or when hardly anything of what is
    dark besides long lines (`rest`) stands close above and below it; a little more is allowed where
    it ends on lines of the other direction.
    """
    mask, rest = np.ascontiguousarray(mask), np.ascontiguousarray(rest)
    posts = cv2.dilate(np.ascontiguousarray(posts), np.ones((9, 13), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    long = stats[1:][stats[1:, 2] >= CERTAIN]
    keep = np.zeros(count, np.uint8)
    for index in range(1, count):
        left, top, width, height, _area = stats[index]
        keep[index] = 255 * (width >= CERTAIN or _continues(stats[index], long)
                             or _is_ruling(left, top, width, height, posts, rest))
    return keep[labels]


def _continues(run: NDArray[np.int32], long: NDArray[np.int32]) -> bool:
    """Whether a short run lies in one line with the near end of a long one."""
    if not len(long):
        return False
    left, top, width, height, _area = run
    gap = np.maximum(long[:, 0] - (left + width), left - (long[:, 0] + long[:, 2]))
    away = np.maximum(long[:, 1] - (top + height), top - (long[:, 1] + long[:, 3]))
    return bool(((gap > 0) & (gap < 140) & (away <= 1)).any())


def _is_ruling(left: int, top: int, width: int, height: int, posts: Image, rest: Image) -> bool:
    ends = posts[top:top + height, [left, left + width - 1]].any(axis=0)
    columns = slice(left, left + width)
    above = rest[max(0, top - 9):max(0, top - 2), columns].any(axis=0)
    below = rest[top + height + 2:top + height + 9, columns].any(axis=0)
    busy = float((above | below).mean())
    return busy < (0.35 if ends.all() else 0.25 if ends.any() else 0.15)


def _centres(part: NDArray[np.bool_], step: int) -> NDArray[np.float32]:
    """Mean height of a line's pixels in each stretch of `step` columns."""
    width = part.shape[1]
    edges = np.arange(0, width, step)
    per_column = part.sum(axis=0)
    weighted = (part * np.arange(part.shape[0])[:, None]).sum(axis=0)
    counts = np.add.reduceat(per_column, edges)
    sums = np.add.reduceat(weighted, edges)
    middles = np.minimum(edges + step / 2, width) - 0.5
    keep = counts > 0
    return np.stack([middles[keep], sums[keep] / counts[keep]], axis=1).astype(np.float32)
