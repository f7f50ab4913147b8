"""Weigh every combination of the values of the fields that a rule binds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray


def weighed(values: Mapping[str, Sequence[str]], weigh: Callable[..., float]) -> NDArray[np.float64]:
    """`weigh` of every combination, given by field name; one axis per field in order."""
    shape = [len(listed) for listed in values.values()]
    weights = [weigh(**dict(zip(values, combination, strict=True))) for combination in product(*values.values())]
    return np.array(weights, np.float64).reshape(shape)
