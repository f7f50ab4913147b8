"""The same writing as if by a less legible hand, so that a fit on few hands learns what doubt looks like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.decode import Emissions
from ocr.engine import Engine
from ocr.looks import WHOLE, Look
from ocr.rectify import Image

_SMALL = 8
"""Crops with fewer rows or columns stay as they are."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a hand differs: slant, width and height of its writing, how far its strokes stray, its pen."""

    slant: float
    wide: float
    high: float
    stray: float
    smooth: float
    pen: int
    blur: float
    ink: float

    @classmethod
    def of(cls, rng: np.random.Generator) -> Self:
        """A hand between a little and much harder to read than it is."""
        hard = rng.uniform(0.6, 1.6)
        return cls(rng.normal(0, 0.18) * hard, float(np.exp(rng.normal(0, 0.12) * hard)),
                   float(np.exp(rng.normal(0, 0.08) * hard)), abs(rng.normal(0.02, 0.012)) * hard,
                   rng.uniform(0.12, 0.3), int(rng.choice((-1, 0, 0, 1))), abs(rng.normal(0, 0.012)) * hard,
                   rng.uniform(0.6, 1.0))


class Unsteady:
    """The engine reading every crop in another hand; one per sheet."""

    def __init__(self, engine: Engine, seed: int) -> None:
        self._engine, self._rng = engine, np.random.default_rng(seed)
        self._style = Style.of(self._rng)

    def emissions(self, crops: Sequence[Image], look: Look = WHOLE) -> list[Emissions]:
        """Of the crops as they were rewritten."""
        return self._engine.emissions([rewritten(crop, self._style, self._rng) for crop in crops], look)


def rewritten(crop: Image, style: Style, rng: np.random.Generator) -> Image:
    """The crop in another hand, as wide and high as that hand makes it."""
    rows, columns = crop.shape[:2]
    if min(rows, columns) < _SMALL:
        return crop
    paper = np.percentile(crop.reshape(-1, 3), 85, axis=0)
    margin = int(abs(style.slant) * rows / 2) + 3
    wide = cv2.copyMakeBorder(crop, 3, 3, margin, margin, cv2.BORDER_CONSTANT, value=paper.tolist())
    high, across = max(_SMALL, int(wide.shape[0] * style.high)), max(_SMALL, int(wide.shape[1] * style.wide))
    ys, xs = np.mgrid[0:high, 0:across].astype(np.float32)
    ys = (ys + _strays(ys.shape, style, rows, rng)) / np.float32(style.high)
    xs = (xs + _strays(xs.shape, style, rows, rng)) / np.float32(style.wide)
    xs = xs + np.float32(style.slant) * (ys - np.float32(wide.shape[0] / 2))
    drawn = cv2.remap(wide, xs, ys, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=paper.tolist())
    drawn = _penned(drawn, style)
    if style.blur * rows > 0.3:
        drawn = cv2.GaussianBlur(drawn, (0, 0), style.blur * rows)
    return np.ascontiguousarray(np.clip(paper + (drawn - paper) * style.ink, 0, 255).astype(np.uint8))


def _strays(shape: tuple[int, ...], style: Style, rows: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """How far each point lies off, in pixels: smooth chance."""
    noise = cv2.GaussianBlur(rng.normal(0, 1, shape).astype(np.float32), (0, 0), max(1.0, style.smooth * rows))
    return np.asarray(noise / max(1e-6, float(noise.std())) * style.stray * rows, np.float32)


def _penned(drawn: Image, style: Style) -> Image:
    """A broader or finer pen."""
    dot = np.ones((2, 2), np.uint8)
    if style.pen > 0:
        return np.asarray(cv2.erode(drawn, dot), np.uint8)
    return np.asarray(cv2.dilate(drawn, dot), np.uint8) if style.pen < 0 and drawn.shape[0] > 40 else drawn
