"""From a photo or scan to a flat sheet: outline, perspective, bend, light."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.rectify.bend import Bend
from ocr.rectify.level import Matrix, Segments, levelling, moved, segments
from ocr.rectify.light import evened
from ocr.rectify.lines import WORK, Chain, certain, dark_pixels, runs
from ocr.rectify.mend import mended_lines
from ocr.rectify.outline import Outline, find_outline
from ocr.rectify.quick import across_of, smaller
from ocr.rectify.sheet import Image, Point, Quad, RectifiedSheet

__all__ = ["Image", "Point", "Quad", "RectifiedSheet", "rectify", "turned_sheet"]

LONGEST = 2400
"""Pixels of a rectified sheet's longer side: A4 at 205 dpi. More costs time and reads no better."""

TRUSTED = 0.7
"""Share of its sides seen as an edge from which on an outline is believed to be the sheet's."""

CERTAIN = 0.93
"""Share from which on nothing on the sheet is asked whether the outline is right."""

SLIGHT = 0.012
"""Share of the sheet's longer side up to which the print may lie askew on a sheet whose outline is trusted."""

_STEP = 40  # pixels between the points at which the mapping is worked out
_BAND = 6  # rows of such points resampled at a time: the maps of a whole sheet leave the processor's cache


def rectify(pixels: Image) -> RectifiedSheet:
    """The sheet in `pixels` (BGR), flat and level; which way is up is settled by the match."""
    cv2.setNumThreads(1)
    outline = find_outline(pixels)
    grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.uint8)
    flatten, size = _flattening(grey, outline)
    work, shrink = _work_copy(grey, flatten, size)
    dark = dark_pixels(evened(work))
    sink = Bend(_long_lines(dark), (work.shape[1], work.shape[0]))
    lean = Bend(_long_lines(across_of(dark)), (work.shape[0], work.shape[1]))
    straight = _straightened(pixels, flatten, size, sink, lean, shrink)
    flat = evened(_small(straight))
    ruling = mended_lines(flat)
    return RectifiedSheet(straight, flat, ruling.across, ruling.down, _quad(flatten, size, pixels),
                          level=ruling.level, plumb=ruling.plumb, worn=ruling.worn)


def _long_lines(dark: Image) -> list[Chain]:
    """The courses of the long level lines among the dark pixels."""
    found = runs(dark)
    return found.chains(certain(found))


def turned_sheet(sheet: RectifiedSheet, degrees: int) -> RectifiedSheet:
    """The sheet turned clockwise. After a quarter turn its lines are looked for again, because
    rows and columns are mended differently: print runs along rows.
    """
    turned = sheet.turn(degrees)
    if degrees % 180 == 0:
        return turned
    ruling = mended_lines(turned.flat)
    return replace(turned, across=ruling.across, down=ruling.down, level=ruling.level, plumb=ruling.plumb,
                   worn=ruling.worn)


def _flattening(grey: Image, outline: Outline) -> tuple[Matrix, tuple[int, int]]:
    """The matrix from the input to the sheet seen from straight above, and the sheet's size in pixels."""
    height, width = grey.shape
    trusted = outline.found and outline.support >= TRUSTED
    corners = outline.corners if trusted else find_frame(width, height)
    size = _natural_size(corners)
    target = np.array([(0, 0), (size[0], 0), size, (0, size[1])], np.float32)
    matrix = cv2.getPerspectiveTransform(corners, target).astype(np.float64)
    if trusted and outline.support >= CERTAIN:
        return matrix, size
    level = levelling(_pieces(grey, matrix, size, inside=trusted), size, bends=True)
    return (matrix if trusted and _slight(level, size) else level @ matrix), size


def _pieces(grey: Image, matrix: Matrix, size: tuple[int, int], inside: bool) -> Segments:
    """The straight pieces of lines as `matrix` maps them; with `inside` only those on the sheet itself."""
    small = 800 / max(grey.shape)
    reduced = smaller(grey, (round(grey.shape[1] * small), round(grey.shape[0] * small)))
    pieces = moved(segments(reduced), matrix @ np.diag([1 / small, 1 / small, 1]))
    edge = 0.02 * max(size)
    on_sheet = ((pieces > edge) & (pieces < np.tile(size, 2) - edge)).all(axis=1)
    return pieces[on_sheet] if inside else pieces


def _slight(level: Matrix, size: tuple[int, int]) -> bool:
    """Whether a correction moves no corner of the sheet by more than a hair: what is left is bend."""
    corners = np.array([(0, 0), (size[0], 0), size, (0, size[1])], np.float64)[:, None, :]
    away = cv2.perspectiveTransform(corners, level) - corners
    return bool(np.abs(away).max() < SLIGHT * max(size))


def find_frame(width: int, height: int) -> NDArray[np.float32]:
    """The corners of the picture itself."""
    return np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)


def _natural_size(corners: NDArray[np.float32]) -> tuple[int, int]:
    """The sheet's size in pixels: as in the input, within LONGEST, in A4's shape when it is near it."""
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    width, height = float(sides[[0, 2]].max()), float(sides[[1, 3]].max())
    ratio = height / width
    for paper in (2 ** 0.5, 0.5 ** 0.5):
        if abs(ratio / paper - 1) < 0.09:
            width, height = (width, width * paper) if paper > 1 else (height / paper, height)
    scale = min(1.0, LONGEST / max(width, height))
    scale = max(scale, 1200 / max(width, height))
    return max(16, round(width * scale)), max(16, round(height * scale))


def _work_copy(grey: Image, flatten: Matrix, size: tuple[int, int]) -> tuple[Image, float]:
    """A small grey copy of the flattened sheet to follow its lines on, and its scale."""
    shrink = WORK / max(size)
    matrix = np.diag([shrink, shrink, 1]) @ flatten
    source, down = _near(grey, matrix)
    width, height = round(size[0] * shrink), round(size[1] * shrink)
    x, y = np.meshgrid(_middles(-(-width // _STEP) + 2), _middles(-(-height // _STEP) + 2))
    small = np.empty((height, width), np.uint8)
    _resample(source, _places(x, y, matrix @ down), small)
    return small, shrink


def _near(source: Image, matrix: Matrix) -> tuple[Image, Matrix]:
    """`source` shrunk to about the scale `matrix` will map it to, so that thin lines are not skipped."""
    factor = float(np.sqrt(abs(np.linalg.det(matrix[:2, :2]))))
    if factor > 0.7:
        return source, np.eye(3)
    shrunk = smaller(source, (round(source.shape[1] * factor), round(source.shape[0] * factor)))
    return shrunk, np.diag([source.shape[1] / shrunk.shape[1], source.shape[0] / shrunk.shape[0], 1])


def _straightened(pixels: Image, flatten: Matrix, size: tuple[int, int], sink: Bend, lean: Bend,
                  shrink: float) -> Image:
    """The sheet at full size with perspective and bend taken out in a single resampling."""
    columns, rows = -(-size[0] // _STEP) + 2, -(-size[1] // _STEP) + 2
    x, y = np.meshgrid(_middles(columns) * shrink, _middles(rows) * shrink)
    from_x, from_y = x, y
    for _ in range(2):  # the bend is known where the paper lies: find the place that moves to (x, y)
        from_y, from_x = y + sink.offset(from_x, from_y), x + lean.offset(from_y, from_x)
    source, down = _near(pixels, flatten)
    nodes = _places(from_x / shrink, from_y / shrink, flatten @ down)
    straight = np.empty((size[1], size[0], 3), np.uint8)
    _resample(source, nodes, straight)
    return straight


def _places(x: NDArray[np.float64], y: NDArray[np.float64], matrix: Matrix) -> NDArray[np.float32]:
    """What `matrix` maps to a grid of places: rows × columns × (x, y)."""
    points = np.stack([x, y], axis=-1).reshape(-1, 1, 2)
    return np.asarray(cv2.perspectiveTransform(points, np.linalg.inv(matrix)).reshape(*x.shape, 2), np.float32)


def _resample(source: Image, nodes: NDArray[np.float32], picture: Image) -> None:
    """Fill a picture from the places of its nodes in the source, and of those just outside it, band by band."""
    for first in range(0, len(nodes) - 2, _BAND):
        _fill(source, nodes[first:first + _BAND + 2], picture[first * _STEP:(first + _BAND) * _STEP])


def _fill(source: Image, nodes: NDArray[np.float32], band: Image) -> None:
    rows, columns = nodes.shape[:2]
    fine = cv2.resize(nodes, (columns * _STEP, rows * _STEP), interpolation=cv2.INTER_LINEAR)
    fine = fine[_STEP:_STEP + band.shape[0], _STEP:_STEP + band.shape[1]]
    fixed, fractions = cv2.convertMaps(fine, None, cv2.CV_16SC2)  # type: ignore[call-overload]
    cv2.remap(source, fixed, fractions, cv2.INTER_LINEAR, dst=band, borderMode=cv2.BORDER_REPLICATE)


def _middles(count: int) -> NDArray[np.float64]:
    """The middles of squares of _STEP pixels, the first of them outside the sheet."""
    return np.asarray((np.arange(count) - 0.5) * _STEP - 0.5, np.float64)


def _small(straight: Image) -> Image:
    """The sheet in grey at the size at which lines are looked for."""
    grey = cv2.cvtColor(straight, cv2.COLOR_BGR2GRAY)
    scale = WORK / max(grey.shape)
    return smaller(np.asarray(grey, np.uint8), (round(grey.shape[1] * scale), round(grey.shape[0] * scale)))


def _quad(flatten: Matrix, size: tuple[int, int], pixels: Image) -> Quad:
    corners = np.array([(0, 0), (size[0], 0), size, (0, size[1])], np.float64)[:, None, :]
    points = cv2.perspectiveTransform(corners, np.linalg.inv(flatten))[:, 0, :]
    points /= (pixels.shape[1], pixels.shape[0])
    return cast(Quad, tuple((float(x), float(y)) for x, y in points))
