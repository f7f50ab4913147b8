"""The outline of the sheet on whatever it lies on: four corners, or none when the paper fills the picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from weakref import ref

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.rectify.quad import Corners, four_sided, frame, plausible
from ocr.rectify.quick import smaller
from ocr.rectify.sheet import Image
from ocr.rectify.sides import Slopes, refined, score_of, slopes, steep

SMALL = 480
"""Pixels of the longer side at which the outline is looked for."""


FEW = 100
"""Pixels of an edge below which no side of a sheet shows: paper fills the picture."""

PLAIN = 0.99
"""Support from which on no other guess of what is paper is tried."""


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """Corners in pixels of the picture given; `support` (0–1) is the share of its sides seen as an edge.

    `found` is False when the picture's own frame stands in for the sheet's. `small` is the picture at the size
    it was looked at, `smooth` the same without print.
    """

    corners: Corners
    support: float
    found: bool
    small: Image
    smooth: Image


def find_outline(pixels: Image) -> Outline:
    """The sheet's outline in a BGR picture of any size.

    The last answer is kept: the quality of a picture and its rectification ask one after the other.
    """
    global _last
    if _last is None or _last[0]() is not pixels:
        _last = ref(pixels), _outline(pixels)
    return _last[1]


_last: tuple[ref[Image], Outline] | None = None


def small_copy(pixels: Image) -> Image:
    """The picture with its longer side SMALL pixels."""
    scale = SMALL / max(pixels.shape[:2])
    return smaller(pixels, (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale))))


def _outline(pixels: Image) -> Outline:
    height, width = pixels.shape[:2]
    scale = SMALL / max(height, width)
    small = small_copy(pixels)
    smooth = without_print(small)
    slope = slopes(smooth)
    best, best_score = None, 0.0
    tried: list[Corners] = []
    for mask in _paper_masks(smooth) if min(smooth.shape[:2]) >= 8 and steep(slope) >= FEW else ():
        if best_score >= PLAIN:
            break
        for rough in _quads(mask):
            if not plausible(rough, smooth.shape[1], smooth.shape[0]) or _among(rough, tried):
                continue
            tried.append(rough)
            for corners in _nearer(rough, slope):
                score = score_of(corners, slope, smooth)
                if score > best_score:
                    best, best_score = corners, score
    if best is None or best_score < 0.45:
        return Outline(frame(width, height), 0.0, found=False, small=small, smooth=smooth)
    return Outline(best / np.float32(scale), best_score, found=True, small=small, smooth=smooth)


def _among(corners: Corners, tried: Sequence[Corners]) -> bool:
    """Whether the same corners were tried before: two guesses of what is paper often agree."""
    return any(float(np.abs(corners - other).max()) < 1.5 for other in tried)


def _nearer(rough: Corners, slope: Slopes) -> Iterator[Corners]:
    """The rough corners, then the same moved onto edges, and once more."""
    corners = rough
    yield corners
    for _ in range(2):
        moved = refined(corners, slope)
        if np.array_equal(moved, corners):
            return
        corners = moved
        yield corners


def without_print(small: Image) -> Image:
    """The picture with print, writing and ruling lines closed over: paper as one even area."""
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    return np.asarray(cv2.medianBlur(closed, 5), np.uint8)


def _paper_masks(smooth: Image) -> Iterator[Image]:
    """Guesses of what is paper: by brightness, by likeness to the middle's colour, by enclosing edges."""
    lab = cv2.cvtColor(smooth, cv2.COLOR_BGR2LAB)
    _, bright = cv2.threshold(lab[:, :, 0], 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    yield bright
    height, width = lab.shape[:2]
    middle = lab[height // 3:2 * height // 3, width // 3:2 * width // 3].reshape(-1, 3)
    paper = np.median(middle[middle[:, 0] >= np.percentile(middle[:, 0], 40)], axis=0)
    away = np.abs(lab.astype(np.int16) - paper.astype(np.int16))
    distance = np.minimum(255, away[:, :, 0] // 2 + 2 * away[:, :, 1] + 2 * away[:, :, 2]).astype(np.uint8)
    _, other = cv2.threshold(distance, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    yield cv2.bitwise_not(other)
    edges = np.zeros((height, width), np.uint8)
    for channel in cv2.split(lab):
        edges |= cv2.Canny(channel, 12, 30)
    walls = cv2.dilate(edges, np.ones((3, 3), np.uint8))
    yield cv2.bitwise_not(walls)


def _quads(mask: Image) -> Iterator[Corners]:
    """Quadrilaterals around the largest areas of the mask.

    A wide opening parts the sheet from a bright rim that a scanner's lid or another paper leaves at the
    picture's edge.
    """
    least = 0.15 * mask.shape[0] * mask.shape[1]
    for width in (5, 17):
        opened = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((width, width), np.uint8))
        contours, _ = cv2.findContours(opened, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        for contour in sorted(contours, key=cv2.contourArea, reverse=True)[:2]:
            hull = cv2.convexHull(contour)
            if cv2.contourArea(hull) >= least:
                corners = four_sided(hull[:, 0, :].astype(np.float32))
                if corners is not None:
                    yield corners


def paper_areas(smooth: Image) -> int:
    """How many separate bright, four-sided areas as large as sheets a small BGR picture without print shows."""
    grey = cv2.cvtColor(smooth, cv2.COLOR_BGR2GRAY)
    level, bright = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    if float(grey[bright > 0].mean()) - float(grey[bright == 0].mean() if (bright == 0).any() else 255) < 45:
        return 1
    bright = cv2.morphologyEx(bright, cv2.MORPH_OPEN, np.ones((7, 7), np.uint8))
    contours, _ = cv2.findContours(bright, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    return sum(_like_sheet(contour, smooth.shape[0] * smooth.shape[1]) for contour in contours)


def _like_sheet(contour: NDArray[np.int32], whole: int) -> bool:
    area = cv2.contourArea(contour)
    if area < 0.1 * whole:
        return False
    (_, sides, _) = cv2.minAreaRect(contour)
    long, short = max(sides), max(1.0, min(sides))
    return bool(area > 0.85 * long * short and 1.15 < long / short < 1.8)
