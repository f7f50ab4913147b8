"""Fields on lines outside the ruling, several on a line: «学校：… 学年度：… 填表日期：… 第1页 共3页»."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ocr.match.heading import heading_lines
from ocr.match.labels import likeness, plain
from ocr.match.lines import Area, bounds, pixels, relative, text_lines
from ocr.match.places import Place
from ocr.match.view import View
from ocr.results import Box
from ocr.template import FieldSpec

ALIKE = 0.7
"""Likeness from which the words before a colon are a field's label."""
BELOW = 0.07
"""Height of the sheet under the table that may hold such lines."""
_LONGEST = 8
_COLONS = "：:︰;；"
_PAGE = re.compile(r"第.{1,3}[页頁張张]|共.{1,3}[页頁張张]")


@dataclass(frozen=True, slots=True)
class _Label:
    """A label on a line: its field, and the places of its first and last character among those spelled."""

    spec: FieldSpec
    first: int
    last: int


def outside_places(view: View, specs: Sequence[FieldSpec], table: Box) -> dict[str, Place]:
    """The places of fields written after their labels on the lines next to a table."""
    found: dict[str, Place] = {}
    for line in (*heading_lines(view, table)[:3], *_lines_below(view, table)):
        missing = [spec for spec in specs if spec.name not in found]
        if not missing:
            break
        found |= _on_line(view, line, missing, table)
    return found


def _lines_below(view: View, table: Box) -> list[Area]:
    area = (max(0.0, table[0] - 0.03), table[3], min(1.0, table[2] + 0.03), min(1.0, table[3] + BELOW))
    return text_lines(view.strokes, pixels(area, view.strokes))[:2]


def _on_line(view: View, line: Area, specs: Sequence[FieldSpec], table: Box) -> dict[str, Place]:
    spelled = [(character, at) for character, at in view.spelled(line) if character.strip()]
    labels = _labels(spelled, specs)
    alone = _alone(spelled, specs)
    edges = [spelled[label.first][1] for label in labels] + ([spelled[alone.first][1]] if alone else [])
    right = max(line[2], table[2] * view.strokes.mask.shape[1])
    half = 0.5 * (line[3] - line[1])
    places = {}
    for label in labels:
        start = _end_of_label(spelled, label.last, half)
        end = min((edge - half for edge in edges if edge > start), default=right)
        places[label.spec.name] = _place(view, label.spec, (start, line[1], max(end, start + 1), line[3]))
    if alone is not None:
        area = (spelled[alone.first][1] - half, line[1], spelled[alone.last][1] + half, line[3])
        places[alone.spec.name] = _place(view, alone.spec, area)
    return places


def _labels(spelled: Sequence[tuple[str, float]], specs: Sequence[FieldSpec]) -> list[_Label]:
    """The labels that stand before a colon, and one at the line's beginning without."""
    found: list[_Label] = []
    begin = 0
    for index, (character, _) in enumerate(spelled):
        if character[0] not in _COLONS:
            continue
        label = _before(spelled, begin, index, [s for s in specs if s.name not in {one.spec.name for one in found}])
        if label is not None:
            found.append(label)
        begin = index + 1
    if found and found[0].first == 0:
        return found
    limit = found[0].first if found else len(spelled)
    others = [spec for spec in specs if spec.name not in {one.spec.name for one in found}]
    first = max((label for end in range(2, min(_LONGEST, limit) + 1)
                 if (label := _before(spelled, 0, end, others, exact=True)) is not None),
                key=lambda label: label.last, default=None)
    return [first, *found] if first is not None else found


def _before(spelled: Sequence[tuple[str, float]], begin: int, end: int, specs: Sequence[FieldSpec], *,
            exact: bool = False) -> _Label | None:
    """The field whose label ends right before `end`; an `exact` one begins at `begin` too."""
    best: tuple[float, int, _Label] | None = None
    for first in range(max(begin, end - _LONGEST), end - 1):
        if exact and first != begin:
            break
        text = plain("".join(character for character, _ in spelled[first:end]))
        for spec in specs if text else ():
            score = likeness(text, spec.labels)
            if score >= (0.85 if exact else ALIKE) and (best is None or score > best[0]):
                best = (score, first, _Label(spec, first, end - 1 if exact else end))
    return best[2] if best else None


def _alone(spelled: Sequence[tuple[str, float]], specs: Sequence[FieldSpec]) -> _Label | None:
    """The sheet's number, which is its own label."""
    spec = next((spec for spec in specs if spec.options.get("alone")), None)
    text = "".join(character if len(character) == 1 else "?" for character, _ in spelled)
    spans = [match.span() for match in _PAGE.finditer(text)]
    return _Label(spec, spans[0][0], spans[-1][1] - 1) if spec and spans else None


def _end_of_label(spelled: Sequence[tuple[str, float]], last: int, half: float) -> float:
    """Where an answer may begin: behind the colon, which is narrow, or between two characters."""
    at = spelled[last][1]
    if spelled[last][0][0] in _COLONS:
        return at + 0.3 * half
    following = spelled[last + 1][1] if last + 1 < len(spelled) else at + 2 * half
    return (at + following) / 2


def _place(view: View, spec: FieldSpec, area: Area) -> Place:
    slack = 0.35 * (area[3] - area[1])
    wide = (area[0], area[1] - slack, area[2], area[3] + slack)
    strokes = view.strokes.boxes[view.strokes.within(wide)]
    strokes = strokes[(strokes[:, 2] - strokes[:, 0] < 0.5 * (area[2] - area[0])) | (strokes[:, 3] - strokes[:, 1] > 8)]
    box = relative(wide, view.strokes)
    if not len(strokes):
        return Place(spec.name, box, ink=False)
    ink = relative(bounds(strokes), view.strokes)
    return Place(spec.name, box, ink=True, ink_box=ink, lines=(ink,))
