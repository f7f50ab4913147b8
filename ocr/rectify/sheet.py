"""The rectified sheet: straight pixels, evened light, and crops without the ruling lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr.results import Box, Problem

Image = NDArray[np.uint8]
Point = tuple[float, float]
Quad = tuple[Point, Point, Point, Point]


@dataclass(frozen=True, slots=True, eq=False)
class RectifiedSheet:
    """A sheet as if it lay flat under the scanner.

    `pixels` is height × width × BGR in the paper's own colours; `flat` the grey of the same size
    with the light evened (paper near 255). `rules` marks the ruling lines (255) in the same size.
    `quad` are the sheet's corners in the input, relative 0–1, in the order top left, top right,
    bottom right, bottom left of the sheet as it stands here; `turned` are the degrees clockwise
    by which the input was turned to stand like this.
    """

    pixels: Image
    flat: Image
    rules: Image
    quad: Quad
    turned: int = 0
    problems: tuple[Problem, ...] = ()

    def crop(self, box: Box, margin: int = 0, without: Sequence[Box] = ()) -> Image:
        """The BGR pixels of `box` and `margin` pixels around, rulings and `without` painted as paper."""
        raise NotImplementedError

    def turn(self, degrees: int) -> RectifiedSheet:
        """This sheet turned clockwise by 90, 180 or 270 degrees."""
        raise NotImplementedError
