"""Whether a picture shows several sheets: by tables side by side, or by a gap that no line crosses."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ocr.grid import RuledTable
from ocr.rectify.quick import across_of
from ocr.rectify.rules import Rule
from ocr.rectify.sheet import Image, RectifiedSheet
from ocr.results import Box

SIZEABLE = 12
"""Cells from which on a ruling may be a sheet's own."""

LINES = 4
"""Lines on either side of a gap that make it the gap between two sheets."""


def several(sheet: RectifiedSheet, tables: Sequence[RuledTable]) -> bool:
    """Whether two sheets lie beside each other; `tables` are those of the sheet turned upright."""
    if beside(tables):
        return True
    if sheet.level is None or sheet.plumb is None:
        return False
    return _parted(sheet.down, sheet.level) or _parted(across_of(sheet.across), sheet.plumb)


def beside(tables: Sequence[RuledTable]) -> bool:
    """Whether two tables of some size stand side by side: on one sheet of paper tables stand one under the other."""
    large = [table.box for table in tables if len(table.cells) >= SIZEABLE]
    return any(_apart(a, b) for index, a in enumerate(large) for b in large[index + 1:])


def _apart(a: Box, b: Box) -> bool:
    """Whether two boxes share most of their heights and nothing of their widths, both being wide."""
    level = min(a[3], b[3]) - max(a[1], b[1])
    wide = min(a[2] - a[0], b[2] - b[0])
    return level > 0.5 * min(a[3] - a[1], b[3] - b[1]) and max(a[0], b[0]) > min(a[2], b[2]) and wide > 0.2


def _parted(down: Image, level: Sequence[Rule]) -> bool:
    """Whether a line from top to bottom near the middle parts the level lines: a fold is crossed by them."""
    height, width = down.shape
    third = width // 3
    reach = 8  # the gap may lean a little
    middle = np.ascontiguousarray(down[:, third:third + third // reach * reach])
    if not middle.size:
        return False
    stripes = middle.view(np.uint64) != 0
    stripes[:, 1:] |= stripes[:, :-1].copy()
    shares = stripes.mean(axis=0)
    if shares.max() < 0.8:
        return False
    at = third + reach * int(shares.argmax())
    pieces = [(piece[0, 0], piece[-1, 0]) for rule in level for piece in (rule.pieces or (rule.points,))
              if np.ptp(piece[:, 0]) > 0.12 * width and np.ptp(piece[:, 0]) < 0.62 * width]
    left = sum(bool(end < at + 2 * reach) for _, end in pieces)
    right = sum(bool(start > at - 2 * reach) for start, _ in pieces)
    return min(left, right) >= LINES and left + right >= 0.8 * len(pieces)
