"""The rectified sheet: straight pixels, evened light, and crops without the ruling lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.results import Box, Problem

if TYPE_CHECKING:
    from ocr.rectify.rules import Rule

Image = NDArray[np.uint8]
Point = tuple[float, float]
Quad = tuple[Point, Point, Point, Point]

_TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


@dataclass(frozen=True, slots=True, eq=False)
class RectifiedSheet:
    """A sheet as if it lay flat under the scanner.

    `pixels` is height × width × BGR in the paper's own colours; `flat` the grey at a
    smaller size of the same shape with the light evened (paper near 255). `across` and `down` mark the
    ruling lines (255) at the size of `flat`. `quad` are the sheet's corners in the input, relative 0–1, in
    the order top left, top right, bottom right, bottom left of the sheet as it stands here;
    `turned` are the degrees clockwise by which the input was turned to stand like this. `red_seals`
    are the squares around red seals: their ink is taken out of crops. `level` and `plumb` are the
    lines of the masks as rules, None when the sheet was turned since they were found; `worn` counts
    the places where they were broken.
    """

    pixels: Image
    flat: Image
    across: Image
    down: Image
    quad: Quad
    turned: int = 0
    problems: tuple[Problem, ...] = ()
    red_seals: tuple[Box, ...] = ()
    level: tuple[Rule, ...] | None = None
    plumb: tuple[Rule, ...] | None = None
    worn: int = 0

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.pixels.shape[1], self.pixels.shape[0]

    def area(self, box: Box, margin: int = 0) -> tuple[int, int, int, int]:
        """`box` in pixels (left, top, right, bottom) widened by `margin`, within the sheet, never empty."""
        width, height = self.size
        left = min(max(0, round(box[0] * width) - margin), width - 1)
        top = min(max(0, round(box[1] * height) - margin), height - 1)
        right = min(max(left + 1, round(box[2] * width) + margin), width)
        bottom = min(max(top + 1, round(box[3] * height) + margin), height)
        return left, top, right, bottom

    def box(self, left: float, top: float, right: float, bottom: float) -> Box:
        """Pixels as a relative box."""
        width, height = self.size
        return left / width, top / height, right / width, bottom / height

    def crop(self, box: Box, margin: int = 0, without: Sequence[Box] = ()) -> Image:
        """The BGR pixels of `box` and `margin` pixels around, rulings and `without` painted as paper."""
        left, top, right, bottom = self.area(box, margin)
        crop = self.pixels[top:bottom, left:right].copy()
        for seal in self.red_seals:
            self._bleach(crop, (left, top), seal)
        hide = self.ruled((left, top, right, bottom))
        for other in without:
            x0, y0, x1, y1 = self.area(other)
            hide[max(0, y0 - top):max(0, y1 - top), max(0, x0 - left):max(0, x1 - left)] = 255
        if hide.any():
            ys, xs = self._nearest((left, top, right, bottom))
            crop[hide > 0] = _paper(crop, self.flat[ys][:, xs])
        return crop

    def _bleach(self, crop: Image, at: tuple[int, int], seal: Box) -> None:
        """Show what lies under a red seal as red light does: red ink vanishes, blue and black stay."""
        x0, y0, x1, y1 = self.area(seal)
        part = crop[max(0, y0 - at[1]):max(0, y1 - at[1]), max(0, x0 - at[0]):max(0, x1 - at[0])]
        if part.size:
            reddish = part[:, :, 2].astype(np.int16) - part[:, :, :2].max(axis=2) > 10
            part[reddish] = part[reddish][:, 2:]

    def ruled(self, area: tuple[int, int, int, int]) -> Image:
        """Mask (255) of the ruling lines within an area in pixels, in that area's size."""
        ys, xs = self._nearest(area)
        around = np.s_[ys[0]:ys[-1] + 1, xs[0]:xs[-1] + 1]
        if not (self.across[around].any() or self.down[around].any()):
            return np.zeros((len(ys), len(xs)), np.uint8)
        part = (self.across[ys] | self.down[ys])[:, xs]
        return np.asarray(cv2.dilate(part, np.ones((3, 3), np.uint8)), np.uint8)

    def _nearest(self, area: tuple[int, int, int, int]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The rows and the columns of the smaller pictures that show those of an area in pixels."""
        left, top, right, bottom = area
        rows, columns = self.flat.shape
        width, height = self.size
        return (np.minimum((np.arange(top, bottom) * rows) // height, rows - 1),
                np.minimum((np.arange(left, right) * columns) // width, columns - 1))

    def turn(self, degrees: int) -> RectifiedSheet:
        """This sheet turned clockwise by 0, 90, 180 or 270 degrees."""
        degrees %= 360
        if not degrees:
            return self
        code, steps = _TURNS[degrees], degrees // 90
        across, down = cv2.rotate(self.across, code), cv2.rotate(self.down, code)
        if steps % 2:
            across, down = down, across
        first, second, third, fourth = self.quad[-steps:] + self.quad[:-steps]
        return replace(self, level=None, plumb=None, pixels=cv2.rotate(self.pixels, code),
                       flat=cv2.rotate(self.flat, code), across=across, down=down,
                       quad=(first, second, third, fourth), turned=(self.turned + degrees) % 360)


def _paper(crop: Image, flat: Image) -> NDArray[np.uint8]:
    """The colour of the paper in a crop: the median of its light pixels."""
    light = crop[flat > 225]
    if len(light) < 8:
        return np.full(3, 255, np.uint8)
    return np.asarray(np.median(light[:: max(1, len(light) // 2000)], axis=0), np.uint8)
