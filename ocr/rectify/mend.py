"""Mending of ruling lines: gaps in broken ones bridged, short ones between two levels found again."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.rectify.lines import LineMasks, dark_pixels, line_masks
from ocr.rectify.rules import Rule, rules
from ocr.rectify.sheet import Image

GAP = 26
"""Pixels at WORK of a line that may be missing: narrower than any cell."""

LOW, HIGH = 16, 150
"""Heights (pixels at WORK) of a band between two levels in which short lines are looked for."""


def mended_lines(flat: Image) -> LineMasks:
    """The ruling lines of an evened grey picture whose longer side is about WORK pixels."""
    dark = dark_pixels(flat)
    masks = line_masks(dark)
    across, down = masks.across.copy(), np.ascontiguousarray(masks.down.T)
    _bridge(across)
    level = rules(across)
    _bridge(down)
    short = _between(dark, level, rules(down))
    for at, start, end in short:
        cv2.line(down, (start, at), (end, at), 255, 2)
    return LineMasks(across, np.ascontiguousarray(down.T))


def _bridge(mask: Image) -> None:
    """Draw over the gaps of each horizontal line in place."""
    for rule in rules(mask):
        steps = np.diff(rule.points[:, 0])
        for index in np.flatnonzero((steps > 10) & (steps <= GAP + 16)):
            (x0, y0), (x1, y1) = rule.points[index:index + 2]
            cv2.line(mask, (round(float(x0)), round(float(y0))), (round(float(x1)), round(float(y1))), 255, 2)


def _between(dark: Image, level: Sequence[Rule], plumb: Sequence[Rule]) -> list[tuple[int, int, int]]:
    """Vertical lines (place, start, end) that join two neighbouring levels but are too broken to be runs."""
    found: list[tuple[int, int, int]] = []
    wide = cv2.dilate(dark, np.ones((1, 3), np.uint8))
    for index, upper in enumerate(level):
        lower = _next_level(level, index)
        if lower is None or not LOW <= lower.at - upper.at <= HIGH:
            continue
        left, right = int(max(0, max(upper.start, lower.start))), int(min(upper.end, lower.end))
        if right - left < 20:
            continue
        band = _levelled(wide, upper, lower, left, right)
        for x in _thin_columns(band):
            place = left + x
            if not _known(plumb, place, upper.at, lower.at):
                found.append((place, round(upper.where(place)), round(lower.where(place))))
    return found


def _next_level(level: Sequence[Rule], index: int) -> Rule | None:
    """The nearest level below that shares most of its length with this one."""
    upper = level[index]
    for lower in level[index + 1:]:
        common = min(upper.end, lower.end) - max(upper.start, lower.start)
        if lower.at - upper.at >= LOW and common > 0.5 * min(upper.end - upper.start, lower.end - lower.start):
            return lower
    return None


def _levelled(wide: Image, upper: Rule, lower: Rule, left: int, right: int) -> NDArray[np.bool_]:
    """The dark pixels between two levels, without the levels themselves."""
    top, bottom = round(upper.at) + 4, round(lower.at) - 3
    return np.asarray(wide[max(0, top):max(0, bottom), left:right] > 0)


def _thin_columns(band: NDArray[np.bool_]) -> list[int]:
    """Columns dark from top to bottom, and only a line wide."""
    height, width = band.shape
    if height < 8:
        return []
    share = band.mean(axis=0)
    thirds = np.array([part.mean(axis=0) for part in np.array_split(band, 3)])
    tips = np.array([band[:max(3, height // 5)].mean(axis=0), band[-max(3, height // 5):].mean(axis=0)])
    # Writing seldom reaches from line to line: a figure 1 leaves both tips free.
    strong = (share >= 0.5) & (thirds.min(axis=0) >= 0.25) & (tips.max(axis=0) >= 0.5) & (tips.min(axis=0) >= 0.2)
    edges = np.flatnonzero(np.diff(np.r_[0, strong.astype(np.int8), 0]))
    found = []
    for a, b in zip(edges[::2], edges[1::2], strict=True):
        sides = [share[max(0, a - 6):max(0, a - 3)], share[min(width, b + 3):min(width, b + 6)]]
        lonely = all(not len(side) or float(side.min()) < 0.3 for side in sides)
        if b - a <= 9 and lonely:
            found.append(int((a + b) // 2))
    return found


def _known(plumb: Sequence[Rule], place: int, top: float, bottom: float) -> bool:
    """Whether a line found before already covers this stretch."""
    return any(abs(rule.where((top + bottom) / 2) - place) < 8
               and min(rule.end, bottom) - max(rule.start, top) > 0.8 * (bottom - top) for rule in plumb)
