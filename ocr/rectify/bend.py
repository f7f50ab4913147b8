"""Bend: what page curl and folds still do to the ruling lines after the perspective is gone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Chain = NDArray[np.float32]
"""n × 2 points (x, y) along one ruling line, left to right."""

KNOTS = 6
"""Pieces of the spline along a line; enough for a curl and a fold."""

SWAY = 4
"""Powers across the lines by which the bend may change over the page."""

FEWEST, ENOUGH = 3, 1.2
"""Lines, and their length in widths of the picture, below which nothing is said of a bend: one or two may be anything,
the rim of a photocopy or strokes in a row.
"""


class Bend:
    """How far each point of a sheet lies off where flat paper would have it, one direction only.

    Fitted to lines that should be level: each point of a line is moved by a smooth function of its
    place so that the points of one line come to one height. The height itself stays free for each
    line (after the text-line model of Leptonica's dewarp, D. Bloomberg), so nothing is assumed
    about the form.
    """

    def __init__(self, chains: Sequence[Chain], size: tuple[int, int]) -> None:
        """`size` is width and height of the picture the chains are from."""
        self._width, self._height = size
        used = [chain for chain in chains if np.ptp(chain[:, 0]) > 0.06 * size[0] and len(chain) >= 3]
        self._weights = np.zeros(0)
        if len(used) >= FEWEST and sum(np.ptp(chain[:, 0]) for chain in used) >= ENOUGH * size[0]:
            self._fit(used)

    @property
    def bent(self) -> bool:
        """Whether lines enough were followed."""
        return bool(len(self._weights))

    def offset(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        """Pixels by which paper at (x, y) lies lower than it should; arrays of one shape."""
        if not self.bent:
            return np.zeros_like(x, dtype=np.float64)
        moved = self._basis(x.ravel(), y.ravel()) @ self._weights
        return np.asarray(moved.reshape(x.shape) - self._edges(y))

    def _edges(self, y: NDArray[np.float64]) -> NDArray[np.float64]:
        """What the bend would be where the lines meet the sheet's sides: these stay, the middle moves.

        A curled sheet still lies on the desk with its sides; a parabola through three places of the
        line is steadier there than the spline, which saw no line so far out.
        """
        some = np.linspace(float(y.min()), float(y.max()), 24)
        left, middle, right = (self._basis(np.full(len(some), u * self._width), some) @ self._weights
                               for u in (0.15, 0.5, 0.85))
        return np.asarray(np.interp(y, some, middle + (left + right - 2 * middle) / 2 * (0.5 / 0.35) ** 2))

    def _fit(self, chains: Sequence[Chain]) -> None:
        points = np.concatenate(chains).astype(np.float64)
        owner = np.repeat(np.arange(len(chains)), [len(chain) for chain in chains])
        basis = self._basis(points[:, 0], points[:, 1])
        trust = np.ones(len(points))
        for doubt in (8.0, 4.0, 2.0, 1.5):  # pixels: first every line counts, in the end only what agrees
            weights = self._solve(basis, points[:, 1], owner, trust, len(chains))
            left = points[:, 1] - basis @ weights
            middle = np.bincount(owner, left * trust, len(chains)) / np.maximum(1e-9, np.bincount(owner, trust))
            wrong = np.abs(left - middle[owner])
            trust = 1 / (1 + (wrong / doubt) ** 2)
        self._weights = weights

    def _solve(self, basis: NDArray[np.float64], y: NDArray[np.float64], owner: NDArray[np.intp],
               trust: NDArray[np.float64], count: int) -> NDArray[np.float64]:
        """Least squares with each line's height eliminated by centring its points."""
        total = np.maximum(1e-9, np.bincount(owner, trust, count))
        mean_y = np.bincount(owner, y * trust, count) / total
        mean_basis = np.stack([np.bincount(owner, column * trust, count) / total for column in basis.T], axis=1)
        rows = (basis - mean_basis[owner]) * np.sqrt(trust)[:, None]
        wanted = (y - mean_y[owner]) * np.sqrt(trust)
        stiff = self._stiffness() * len(y)
        solved = np.linalg.solve(rows.T @ rows + np.diag(stiff), rows.T @ wanted)
        return np.asarray(solved)

    def _basis(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        """Hats over x, each times powers of y; the middle of the page stays where it is."""
        u = np.clip(x / self._width, 0, 1)
        v = 2 * y / self._height - 1
        hats = _splines(u) - _splines(np.array([0.5]))
        slope = (u - 0.5)[:, None]
        along = np.concatenate([slope, hats], axis=1)
        return np.concatenate([along * (v ** power)[:, None] for power in range(SWAY)], axis=1)

    def _stiffness(self) -> NDArray[np.float64]:
        """Ridge weights: slopes and skew are free, bends cost a little, bends that change cost more."""
        per_power = np.r_[1e-9, np.full(KNOTS + 1, 2e-7)]
        return np.concatenate([per_power * 8.0 ** power for power in range(SWAY)])


def _splines(u: NDArray[np.float64]) -> NDArray[np.float64]:
    """Smooth bumps centred on KNOTS + 1 even places of 0–1, one column each."""
    at = np.linspace(0, 1, KNOTS + 1)
    reach = 1.0 / KNOTS
    t = np.clip(np.abs(u[:, None] - at[None, :]) / reach, 0, 2)
    # The cubic B-spline.
    inner, outer = 2 / 3 - t ** 2 + t ** 3 / 2, (2 - t) ** 3 / 6
    return np.asarray(np.where(t < 1, inner, outer))
