"""How far a share can be trusted: intervals for counts, and for sums of shares over several strata."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

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
    low, high = ends(found / seen, seen)
    return Share(found, seen, found / seen, low if found else 0.0, high if found < seen else 1.0)


def ends(share: float, seen: float) -> tuple[float, float]:
    """The ends of Wilson's interval for a share seen in so many, as it is or as it would be."""
    z2 = Z * Z
    middle = (share + z2 / (2 * seen)) / (1 + z2 / seen)
    half = Z / (1 + z2 / seen) * sqrt(share * (1 - share) / seen + z2 / (4 * seen * seen))
    return max(0.0, middle - half), min(1.0, middle + half)


def weighted(parts: Iterable[tuple[float, float, float, float]]) -> Sum:
    """The sum of (weight, share, low, high) with an interval built from the parts' own.

    The method of variance estimates recovery: Zou and Donner, Statist. Med. 27 (2008) 1693–1702.
    """
    parts = list(parts)
    value = sum(weight * share for weight, share, _, _ in parts)
    below = sqrt(sum((weight * (share - low)) ** 2 for weight, share, low, _ in parts))
    above = sqrt(sum((weight * (high - share)) ** 2 for weight, share, _, high in parts))
    return Sum(value, max(0.0, value - below), value + above)
