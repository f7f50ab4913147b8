"""The end of an opinion: who signs, the signature, the date, and the free text that stands above them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ocr.match.labels import plain
from ocr.match.lines import Area, bounds, pixels, relative
from ocr.match.places import Place
from ocr.match.view import View
from ocr.template import FieldSpec, MarkSpec

Spelled = list[tuple[str, float]]

DATE_WORDS = "年月日"
WRITTEN = "0123456789〇○零一二三四五六七八九十.-/ "


@dataclass(frozen=True, slots=True)
class ClosingLine:
    """A line that holds printed words of the closing. Places along it in pixels of the stroke map.

    `edge` is where the date with its heading begins: a signature before it ends there.
    """

    area: Area
    date: tuple[float, float] | None
    anchor: tuple[float, float] | None
    signs: bool
    edge: float | None = None


def closing_lines(view: View, place: Place, anchors: Sequence[str]) -> list[ClosingLine]:
    """The last lines of an opinion's cell that hold the printed anchors or the date, top to bottom."""
    found: list[ClosingLine] = []
    lines = [pixels(line, view.strokes) for line in place.lines]
    for line in reversed(lines[-3:]):
        closing = _closing(view, line, anchors)
        if closing is None:
            if found:
                break
            continue
        found.insert(0, closing)
        if any(c.date for c in found) and any(c.anchor for c in found):
            break
    return found


def parts(view: View, place: Place, closing: Sequence[ClosingLine], specs: Sequence[FieldSpec]) -> dict[str, Place]:
    """The opinion itself and its parts (date, signature), by field name."""
    found = {place.name: _opinion(view, place, closing)}
    for spec in specs:
        if spec.kind == "date":
            found[spec.name] = _date(view, place, closing, spec.name)
        else:
            found[spec.name] = _signature(view, place, closing, spec.name)
    return found


def anchors_of(specs: Sequence[FieldSpec], marks: Sequence[MarkSpec]) -> list[str]:
    """The printed words that a form's definition names for one opinion."""
    words = [word for spec in specs if spec.kind != "date" for word in spec.anchors]
    return [*words, *(word for mark in marks for word in mark.anchors)]


def _closing(view: View, line: Area, anchors: Sequence[str]) -> ClosingLine | None:
    spelled = [(character, x) for character, x in view.spelled(line) if character.strip()]
    simple = [(plain(character) or character, x) for character, x in spelled]
    date, word = _date_span(simple, line), _date_word(simple, line)
    if date is None and word is not None:
        date = word[1], line[2] + 4
    anchor, signs = _anchor_span(simple, anchors, line)
    edge = word[0] if word else date[0] if date else None
    return ClosingLine(line, date, anchor, signs, edge) if date or anchor else None


def _date_span(spelled: Spelled, line: Area) -> tuple[float, float] | None:
    """From the year's first figure to 日, when at least two of 年 月 日 stand in order."""
    at: dict[str, int] = {}
    for word in reversed(DATE_WORDS):
        before = min(at.values(), default=len(spelled))
        for index, (character, _) in enumerate(spelled[:before]):
            if character == word:
                at[word] = index
    if len(at) < 2:
        return None
    height = line[3] - line[1]
    first = at.get("年", min(at.values()))
    start = first
    while start > 0 and spelled[start - 1][0] in WRITTEN and spelled[start][1] - spelled[start - 1][1] < 2.2 * height:
        start -= 1
    left = spelled[start][1] - (0.6 if start < first else 2.6) * height
    if start:
        left = max(left, (spelled[start - 1][1] + spelled[start][1]) / 2)
    return max(line[0] - 4, left), max(line[2] + 4, spelled[max(at.values())][1] + 0.7 * height)


def _date_word(spelled: Spelled, line: Area) -> tuple[float, float] | None:
    """Where a printed 日期 with its colon begins and ends."""
    text = "".join(character if len(character) == 1 else "?" for character, _ in spelled)
    at = text.rfind("日期")
    if at < 0:
        return None
    end = at + 2
    while end < len(text) and text[end] in "：:︰;；":
        end += 1
    half = 0.5 * (line[3] - line[1])
    return spelled[at][1] - 1.2 * half, spelled[end - 1][1] + (0.3 if text[end - 1] in "：:" else 1.0) * half


def _anchor_span(spelled: Spelled, anchors: Sequence[str], line: Area) -> tuple[tuple[float, float] | None, bool]:
    text = "".join(character if len(character) == 1 else "?" for character, _ in spelled)
    for word in anchors:
        at = text.find(word)
        if at < 0 and len(word) == 2:  # one of the two characters misread, its colon or bracket read
            at = next((i for i in range(len(text) - 2) if text[i + 2] in "：:)）"
                       and (text[i] == word[0] or text[i + 1] == word[1])), -1)
        if at >= 0:
            end = at + len(word)
            while end < len(text) and text[end] in "：:)）︰;；":
                end += 1
            half = 0.55 * (line[3] - line[1])
            right = spelled[end - 1][1] + (0.3 if text[end - 1] in "：:" else 0.5) * half
            return (line[0] - 2, right), "章" not in word
    return None, False


def _opinion(view: View, place: Place, closing: Sequence[ClosingLine]) -> Place:
    """The free text above the closing lines, with what is printed below named apart."""
    if not closing:
        return place
    areas = {tuple(line.area) for line in closing}
    lines = tuple(line for line in place.lines if tuple(pixels(line, view.strokes)) not in _near(areas))
    printed = tuple(relative(line.area, view.strokes) for line in closing)
    if not lines:
        return replace(place, ink=False, lines=(), printed=printed, covered=view.covered(place.box))
    around = bounds(lines)
    return replace(place, ink=True, ink_box=around, lines=lines, printed=printed)


def _near(areas: set[tuple[float, ...]]) -> _Nearly:
    return _Nearly(areas)


class _Nearly:
    """Membership up to rounding: areas become relative boxes and back."""

    def __init__(self, areas: set[tuple[float, ...]]) -> None:
        self._areas = areas

    def __contains__(self, area: tuple[float, ...]) -> bool:
        return any(all(abs(a - b) < 0.01 for a, b in zip(area, other, strict=True)) for other in self._areas)


def _date(view: View, place: Place, closing: Sequence[ClosingLine], name: str) -> Place:
    line = next((line for line in reversed(closing) if line.date), None)
    if line is None or line.date is None:
        return Place(name, place.box, ink=False)
    pad = 0.15 * (line.area[3] - line.area[1])
    cell = pixels(place.box, view.strokes)
    area = (max(cell[0], line.date[0]), line.area[1] - pad, min(cell[2], line.date[1]), line.area[3] + pad)
    return view.place(name, relative(area, view.strokes))


def _signature(view: View, place: Place, closing: Sequence[ClosingLine], name: str) -> Place:
    line = next((line for line in closing if line.anchor and line.signs), None)
    if line is None or line.anchor is None:
        return Place(name, place.box, ink=False)
    cell = pixels(place.box, view.strokes)
    right = line.edge if line.edge and line.edge > line.anchor[1] else cell[2] - 2
    pad = 0.35 * (line.area[3] - line.area[1])
    area = (line.anchor[1], line.area[1] - pad, max(right, line.anchor[1] + 1), line.area[3] + pad)
    return view.place(name, relative(area, view.strokes))
