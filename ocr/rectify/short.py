"""Short lines between two neighbouring levels, too faint or too broken to be dark runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from ocr.rectify.columns import stretches, thin_columns
from ocr.rectify.lines import SHORTEST
from ocr.rectify.rules import Rule
from ocr.rectify.sheet import Image

RECORDS = 9
"""Bands from which on a sheet is a table of records, whose columns run through all of them."""

LOW, HIGH = 16, 150
"""Heights (pixels at WORK) of a band between two levels in which short lines are looked for."""


def between(flat: Image, level: Sequence[Rule], plumb: Sequence[Rule],
             prolong: bool = False) -> list[tuple[int, int, int]]:
    """Vertical lines (place, start, end) that join two neighbouring levels but are too faint to be runs."""
    found: list[tuple[int, int, int]] = []
    # How much darker a pixel is than the paper beside it: thin upright strokes alone are left.
    thin = cv2.morphologyEx(flat, cv2.MORPH_BLACKHAT, np.ones((1, 13), np.uint8))
    thick = _thickness(thin, plumb)
    wide = cv2.dilate(thin, np.ones((1, 3), np.uint8))
    bands = list(_bands(level, int(1e6) if prolong else HIGH))
    for upper, lower, left, right in bands:
        elsewhere = [round(rule.where((upper.at + lower.at) / 2)) - left for rule in plumb
                     if rule.end - rule.start > max(4 * SHORTEST, 1.7 * (lower.at - upper.at))]
        drawn = [rule for rule in plumb
                 if min(rule.end, lower.at) - max(rule.start, upper.at) > 0.5 * (lower.at - upper.at)]
        if prolong:  # what is drawn in this band need not be looked for
            elsewhere = [at for at in elsewhere
                         if not _known(drawn, at + left, upper.where(at + left), lower.where(at + left))]
        band = _levelled(wide, upper, lower, left, right)
        columns = _about(elsewhere, band.shape[1]) if prolong else [(0, band.shape[1])]
        for place in [left + a + x for a, b in columns
                      for x in thin_columns(band[:, a:b], [other - a for other in elsewhere], thick, prolong)]:
            if not _known(drawn, place, upper.where(place), lower.where(place)):
                found.append((place, round(upper.where(place)), round(lower.where(place))))
    return found if len(bands) < RECORDS else [line for line in found if _repeated(line, found, plumb, len(bands))]


def _about(places: Sequence[int], width: int) -> list[tuple[int, int]]:
    """The columns around some places, as stretches that do not overlap."""
    marked = np.zeros(width, bool)
    for place in places:
        marked[max(0, place - 14):max(0, place + 15)] = True
    return stretches(marked)


def _repeated(line: tuple[int, int, int], found: Sequence[tuple[int, int, int]], plumb: Sequence[Rule],
              bands: int) -> bool:
    """Whether a line found in one of many bands runs through a quarter of them, found here or before."""
    at, start, end = line
    alike = sum(abs(other[0] - at) <= 5 for other in found)
    known = sum(rule.end - rule.start for rule in plumb if abs(rule.where((start + end) / 2) - at) <= 5)
    return alike + known / max(1, end - start) >= 0.25 * bands


def _thickness(thin: Image, plumb: Sequence[Rule]) -> float:
    """How many columns a vertical line of this sheet darkens, as a rule."""
    if not plumb:
        return 4.0
    places = np.rint(np.concatenate([rule.points[::4] for rule in plumb])).astype(np.intp)
    rows = np.clip(places[:, 0], 0, thin.shape[0] - 1)
    columns = np.clip(places[:, 1:] + np.arange(-7, 8), 0, thin.shape[1] - 1)
    across = thin[rows[:, None], columns]
    return float(np.median((across > across.max(axis=1, keepdims=True) / 2).sum(axis=1)))


def _bands(level: Sequence[Rule], most: int) -> Iterator[tuple[Rule, Rule, int, int]]:
    """Each two levels that face one another with nothing between, and from where to where they do."""
    whole = _joined(level)
    for index, upper in enumerate(whole):
        free = [(max(0.0, upper.start), upper.end)]
        for lower in whole[index + 1:]:
            high = lower.at - upper.at
            if high > most or not free:
                break
            if high < LOW or lower.end - lower.start < 1.5 * SHORTEST:
                continue
            facing = [(max(a, lower.start), min(b, lower.end)) for a, b in free]
            yield from ((upper, lower, int(a), int(b)) for a, b in facing if b - a >= 20)
            free = [part for a, b in free for part in ((a, min(b, lower.start)), (max(a, lower.end), b))
                    if part[1] - part[0] >= 20]


def _joined(level: Sequence[Rule]) -> list[Rule]:
    """Levels at one height as one, whatever is missing between them."""
    joined: list[Rule] = []
    for rule in level:
        last = joined[-1] if joined else None
        if last is not None and abs(rule.at - last.at) <= 5:
            points = np.concatenate([last.points, rule.points])
            points = points[np.argsort(points[:, 0])]
            joined[-1] = Rule(last.at, min(last.start, rule.start), max(last.end, rule.end), points)
        else:
            joined.append(rule)
    return joined


def _levelled(wide: Image, upper: Rule, lower: Rule, left: int, right: int) -> Image:
    """The part between two levels, without the levels themselves."""
    top, bottom = round(upper.at) + 4, round(lower.at) - 3
    return wide[max(0, top):max(0, bottom), left:right]


def _known(plumb: Sequence[Rule], place: int, top: float, bottom: float) -> bool:
    """Whether a line found before already covers this stretch."""
    return any(min(rule.end, bottom) - max(rule.start, top) > 0.8 * (bottom - top)
               and abs(rule.where((top + bottom) / 2) - place) < 8 for rule in plumb)
