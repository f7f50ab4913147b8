"""The outline of the sheet on whatever it lies on: four corners, or none when the paper fills the picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from weakref import ref

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.rectify.sheet import Image

Corners = NDArray[np.float32]
"""4 × 2 points, clockwise from the one nearest the top left."""

SMALL = 480
"""Pixels of the longer side at which the outline is looked for."""


WHOLE = 0.55
"""Share of each side that should be seen: a fold or a ruling that stands in for a side is seen in parts."""

UNSEEN = 0.12
"""What a side costs that lies on the picture's edge, where nothing can be seen of it."""

RIM = 0.65
"""How much an outline counts that runs along the picture's edge all around: it may be the glass's rim."""


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """Corners in pixels of the picture given; `support` (0–1) is the share of its sides seen as an edge.

    `found` is False when the picture's own frame stands in for the sheet's.
    """

    corners: Corners
    support: float
    found: bool


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
    """The picture with its longer side SMALL pixels: rows and columns thinned out, then averaged."""
    thin = max(1, max(pixels.shape[:2]) // (4 * SMALL))
    thinned = np.ascontiguousarray(pixels[::thin, ::thin])
    scale = SMALL / max(thinned.shape[:2])
    size = (max(1, round(thinned.shape[1] * scale)), max(1, round(thinned.shape[0] * scale)))
    return np.asarray(cv2.resize(thinned, size, interpolation=cv2.INTER_AREA), np.uint8)


def _outline(pixels: Image) -> Outline:
    height, width = pixels.shape[:2]
    scale = SMALL / max(height, width)
    small = small_copy(pixels)
    smooth = without_print(small)
    slope = _slopes(smooth)
    best, best_score = None, 0.0
    for mask in _paper_masks(smooth) if min(smooth.shape[:2]) >= 8 else ():
        for rough in _quads(mask):
            if not _plausible(rough, smooth.shape[1], smooth.shape[0]):
                continue
            corners = rough
            for _ in range(3):
                score = _score(corners, slope, smooth)
                if score > best_score:
                    best, best_score = corners, score
                corners = _refined(corners, slope)
    if best is None or best_score < 0.45:
        return Outline(frame(width, height), 0.0, found=False)
    return Outline(best / np.float32(scale), best_score, found=True)


def frame(width: int, height: int) -> Corners:
    """The picture's own corners."""
    return np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)


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
                corners = _four_sided(hull[:, 0, :].astype(np.float32))
                if corners is not None:
                    yield corners


def _four_sided(hull: Corners) -> Corners | None:
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


def _slopes(smooth: Image) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Brightness change across x and y, the strongest of the colour channels' sum."""
    grey = cv2.cvtColor(smooth, cv2.COLOR_BGR2GRAY)
    return cv2.Sobel(grey, cv2.CV_32F, 1, 0, ksize=3), cv2.Sobel(grey, cv2.CV_32F, 0, 1, ksize=3)


def _score(corners: Corners, slope: tuple[NDArray[np.float32], NDArray[np.float32]], smooth: Image) -> float:
    """How much a quadrilateral looks like a sheet: its sides lie on edges, its angles are near right."""
    height, width = smooth.shape[:2]
    if not _plausible(corners, width, height):
        return 0.0
    shares, inside = [], 0
    for index in range(4):
        a, b = corners[index], corners[(index + 1) % 4]
        if _on_frame(a, b, width, height):
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


def _plausible(corners: Corners, width: int, height: int) -> bool:
    sides = np.roll(corners, -1, axis=0) - corners
    lengths = np.linalg.norm(sides, axis=1)
    if lengths.min() < 0.25 * min(width, height):
        return False
    if cv2.contourArea(corners) < 0.2 * width * height:
        return False
    units = sides / lengths[:, None]
    cosines = np.abs((units * np.roll(units, -1, axis=0)).sum(axis=1))
    return bool(cosines.max() < 0.55)


def _on_frame(a: Corners, b: Corners, width: int, height: int) -> bool:
    """Whether a side runs along the picture's own edge, where no paper edge can be seen."""
    near = 3
    return bool(max(a[0], b[0]) < near or min(a[0], b[0]) > width - near
                or max(a[1], b[1]) < near or min(a[1], b[1]) > height - near)


def _edge_share(a: Corners, b: Corners, slope: tuple[NDArray[np.float32], NDArray[np.float32]]) -> float:
    """The share of the side a→b, as far as it lies in the picture, along which brightness changes across it."""
    height, width = slope[0].shape
    strength = _across(a, b, slope, 2).max(axis=1)
    x, y = (a + (b - a) * np.linspace(0.06, 0.94, len(strength), dtype=np.float32)[:, None]).T
    seen = (x >= 0) & (y >= 0) & (x < width) & (y < height)
    return float((strength[seen] > 24).mean()) if seen.sum() >= 8 else 0.0


def _across(a: Corners, b: Corners, slope: tuple[NDArray[np.float32], NDArray[np.float32]],
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


def _refined(corners: Corners, slope: tuple[NDArray[np.float32], NDArray[np.float32]]) -> Corners:
    """Each side moved onto the edge that it runs beside, the corners where the sides then meet."""
    height, width = slope[0].shape
    lines = []
    for index in range(4):
        a, b = corners[index], corners[(index + 1) % 4]
        lines.append((a, b) if _on_frame(a, b, width, height) else _fitted(a, b, slope))
    moved = []
    for index in range(4):
        (a, b), (c, d) = lines[index - 1], lines[index]
        point = _meeting(a, b, c, d)
        moved.append(corners[index] if point is None or np.linalg.norm(point - corners[index]) > 24 else point)
    return np.array(moved, np.float32)


def _fitted(a: Corners, b: Corners, slope: tuple[NDArray[np.float32], NDArray[np.float32]]) -> tuple[Corners, Corners]:
    reach = 5
    strength = _across(a, b, slope, reach)
    weight = strength.max(axis=1)
    offset = strength.argmax(axis=1) - reach
    seen = weight > 24
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


def _meeting(a: Corners, b: Corners, c: Corners, d: Corners) -> Corners | None:
    first, second = b - a, d - c
    turn = cross(first, second)
    if abs(turn) < 1e-6:
        return None
    return a + first * np.float32(cross(c - a, second) / turn)


def paper_areas(pixels: Image) -> int:
    """How many separate bright, four-sided areas as large as sheets a BGR picture shows."""
    small = small_copy(pixels)
    grey = cv2.cvtColor(without_print(small), cv2.COLOR_BGR2GRAY)
    level, bright = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    if float(grey[bright > 0].mean()) - float(grey[bright == 0].mean() if (bright == 0).any() else 255) < 45:
        return 1
    bright = cv2.morphologyEx(bright, cv2.MORPH_OPEN, np.ones((7, 7), np.uint8))
    contours, _ = cv2.findContours(bright, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    return sum(_like_sheet(contour, small.shape[0] * small.shape[1]) for contour in contours)


def _like_sheet(contour: NDArray[np.int32], whole: int) -> bool:
    area = cv2.contourArea(contour)
    if area < 0.1 * whole:
        return False
    (_, sides, _) = cv2.minAreaRect(contour)
    long, short = max(sides), max(1.0, min(sides))
    return bool(area > 0.85 * long * short and 1.15 < long / short < 1.8)
