"""The sides of a sheet on the edges of a picture: how much of them is seen, and moved to where they are seen."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.rectify.quad import Corners, frame, meeting, on_frame, plausible
from ocr.rectify.sheet import Image

Slopes = tuple[NDArray[np.float32], NDArray[np.float32]]
"""Brightness change across x and across y."""

EDGE = 24
"""Change of brightness, as Sobel's operator gives it, from which on a pixel lies on an edge."""

WHOLE = 0.55
"""Share of each side that should be seen: a fold or a ruling that stands in for a side is seen in parts."""

UNSEEN = 0.12
"""What a side costs that lies on the picture's edge, where nothing can be seen of it."""

RIM = 0.65
"""How much an outline counts that runs along the picture's edge all around: it may be the glass's rim."""


def slopes(smooth: Image) -> Slopes:
    """Brightness change across x and y, the strongest of the colour channels' sum."""
    grey = cv2.cvtColor(smooth, cv2.COLOR_BGR2GRAY)
    return cv2.Sobel(grey, cv2.CV_32F, 1, 0, ksize=3), cv2.Sobel(grey, cv2.CV_32F, 0, 1, ksize=3)


def steep(slope: Slopes) -> int:
    """How many pixels may lie on an edge."""
    return int(np.count_nonzero(cv2.magnitude(*slope) > EDGE))


def score_of(corners: Corners, slope: Slopes, smooth: Image) -> float:
    """How much a quadrilateral looks like a sheet: its sides lie on edges, its angles are near right."""
    height, width = smooth.shape[:2]
    if not plausible(corners, width, height):
        return 0.0
    shares, inside = [], 0
    for index in range(4):
        a, b = corners[index], corners[(index + 1) % 4]
        if on_frame(a, b, width, height):
            continue
        inside += 1
        shares.append(_edge_share(a, b, slope))
    if not inside:
        return 0.0
    seen = float(np.mean(shares)) * min(1.0, min(shares) / WHOLE) * (1 - UNSEEN * (4 - inside))
    return seen * (RIM if _like_frame(corners, width, height) else 1.0)


def _like_frame(corners: Corners, width: int, height: int) -> bool:
    """Whether the corners are all but the picture's own: a rim at its edges, or a sheet that nearly fills it."""
    return bool((np.abs(corners - frame(width, height)).max(axis=0) < 0.035 * max(width, height)).all())


def _edge_share(a: Corners, b: Corners, slope: Slopes) -> float:
    """The share of the side a→b, as far as it lies in the picture, along which brightness changes across it."""
    height, width = slope[0].shape
    strength = _across(a, b, slope, 2).max(axis=1)
    x, y = (a + (b - a) * np.linspace(0.06, 0.94, len(strength), dtype=np.float32)[:, None]).T
    seen = (x >= 0) & (y >= 0) & (x < width) & (y < height)
    return float((strength[seen] > EDGE).mean()) if seen.sum() >= 8 else 0.0


def _across(a: Corners, b: Corners, slope: Slopes,
            reach: int) -> NDArray[np.float32]:
    """|brightness change| across a→b: one row per point of the side, one column per offset outwards."""
    length = float(np.linalg.norm(b - a))
    along = (b - a) / max(length, 1e-6)
    normal = np.array((along[1], -along[0]), np.float32)
    at = a + (b - a) * np.linspace(0.06, 0.94, max(8, int(length / 4)), dtype=np.float32)[:, None]
    offsets = np.arange(-reach, reach + 1, dtype=np.float32)
    points = at[:, None, :] + normal * offsets[None, :, None]
    height, width = slope[0].shape
    xs = np.clip(points[..., 0].round().astype(int), 0, width - 1)
    ys = np.clip(points[..., 1].round().astype(int), 0, height - 1)
    return np.asarray(np.abs(slope[0][ys, xs] * normal[0] + slope[1][ys, xs] * normal[1]))


def refined(corners: Corners, slope: Slopes) -> Corners:
    """Each side moved onto the edge that it runs beside, the corners where the sides then meet."""
    height, width = slope[0].shape
    lines = []
    for index in range(4):
        a, b = corners[index], corners[(index + 1) % 4]
        lines.append((a, b) if on_frame(a, b, width, height) else _fitted(a, b, slope))
    moved = []
    for index in range(4):
        (a, b), (c, d) = lines[index - 1], lines[index]
        point = meeting(a, b, c, d)
        moved.append(corners[index] if point is None or np.linalg.norm(point - corners[index]) > 24 else point)
    return np.array(moved, np.float32)


def _fitted(a: Corners, b: Corners, slope: Slopes) -> tuple[Corners, Corners]:
    reach = 5
    strength = _across(a, b, slope, reach)
    weight = strength.max(axis=1)
    offset = strength.argmax(axis=1) - reach
    seen = weight > EDGE
    if seen.sum() < 6:
        return a, b
    t = np.linspace(0.06, 0.94, len(weight))
    keep = seen
    rate = start = 0.0
    for _ in range(3):
        rate, start = _line(t[keep], offset[keep])
        wrong = np.abs(start + rate * t - offset)
        keep = seen & (wrong <= max(1.0, float(np.median(wrong[keep])) * 2))
        if keep.sum() < 6:
            break
    along = (b - a) / max(float(np.linalg.norm(b - a)), 1e-6)
    normal = np.array((along[1], -along[0]), np.float32)
    return a + normal * np.float32(start), b + normal * np.float32(start + rate)


def _line(t: NDArray[np.float64], y: NDArray[np.intp]) -> tuple[float, float]:
    """Rate and start of the line of least squares through some points."""
    away = t - t.mean()
    rate = float(away @ y) / max(1e-9, float(away @ away))
    return rate, float(y.mean()) - rate * float(t.mean())
