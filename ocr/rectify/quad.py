"""Four-sided shapes: made of a hull, put in order, judged by their sides and angles."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Corners = NDArray[np.float32]
"""4 × 2 points, clockwise from the one nearest the top left."""


def frame(width: int, height: int) -> Corners:
    """The picture's own corners."""
    return np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)


def four_sided(hull: Corners) -> Corners | None:
    """The hull reduced to four sides by taking away, again and again, the side that adds least area."""
    hull = cv2.approxPolyDP(hull[:, None, :], 2.0, True)[:, 0, :]
    while len(hull) > 4:
        best, best_area, best_hull = None, np.inf, hull
        for index in range(len(hull)):
            a, b, c, d = (hull[(index + k) % len(hull)] for k in (-1, 0, 1, 2))
            point = _crossing(a, b, d, c)
            if point is None:
                continue
            area = abs(cross(b - c, point - c)) / 2
            if area < best_area:
                rest = [hull[(index + k) % len(hull)] for k in range(2, len(hull))]
                best, best_area, best_hull = index, area, np.array([point, *rest], np.float32)
        if best is None:
            return None
        hull = best_hull
    return clockwise(hull) if len(hull) == 4 else None


def cross(a: Corners, b: Corners) -> float:
    """The turn from `a` to `b`: the area they span, positive clockwise in pixels."""
    return float(a[0] * b[1] - a[1] * b[0])


def _crossing(a: Corners, b: Corners, c: Corners, d: Corners) -> Corners | None:
    """Where a→b and c→d, both prolonged beyond their ends, meet."""
    first, second = b - a, d - c
    turn = cross(first, second)
    if abs(turn) < 1e-6:
        return None
    ahead = cross(c - a, second) / turn
    other = cross(c - a, first) / turn
    return a + first * np.float32(ahead) if ahead >= 1 and other >= 1 else None


def clockwise(corners: Corners) -> Corners:
    """The corners in clockwise order, beginning with the one nearest the top left."""
    middle = corners.mean(axis=0)
    angles = np.arctan2(corners[:, 1] - middle[1], corners[:, 0] - middle[0])
    ordered = corners[np.argsort(angles)]
    return np.roll(ordered, -int(np.argmin(ordered.sum(axis=1))), axis=0).astype(np.float32)


def plausible(corners: Corners, width: int, height: int) -> bool:
    """Whether a sheet may look like this: large enough, its angles not far from right."""
    sides = np.roll(corners, -1, axis=0) - corners
    lengths = np.linalg.norm(sides, axis=1)
    if lengths.min() < 0.25 * min(width, height):
        return False
    if cv2.contourArea(corners) < 0.2 * width * height:
        return False
    units = sides / lengths[:, None]
    cosines = np.abs((units * np.roll(units, -1, axis=0)).sum(axis=1))
    return bool(cosines.max() < 0.55)


def on_frame(a: Corners, b: Corners, width: int, height: int) -> bool:
    """Whether a side runs along the picture's own edge, where no paper edge can be seen."""
    near = 3
    return bool(max(a[0], b[0]) < near or min(a[0], b[0]) > width - near
                or max(a[1], b[1]) < near or min(a[1], b[1]) > height - near)


def meeting(a: Corners, b: Corners, c: Corners, d: Corners) -> Corners | None:
    first, second = b - a, d - c
    turn = cross(first, second)
    if abs(turn) < 1e-6:
        return None
    return a + first * np.float32(cross(c - a, second) / turn)
