"""Level: the perspective and skew that the sheet's own straight lines still show."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.rectify.sheet import Image

Matrix = NDArray[np.float64]
Segments = NDArray[np.float64]
"""n × 4: x0, y0, x1, y1."""

SIDE = 800
"""Pixels of the longer side at which straight pieces are looked for."""


def segments(grey: Image) -> Segments:
    """Straight pieces of lines in a grey picture, longer than a character."""
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_NONE).detect(grey)[0]
    if found is None:
        return np.zeros((0, 4))
    pieces = found.reshape(-1, 4).astype(np.float64)
    return np.asarray(pieces[np.hypot(*(pieces[:, 2:] - pieces[:, :2]).T) >= 0.03 * SIDE])


def levelling(pieces: Segments, size: tuple[int, int], bends: bool) -> Matrix:
    """The 3 × 3 matrix that makes `pieces` of a picture of `size` (width, height) level and plumb.

    With `bends` also the perspective is taken from where the pieces converge; else only skew is
    corrected. The identity when too few pieces say anything.
    """
    width, height = size
    middle = np.array([[1, 0, -width / 2], [0, 1, -height / 2], [0, 0, 1.0]])
    back = np.linalg.inv(middle)
    skew = _skew(pieces)
    if skew is None:
        return np.eye(3)
    cos, sin = np.cos(-skew), np.sin(-skew)
    turn = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1.0]]) @ middle
    whole = turn
    for _ in range(2 if bends else 0):  # the slopes are fitted to first order
        whole = _unconverged(moved(pieces, whole), max(size) / 2) @ whole
    return np.asarray(back @ whole)


def moved(pieces: Segments, matrix: Matrix) -> Segments:
    """The pieces as `matrix` maps them."""
    points = pieces.reshape(-1, 1, 2)
    return np.asarray(cv2.perspectiveTransform(points, matrix), np.float64).reshape(-1, 4) if len(pieces) else pieces


def _skew(pieces: Segments) -> float | None:
    """The angle (radians, −45°…45°) most of the lines' length lies at, modulo a right angle."""
    if len(pieces) < 4:
        return None
    run = pieces[:, 2:] - pieces[:, :2]
    length = np.hypot(*run.T)
    angle = np.mod(np.arctan2(run[:, 1], run[:, 0]) + np.pi / 4, np.pi / 2) - np.pi / 4
    bins = np.linspace(-np.pi / 4, np.pi / 4, 181)
    weight, _ = np.histogram(angle, bins, weights=length)
    ring = np.convolve(np.r_[weight[-3:], weight, weight[:3]], np.ones(7), "valid")
    peak = (bins[ring.argmax()] + bins[ring.argmax() + 1]) / 2
    away = np.mod(angle - peak + np.pi / 4, np.pi / 2) - np.pi / 4
    near = np.abs(away) < np.radians(4)
    if length[near].sum() < 3 * 0.2 * SIDE:
        return None
    order = np.argsort(away[near])
    half = np.searchsorted(np.cumsum(length[near][order]), length[near].sum() / 2)
    return float(peak + away[near][order][half])


def _unconverged(pieces: Segments, reach: float) -> Matrix:
    """The projective matrix about the origin that sends both families of nearly level pieces parallel.

    A piece of a level line at height y has slope a + b·y when the family converges. Weighted least
    squares on these small slopes, repeated with outliers weighted down, is steadier than
    intersecting lines that meet far away.
    """
    run = pieces[:, 2:] - pieces[:, :2]
    across = np.abs(run[:, 1]) < 0.25 * np.abs(run[:, 0])
    down = np.abs(run[:, 0]) < 0.25 * np.abs(run[:, 1])
    a, b = _slope_fit(pieces[across], 0, reach)
    c, d = _slope_fit(pieces[down], 1, reach)
    # y' = (y − a·x) / (1 + b·x + d·y) is constant along y = y0 + (a + b·y0)·x, and x' likewise.
    return np.array([[1, -c, 0], [-a, 1, 0], [b, d, 1.0]])


def _slope_fit(pieces: Segments, axis: int, reach: float) -> tuple[float, float]:
    """Slope of the pieces against `axis` as offset + rate · (their place across it)."""
    if len(pieces) < 2:
        return 0.0, 0.0
    run = pieces[:, 2:] - pieces[:, :2]
    slope = run[:, 1 - axis] / run[:, axis]
    place = (pieces[:, 1 - axis] + pieces[:, 3 - axis]) / 2
    weight = np.abs(run[:, axis])
    spread = np.ptp(place)
    design = np.stack([np.ones_like(place), place], axis=1)
    if spread < 0.25 * reach:
        design[:, 1] = 0
    fit = np.zeros(2)
    for _ in range(8):
        root = np.sqrt(weight)
        rows = np.r_[design * root[:, None], [[0, reach * 1e-3]]]
        fit = np.linalg.lstsq(rows, np.r_[slope * root, 0], rcond=None)[0]
        wrong = np.abs(design @ fit - slope)
        weight = np.abs(run[:, axis]) / (1 + (wrong / 0.006) ** 2)
    return float(fit[0]), float(fit[1])
