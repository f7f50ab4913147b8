"""Lines that show through from the back of the paper: far fainter than the sheet's own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ocr.rectify.rules import SAME, Rule
from ocr.rectify.sheet import Image

FAINT = 0.3
"""Share of the usual darkness below which a line is the back's. A hairline beside a thick frame has more, however
blurred; what shows through was measured at a sixth.
"""

FEW = 4
"""Lines of one direction below which nothing is called usual."""

_PAPER = 250.0
"""Evened grey of paper."""

_BESIDE = 5
"""Pixels by which a line may lie off its course: one that runs along a copier's streak is followed between the two."""


def own_lines(rules: Sequence[Rule], flat: Image) -> list[Rule]:
    """The rules without those that show through; `flat` is the evened grey in which they run across."""
    if len(rules) < FEW:
        return list(rules)
    darkness = np.array([_darkness(rule, flat) for rule in rules])
    usual = _middle(darkness, np.array([rule.end - rule.start for rule in rules]))
    own = [rule for rule, dark in zip(rules, darkness, strict=True) if dark >= FAINT * usual]
    kept = {id(rule) for rule in own}
    return [rule for rule in rules if id(rule) in kept or any(_goes_on(rule, other) for other in own)]


def _goes_on(faint: Rule, own: Rule) -> bool:
    """Whether a faint line is the faded part of one of the sheet's own: in one line with it, before or after it.

    A line from the back that lies just so would be a rare chance.
    """
    before = faint.end <= own.start + SAME
    if not before and faint.start < own.end - SAME:
        return False
    ends = (own.points[:2], faint.points[-2:]) if before else (own.points[-2:], faint.points[:2])
    return abs(float(np.mean(ends[0][:, 1])) - float(np.mean(ends[1][:, 1]))) <= SAME / 2


def _darkness(rule: Rule, flat: Image) -> float:
    """Grey levels by which a line is darker than paper, at the middle one of its points."""
    height, width = flat.shape
    x = np.clip(rule.points[:, 0].round().astype(int), 0, width - 1)
    y = rule.points[:, 1].round().astype(int)
    near = np.clip(y[:, None] + np.arange(-_BESIDE, _BESIDE + 1), 0, height - 1)
    return _PAPER - float(np.median(flat[near, x[:, None]].min(axis=1)))


def _middle(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    """The median of weighted values."""
    order = np.argsort(values)
    return float(values[order][np.searchsorted(np.cumsum(weights[order]), weights.sum() / 2)])
