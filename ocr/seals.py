"""Round seals on a sheet: red ones by their colour, copied grey ones by their ring."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.rectify.sheet import Image
from ocr.results import Box

SMALLEST, LARGEST = 0.040, 0.082
"""Radius of a school's or village's seal (30–46 mm across), as a share of A4's longer side."""

RED = 38
"""How much redder than green and blue a pixel is that carries seal ink."""

ROUND, ALONE = 0.4, 0.33
"""Share of the circle that must carry ink for a grey ring to be a seal, and by how much more than its sides."""


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal's middle and radius in pixels of the picture it was found in, and whether it is red."""

    x: float
    y: float
    radius: float
    red: bool

    def box(self, width: int, height: int) -> Box:
        """The square around the seal, relative to a picture of this size."""
        return ((self.x - self.radius) / width, (self.y - self.radius) / height,
                (self.x + self.radius) / width, (self.y + self.radius) / height)


def redness(pixels: Image) -> Image:
    """How much redder than green and blue each BGR pixel is, 0 when it is not."""
    blue, green, red = cv2.split(pixels)
    return np.asarray(cv2.subtract(red, cv2.max(blue, green)), np.uint8)


def red_seals(small: Image) -> list[Seal]:
    """Red seals in a small BGR picture of a whole sheet, the clearest first."""
    red = np.asarray(cv2.compare(redness(small), RED, cv2.CMP_GT) & 1, np.uint8)
    found: list[Seal] = []
    for _ in range(3):
        seal = _red_seal(red, max(small.shape[:2]))
        if seal is None:
            break
        found.append(seal)
        cv2.circle(red, (round(seal.x), round(seal.y)), round(seal.radius * 1.25), 0, -1)
    return found


def grey_seal(ink: Image, within: tuple[int, int, int, int], side: int) -> Seal | None:
    """A ring of ink (255) whose middle lies in an area (left, top, right, bottom).

    `side` is the sheet's longer side. The ring is found as the middle that most ink lies at one distance
    from (a Hough transform for circles by correlation with rings), on a quarter-size copy, then proven on
    the full one.
    """
    shrink = 4
    reach = int(LARGEST * side) + 4
    left, top = max(0, within[0] - reach), max(0, within[1] - reach)
    right, bottom = min(ink.shape[1], within[2] + reach), min(ink.shape[0], within[3] + reach)
    part = ink[top:bottom, left:right]
    if min(part.shape) < 4 * shrink or not part.any():
        return None
    small = cv2.resize(part, None, fx=1 / shrink, fy=1 / shrink, interpolation=cv2.INTER_AREA).astype(np.float32)
    small = np.minimum(small, 90.0)
    best, best_score = None, 0.0
    for radius in np.arange(SMALLEST * side / shrink, LARGEST * side / shrink, 1.0).tolist():
        score = cv2.filter2D(small, cv2.CV_32F, _ring(radius), borderType=cv2.BORDER_CONSTANT)
        _, high, _, at = cv2.minMaxLoc(score)
        if high > best_score:
            best, best_score = (at[0] * shrink + left, at[1] * shrink + top, radius * shrink), high
    if best is None:
        return None
    return _proven(ink, *best)


def _ring(radius: float) -> NDArray[np.float32]:
    """A kernel that is positive on a thin ring and negative just inside and outside it; sums to 0."""
    size = int(radius) + 4
    y, x = np.mgrid[-size:size + 1, -size:size + 1]
    away = np.abs(np.hypot(x, y) - radius)
    ring, beside = away <= 0.8, (away > 1.8) & (away <= 3.2)
    return np.asarray(ring / ring.sum() - beside / beside.sum(), np.float32)


def _proven(ink: Image, x: float, y: float, radius: float) -> Seal | None:
    """The circle moved to where it fits best, when it carries ink most of its way and its sides do not."""
    tried = [Seal(x + dx, y + dy, float(r), red=False) for dx in range(-4, 5, 2) for dy in range(-4, 5, 2)
             for r in np.arange(radius - 5, radius + 6, 2)]
    best = max(tried, key=lambda seal: _share(ink, seal, 0))
    share = _share(ink, best, 0)
    beside = (_share(ink, best, -9) + _share(ink, best, 9)) / 2
    return best if share >= ROUND and share - beside >= ALONE else None


def _share(ink: Image, seal: Seal, away: float) -> float:
    """How much of a circle `away` pixels outside the seal's ring carries ink."""
    turn = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    xs = np.clip(seal.x + (seal.radius + away) * np.cos(turn), 0, ink.shape[1] - 1).astype(int)
    ys = np.clip(seal.y + (seal.radius + away) * np.sin(turn), 0, ink.shape[0] - 1).astype(int)
    return float((ink[ys, xs] > 0).mean())


def _red_seal(red: Image, side: int) -> Seal | None:
    """The densest disc of red, when it is as round and large as a seal."""
    if int(red.sum()) < (0.012 * side) ** 2:
        return None
    window = int(2 * 0.066 * side)
    small = cv2.resize(red * np.uint8(255), None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    density = cv2.blur(small.astype(np.float32), (max(3, window // 4), max(3, window // 4)),
                       borderType=cv2.BORDER_CONSTANT)
    _, high, _, at = cv2.minMaxLoc(density)
    if high < 255 * 0.035:
        return None
    middle, half = (at[0] * 4, at[1] * 4), int(LARGEST * side * 1.2)
    left, top = max(0, middle[0] - half), max(0, middle[1] - half)
    ys, xs = np.nonzero(red[top:middle[1] + half, left:middle[0] + half])
    x0, x1 = np.percentile(xs, (1, 99))
    y0, y1 = np.percentile(ys, (1, 99))
    wide, high_ = float(x1 - x0), float(y1 - y0)
    radius = max(wide, high_) / 2
    if not (0.6 < wide / max(1.0, high_) < 1.7) or not SMALLEST * 0.8 * side <= radius <= LARGEST * 1.15 * side:
        return None
    return Seal(left + (x0 + x1) / 2, top + (y0 + y1) / 2, radius * 1.03, red=True)
