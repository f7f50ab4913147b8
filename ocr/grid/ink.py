"""Ink: what is written or printed, told from specks, remains of lines, print-through and toner dust."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from weakref import ref

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.rectify.quick import parts, smaller
from ocr.rectify.sheet import Image, RectifiedSheet
from ocr.results import Box
from ocr.seals import Seal, redness

DARK = 220
"""Evened grey below which a pixel may be ink (paper is near 250)."""

SURE = 202
"""A stroke has at least one pixel this dark; print-through and shadows of folds have none."""


EDGE = 8
"""Pixels of the map within which a thin stroke along a cell's border is what is left of the border."""


@dataclass(frozen=True, slots=True)
class Ink:
    """Writing or print found in a place: its box, and the share of the place it darkens."""

    box: Box
    share: float


@dataclass(frozen=True, eq=False)
class InkMap:
    """Every stroke of a sheet. `boxes` are n × 4 pixels of the map (left, top, right, bottom).

    `mask` has the size of the sheet's line masks; `darkness` counts each stroke's pixels; `sealed`
    are the strokes under a grey seal, which may be the seal's own characters.
    """

    mask: Image
    boxes: NDArray[np.int32]
    darkness: NDArray[np.int32]
    sealed: NDArray[np.bool_]

    @cached_property
    def _by_height(self) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.float64]]:
        """The strokes by the middle (x, y) of their boxes, top to bottom: hundreds of places are asked for."""
        x, y = (self.boxes[:, 0] + self.boxes[:, 2]) / 2, (self.boxes[:, 1] + self.boxes[:, 3]) / 2
        order = np.argsort(y, kind="stable")
        return order, x[order], y[order]

    def within(self, area: tuple[float, float, float, float]) -> NDArray[np.intp]:
        """The strokes whose middle lies in an area of the map (pixels), but for remains along its edges."""
        order, x, y = self._by_height
        first, last = np.searchsorted(y, area[1], "right"), np.searchsorted(y, area[3], "left")
        level = x[first:last]
        inside = np.sort(order[first:last][(level > area[0]) & (level < area[2])])
        left, top, right, bottom = self.boxes[inside].T
        wide, high = right - left, bottom - top
        level = ((bottom < area[1] + EDGE) | (top > area[3] - EDGE)) & (high <= 5) & (wide >= 2 * high)
        plumb = ((right < area[0] + EDGE) | (left > area[2] - EDGE)) & (wide <= 5) & (high >= 2 * wide)
        return np.asarray(inside[~(level | plumb)])


def ink_map(sheet: RectifiedSheet, seals: Sequence[Seal] = ()) -> InkMap:
    """The strokes of a sheet without its ruling lines and without the ink of `seals` (in the map's pixels).

    The last answer is kept while the sheet's lines stay as they are: grid, match and fields ask one after the other.
    """
    global _last
    asked = cv2.countNonZero(sheet.across), cv2.countNonZero(sheet.down), tuple(seals)
    if _last is None or _last[0]() is not sheet.flat or _last[1] != asked:
        _last = ref(sheet.flat), asked, _ink_map(sheet, seals)
    return _last[2]


_last: tuple[ref[Image], tuple[int, int, tuple[Seal, ...]], InkMap] | None = None


def _ink_map(sheet: RectifiedSheet, seals: Sequence[Seal]) -> InkMap:
    height, width = sheet.across.shape
    small = sheet.flat
    ruled = cv2.dilate(sheet.across | sheet.down, np.ones((3, 3), np.uint8))
    dark = np.asarray(cv2.subtract(cv2.compare(small, DARK, cv2.CMP_LT), ruled), np.uint8)
    for seal in seals:
        dark[_seal_ink(seal, sheet, (width, height)) > 0] = 0
    labels, stats = parts(dark)
    at = np.flatnonzero(dark != 0)
    stroke = labels.ravel()[at]
    sure = np.zeros(len(stats), bool)
    sure[stroke[small.ravel()[at] < SURE]] = True
    area, long = stats[:, 4], np.maximum(stats[:, 2], stats[:, 3])
    keep = (area >= 6) & (long >= 4) & sure
    keep[0] = False
    keep &= ~_line_remains(stats) & ~_surround(stats, (width, height))
    mask = np.zeros_like(dark)
    mask.ravel()[at] = np.where(keep, np.uint8(255), np.uint8(0))[stroke]
    chosen = stats[keep]
    boxes = np.stack([chosen[:, 0], chosen[:, 1], chosen[:, 0] + chosen[:, 2], chosen[:, 1] + chosen[:, 3]], axis=1)
    return InkMap(mask, boxes.astype(np.int32), chosen[:, 4].astype(np.int32), _under(boxes, seals))


def _seal_ink(seal: Seal, sheet: RectifiedSheet, size: tuple[int, int]) -> Image:
    """Mask (255) of a seal's own ink in the map: what is reddish in its disc, or the ring of a grey one."""
    where = np.zeros((size[1], size[0]), np.uint8)
    middle = (round(seal.x), round(seal.y))
    if not seal.red:
        cv2.circle(where, middle, round(seal.radius), 255, 13)
        return where
    cv2.circle(where, middle, round(seal.radius * 1.08) + 2, 255, -1)
    small = smaller(sheet.pixels, size)
    where[redness(small) < 12] = 0
    return where


def _under(boxes: NDArray[np.int32], seals: Sequence[Seal]) -> NDArray[np.bool_]:
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    under = np.zeros(len(boxes), bool)
    for seal in seals:
        if not seal.red:
            under |= np.hypot(middle[:, 0] - seal.x, middle[:, 1] - seal.y) < seal.radius
    return under


def _line_remains(stats: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Slivers a ruling line leaves behind: many times longer than thick, and straight."""
    width, height, area = stats[:, 2], stats[:, 3], stats[:, 4]
    return ((height <= 2) & (width >= 14)) | ((width <= 2) & (height >= 22)) | (area < 0) & (width > 0)


def _surround(stats: NDArray[np.int32], size: tuple[int, int]) -> NDArray[np.bool_]:
    """What runs around the sheet rather than stands on it: a strip of desk left at its edges, a frame of shadow."""
    wide, high = stats[:, 2] / size[0], stats[:, 3] / size[1]
    return np.asarray(np.maximum(wide, high) > 0.6) & (np.minimum(wide, high) > 0.3)


def ink_in(strokes: InkMap, area: tuple[float, float, float, float]) -> Ink | None:
    """What is written in an area of the map (pixels); None when it is blank."""
    chosen = strokes.within(area)
    if not len(chosen):
        return None
    boxes, size = strokes.boxes[chosen], strokes.darkness[chosen]
    total = int(size.sum())
    long = np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
    # One speck of dust is as large as a dot; writing has a stroke as long as a small digit.
    if total < 14 or long.max() < 8:
        return None
    height, width = strokes.mask.shape
    real = boxes[(long >= 6) | (size >= 12)]
    box = (float(real[:, 0].min() / width), float(real[:, 1].min() / height),
           float(real[:, 2].max() / width), float(real[:, 3].max() / height))
    return Ink(box, total / max(1.0, (area[2] - area[0]) * (area[3] - area[1])))
