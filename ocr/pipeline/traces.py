"""Whether a place that looks blank is clean paper, without even traces too faint to be taken for ink."""

from __future__ import annotations

import cv2
import numpy as np

from ocr.decode import Emissions
from ocr.rectify.sheet import RectifiedSheet
from ocr.results import Box

_LIGHTER = 10
"""Grey levels by which the faintest pencil on a copy is darker than the paper around it."""
_STRETCH = 9
"""Pixels of the evened sheet that a trace of a stroke is long; specks of toner are shorter."""
_INSET = 4
"""Pixels along the sides in which the next field's strokes and what is left of borders may show."""
_SMALL = 8
_HALF = 0.6
"""Half the width of a printed word's character with the white around it, in heights of the line."""


def clean(sheet: RectifiedSheet, box: Box) -> bool:
    """Whether nothing in the place is as long as a stroke, however faint."""
    height, width = sheet.flat.shape[:2]
    left, top, right, bottom = (round(part * size) for part, size in zip(box, (width, height) * 2, strict=True))
    inner = slice(top + _INSET, bottom - _INSET), slice(left + _INSET, right - _INSET)
    paper = sheet.flat[inner]
    if min(paper.shape[:2]) < _SMALL:
        return False
    soft = cv2.GaussianBlur(paper, (0, 0), 1.2)
    ruled = cv2.dilate(sheet.across[inner] | sheet.down[inner], np.ones((7, 7), np.uint8))
    traces = ((soft < float(np.median(paper)) - _LIGHTER) & (ruled == 0)).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(traces)
    return bool(stats[1:, 2:4].max(initial=0) < _STRETCH)


def clean_between(sheet: RectifiedSheet, place: Box, line: Box, words: Emissions, margin: int) -> bool:
    """Whether nothing stands before, between and behind the printed words of a place, which are all of its ink.

    `words` is what was read from the crop of `line` with `margin` pixels around it; figures are no printed words.
    """
    if any(character.isdecimal() for character, _, _ in words.path):
        return False
    width = sheet.size[0]
    left, top, _, bottom = sheet.area(line, margin)
    half = _HALF * (bottom - top - 2 * margin) / width
    middles = [(left + (step + 0.5) * words.stride) / width for character, _, step in words.path
               if character.strip()]
    edges = [place[0], *(edge for middle in middles for edge in (middle - half, middle + half)), place[2]]
    least = (2 * _INSET + _SMALL + 1) / sheet.flat.shape[1]
    gaps = [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a > least]
    return len(gaps) > 1 and all(clean(sheet, (a, place[1], b, place[3])) for a, b in gaps)
