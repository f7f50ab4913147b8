"""From line masks to rules: pieces of the same line put together, and lines that cross put into one ruling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr.rectify.lines import SHORTEST, chains
from ocr.rectify.sheet import Image

REACH = 14
"""Pixels at WORK by which a line may end short of the line it meets, or overshoot it."""

SAME = 9
"""Pixels at WORK within which two parallel lines are one line, drawn double or thick."""


APART = 120
"""Pixels at WORK between two pieces in one line from which on they are lines of different tables."""


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One straight line: `at` is its mean place across, `start` and `end` along, `points` its course.

    `points` are n × 2 (along, across), ordered along.
    """

    at: float
    start: float
    end: float
    points: NDArray[np.float32]

    def where(self, along: float) -> float:
        """The line's place across at a place along it."""
        return float(np.interp(along, self.points[:, 0], self.points[:, 1]))


def rules(mask: Image) -> list[Rule]:
    """The horizontal rules of a mask, pieces in one line joined, top to bottom."""
    pieces = sorted(chains(mask), key=lambda chain: float(chain[:, 1].mean()))
    groups: list[list[NDArray[np.float32]]] = []
    for piece in pieces:
        home = next((g for g in reversed(groups) if _continues(g, piece)), None)
        if home is None:
            groups.append([piece])
        else:
            home.append(piece)
    found = [_rule(group) for group in groups]
    return sorted((rule for rule in found if rule.end - rule.start >= SHORTEST * 0.7), key=lambda rule: rule.at)


def rulings(across: Sequence[Rule], down: Sequence[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """The sets of rules that cross one another, each with at least two in both directions."""
    owner = list(range(len(across) + len(down)))

    def root(index: int) -> int:
        while owner[index] != index:
            owner[index] = owner[owner[index]]
            index = owner[index]
        return index

    for i, level in enumerate(across):
        for j, plumb in enumerate(down):
            if _meet(level, plumb):
                owner[root(i)] = root(len(across) + j)
    found = []
    for home in {root(index) for index in range(len(owner))}:
        level = [rule for i, rule in enumerate(across) if root(i) == home]
        plumb = [rule for j, rule in enumerate(down) if root(len(across) + j) == home]
        plumb = _within(plumb, level[0].at, level[-1].at) if level else []
        level = _within(level, min(r.at for r in plumb), max(r.at for r in plumb)) if plumb else []
        if len(level) >= 2 and len(plumb) >= 2:
            found.append((level, plumb))
    return sorted(found, key=lambda ruling: ruling[0][0].at)


def _within(lines: list[Rule], first: float, last: float) -> list[Rule]:
    """The lines without the few that run far past the ruling: streaks of a copier's glass."""
    far = 4 * REACH
    kept = [rule for rule in lines if rule.start > first - far and rule.end < last + far]
    return kept if len(kept) >= 0.7 * len(lines) else lines


def _meet(level: Rule, plumb: Rule) -> bool:
    x, y = plumb.where(level.at), level.where(plumb.at)
    return (level.start - REACH <= x <= level.end + REACH) and (plumb.start - REACH <= y <= plumb.end + REACH)


def _continues(group: list[NDArray[np.float32]], piece: NDArray[np.float32]) -> bool:
    """Whether a piece lies in one line with a group: beside its nearest piece, or over it."""
    middle = float(piece[:, 1].mean())
    for other in group:
        gap = max(other[0, 0] - piece[-1, 0], piece[0, 0] - other[-1, 0])
        if gap > APART:
            continue
        if gap > 0:
            near = other[0, 1] if other[0, 0] > piece[-1, 0] else other[-1, 1]
            end = piece[-1, 1] if other[0, 0] > piece[-1, 0] else piece[0, 1]
            if abs(float(near - end)) <= 3 + 0.02 * min(gap, 300):
                return True
        elif abs(float(other[:, 1].mean()) - middle) <= SAME:
            return True
    return False


def _rule(group: list[NDArray[np.float32]]) -> Rule:
    points = np.concatenate(group)
    points = points[np.argsort(points[:, 0])]
    # Pieces over one another (a double line) are averaged into one course.
    bins = np.round(points[:, 0] / 8).astype(int)
    places, index = np.unique(bins, return_inverse=True)
    count = np.bincount(index)
    course = np.stack([np.bincount(index, points[:, 0]) / count, np.bincount(index, points[:, 1]) / count], axis=1)
    start = min(float(piece[0, 0]) for piece in group) - 8
    end = max(float(piece[-1, 0]) for piece in group) + 8
    return Rule(float(np.median(course[:, 1])), start, end, course.astype(np.float32))
