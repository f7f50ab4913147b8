"""Lines of writing within a place, from its strokes alone."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ocr.grid.ink import InkMap
from ocr.rectify.columns import stretches
from ocr.rectify.quick import percentile
from ocr.results import Box

Area = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels of the ink map."""

FLAT = 5
"""Pixels of the map: what is lower than this is a comma or dust, not a line."""


def text_lines(strokes: InkMap, area: Area) -> list[Area]:
    """The written lines in an area, top to bottom, each as the box around its strokes.

    Strokes under a grey seal make no line of their own, for they may be the seal's characters; those
    that lie in a line found beside the seal belong to it.
    """
    chosen = strokes.within(area)
    boxes = strokes.boxes[chosen].astype(np.float64)
    sealed = strokes.sealed[chosen]
    large = np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]) >= FLAT
    boxes, sealed = boxes[large], sealed[large]
    if not len(boxes) or sealed.all():
        return []
    top = max(0, int(area[1]))
    bands = [(top + a, top + b) for a, b in _bands(_profile(strokes, boxes[~sealed], area))]
    if sealed.any():
        inside = np.array([any(a - 2 <= (box[1] + box[3]) / 2 <= b + 2 and box[3] - box[1] <= 1.3 * (b - a)
                               for a, b in bands) for box in boxes], bool)
        boxes = boxes[~sealed | inside]
    return _boxes(bands, boxes)


def relative(area: Area, strokes: InkMap) -> Box:
    """An area of the map as a relative box."""
    height, width = strokes.mask.shape
    return area[0] / width, area[1] / height, area[2] / width, area[3] / height


def pixels(box: Box, strokes: InkMap) -> Area:
    """A relative box as an area of the map."""
    height, width = strokes.mask.shape
    return box[0] * width, box[1] * height, box[2] * width, box[3] * height


def bounds(areas: NDArray[Any] | Sequence[Sequence[float]]) -> Area:
    """The area around some areas."""
    every = np.asarray(areas, np.float64)
    return (float(every[:, 0].min()), float(every[:, 1].min()), float(every[:, 2].max()), float(every[:, 3].max()))


def _profile(strokes: InkMap, boxes: NDArray[np.float64], area: Area) -> NDArray[np.float64]:
    """How much of these strokes is dark in each row of the area, smoothed over a fraction of a character."""
    top, bottom = max(0, int(area[1])), int(np.ceil(area[3]))
    rows = np.zeros(max(1, bottom - top))
    for left, upper, right, lower in boxes.astype(int).tolist():
        first, last = max(upper, top), min(lower, bottom)
        if last > first:
            rows[first - top:last - top] += (strokes.mask[first:last, left:right] > 0).sum(axis=1)
    return np.convolve(rows, _SMOOTH, "same") if len(rows) > 7 else rows


_SMOOTH = np.hanning(7) / np.hanning(7).sum()


def _bands(profile: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Stretches of rows with writing; tall ones are cut at their emptiest rows."""
    if not profile.any():
        return []
    high = percentile(profile[profile > 0], 0.8)
    busy = profile > max(0.6, 0.02 * high)
    bands = _joined([band for band in stretches(busy) if band[1] - band[0] >= 3])
    if not bands:
        return []
    usual = min(float(median([b - a for a, b in bands if b - a >= 8] or [b - a for a, b in bands])), 44.0)
    return [piece for band in bands for piece in _cut(profile, band, usual)]


def _joined(bands: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Bands too low to be a line joined to the neighbour they nearly touch."""
    joined: list[tuple[int, int]] = []
    for band in bands:
        if joined and band[0] - joined[-1][1] <= 4 and min(band[1] - band[0], joined[-1][1] - joined[-1][0]) < 12:
            joined[-1] = (joined[-1][0], band[1])
        else:
            joined.append(band)
    return joined


def _cut(profile: NDArray[np.float64], band: tuple[int, int], usual: float) -> list[tuple[int, int]]:
    height = band[1] - band[0]
    if height < 1.75 * usual or height < 44:
        return [band]
    low, high = band[0] + int(0.5 * usual), band[1] - int(0.5 * usual)
    part = profile[low:high]
    if not len(part):
        return [band]
    at = low + int(part.argmin())
    if profile[at] > 0.5 * percentile(profile[band[0]:band[1]], 0.75):
        return [band]
    return _cut(profile, (band[0], at), usual) + _cut(profile, (at, band[1]), usual)


def _boxes(bands: list[tuple[int, int]], boxes: NDArray[np.float64]) -> list[Area]:
    """Every stroke to the band it lies in, or nearest to; then the box around each band's strokes."""
    if not bands:
        return []
    edges = np.array(bands, np.float64)
    middle = (boxes[:, 1] + boxes[:, 3]) / 2
    away = np.maximum(np.maximum(edges[:, 0][None] - middle[:, None], middle[:, None] - edges[:, 1][None]), 0)
    home = away.argmin(axis=1)
    found = []
    for index, (a, b) in enumerate(bands):
        own = boxes[home == index]
        if not len(own):
            continue
        (left, top), (right, bottom) = own[:, :2].min(axis=0).tolist(), own[:, 2:].max(axis=0).tolist()
        # A stroke that reaches into another line widens no box beyond half a line.
        slack = 0.5 * (b - a)
        found.append((left, max(top, a - slack), right, min(bottom, b + slack)))
    return found
