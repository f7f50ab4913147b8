"""From a file to pixels: every page of a picture or PDF as an upright BGR array."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ocr.filetype import Limits
from ocr.results import Problem


@dataclass(frozen=True, slots=True, eq=False)
class LoadedSheet:
    """Page `index` of a file, height × width × BGR uint8; `dpi` as the file says, None when unsaid."""

    index: int
    pixels: NDArray[np.uint8]
    dpi: float | None
    notes: tuple[Problem, ...] = ()


def open_sheets(path: Path, limits: Limits = Limits()) -> Iterator[LoadedSheet]:
    """The pages of the file at `path`, one at a time; raises UnreadableFile."""
    raise NotImplementedError
