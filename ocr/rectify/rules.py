"""From pieces to rules: pieces in one line put together."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ocr.rectify.lines import SHORTEST, Chain, labelled
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

    `pieces` are the chains it was put together from.
    """

    at: float
    start: float
    end: float
    points: Chain
    pieces: tuple[Chain, ...] = ()
    _along: list[float] = field(init=False, repr=False)
    _across: list[float] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """The course as plain numbers: it is asked for single places, thousands of times a sheet."""
        along, across = self.points.T.tolist()
        object.__setattr__(self, "_along", along)
        object.__setattr__(self, "_across", across)

    def where(self, along: float) -> float:
        """The line's place across at a place along it."""
        after = bisect_right(self._along, along)
        if after in (0, len(self._along)):
            return self._across[max(0, after - 1)]
        x0, x1, y0, y1 = *self._along[after - 1:after + 1], *self._across[after - 1:after + 1]
        return y0 + (y1 - y0) * (along - x0) / (x1 - x0)


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    """A chain with what is asked of it again and again."""

    chain: Chain
    start: float
    end: float
    first: float
    last: float
    middle: float


def rules_in(mask: Image) -> list[Rule]:
    """The horizontal rules of a mask of lines."""
    found = labelled(mask)
    return rules_of(found.chains(np.ones(len(found.stats), bool)))


def rules_of(chains: Sequence[Chain]) -> list[Rule]:
    """The rules that some chains make up, pieces in one line joined, ordered by place."""
    groups: list[list[_Piece]] = []
    for piece in sorted(map(_piece, chains), key=lambda piece: piece.middle):
        home = next((group for group in reversed(groups) if _continues(group, piece)), None)
        if home is None:
            groups.append([piece])
        else:
            home.append(piece)
    found = [_rule(group) for group in groups]
    return sorted((rule for rule in found if rule.end - rule.start >= SHORTEST * 0.7), key=lambda rule: rule.at)


def _piece(chain: Chain) -> _Piece:
    return _Piece(chain, float(chain[0, 0]), float(chain[-1, 0]), float(chain[0, 1]), float(chain[-1, 1]),
                  float(chain[:, 1].mean()))


def _continues(group: Sequence[_Piece], piece: _Piece) -> bool:
    """Whether a piece lies in one line with a group: beside one of its pieces, or over it."""
    for other in group:
        before, after = other.start - piece.end, piece.start - other.end
        gap = max(before, after)
        if gap > APART:
            continue
        if gap > 0:
            step = other.first - piece.last if before > 0 else piece.first - other.last
            if abs(step) <= 3 + 0.02 * gap:
                return True
        elif abs(other.middle - piece.middle) <= SAME:
            return True
    return False


def rule_of(chains: Sequence[Chain]) -> Rule:
    """The one rule that some chains in one line make up."""
    return _rule([_piece(chain) for chain in chains])


def _rule(group: Sequence[_Piece]) -> Rule:
    points = np.concatenate([piece.chain for piece in group])
    # Pieces over one another (a double line) are averaged into one course.
    places, index = np.unique(np.round(points[:, 0] / 8), return_inverse=True)
    count = np.bincount(index)
    course = np.stack([np.bincount(index, points[:, k]) / count for k in (0, 1)], axis=1)
    start, end = min(piece.start for piece in group) - 8, max(piece.end for piece in group) + 8
    return Rule(float(np.median(course[:, 1])), start, end, course.astype(np.float32),
                tuple(piece.chain for piece in group))
