"""Whether two prints of ink are of one paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

InkPrint = Mapping[str, str]
"""Cell → the ink in its COLUMNS × ROWS parts, a hexadecimal digit each, line by line; "" for a blank cell."""
Shares = NDArray[Any]

COLUMNS, ROWS = 24, 3
ONE_PAPER = 0.76
"""From this likeness on two prints are offered as one paper: of made sheets two pictures of one paper reach 0.81
and more, two papers at most 0.68."""
_FEWEST = 4
"""Fewer cells written in on both say nothing."""
_DIGITS = np.zeros(256, np.float32)
_DIGITS[[ord(digit) for digit in "0123456789abcdef"]] = range(16)


def likeness(one: InkPrint, other: InkPrint) -> float:
    """How alike two prints of one form are: the median over the cells written in, from -1 to 1; 0 when too few are."""
    names = [name for name in one.keys() & other.keys() if one[name] or other[name]]
    both = [name for name in names if one[name] and other[name]]
    if len(both) < _FEWEST:
        return 0.0
    alike = _correlations(_parts([one[name] for name in both]), _parts([other[name] for name in both]))
    return float(np.median(np.concatenate([alike, -np.ones(len(names) - len(both), np.float32)])))


def _parts(cells: list[str]) -> Shares:
    """The cells as (cells, COLUMNS × ROWS), each part mixed with its neighbours: a second picture is never dead on."""
    raw = _DIGITS[np.frombuffer("".join(cells).encode(), np.uint8)].reshape(len(cells), ROWS, COLUMNS)
    beside = np.pad(raw, ((0, 0), (0, 0), (1, 1)), mode="edge")
    mixed = (beside[:, :, :-2] + raw + beside[:, :, 2:]).reshape(len(cells), -1)
    centred: Shares = mixed - mixed.mean(1, keepdims=True)
    return centred


def _correlations(one: Shares, other: Shares) -> Shares:
    size = np.sqrt((one**2).sum(1) * (other**2).sum(1))
    shared: Shares = (one * other).sum(1)
    alike: Shares = shared / np.maximum(size, 1e-6)
    return alike
