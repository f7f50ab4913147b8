"""Evidence on the paper: seals and signatures that are there or not."""

from __future__ import annotations

from collections.abc import Mapping

from ocr.match import Match, Place
from ocr.rectify.sheet import RectifiedSheet
from ocr.results import Box
from ocr.template import MarkSpec


def find_marks(sheet: RectifiedSheet, match: Match) -> Mapping[str, bool]:
    """For each mark of the matched template whether it is on `sheet`, the one the match gives."""
    return {mark.name: _sealed(match, mark) if mark.kind == "seal" else _signed(match, mark)
            for mark in match.template.marks}


def _sealed(match: Match, mark: MarkSpec) -> bool:
    """Whether a seal's middle lies in the mark's cell or no further from it than half a seal."""
    place = match.places.get(mark.of)
    others = [match.places[other.of].box for other in match.template.marks
              if other.kind == "seal" and other.of != mark.of and other.of in match.places]
    return place is not None and any(_near(seal, place.box) and not any(_nearer(seal, box, place.box) for box in others)
                                     for seal in match.seals)


def _nearer(seal: Box, other: Box, own: Box) -> bool:
    """Whether a seal's middle is nearer to the middle of another mark's cell: two parties seal beside each other."""
    x, y = (seal[0] + seal[2]) / 2, (seal[1] + seal[3]) / 2
    away = [abs((box[0] + box[2]) / 2 - x) + abs((box[1] + box[3]) / 2 - y) for box in (other, own)]
    return away[0] < away[1]


def _near(seal: Box, box: Box) -> bool:
    x, y = (seal[0] + seal[2]) / 2, (seal[1] + seal[3]) / 2
    wide, high = (seal[2] - seal[0]) / 2, (seal[3] - seal[1]) / 2
    return box[0] - wide <= x <= box[2] + wide and box[1] - high <= y <= box[3] + high


def _signed(match: Match, mark: MarkSpec) -> bool:
    """Whether something is written after the printed words that ask for a signature, or in its own cell."""
    place = _signature(match, mark)
    return place is not None and place.ink


def _signature(match: Match, mark: MarkSpec) -> Place | None:
    for spec in match.template.fields:
        if spec.of == mark.of and spec.where == "part" and spec.kind != "date":
            return match.places.get(spec.name)
    return match.places.get(mark.of)
