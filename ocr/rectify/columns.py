"""Columns of a band that are a line, not a stroke of a character: thin, straight, with paper on both sides."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.rectify.quick import percentile
from ocr.rectify.sheet import Image

FAINT = 13
"""Grey levels by which the faintest line is darker than the paper beside it; noise stays below."""

FREE = 0.06
"""Share of rows that may be dark beside such a line."""

PIECES = 0.34
"""Share of a short line that must be left of it."""


def thin_columns(band: Image, elsewhere: Sequence[int], thick: float, prolong: bool) -> list[int]:
    """Columns darker than their sides from top to bottom, no wider than a line, with nothing attached.

    A stroke of a character has other strokes attached to it, a line has paper close by on both
    sides however near the next character stands. Three fifths of its rows are enough then. With
    `prolong` only places are looked at where a line runs on `elsewhere`.
    """
    if band.shape[0] < 8 or not band.shape[1]:
        return []
    least = FAINT if prolong or _clean(band) else max(FAINT, 2.5 * float(np.median(np.percentile(band, 42, axis=0))))
    share = _count(band >= least) / len(band)
    found = []
    for a, b in stretches(_mostly(band, least, share)):
        if b - a > thick + 6:
            continue
        beside = [share[max(0, a - 4):max(0, a - 1)], share[b + 1:b + 4]]
        attached = max((float(side.mean()) for side in beside if len(side)), default=0.0)
        place = int(a + int(share[a:b].argmax()))
        if not (attached < 0.12 or _certain(share[place], beside)
                                    or attached < 0.6 and _throughout(band[:, place], least)):
            continue
        runs_on = any(abs(place - other) <= 4 for other in elsewhere)
        if runs_on or not prolong and _straight(band[:, a:b] >= least):
            found.append(place)
    return found if prolong else [*found, *_gapped_columns(band, share, least, thick, found)]


def _gapped_columns(band: Image, share: NDArray[np.float64], least: float, thick: float,
                    known: Sequence[int]) -> list[int]:
    """Columns of a line of which up to two thirds are lost: straight pieces that leave both levels, with nothing
    attached. No stroke of a character comes from the one level and none from the other.
    """
    found = []
    edges = np.pad(share, 4)
    free = (edges[:-2] < FREE) & (edges[1:-1] < FREE) & (edges[2:] < FREE)  # from a place four to the left on
    first, last = np.array(stretches(share >= PIECES), np.intp).reshape(-1, 2).T
    narrow = (last - first <= thick + 4) & free[first] & free[last + 5]
    for a, b in zip(first[narrow], last[narrow], strict=True):
        if any(a - 4 <= other <= b + 4 for other in known):
            continue
        part = band[:, a:b] >= least
        rows = np.flatnonzero(part.any(axis=1))
        if rows[0] <= 0.06 * len(band) and rows[-1] + 1 >= 0.94 * len(band) and _straight(part):
            found.append(int(a + int(share[a:b].argmax())))
    return found


def _clean(band: Image) -> bool:
    """Whether in more than half of the columns two fifths of the pixels are paper, so that FAINT is what counts."""
    few = int(np.ceil(0.42 * (len(band) - 1))) + 1
    return bool(np.count_nonzero(_count(band <= int(FAINT / 2.5)) >= few) * 2 > band.shape[1])


def _mostly(band: Image, least: float, share: NDArray[np.float64]) -> NDArray[np.bool_]:
    """The columns whose 42nd percentile reaches `least`: asked only where `share` of the rows leaves it open."""
    place = 0.42 * (len(band) - 1)
    low, high = int(place), int(np.ceil(place))
    marked = share >= 1 - (high + 1) / len(band)
    at = np.flatnonzero(marked)
    if len(at):
        ranked = np.partition(band[:, at], (low, high), axis=0)[[low, high]].astype(np.float64)
        marked[at] = ranked[0] + (place - low) * (ranked[1] - ranked[0]) >= least
    return np.asarray(marked)


def _throughout(column: Image, least: float) -> bool:
    """Whether a column is dark nearly all along, and nearly as dark as it is in the middle."""
    return percentile(column, 0.08) >= max(least, 0.55 * percentile(column, 0.5))


def _count(marked: NDArray[np.bool_]) -> NDArray[np.int32]:
    """How many rows are marked in each column."""
    rows = np.ascontiguousarray(marked).view(np.uint8)
    return np.asarray(cv2.reduce(rows, 0, cv2.REDUCE_SUM, dtype=cv2.CV_32S)[0])


def _certain(share: float, beside: Sequence[NDArray[np.float64]]) -> bool:
    """Dark in every row, and free on one side at least: a line that a character leans against."""
    sides = [float(side.mean()) for side in beside if len(side)]
    return share >= 0.95 and min(sides, default=0.0) < 0.1 and max(sides, default=0.0) < 0.4


def _straight(part: NDArray[np.bool_]) -> bool:
    """Whether the dark pixels of some columns are pieces of one thin straight line, not of a pen's stroke."""
    rows = np.flatnonzero(part.any(axis=1))
    widths = part[rows].sum(axis=1)
    centres = (part[rows] * np.arange(part.shape[1])).sum(axis=1) / widths
    line = np.polyfit(rows, centres, 1)
    # A line is joined to one level at least; a figure 1 hangs free between both.
    free = sorted((rows[0] / len(part), 1 - (rows[-1] + 1) / len(part)))
    return bool(free[0] <= 0.06 and free[1] <= 0.3 and np.abs(np.polyval(line, rows) - centres).mean() < 0.55)


def stretches(marked: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Where each run of marked places begins, and ends before."""
    padded = np.zeros(len(marked) + 2, bool)
    padded[1:-1] = marked
    edges = np.flatnonzero(padded[1:] != padded[:-1]).tolist()
    return list(zip(edges[::2], edges[1::2], strict=True))
