"""Random streams named by what they decide, so that refining one part leaves the others as they were."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")


def chance(*name: object) -> np.random.Generator:
    """A generator that depends on `name` alone, the same on every machine."""
    digest = hashlib.sha256("/".join(map(str, name)).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "big"))


def pick(rng: np.random.Generator, options: Sequence[T]) -> T:
    """One of `options`, each equally likely."""
    return options[int(rng.integers(len(options)))]


def share(rng: np.random.Generator, probability: float) -> bool:
    """True in `probability` of all cases."""
    return bool(rng.random() < probability)


def between(rng: np.random.Generator, low: float, high: float) -> float:
    """A number from `low` to `high`."""
    return float(rng.uniform(low, high))
