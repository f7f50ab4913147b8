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

COARSE = 0.6
"""How much smaller still the picture is made for that: the corners move by a quarter of a pixel at WORK, and what is
left is taken for bend.
"""

STRAIGHT, GAIN = 0.006, 0.3
"""Slope up to which a piece lies level, and the length, in longer sides of the sheet, that must come to lie so before
lines are held to converge: strokes of characters and the remains of a worn ruling lie every way.
"""


def segments(grey: Image) -> Segments:
    """Straight pieces of lines in a grey picture, longer than a character."""
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_NONE, scale=COARSE).detect(grey)[0]
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
    if not bends:
        return np.asarray(back @ turn)
    whole, parallel = (_fitted(pieces, turn, max(size) / 2, converging) for converging in (True, False))
    gained = _level_length(moved(pieces, whole)) - _level_length(moved(pieces, parallel))
    return np.asarray(back @ (whole if gained > GAIN * max(size) else parallel))


def _fitted(pieces: Segments, turn: Matrix, reach: float, converging: bool) -> Matrix:
    """The turned sheet's matrix with what its pieces still lean taken out."""
    whole = turn
    for _ in range(2):  # the slopes are fitted to first order
        whole = _unconverged(moved(pieces, whole), reach, converging) @ whole
    return whole


def _level_length(pieces: Segments) -> float:
    """The length of the pieces that lie level or plumb."""
    run = np.abs(pieces[:, 2:] - pieces[:, :2])
    straight = run.min(axis=1) <= STRAIGHT * run.max(axis=1)
    return float(np.hypot(*run[straight].T).sum())


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


def _unconverged(pieces: Segments, reach: float, converging: bool) -> Matrix:
    """The projective matrix about the origin that sends both families of nearly level pieces parallel; without
    `converging` the affine one.

    A piece of a level line at height y has slope a + b·y when the family converges. Weighted least
    squares on these small slopes, repeated with outliers weighted down, is steadier than
    intersecting lines that meet far away.
    """
    run = pieces[:, 2:] - pieces[:, :2]
    across = np.abs(run[:, 1]) < 0.25 * np.abs(run[:, 0])
    down = np.abs(run[:, 0]) < 0.25 * np.abs(run[:, 1])
    a, b = _slope_fit(pieces[across], 0, reach, converging)
    c, d = _slope_fit(pieces[down], 1, reach, converging)
    # y' = (y − a·x) / (1 + b·x + d·y) is constant along y = y0 + (a + b·y0)·x, and x' likewise.
    return np.array([[1, -c, 0], [-a, 1, 0], [b, d, 1.0]])


def _slope_fit(pieces: Segments, axis: int, reach: float, converging: bool) -> tuple[float, float]:
    """Slope of the pieces against `axis` as offset + rate · (their place across it)."""
    if len(pieces) < 2:
        return 0.0, 0.0
    run = pieces[:, 2:] - pieces[:, :2]
    slope = run[:, 1 - axis] / run[:, axis]
    place = (pieces[:, 1 - axis] + pieces[:, 3 - axis]) / 2
    weight = np.abs(run[:, axis])
    spread = np.ptp(place)
    design = np.stack([np.ones_like(place), place], axis=1)
    if spread < 0.25 * reach or not converging:
        design[:, 1] = 0
    fit = np.zeros(2)
    for _ in range(8):
        root = np.sqrt(weight)
        rows = np.r_[design * root[:, None], [[0, reach * 1e-3]]]
        fit = np.linalg.lstsq(rows, np.r_[slope * root, 0], rcond=None)[0]
        wrong = np.abs(design @ fit - slope)
        weight = np.abs(run[:, axis]) / (1 + (wrong / 0.006) ** 2)
    return float(fit[0]), float(fit[1])
