"""Fields that a worn ruling hides, filled in from where the form's labels alone say they are."""

from __future__ import annotations

from ocr.grid import Cell
from ocr.match.labelled import Labelled
from ocr.match.unlined import by_labels
from ocr.match.view import View
from ocr.results import Box
from ocr.template import Template


def completed(view: View, found: Labelled, template: Template) -> Labelled:
    """The labels found with those the ruling hid; values they stand in are cut as the labels say."""
    missing = {spec.name for spec in template.fields if spec.where == "cell" and not found.values.get(spec.name)}
    unclear = view.sheet.worn or _left_over(found) or not missing.isdisjoint(found.cells)
    other = by_labels(view, template) if missing and unclear else None
    if other is None:
        return found
    new = {name for name in missing & other.cells.keys() if other.cells[name].box[3] > found.table.box[1]}
    taken = [cell for name in new for cell in (other.cells[name], *other.values[name])]
    renewed = {name for name, cells in found.values.items()
               if name in other.cells and any(_within(each, cell.box) for each in taken for cell in cells)}
    for name in new | renewed:
        found.cells[name], found.scores[name] = other.cells[name], other.scores[name]
        found.values[name] = other.values[name]
    return found


def _left_over(found: Labelled) -> bool:
    """Whether something stands in a cell that is no label and no value."""
    used = found.taken()
    return any(cell.ink is not None and id(cell) not in used for cell in found.table.cells)


def _within(cell: Cell, box: Box) -> bool:
    """Whether the middle of a cell lies in a box."""
    x, y = (cell.box[0] + cell.box[2]) / 2, (cell.box[1] + cell.box[3]) / 2
    return box[0] < x < box[2] and box[1] < y < box[3]
