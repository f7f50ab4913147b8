"""Two ones side by side that were taken for one: the recogniser needs white between them, their strokes do not."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.decode import Emissions
from ocr.kinds.numerals import ELEVEN
from ocr.pipeline.strikes import Image, ink_of

_ONES = frozenset("1|lI丨")
_TALL, _SLIM = 0.5, 0.5
"""Least height of a one, of the line's, and greatest width, of its own height."""
_ALIKE, _NEAR = 0.65, 1.2
"""How alike in height two ones are at least, and how far apart at most, in their height."""
_BOTH = 0.9
"""Share of a one's probability that two such strokes take over."""

Strokes = NDArray[np.int32]
"""n × 4: left, top, width and height of each, in pixels of the crop."""


def with_elevens(crop: Image, line: Emissions) -> Emissions:
    """The line with an eleven wherever a single one was read from two upright strokes."""
    eleven = line.alphabet.index.get(ELEVEN)
    found = line.path
    if eleven is None or not any(character in _ONES for character, _, _ in found):
        return line
    ones = _upright(crop)
    edges = _edges(found, line.stride, crop.shape[1])
    double = [step for (character, _, step), (left, right) in zip(found, edges, strict=True)
              if character in _ONES and _two(ones, left, right)]
    if not double:
        return line
    steps = line.steps.copy()
    for step in double:
        taken = _BOTH * steps[step, line.picks[step]]
        steps[step, line.picks[step]] -= taken
        steps[step, eleven] += taken
    return Emissions(steps, line.alphabet, line.stride)


def _upright(crop: Image) -> Strokes:
    """The strokes of a line that are tall and slim."""
    dark = ink_of(crop)
    rows = np.flatnonzero(dark.any(axis=1))
    if not len(rows):
        return np.zeros((0, 4), np.int32)
    _, _, stats, _ = cv2.connectedComponentsWithStats(dark.astype(np.uint8))
    wide, high = stats[1:, 2], stats[1:, 3]
    chosen = (high >= _TALL * (rows[-1] - rows[0] + 1)) & (wide <= _SLIM * high)
    return np.asarray(stats[1:, :4][chosen], np.int32)


def _edges(found: Sequence[tuple[str, float, int]], stride: float, width: int) -> list[tuple[float, float]]:
    """Where each character begins and ends, in pixels: halfway to its neighbours."""
    middles = [(step + 0.5) * stride for _, _, step in found]
    cuts = [0.0, *((a + b) / 2 for a, b in zip(middles, middles[1:], strict=False)), float(width)]
    return list(zip(cuts, cuts[1:], strict=False))


def _two(ones: Strokes, left: float, right: float) -> bool:
    """Whether exactly two like strokes stand close together between two edges."""
    middles = ones[:, 0] + ones[:, 2] / 2
    inside = ones[(middles > left) & (middles < right)]
    if len(inside) != 2:
        return False
    (x, top, _, high), (other_x, other_top, _, other_high) = inside.tolist()
    low, tall = sorted((high, other_high))
    level = min(top + high, other_top + other_high) - max(top, other_top) > _ALIKE * low
    return bool(low >= _ALIKE * tall and level and abs(x - other_x) <= _NEAR * tall)
