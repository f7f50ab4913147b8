"""Evidence on the paper: seals and signatures that are there or not."""

from __future__ import annotations

from collections.abc import Mapping

from ocr.match import Match
from ocr.rectify.sheet import RectifiedSheet


def find_marks(sheet: RectifiedSheet, match: Match) -> Mapping[str, bool]:
    """For each mark of the matched template whether it is on the paper."""
    raise NotImplementedError
