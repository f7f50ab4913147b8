"""The print of a sheet's ink: where in each cell the writing lies, coarse enough to outlast another photograph."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np

from ocr.rectify.quick import smaller
from ocr.rectify.sheet import Image
from ocr.results import Box
from ocr.same_ink import COLUMNS, ROWS, InkPrint, Shares

_SIDE = 1600
"""The sheet is looked at with its longer side this many pixels."""
_PAPER = 41
"""Pixels of the brush that wipes the writing away, leaving the paper and its light."""
_FAINT = 0.14
"""How much darker than its paper something must be to be ink."""
_LIGHTEST = np.ceil((1 - _FAINT) * np.maximum(np.arange(256), 1)).astype(np.uint8)
"""For each brightness of paper the grey below which something is ink."""
_BLANK = 0.012
"""A cell with a smaller share of ink in its fullest part holds none."""
_MARGIN = 0.08
"""The share of a cell at its edges that may show ruling."""


def ink_print(pixels: Image, boxes: Mapping[str, Box]) -> InkPrint:
    """The print of a rectified sheet's cells."""
    ink = _ink(pixels)
    return {name: _cell(ink, box) for name, box in boxes.items()}


def _ink(pixels: Image) -> Shares:
    """How dark each point is against the paper around it, 0 where it is paper."""
    scale = _SIDE / max(pixels.shape[:2])
    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY) if pixels.ndim == 3 else pixels
    grey = smaller(np.asarray(grey, np.uint8), (round(grey.shape[1] * scale), round(grey.shape[0] * scale)))
    paper = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((_PAPER, _PAPER), np.uint8))
    paper = cv2.blur(paper, (_PAPER, _PAPER))
    ink: Shares = (grey < cv2.LUT(paper, _LIGHTEST)).astype(np.float32)
    return ink


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
