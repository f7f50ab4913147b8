"""How finely lines are looked at: coarsely first, and again as they are where that leaves a doubt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr.decode import Emissions


@dataclass(frozen=True, slots=True)
class Look:
    """Rows a line is shrunk to, and the share of its width at 48 rows that it keeps; the cost is that of the area.

    Lowered and narrowed together, writing stays legible much longer than narrowed alone.
    """

    rows: int
    share: float


WHOLE = Look(48, 1.0)
"""What the network was trained on."""
SKIMMED = Look(40, 0.6)
"""Half the cost: a hundredth more of the characters of running text are wrong, and most of those are unsure."""
GLANCED = Look(32, 0.5)
"""A third of the cost: good for digits and for words of a list."""
PRINT = Look(24, 0.5)
"""A quarter of the cost: printed words stay what they are."""

Ask = Callable[[Sequence[NDArray[np.uint8]], Look], list[Emissions]]


def looked(ask: Ask, crops: Sequence[NDArray[np.uint8]], first: Look, sure: float,
           fewest: int = 1) -> list[Emissions]:
    """What `ask` sees in each line at a first look, or as it is when a character is less probable than `sure` or
    there are less than `fewest`.
    """
    seen = ask(crops, first)
    doubtful = [place for place, line in enumerate(seen) if first != WHOLE and not _clear(line, sure, fewest)]
    for place, line in zip(doubtful, ask([crops[place] for place in doubtful], WHOLE), strict=True):
        seen[place] = line
    return seen


def _clear(line: Emissions, sure: float, fewest: int) -> bool:
    """Whether a line has enough characters, and each is probable enough; signs count where there is nothing else."""
    found = line.path
    words = [p for character, p, _ in found if character.isalnum()] or [p for _, p, _ in found]
    return len(words) >= fewest and min(words) >= sure
