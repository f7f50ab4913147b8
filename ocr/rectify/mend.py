"""Mending of ruling lines: gaps in broken ones bridged, short ones between two levels found again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.rectify.faint import dashes, ridges
from ocr.rectify.lines import SHORTEST, STEP, Runs, certain, dark_pixels, lines_among, no_words, runs
from ocr.rectify.rules import Rule, rules_of
from ocr.rectify.sheet import Image


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

RECORDS = 9
"""Bands from which on a sheet is a table of records, whose columns run through all of them."""

FAINT = 13
"""Grey levels by which the faintest line is darker than the paper beside it; noise stays below."""

PIECES = 0.34
"""Share of a short line that must be left of it."""

LOW, HIGH = 16, 150
"""Heights (pixels at WORK) of a band between two levels in which short lines are looked for."""


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
    finer = _mended(flat, dark, across | ridges(flat), down | across_of(ridges(across_of(flat))))
    more = len(finer.level) + len(finer.plumb) > len(found.level) + len(found.plumb)
    return finer if finer.worn < 0.7 * found.worn or _few(found) and more else found


def _few(found: Ruling) -> bool:
    return min(len(found.level), len(found.plumb)) < FEW


def _mended(flat: Image, dark: Image, more_across: Image, more_down: Image) -> Ruling:
    across, down = runs(dark, more_across), runs(across_of(dark), across_of(more_down))
    sure_across = no_words(across, certain(across), dark)
    sure_down = no_words(down, certain(down), across_of(dark))
    long_across, long_down = across.only(sure_across), across_of(down.only(sure_down))
    rest = _besides(dark, long_across, long_down)
    level, level_mask = _kept(across, lines_among(across, sure_across, long_down, rest))
    plumb, plumb_mask = _kept(down, lines_among(down, sure_down, across_of(long_across), across_of(rest)))
    more = _draw(plumb_mask, _between(flat, level, plumb))
    # Rows of print look like broken level lines: those are only prolonged, never found anew.
    prolonged = _draw(level_mask, _between(across_of(flat), plumb + more, level, prolong=True))
    gaps = sum(int((np.diff(rule.points[:, 0]) > STEP + 4).sum()) for rule in (*level, *plumb))
    return Ruling(level_mask, across_of(plumb_mask), _together(level, prolonged), _together(plumb, more),
                  gaps + len(more) + len(prolonged))


def _besides(dark: Image, across: Image, down: Image) -> Image:
    """What is dark besides some lines."""
    return np.asarray(cv2.subtract(dark, cv2.dilate(across | down, np.ones((5, 5), np.uint8))), np.uint8)


def across_of(picture: Image) -> Image:
    """The picture with rows and columns exchanged."""
    return np.ascontiguousarray(picture.T)


def _kept(found: Runs, keep: NDArray[np.bool_]) -> tuple[list[Rule], Image]:
    """The rules among the runs, and their mask with small gaps drawn over."""
    mask, level = found.only(keep), rules_of(found.chains(keep))
    for rule in level:
        steps = np.diff(rule.points[:, 0])
        for index in np.flatnonzero((steps > 10) & (steps <= GAP + 16)):
            (x0, y0), (x1, y1) = rule.points[index:index + 2]
            cv2.line(mask, (round(float(x0)), round(float(y0))), (round(float(x1)), round(float(y1))), 255, 2)
    return level, mask


def _draw(mask: Image, found: Sequence[tuple[int, int, int]]) -> list[Rule]:
    """Draw lines (place, start, end) along the rows of a mask; the same as rules."""
    for at, start, end in found:
        cv2.line(mask, (start, at), (end, at), 255, 2)
    return [Rule(at, start, end, np.array([(start, at), (end, at)], np.float32)) for at, start, end in found]


def _together(first: Sequence[Rule], second: Sequence[Rule]) -> tuple[Rule, ...]:
    """All rules ordered by place, those in one line joined."""
    return tuple(rules_of([rule.points for rule in (*first, *second)])) if second else tuple(first)


def _between(flat: Image, level: Sequence[Rule], plumb: Sequence[Rule],
             prolong: bool = False) -> list[tuple[int, int, int]]:
    """Vertical lines (place, start, end) that join two neighbouring levels but are too faint to be runs."""
    found: list[tuple[int, int, int]] = []
    # How much darker a pixel is than the paper beside it: thin upright strokes alone are left.
    thin = cv2.morphologyEx(flat, cv2.MORPH_BLACKHAT, np.ones((1, 13), np.uint8))
    thick = _thickness(thin, plumb)
    wide = cv2.dilate(thin, np.ones((1, 3), np.uint8))
    bands = list(_bands(level, int(1e6) if prolong else HIGH))
    for upper, lower, left, right in bands:
        elsewhere = [round(rule.where((upper.at + lower.at) / 2)) - left for rule in plumb
                     if rule.end - rule.start > max(4 * SHORTEST, 1.7 * (lower.at - upper.at))]
        band = _levelled(wide, upper, lower, left, right)
        columns = _about(elsewhere, band.shape[1]) if prolong else [(0, band.shape[1])]
        for place in [left + a + x for a, b in columns
                      for x in _thin_columns(band[:, a:b], [other - a for other in elsewhere], thick, prolong)]:
            if not _known(plumb, place, upper.where(place), lower.where(place)):
                found.append((place, round(upper.where(place)), round(lower.where(place))))
    return found if len(bands) < RECORDS else [line for line in found if _repeated(line, found, plumb, len(bands))]


def _about(places: Sequence[int], width: int) -> list[tuple[int, int]]:
    """The columns around some places, as stretches that do not overlap."""
    marked = np.zeros(width, bool)
    for place in places:
        marked[max(0, place - 14):max(0, place + 15)] = True
    return _stretches(marked)


def _repeated(line: tuple[int, int, int], found: Sequence[tuple[int, int, int]], plumb: Sequence[Rule],
              bands: int) -> bool:
    """Whether a line found in one of many bands runs through a quarter of them, found here or before."""
    at, start, end = line
    alike = sum(abs(other[0] - at) <= 5 for other in found)
    known = sum(rule.end - rule.start for rule in plumb if abs(rule.where((start + end) / 2) - at) <= 5)
    return alike + known / max(1, end - start) >= 0.25 * bands


def _thickness(thin: Image, plumb: Sequence[Rule]) -> float:
    """How many columns a vertical line of this sheet darkens, as a rule."""
    counts = []
    for rule in plumb:
        for y, x in rule.points[::4]:
            row = thin[min(thin.shape[0] - 1, max(0, round(float(y)))), max(0, round(float(x)) - 7):round(float(x)) + 8]
            counts.append(int((row > row.max() / 2).sum()) if row.size else 4)
    return float(np.median(counts)) if counts else 4.0


def _bands(level: Sequence[Rule], most: int) -> Iterator[tuple[Rule, Rule, int, int]]:
    """Each two levels that face one another with nothing between, and from where to where they do."""
    whole = _joined(level)
    for index, upper in enumerate(whole):
        free = [(max(0.0, upper.start), upper.end)]
        for lower in whole[index + 1:]:
            high = lower.at - upper.at
            if high > most or not free:
                break
            if high < LOW or lower.end - lower.start < 1.5 * SHORTEST:
                continue
            facing = [(max(a, lower.start), min(b, lower.end)) for a, b in free]
            yield from ((upper, lower, int(a), int(b)) for a, b in facing if b - a >= 20)
            free = [part for a, b in free for part in ((a, min(b, lower.start)), (max(a, lower.end), b))
                    if part[1] - part[0] >= 20]


def _joined(level: Sequence[Rule]) -> list[Rule]:
    """Levels at one height as one, whatever is missing between them."""
    joined: list[Rule] = []
    for rule in level:
        last = joined[-1] if joined else None
        if last is not None and abs(rule.at - last.at) <= 5:
            points = np.concatenate([last.points, rule.points])
            points = points[np.argsort(points[:, 0])]
            joined[-1] = Rule(last.at, min(last.start, rule.start), max(last.end, rule.end), points)
        else:
            joined.append(rule)
    return joined


def _levelled(wide: Image, upper: Rule, lower: Rule, left: int, right: int) -> Image:
    """The part between two levels, without the levels themselves."""
    top, bottom = round(upper.at) + 4, round(lower.at) - 3
    return wide[max(0, top):max(0, bottom), left:right]


def _thin_columns(band: Image, elsewhere: Sequence[int], thick: float, prolong: bool) -> list[int]:
    """Columns darker than their sides from top to bottom, no wider than a line, with nothing attached.

    A stroke of a character has other strokes attached to it, a line has paper close by on both
    sides however near the next character stands. Three fifths of its rows are enough then. With
    `prolong` only places are looked at where a line runs on `elsewhere`.
    """
    if band.shape[0] < 8 or not band.shape[1]:
        return []
    least = FAINT if prolong or _clean(band) else max(FAINT, 2.5 * float(np.median(np.percentile(band, 42, axis=0))))
    share = _count(band >= least) / len(band)
    found = []
    for a, b in _stretches(_mostly(band, least, share)):
        beside = [share[max(0, a - 4):max(0, a - 1)], share[b + 1:b + 4]]
        attached = max((float(side.mean()) for side in beside if len(side)), default=0.0)
        place = int(a + int(share[a:b].argmax()))
        if b - a > thick + 6 or not (attached < 0.12 or _certain(share[place], beside)
                                    or attached < 0.6 and _throughout(band[:, place], least)):
            continue
        runs_on = any(abs(place - other) <= 4 for other in elsewhere)
        if runs_on or not prolong and _straight(band[:, a:b] >= least):
            found.append(place)
    gapped = [] if prolong else _gapped_columns(band, share, least, thick)
    return [*found, *(place for place in gapped if all(abs(place - other) > 4 for other in found))]


def _gapped_columns(band: Image, share: NDArray[np.float64], least: float, thick: float) -> list[int]:
    """Columns of a line of which up to two thirds are lost: straight pieces that leave both levels, with nothing
    attached. No stroke of a character comes from the one level and none from the other.
    """
    found = []
    for a, b in _stretches(share >= PIECES):
        beside = np.r_[share[max(0, a - 4):max(0, a - 1)], share[b + 1:b + 4]]
        part = band[:, a:b] >= least
        rows = np.flatnonzero(part.any(axis=1))
        joined = rows[0] <= 0.06 * len(band) and rows[-1] + 1 >= 0.94 * len(band)
        if joined and b - a <= thick + 4 and beside.max(initial=0.0) < 0.06 and _straight(part):
            found.append(int(a + int(share[a:b].argmax())))
    return found


def _clean(band: Image) -> bool:
    """Whether in more than half of the columns two fifths of the pixels are paper, so that FAINT is what counts."""
    few = int(np.ceil(0.42 * (len(band) - 1))) + 1
    return bool(np.count_nonzero(_count(band <= int(FAINT / 2.5)) >= few) * 2 > band.shape[1])


def _mostly(band: Image, least: float, share: NDArray[np.float64]) -> NDArray[np.bool_]:
    """The columns whose 42nd percentile reaches `least`: asked only where `share` of the rows leaves it open."""
    place = 0.42 * (len(band) - 1)
    low, high = int(place), int(np.ceil(place))
    marked = share >= 1 - (high + 1) / len(band)
    at = np.flatnonzero(marked)
    if len(at):
        ranked = np.partition(band[:, at], (low, high), axis=0)[[low, high]].astype(np.float64)
        marked[at] = ranked[0] + (place - low) * (ranked[1] - ranked[0]) >= least
    return np.asarray(marked)


def _throughout(column: Image, least: float) -> bool:
    """Whether a column is dark nearly all along, and nearly as dark as it is in the middle."""
    nearly, half = np.percentile(column, (8, 50))
    return bool(nearly >= max(least, 0.55 * half))


def _count(marked: NDArray[np.bool_]) -> NDArray[np.int32]:
    """How many rows are marked in each column."""
    rows = np.ascontiguousarray(marked).view(np.uint8)
    return np.asarray(cv2.reduce(rows, 0, cv2.REDUCE_SUM, dtype=cv2.CV_32S)[0])


def _certain(share: float, beside: Sequence[NDArray[np.float64]]) -> bool:
    """Dark in every row, and free on one side at least: a line that a character leans against."""
    sides = [float(side.mean()) for side in beside if len(side)]
    return share >= 0.95 and min(sides, default=0.0) < 0.1 and max(sides, default=0.0) < 0.4


def _straight(part: NDArray[np.bool_]) -> bool:
    """Whether the dark pixels of some columns are pieces of one thin straight line, not of a pen's stroke."""
    rows = np.flatnonzero(part.any(axis=1))
    widths = part[rows].sum(axis=1)
    centres = (part[rows] * np.arange(part.shape[1])).sum(axis=1) / widths
    line = np.polyfit(rows, centres, 1)
    # A line is joined to one level at least; a figure 1 hangs free between both.
    free = sorted((rows[0] / len(part), 1 - (rows[-1] + 1) / len(part)))
    return bool(free[0] <= 0.06 and free[1] <= 0.3 and np.abs(np.polyval(line, rows) - centres).mean() < 0.55)


def _stretches(marked: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.r_[0, marked.astype(np.int8), 0]))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _known(plumb: Sequence[Rule], place: int, top: float, bottom: float) -> bool:
    """Whether a line found before already covers this stretch."""
    return any(min(rule.end, bottom) - max(rule.start, top) > 0.8 * (bottom - top)
               and abs(rule.where((top + bottom) / 2) - place) < 8 for rule in plumb)
