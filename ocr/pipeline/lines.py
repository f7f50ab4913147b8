"""Tell a field's lines of writing from what else the crop may show: remains of rulings, a seal's words."""

from __future__ import annotations

import numpy as np

from ocr.decode import Emissions, best_path
from ocr.results import Box

LEGIBLE = 0.7
"""Mean probability of a line's characters below which it is taken for a seal."""

_LINE_LIKE = frozenset("一—－-_~|丨I1l[]｜·.。'`，")
"""What the recogniser makes of the end of a ruling line."""
_APART = 1.55
"""A mark this many times the usual distance from the next character does not belong to the text."""
_LOW, _SPECK = 0.25, 0.45
"""Shares of the highest line's height: lower lines, or smaller ones in height and width, are dust."""
_FAR = 2.6
"""Words this many times the usual distance behind the end of a sentence are not its own."""


def without_specks(lines: tuple[Box, ...], size: tuple[int, int]) -> tuple[Box, ...]:
    """The lines of a place but for those that are dust: far lower than the highest, or nearly as small every way.

    `size` are the sheet's width and height in pixels.
    """
    wide = [(right - left) * size[0] for left, _, right, _ in lines]
    high = [(bottom - top) * size[1] for _, top, _, bottom in lines]
    least = _LOW * max(high, default=0.0)
    return tuple(line for line, w, h in zip(lines, wide, high, strict=True)
                 if h >= least and max(w, h) >= _SPECK / _LOW * least)


def flowing(lines: tuple[Box, ...], place: Box) -> tuple[Box, ...]:
    """The lines that go on from each other: a line begins where the first did, or the one before was full.

    What stands elsewhere in a place for a seal is the seal's.
    """
    width = place[2] - place[0]
    kept = lines[:1]
    for line in lines[1:]:
        full = kept[-1][2] > place[0] + 0.75 * width
        begins = abs(line[0] - kept[0][0]) < 0.1 * width
        if (full or begins) and line[0] < place[0] + 0.3 * width:
            kept = (*kept, line)
    return kept


def legible(lines: tuple[Emissions, ...]) -> tuple[Emissions, ...]:
    """The lines of writing without those that only a seal's curved words can have given."""
    kept = tuple(line for line in lines if best_path(line)[1] >= LEGIBLE)
    return kept or lines[:1]


def without_rulings(line: Emissions) -> Emissions:
    """A line of words without a stroke that stands apart at either end."""
    found = line.path
    while len(found) >= 3 and found[0][0] in _LINE_LIKE and _gap(found, 0) > _APART * _usual(found):
        line, found = _cut(line, found[0][2] + 1, None), found[1:]
        found = line.path
    if len(found) >= 3 and found[-1][0] in _LINE_LIKE - {"。"} and _gap(found, -2) > _APART * _usual(found):
        line = _cut(line, 0, found[-1][2])
    return line


def without_stray_end(line: Emissions) -> Emissions:
    """A line cut where, after the end of a sentence, far-off words follow."""
    found = line.path
    for place in range(len(found) - 1):
        if found[place][0] in "。.．" and place >= 2 and _gap(found, place) > _FAR * _usual(found):
            return _cut(line, 0, found[place + 1][2] - 1)
    return line


def _gap(found: list[tuple[str, float, int]], place: int) -> int:
    return found[place + 1][2] - found[place][2]


def _usual(found: list[tuple[str, float, int]]) -> float:
    """The usual distance of characters, in time steps."""
    return float(np.median([b[2] - a[2] for a, b in zip(found, found[1:], strict=False)]))


def _cut(line: Emissions, start: int, end: int | None) -> Emissions:
    return Emissions(line.steps[start:end], line.alphabet)
