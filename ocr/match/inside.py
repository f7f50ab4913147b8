"""Labels inside a value's cell: the border between one field and the next is worn away, or was never drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ocr.grid import Cell
from ocr.match.form import best_spec
from ocr.match.labelled import Labelled
from ocr.match.lines import Area, bounds, pixels, relative
from ocr.match.view import View
from ocr.template import FieldSpec

SURE = 0.8
"""Likeness from which words among writing are taken for a label."""
WIDE, LOW = 0.16, 0.075
"""Least width and greatest height, of the sheet, of a cell that may hold a second field."""
READS = 12
"""Words read on a sheet at most."""
_GAP = 0.45
"""Gap between words in heights of the writing."""


def find_inside(view: View, found: Labelled, specs: Sequence[FieldSpec]) -> None:
    """Look for the missing fields' labels in cells of other fields, and divide those cells at them."""
    for spec in specs:
        if found.values.get(spec.name) == [] and _may_hold_two(found.cells[spec.name]):
            _take_value_off(view, found, spec)
    missing = [spec for spec in specs if spec.where == "cell" and spec.name not in found.cells]
    if not missing or len(found.cells) < 4:
        return
    last = view.reads + READS
    for name, cells in list(found.values.items()):
        if len(cells) == 1 and _may_hold_two(cells[0]):
            _divide(view, found, name, cells[0], specs, last)
    used = [*found.cells.values(), *(cell for cells in found.values.values() for cell in cells)]
    for cell in found.table.cells:
        if cell.ink is not None and cell not in used and _may_hold_two(cell):
            _divide(view, found, "", cell, specs, last)


def _take_value_off(view: View, found: Labelled, spec: FieldSpec) -> None:
    """Divide a cell that ends its row and holds a label with its own value, the border between being worn away."""
    cell = found.cells[spec.name]
    for word in _words(view, cell)[:-1]:
        _, top, right, bottom = _column(view, cell, word)
        label = replace(cell, box=(cell.box[0], top, right, bottom), colspan=1)
        if best_spec(view.label(label), (spec,), {})[1] >= SURE:
            found.cells[spec.name] = label
            found.values[spec.name] = [replace(cell, box=(right, top, cell.box[2], bottom))]
            return


def _may_hold_two(cell: Cell) -> bool:
    left, top, right, bottom = cell.box
    return right - left > WIDE and bottom - top < LOW


def _divide(view: View, found: Labelled, name: str, cell: Cell, specs: Sequence[FieldSpec], last: int) -> None:
    """Cut a value's cell before each label in it; what follows a label is its value.

    A cell that is no field's (`name` empty) may begin with a label too.
    """
    words = _words(view, cell)
    for word in words[1:] if name else words[:-1]:
        if view.reads >= last:
            return
        label = replace(cell, box=_column(view, cell, word), colspan=1)
        spec, score = best_spec(view.label(label), specs, found.cells)
        if spec is None or score < SURE:
            continue
        left, top, right, bottom = cell.box
        if name:
            found.values[name] = [replace(cell, box=(found.values[name][0].box[0], top, label.box[0], bottom))]
        found.cells[spec.name], found.scores[spec.name] = label, score
        found.values[spec.name] = [replace(cell, box=(label.box[2], top, right, bottom))]
        if word is words[-1] and right - label.box[2] < 0.06:
            beside = found.table.at(cell.row, cell.col + cell.colspan)
            if beside is not None and not any(beside in cells for cells in found.values.values()):
                found.values[spec.name] = [beside]
        name = spec.name


def _words(view: View, cell: Cell) -> list[Area]:
    """The words in a cell from left to right, apart by more than a part of a character."""
    area = pixels(cell.box, view.strokes)
    boxes = view.strokes.boxes[view.strokes.within(area)].astype(np.float64)
    boxes = boxes[np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]) >= 5]
    lines = view.lines(cell.box)
    if not len(boxes) or not lines:
        return []
    gap = _GAP * float(np.median([line[3] - line[1] for line in lines]))
    words: list[list[Area]] = []
    reach = -1e9
    for box in sorted(map(tuple, boxes.tolist())):
        if box[0] - reach > gap or not words:
            words.append([])
        words[-1].append(box)
        reach = max(reach, box[2])
    return [bounds(word) for word in words]


def _column(view: View, cell: Cell, word: Area) -> tuple[float, float, float, float]:
    """The part of a cell around a word, as high as the cell."""
    left, _, right, _ = relative((word[0] - 3, word[1], word[2] + 3, word[3]), view.strokes)
    return left, cell.box[1], right, cell.box[3]
