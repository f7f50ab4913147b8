"""How far a share can be trusted: intervals for counts, and for sums of shares over several strata."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, sqrt

Z = 1.959964
"""95 % of a normal distribution lies within so many standard deviations."""


@dataclass(frozen=True, slots=True)
class Share:
    """`found` of `seen`, with its 95 % interval; all in 0–1."""

    found: int
    seen: int
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Sum:
    """An estimated number with its 95 % interval."""

    value: float
    low: float
    high: float


def wilson(found: int, seen: int) -> Share:
    """The share `found / seen` with Wilson's score interval.

    It holds its promise for rare errors and small counts, where the usual ± of a share does not; with no
    error found its upper end still is z²/(n + z²). Source: E. B. Wilson, J. Am. Stat. Assoc. 22 (1927)
    209–212; recommended for n ≤ 40 and small p by Brown, Cai, DasGupta, Stat. Sci. 16 (2001) 101–133.
    Raises ValueError for nothing seen.
    """
    if not 0 <= found <= seen or seen == 0:
        raise ValueError("a share needs something seen, and no more found than that")
    share, z2 = found / seen, Z * Z
    middle = (share + z2 / (2 * seen)) / (1 + z2 / seen)
    half = Z / (1 + z2 / seen) * sqrt(share * (1 - share) / seen + z2 / (4 * seen * seen))
    return Share(found, seen, share, max(0.0, middle - half) if found else 0.0,
                 min(1.0, middle + half) if found < seen else 1.0)


def weighted(parts: Iterable[tuple[float, float, float, float]]) -> Sum:
    """The sum of (weight, share, low, high) with an interval built from the parts' own.

    The method of variance estimates recovery: Zou and Donner, Statist. Med. 27 (2008) 1693–1702.
    """
    parts = list(parts)
    value = sum(weight * share for weight, share, _, _ in parts)
    below = sqrt(sum((weight * (share - low)) ** 2 for weight, share, low, _ in parts))
    above = sqrt(sum((weight * (high - share)) ** 2 for weight, share, _, high in parts))
    return Sum(value, max(0.0, value - below), value + above)


def needed(share: float, seen: int, target: float) -> int | None:
    """How many more must be seen until the interval's upper end is at most `target`, errors keeping their share.

    None when no number is enough: the share itself is not below the target.
    """
    if share >= target:
        return None
    # the upper end of Wilson's interval equals the target where n·(target − share)² = z²·target·(1 − target)
    enough = ceil(Z * Z * target * (1 - target) / (target - share) ** 2)
    return max(0, enough - seen)
