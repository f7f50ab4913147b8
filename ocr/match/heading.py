"""What is printed above the ruling: the title, and fields that follow a label on a line of their own."""

from __future__ import annotations

from ocr.match.labels import likeness, plain
from ocr.match.lines import FLAT, Area, bounds, pixels, relative, text_lines
from ocr.match.places import Place
from ocr.match.view import View
from ocr.results import Box
from ocr.template import FieldSpec, Template

ROOM = 0.16
"""Height of the sheet above the table that may hold its heading."""
_ROOM = 0.7
"""How far handwriting reaches above and below the label it follows, in the label's height."""


def heading_lines(view: View, table: Box) -> list[Area]:
    """The lines of print and writing above a table, from the one nearest to it upwards."""
    area = pixels((max(0.0, table[0] - 0.03), max(0.0, table[1] - ROOM), min(1.0, table[2] + 0.03), table[1]),
                  view.strokes)
    return text_lines(view.strokes, area)[::-1]


def top_lines(view: View) -> list[Area]:
    """The first lines of a sheet on which no table shows."""
    return text_lines(view.strokes, pixels((0.0, 0.0, 1.0, ROOM), view.strokes))[:3]


def title_likeness(view: View, lines: list[Area], templates: list[Template]) -> dict[str, float]:
    """How much the largest line above the table is like each template's title."""
    if not lines:
        return {}
    text = view.printed_line(max(lines, key=lambda line: line[3] - line[1]))
    return {template.id: likeness(text, template.titles) for template in templates}


def line_place(view: View, spec: FieldSpec, lines: list[Area], table: Box) -> Place | None:
    """The place of a field written after its label on one of the nearest lines; None without the label."""
    for line in lines[:3]:
        spelled = view.spelled(line)
        end = _label_end(spelled, spec)
        if end is not None:
            return _after(view, spec, line, spelled, end, table)
    return None


def _label_end(spelled: list[tuple[str, float]], spec: FieldSpec) -> int | None:
    """How many characters at the beginning of a line are the field's label and its colon."""
    best, best_score = None, 0.7
    for length in range(2, min(9, len(spelled)) + 1):
        text = plain("".join(character for character, _ in spelled[:length]))
        score = likeness(text, spec.labels) if text else 0.0
        if score >= best_score:
            best, best_score = length, score
    while best is not None and best < len(spelled) and spelled[best][0] in "：:︰.·；;":
        best += 1
    return best


def _after(view: View, spec: FieldSpec, line: Area, spelled: list[tuple[str, float]], end: int,
           table: Box) -> Place:
    left = _split(view, line, spelled, end)
    right = table[2] * view.strokes.mask.shape[1]
    top, bottom = _beside_label(view, line, left)
    area = (left, top, max(right, left + 1), min(bottom, table[1] * view.strokes.mask.shape[0]))
    strokes = view.strokes.boxes[view.strokes.within(area)]
    box = relative(area, view.strokes)
    if not len(strokes):
        return Place(spec.name, box, ink=False)
    first, upper, last, lower = bounds(strokes)
    ink = relative((first, max(upper, area[1]), last, min(lower, area[3])), view.strokes)
    return Place(spec.name, box, ink=True, ink_box=ink, lines=(ink,))


def _beside_label(view: View, line: Area, left: float) -> tuple[float, float]:
    """How high an answer stands: somewhat higher than the line, and no further from its label's height, for a line
    along a streak or close under the title is found too high.
    """
    slack = 0.35 * (line[3] - line[1])
    label = view.strokes.boxes[view.strokes.within((line[0] - 2, line[1], left, line[3]))]
    label = label[label[:, 3] - label[:, 1] >= FLAT]
    if not len(label):
        return line[1] - slack, line[3] + slack
    _, top, _, bottom = bounds(label)
    room = _ROOM * (bottom - top)
    return max(line[1] - slack, top - room), min(line[3] + slack, bottom + room)


def _split(view: View, line: Area, spelled: list[tuple[str, float]], end: int) -> float:
    """Where the label ends: in the widest gap between its last character and the next one."""
    height = line[3] - line[1]
    low = spelled[end - 1][1]
    high = spelled[end][1] if end < len(spelled) else low + 1.5 * height
    boxes = view.strokes.boxes[view.strokes.within(line)]
    edges = sorted((float(b[0]), float(b[2])) for b in boxes if b[2] > low - 2 and b[0] < high + 2)
    best, at, reach = 0.0, (low + high) / 2, low
    for left, right in edges:
        if left - reach > best and reach >= low - 2:
            best, at = left - reach, (left + reach) / 2
        reach = max(reach, right)
    return at
