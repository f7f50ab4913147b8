"""Mending of ruling lines: gaps in broken ones bridged, short ones between two levels found again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.rectify.faint import dashes, ridges
from ocr.rectify.lines import STEP, Runs, certain, dark_pixels, lines_among, no_words, runs
from ocr.rectify.quick import across_of
from ocr.rectify.rules import Rule, rules_of
from ocr.rectify.sheet import Image
from ocr.rectify.short import between


@dataclass(frozen=True, slots=True, eq=False)
class Ruling:
    """The lines of a sheet: masks (255) of the level and the plumb ones, and each as a rule.

    The rules of `plumb` run along y: their `at` is an x. `worn` counts the places where a line was
    broken or had to be looked for again.
    """

    across: Image
    down: Image
    level: tuple[Rule, ...]
    plumb: tuple[Rule, ...]
    worn: int


GAP = 26
"""Pixels at WORK of a line that may be missing: narrower than any cell."""

WORN, FEW = 4, 6
"""Broken places from which on, and lines up to which, the ruling is looked for again more finely."""


def mended_lines(flat: Image) -> Ruling:
    """The ruling lines of an evened grey picture whose longer side is about WORK pixels.

    Where the lines found at first are worn or hardly any, they are looked for again with finer means: that
    counts when fewer are broken then. Print that shows through from the back makes more instead.
    """
    dark = dark_pixels(flat)
    across, down = dashes(dark)
    found = _mended(flat, dark, across, down)
    if found.worn < WORN and not _few(found):
        return found
    finer = _mended(flat, dark, across | ridges(flat), down | ridges(across_of(flat)))
    more = len(finer.level) + len(finer.plumb) > len(found.level) + len(found.plumb)
    return finer if finer.worn < 0.7 * found.worn or _few(found) and more else found


def _few(found: Ruling) -> bool:
    return min(len(found.level), len(found.plumb)) < FEW


def _mended(flat: Image, dark: Image, more_across: Image, more_down: Image) -> Ruling:
    across, down = runs(dark, more_across), runs(across_of(dark), more_down)
    sure_across = no_words(across, certain(across), dark)
    sure_down = no_words(down, certain(down), across_of(dark))
    long_across, long_down = across.only(sure_across), across_of(down.only(sure_down))
    rest = _besides(dark, long_across, long_down)
    level, level_mask = _kept(across, lines_among(across, sure_across, long_down, rest))
    plumb, plumb_mask = _kept(down, lines_among(down, sure_down, across_of(long_across), across_of(rest)))
    more = _draw(plumb_mask, between(flat, level, plumb))
    # Rows of print look like broken level lines: those are only prolonged, never found anew.
    prolonged = _draw(level_mask, between(across_of(flat), plumb + more, level, prolong=True))
    gaps = sum(int((np.diff(rule.points[:, 0]) > STEP + 4).sum()) for rule in (*level, *plumb))
    return Ruling(level_mask, across_of(plumb_mask), _together(level, prolonged), _together(plumb, more),
                  gaps + len(more) + len(prolonged))


def _besides(dark: Image, across: Image, down: Image) -> Image:
    """What is dark besides some lines."""
    return np.asarray(cv2.subtract(dark, cv2.dilate(across | down, np.ones((5, 5), np.uint8))), np.uint8)


def _kept(found: Runs, keep: NDArray[np.bool_]) -> tuple[list[Rule], Image]:
    """The rules among the runs, and their mask with small gaps drawn over."""
    mask, level = found.only(keep), rules_of(found.chains(keep))
    for rule in level:
        steps = np.diff(rule.points[:, 0])
        begin = np.flatnonzero((steps > 10) & (steps <= GAP + 16))
        gaps = np.rint(np.stack([rule.points[begin], rule.points[begin + 1]], axis=1)).astype(np.int32)
        cv2.polylines(mask, list(gaps), False, 255, 2)
    return level, mask


def _draw(mask: Image, found: Sequence[tuple[int, int, int]]) -> list[Rule]:
    """Draw lines (place, start, end) along the rows of a mask; the same as rules."""
    for at, start, end in found:
        cv2.line(mask, (start, at), (end, at), 255, 2)
    return [Rule(at, start, end, np.array([(start, at), (end, at)], np.float32)) for at, start, end in found]


def _together(first: Sequence[Rule], second: Sequence[Rule]) -> tuple[Rule, ...]:
    """All rules ordered by place, those in one line joined."""
    return tuple(rules_of([rule.points for rule in (*first, *second)])) if second else tuple(first)
