"""Mending of ruling lines: gaps in broken ones bridged, short ones between two levels found again."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.rectify.lines import SHORTEST, LineMasks, dark_pixels, line_masks
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
    _bridge(down)
    level, plumb = rules(across), rules(down)
    for at, start, end in _between(dark, level, plumb):
        cv2.line(down, (start, at), (end, at), 255, 2)
    # Rows of print look like broken level lines: those are only prolonged, never found anew.
    for at, start, end in _between(np.ascontiguousarray(dark.T), rules(down), level, prolong=True):
        cv2.line(across, (start, at), (end, at), 255, 2)
    return LineMasks(across, np.ascontiguousarray(down.T))


def _bridge(mask: Image) -> None:
    """Draw over the gaps of each horizontal line in place."""
    for rule in rules(mask):
        steps = np.diff(rule.points[:, 0])
        for index in np.flatnonzero((steps > 10) & (steps <= GAP + 16)):
            (x0, y0), (x1, y1) = rule.points[index:index + 2]
            cv2.line(mask, (round(float(x0)), round(float(y0))), (round(float(x1)), round(float(y1))), 255, 2)


def _between(dark: Image, level: Sequence[Rule], plumb: Sequence[Rule],
             prolong: bool = False) -> list[tuple[int, int, int]]:
    """Vertical lines (place, start, end) that join two neighbouring levels but are too broken to be runs."""
    found: list[tuple[int, int, int]] = []
    wide = cv2.dilate(dark, np.ones((1, 3), np.uint8))
    thick = _thickness(wide, plumb)
    for index, upper in enumerate(level):
        lower = _next_level(level, index)
        if lower is None or not LOW <= lower.at - upper.at <= HIGH:
            continue
        left, right = int(max(0, max(upper.start, lower.start))), int(min(upper.end, lower.end))
        if right - left < 20:
            continue
        elsewhere = [round(rule.where((upper.at + lower.at) / 2)) - left for rule in plumb
                     if not prolong or rule.end - rule.start > 4 * SHORTEST]
        for x in _thin_columns(_levelled(wide, upper, lower, left, right), elsewhere, thick, prolong):
            place = left + x
            if not _known(plumb, place, upper.at, lower.at):
                found.append((place, round(upper.where(place)), round(lower.where(place))))
    return found


def _thickness(wide: Image, plumb: Sequence[Rule]) -> float:
    """How many columns a vertical line of this sheet darkens, as a rule."""
    counts = []
    for rule in plumb:
        for y, x in rule.points[::4]:
            row = wide[min(wide.shape[0] - 1, max(0, round(float(y)))), max(0, round(float(x)) - 7):round(float(x)) + 8]
            counts.append(int((row > 0).sum()))
    return float(np.median(counts)) if counts else 4.0


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


def _thin_columns(band: NDArray[np.bool_], elsewhere: Sequence[int], thick: float, prolong: bool) -> list[int]:
    """Columns dark from top to bottom and no wider than a line with nothing close beside it.

    `elsewhere` are places where lines run in other bands: they need less evidence here, and with
    `prolong` are the only ones looked for.
    """
    height, width = band.shape
    if height < 8:
        return []
    share = band.mean(axis=0)
    thirds = np.array([part.mean(axis=0) for part in np.array_split(band, 3)])
    tips = np.array([band[:max(3, height // 5)].mean(axis=0), band[-max(3, height // 5):].mean(axis=0)])
    # Writing seldom reaches from line to line: a figure 1 leaves both tips free.
    likely = (share >= 0.5) & (thirds.min(axis=0) >= 0.25) & (tips.max(axis=0) >= 0.5) & (tips.min(axis=0) >= 0.2)
    edges = np.flatnonzero(np.diff(np.r_[0, likely.astype(np.int8), 0]))
    found = []
    for a, b in zip(edges[::2], edges[1::2], strict=True):
        place = int((a + b) // 2)
        beside = [share[max(0, a - 8):max(0, a - 2)], share[min(width, b + 2):min(width, b + 8)]]
        crowded = max((float(side.mean()) for side in beside if len(side)), default=0.0)
        if any(abs(place - other) <= 4 for other in elsewhere):
            if b - a <= 11 and crowded < 0.15:
                found.append(place)
        elif not prolong and b - a <= 9 and crowded < 0.07:
            certain = share[a:b].max() >= 0.78 and tips[:, a:b].max(axis=1).min() >= 0.6
            width_here = float(np.median(band[:, max(0, a - 4):b + 4].sum(axis=1)))
            if (certain and width_here <= thick + 1) or _straight(band, a, b):
                found.append(place)
    return found


def _straight(band: NDArray[np.bool_], a: int, b: int) -> bool:
    """Whether the dark pixels of some columns are pieces of one thin straight line, not of a pen's stroke."""
    part = band[:, max(0, a - 4):b + 4]
    rows = np.flatnonzero(part.any(axis=1))
    if len(rows) < 0.55 * len(band):
        return False
    widths = part[rows].sum(axis=1)
    centres = (part[rows] * np.arange(part.shape[1])).sum(axis=1) / widths
    line = np.polyfit(rows, centres, 1)
    return bool(np.percentile(widths, 85) <= 5 and np.abs(np.polyval(line, rows) - centres).mean() < 0.55)


def _known(plumb: Sequence[Rule], place: int, top: float, bottom: float) -> bool:
    """Whether a line found before already covers this stretch."""
    return any(abs(rule.where((top + bottom) / 2) - place) < 8
               and min(rule.end, bottom) - max(rule.start, top) > 0.8 * (bottom - top) for rule in plumb)
