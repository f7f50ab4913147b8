"""Evidence on the paper: seals and signatures that are there or not."""

from __future__ import annotations

from collections.abc import Mapping

from ocr.match import Match
from ocr.rectify.sheet import RectifiedSheet


def find_marks(sheet: RectifiedSheet, match: Match) -> Mapping[str, bool]:
    """For each mark of the matched template whether it is on the paper."""
    found = {}
    for mark in match.template.marks:
        place = next((p for spec in match.template.fields if spec.of == mark.of and spec.kind != "date"
                      for p in [match.places.get(spec.name)] if p), None)
        found[mark.name] = bool(place and place.ink)
    return found
