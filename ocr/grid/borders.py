"""How much of each border between two crossing lines is drawn, and what runs across it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ocr.rectify.rules import SAME, Rule
from ocr.rectify.sheet import Image

DRAWN = 0.5
"""Share of a border that must be dark for the border to be there."""

Chosen = list[list[Rule | None]]
"""For each line and each stretch between two crossing lines, the rule that draws it there."""


def shares_of(groups: Sequence[Sequence[Rule]], crossing: Sequence[float],
            mask: NDArray[np.uint8]) -> tuple[NDArray[np.float64], Chosen]:
    """For each line and each stretch between two crossing lines, the share that is dark in `mask`.

    A line may be made of several rules a little apart: the one that is drawn best counts.
    """
    shares = np.zeros((len(groups), max(0, len(crossing) - 1)))
    chosen: Chosen = [[None] * shares.shape[1] for _ in groups]
    for i, group in enumerate(groups):
        for j in range(shares.shape[1]):
            for rule in sorted(group, key=lambda rule: rule.start - rule.end):
                share = _share(rule, crossing[j], crossing[j + 1], mask)
                if share > shares[i, j]:
                    shares[i, j], chosen[i][j] = share, rule
    return shares, chosen


def _share(rule: Rule, start: float, end: float, mask: NDArray[np.uint8]) -> float:
    inset = min(6.0, (end - start) / 4)
    a, b = int(max(0, start + inset)), int(min(mask.shape[1], end - inset))
    y = rule.where((a + b) / 2)
    top, bottom = int(max(0, y - SAME + 3)), int(min(mask.shape[0], y + SAME - 2))
    if b <= a or bottom <= top or rule.start > b or rule.end < a:
        return 0.0
    return float((mask[top:bottom, a:b] > 0).any(axis=0).mean())


def used(shares: NDArray[np.float64]) -> list[int]:
    """The lines, one per row of `shares`, that have a drawn border, and the outermost."""
    last = len(shares) - 1
    return [line for line in range(len(shares)) if line in (0, last) or bool((shares[line] >= DRAWN).any())]


def pooled(shares: NDArray[np.float64], lines: Sequence[int]) -> NDArray[np.float64]:
    """Shares of stretches between the crossing lines that stay."""
    return np.stack([shares[:, a:b].mean(axis=1) for a, b in zip(lines, lines[1:], strict=False)], axis=1)


def spread_out(mask: Image, at: float, start: float, end: float) -> bool:
    """Whether what is drawn of a level border lies in both its halves: a line that merely runs on
    past its end reaches into the first half alone.
    """
    rows = mask[max(0, int(at) - SAME):int(at) + SAME, int(start) + 4:int(end) - 3]
    dark = np.asarray((rows > 0).any(axis=0))
    return len(dark) >= 8 and min(float(half.mean()) for half in np.array_split(dark, 2)) >= 0.12


def crossed(strokes: NDArray[np.int32], at: float, start: float, end: float) -> bool:
    """Whether a stroke (left, top, right, bottom) reaches from one side of a level border to the other."""
    across = (strokes[:, 1] < at - 4) & (strokes[:, 3] > at + 4)
    return bool((across & (strokes[:, 2] > start) & (strokes[:, 0] < end)).any())


def by_stretch(shares: NDArray[np.float64], crossing: NDArray[np.float64],
                places: Sequence[float]) -> NDArray[np.float64]:
    """Shares of a line's pieces averaged over each stretch between lines that really cross or end there.

    A line is drawn from junction to junction: a gap wider than one narrow column must not open it,
    when no border ends at that gap. `crossing[k, j]` is how much of crossing line j is drawn beside
    row k.
    """
    evened = shares.copy()
    lengths = np.diff(places)
    for i in range(len(shares)):
        above = crossing[i - 1] if i else np.zeros(len(places))
        below = crossing[i] if i < len(crossing) else np.zeros(len(places))
        junction = (np.maximum(above, below) >= DRAWN)[1:-1]
        starts = np.r_[0, np.flatnonzero(junction) + 1, len(lengths)]
        for a, b in zip(starts[:-1], starts[1:], strict=True):
            evened[i, a:b] = np.average(shares[i, a:b], weights=np.maximum(lengths[a:b], 1e-6))
    return evened
