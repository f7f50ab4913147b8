"""The print of a sheet's ink: where in each cell the writing lies, coarse enough to outlast another photograph."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np

from ocr.rectify.sheet import Image
from ocr.results import Box
from ocr.same_ink import COLUMNS, ROWS, InkPrint, Shares

_LIGHTEST = 215
"""Evened grey below which something is ink: a seventh darker than its paper."""
_BLANK = 0.012
"""A cell with a smaller share of ink in its fullest part holds none."""
_MARGIN = 0.08
"""The share of a cell at its edges that may show ruling."""


def ink_print(flat: Image, boxes: Mapping[str, Box]) -> InkPrint:
    """The print of the cells of a rectified sheet, whose evened grey is `flat`."""
    ink = (flat < _LIGHTEST).astype(np.float32)
    return {name: _cell(ink, box) for name, box in boxes.items()}


def _cell(ink: Shares, box: Box) -> str:
    height, width = ink.shape
    x0, y0, x1, y1 = box
    x, y = (x1 - x0) * _MARGIN / 2, (y1 - y0) * _MARGIN
    piece = ink[round((y0 + y) * height):round((y1 - y) * height), round((x0 + x) * width):round((x1 - x) * width)]
    if min(piece.shape) < ROWS:
        return ""
    parts = cv2.resize(piece, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA)
    fullest = float(parts.max())
    if fullest < _BLANK:
        return ""
    return "".join(f"{round(15 * value / fullest):x}" for value in parts.ravel())
