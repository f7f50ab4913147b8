"""Find a character struck out at the beginning of words, so that only what follows is read.

A bar through a Chinese character looks much like a stroke of its own, so the bar only raises the
question; which reading makes better words decides it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from ocr.decode import IMPOSSIBLE, Emissions
from ocr.kinds.evidence import KindReading, merged
from ocr.pipeline.strikes import SLOPES, Image, ink_of, longest_run, may_hold_bar

_LONG = 0.9
"""Length of a bar in distances from one character to the next: 28 of 31 struck characters, one sound one in seven."""
_REACH = 0.26
"""How far it reaches to both sides of the character's middle, in the same distances."""
_DOUBT = 3.0
"""Natural logarithm of how much likelier such a bar is a stroke of the character than a slip struck out."""
_AHEAD, _DOUBT_AHEAD = 3, -1.5
"""Most slips of the pen run ahead (Ellis, Can. J. Psychol. 1982): the struck character comes again among the
next few, and then the bar is believed."""
_LONG_AHEAD = 0.7
"""The length that is enough then."""


def after_slip(crop: Image, line: Emissions) -> Emissions | None:
    """The line from its second character on, when a bar runs through the first; else None."""
    found = line.path
    if len(found) < 2:
        return None
    middles = [(step + 0.5) * line.stride for _, _, step in found]
    pitch = float(np.median(np.diff(middles)))
    ahead = _ran_ahead("".join(character for character, _, _ in found))
    if not _barred(crop, middles[0], pitch, _LONG_AHEAD if ahead else _LONG):
        return None
    return Emissions(line.steps[(found[0][2] + found[1][2]) // 2 + 1:], line.alphabet)


def _barred(crop: Image, middle: float, pitch: float, long: float) -> bool:
    """Whether a nearly level bar, `long` distances of characters, runs through the character around a column."""
    dark = ink_of(crop)
    rows = np.flatnonzero(dark.any(axis=1))
    if len(rows) < 8:
        return False
    pitch, high = min(pitch, 1.25 * len(rows)), len(rows)
    middle = min(middle, float(np.flatnonzero(dark.any(axis=0))[0]) + pitch / 2)  # characters are seen late, mostly
    left = max(0, int(middle - 0.8 * pitch))
    part = dark[rows[0] + int(0.2 * high):rows[0] + int(0.85 * high) + 1, left:int(middle + 0.8 * pitch) + 1]
    shortest = max(1, math.ceil(long * pitch))
    if min(part.shape) < 4 or not may_hold_bar(part, shortest):
        return False
    thick = cv2.dilate(part.astype(np.uint8), np.ones((3, 1), np.uint8))
    best = (0, 0)
    least = np.ones((1, shortest), np.uint8)
    for slope in SLOPES:
        shear = np.array([[1, 0, 0], [slope, 1, -slope * thick.shape[1] / 2]], np.float32)
        level = cv2.warpAffine(thick, shear, thick.shape[::-1], flags=cv2.INTER_NEAREST)
        if not cv2.erode(level, least, borderType=cv2.BORDER_CONSTANT, borderValue=0).any():
            continue
        start, end, _ = longest_run(np.asarray(level, np.uint8), thick.shape[1])
        best = max(best, (start, end), key=lambda run: run[1] - run[0])
    at = middle - left
    return best[1] - best[0] >= long * pitch and min(at - best[0], best[1] - at) >= _REACH * pitch


def without_slip(whole: KindReading, after: KindReading) -> KindReading:
    """The reading without its first character where that makes better words, flagged; else the whole one."""
    if whole.evidence is None or after.evidence is None or not after.candidates or not whole.candidates:
        return whole
    here, there = after.evidence.open_log_p, whole.evidence.open_log_p
    doubt = _DOUBT_AHEAD if _ran_ahead(whole.evidence.open_text) else _DOUBT
    shift = here - there + doubt
    gain = (after.candidates[0].log_p - here) - (whole.candidates[0].log_p - there) - doubt
    if gain <= 0 or not after.candidates[0].value:
        return whole
    other = [replace(c, log_p=c.log_p + shift) for c in whole.candidates]

    def rescore(values: Sequence[str]) -> Sequence[float]:
        if after.rescore is None or whole.rescore is None:
            return [IMPOSSIBLE] * len(values)
        pairs = zip(after.rescore(values), whole.rescore(values), strict=True)
        return [max(new, old + shift) for new, old in pairs]

    flags = tuple(flag for flag in after.flags if flag not in whole.flags)
    return KindReading(merged([*after.candidates, *other], keep=12), after.evidence,
                       (*whole.flags, *flags, "corrected"), rescore if after.rescore else None)


def _ran_ahead(text: str) -> bool:
    return text[:1] in text[1:1 + _AHEAD]
