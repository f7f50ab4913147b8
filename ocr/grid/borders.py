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
    return min(_shares(_columns(mask, at, start, end), 2)) >= _SOME


def of_words(mask: Image, strokes: NDArray[np.int32], at: float, start: float, end: float) -> bool:
    """Whether what is drawn of a level border in its middle are but strokes of words: others go on above and below."""
    dark = _columns(mask, at, start, end)
    first, *_, last = _shares(dark, 4)
    if max(first, last) >= _SOME or not dark.any():
        return False
    worded = np.zeros(len(dark), bool)
    above = strokes[np.abs(strokes[:, 3] - at) <= _TOUCHING]
    below = strokes[np.abs(strokes[:, 1] - at) <= _TOUCHING]
    for left, right in (np.concatenate([above, below])[:, [0, 2]] - int(start) - _INSET).tolist():
        worded[max(0, left - 2):max(0, right + 2)] = True
    return bool(len(above) and len(below) and worded[dark].mean() >= 0.8)


def _columns(mask: Image, at: float, start: float, end: float) -> NDArray[np.bool_]:
    """Which columns of a level border are drawn, its ends left out."""
    rows = mask[max(0, int(at) - SAME):int(at) + SAME, int(start) + _INSET:int(end) - _INSET + 1]
    return np.asarray((rows > 0).any(axis=0))


def _shares(columns: NDArray[np.bool_], parts: int) -> list[float]:
    """The share that is drawn of each part of a border; nothing of a very short one."""
    return [float(part.mean()) for part in np.array_split(columns, parts)] if len(columns) >= 8 else [0.0] * parts


_INSET, _SOME, _TOUCHING = 4, 0.12, 6


def in_words(strokes: NDArray[np.int32], at: float, start: float, end: float) -> bool:
    """Whether strokes (left, top, right, bottom) stand close to a level border on both sides of one place: what looks
    like the border is a stroke of a word then.
    """
    here = strokes[(strokes[:, 0] >= start) & (strokes[:, 2] <= end)]
    above = here[(here[:, 3] > at - _CLOSE) & (here[:, 3] <= at + 2)]
    below = here[(here[:, 1] < at + _CLOSE) & (here[:, 1] >= at - 2)]
    level = (above[:, None, 0] < below[None, :, 2] + _CLOSE) & (below[None, :, 0] < above[:, None, 2] + _CLOSE)
    return bool(level.any())


_CLOSE = 9
"""Pixels between strokes of a word at most; words keep further from the borders beside them."""


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
