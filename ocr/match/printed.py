"""Where a form's labels are printed, found by the white around words alone, whatever is left of the ruling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.grid import Cell
from ocr.grid.ink import ink_in
from ocr.match.form import best_spec
from ocr.match.labels import likeness
from ocr.match.lines import Area, bounds, relative
from ocr.match.view import View
from ocr.template import FieldSpec, Template

FIRST_LOOK = 10
"""Blocks read before two labels must have been found."""
ALIKE, SURE = 0.75, 0.9
"""Likeness from which words are a field's label; what nothing is read from, and parts of words, must be more alike."""
SMALLEST, LARGEST = 5, 70
"""Pixels of the map: smaller strokes are specks, larger ones no part of a character."""
MARGIN = 0.03
"""Share of the sheet along its sides that holds nothing but the copier's shadow."""

# All that follow are in heights of the writing.
BESIDE, BELOW = 0.4, 0.28
"""White between characters of one label, beside and below each other."""
LONGEST, HIGHEST = 8.0, 9.0
"""Width and height of a label at most."""
TWO_WIDE = 1.4
"""Width from which a label's lines hold more than one character each."""
SPREAD = 4.0
"""White at most between the two characters of a label that is spaced out."""
CLOSE = 0.7
"""White at most between the lines of one label."""


@dataclass(frozen=True, slots=True)
class Label:
    """A label found: its field, the area of the map it is printed in, and its likeness (0–1)."""

    name: str
    area: Area
    score: float

    @property
    def middle(self) -> float:
        return (self.area[1] + self.area[3]) / 2

    def better(self, other: Label) -> bool:
        """Whether this is the likelier place of the label: of two as like, the one with both its lines."""
        return self.score > other.score or self.score == other.score and self._around(other)

    def holds(self, other: Label) -> bool:
        """Whether the other is only a part of this one's words: 家访 of 家访时间."""
        return self.score > other.score and self._around(other)

    def _around(self, other: Label) -> bool:
        left, top, right, bottom = other.area
        x, y = (left + right) / 2, (top + bottom) / 2
        return self.area[0] < x < self.area[2] and self.area[1] < y < self.area[3]


@dataclass(frozen=True, slots=True)
class Print:
    """What stands on a sheet: its strokes' boxes, their usual height, and the words they make, left to right."""

    boxes: NDArray[np.int32]
    high: float
    blocks: tuple[Area, ...]


def print_of(view: View) -> Print | None:
    """The words of a sheet in pixels of its map; None of a blank one."""
    boxes = _strokes(view)
    if not len(boxes):
        return None
    high = float(np.percentile(boxes[:, 3] - boxes[:, 1], 80))
    return Print(boxes, high, tuple(_blocks(view, boxes, high)))


def _strokes(view: View) -> NDArray[np.int32]:
    """The strokes that may belong to characters: no specks, no level remains of the ruling."""
    boxes, width = view.strokes.boxes, view.strokes.mask.shape[1]
    wide, high = (boxes[:, 2:] - boxes[:, :2]).T
    inside = (boxes[:, 0] > MARGIN * width) & (boxes[:, 2] < (1 - MARGIN) * width)
    remains = (high < SMALLEST) & (wide >= 2 * high)
    fits = (np.maximum(wide, high) >= SMALLEST) & (np.maximum(wide, high) <= LARGEST)
    return np.asarray(boxes[inside & ~remains & fits])


def _blocks(view: View, boxes: NDArray[np.int32], high: float) -> list[Area]:
    """Words and lines, left to right: strokes with little white and no line of the ruling between them."""
    beside, below = max(1, round(BESIDE * high / 2)), max(1, round(BELOW * high / 2))
    filled = np.zeros(view.strokes.mask.shape[:2], np.uint8)
    for left, top, right, bottom in boxes.tolist():
        filled[max(0, top - below):bottom + below, max(0, left - beside):right + beside] = 1
    middle = (boxes[:, :2] + boxes[:, 2:]) // 2
    filled[(view.sheet.down | view.sheet.across) > 0] = 0
    filled[middle[:, 1], middle[:, 0]] = 1
    _, parts = cv2.connectedComponents(filled)
    home = parts[middle[:, 1], middle[:, 0]]
    return sorted(bounds(boxes[home == number]) for number in np.unique(home))


def labels_in(view: View, page: Print, template: Template) -> list[Label]:
    """The labels among the blocks, the leftmost read first: there every row has one."""
    specs = [*(spec for spec in template.fields if spec.where == "cell"), *template.others]
    found: dict[str, Label] = {}
    blocks, high = page.blocks, page.high
    candidates = [*blocks, *_severed(blocks, high), *_spaced(blocks, high), *_stacked(blocks, high)]
    for number, block in enumerate(block for block in candidates if _may_be_label(block, high)):
        if number >= FIRST_LOOK and len(found) < 2:
            break
        for label in _named(view, block, specs, high):
            if label.name not in found or label.better(found[label.name]):
                found[label.name] = label
    return [label for label in found.values() if not any(other.holds(label) for other in found.values())]


def _may_be_label(block: Area, high: float) -> bool:
    wide, tall = block[2] - block[0], block[3] - block[1]
    return max(wide, tall) > 1.2 * high and wide <= LONGEST * high and tall <= HIGHEST * high


def _named(view: View, block: Area, specs: Sequence[FieldSpec], high: float) -> list[Label]:
    """The label that a block is or begins with, or the two of one column that are printed close together."""
    parts = [label for part in _parted(view, block, high) if (label := _label(view, part, specs)).score >= SURE]
    if len(parts) == 2:
        return parts
    whole = _label(view, block, specs)
    least = SURE if whole.name.startswith("other:") else ALIKE
    return [whole] if whole.score >= least else _beginning(view, block, specs, high)


def _label(view: View, block: Area, specs: Sequence[FieldSpec]) -> Label:
    """The label most like what is printed in a block."""
    spec, score = best_spec(_words(view, block), specs, {})
    return Label(spec.name if spec else "", block, score if spec else 0.0)


def _words(view: View, block: Area) -> str:
    left, top, right, bottom = block
    area = left - 2, top - 2, right + 2, bottom + 2
    return view.label(Cell(0, 0, 1, 1, relative(area, view.strokes), ink_in(view.strokes, area)))


def _parted(view: View, block: Area, high: float) -> list[Area]:
    """Three or more lines of print as two parts, parted where most white is between them."""
    lines = view.lines(relative(block, view.strokes))
    if len(lines) < 3 or block[2] - block[0] < TWO_WIDE * high:
        return []
    gaps = [below[1] - above[3] for above, below in pairwise(lines)]
    widest = int(np.argmax(gaps))
    cut = (lines[widest][3] + lines[widest + 1][1]) / 2
    return [(block[0], block[1], block[2], cut), (block[0], cut, block[2], block[3])]


def _beginning(view: View, block: Area, specs: Sequence[FieldSpec], high: float) -> list[Label]:
    """The label that a line begins with, its value written close behind it."""
    text = _words(view, block)
    likely = [(likeness(text[:len(label)], (label,)), spec, label) for spec in specs for label in spec.labels
              if 3 <= len(label) < len(text)]
    score, spec, label = max(likely, key=lambda one: one[0], default=(0.0, None, ""))
    if spec is None or score < SURE or block[3] - block[1] > 2.5 * high:
        return []
    spelled = [at for character, at in view.spelled(block) if character.strip()]
    if len(spelled) <= len(label):
        return []
    cut = (spelled[len(label) - 1] + spelled[len(label)]) / 2
    return [Label(spec.name, (block[0], block[1], cut, block[3]), score)]


def _severed(blocks: Sequence[Area], high: float) -> list[Area]:
    """Neighbours that only a line parts: a fold through a label, perhaps."""
    short = [block for block in blocks if block[2] - block[0] <= LONGEST * high / 2]
    return [bounds([left, right]) for left in short for right in short
            if 0 <= right[0] - left[2] <= BESIDE * high and on_one_line(left, right)]


def _spaced(blocks: Sequence[Area], high: float) -> list[Area]:
    """Pairs of single characters on one line with nothing between them: 时　间."""
    single = [block for block in blocks if max(block[2] - block[0], block[3] - block[1]) <= 1.4 * high]
    pairs = []
    for left in single:
        after = [block for block in blocks if block[0] > left[2] and on_one_line(left, block)]
        nearest = min(after, key=lambda block: block[0], default=None)
        if nearest in single and nearest[0] - left[2] < SPREAD * high:
            pairs.append(bounds([left, nearest]))
    return pairs


def _stacked(blocks: Sequence[Area], high: float) -> list[Area]:
    """Words under one another with their middles in line: labels of two lines, and upright ones."""
    found = []
    for upper in blocks:
        chain = upper
        while (lower := _next_below(chain, blocks, high)) is not None:
            chain = bounds([chain, lower])
            found.append(chain)
    return found


def _next_below(block: Area, blocks: Sequence[Area], high: float) -> Area | None:
    middle = block[0] + block[2]
    return next((below for below in blocks if 0 <= below[1] - block[3] < CLOSE * high
                 and abs(below[0] + below[2] - middle) < high and below[2] - below[0] <= LONGEST * high), None)


def on_one_line(one: Area, other: Area) -> bool:
    return min(one[3], other[3]) - max(one[1], other[1]) > 0.5 * min(one[3] - one[1], other[3] - other[1])
