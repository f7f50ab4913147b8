"""What the labels of a ruled form leave open: fields without a readable label, values that a false border cuts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ocr.grid import Cell
from ocr.match.labelled import Labelled, width
from ocr.match.labels import likeness, unlike
from ocr.match.view import View
from ocr.template import FieldSpec

SHARED = 0.3
"""Least likeness of the only label left over to the only field it can be."""

BRIM = 0.003
"""Width of the sheet, under a millimetre, that writers leave free before a border."""
_SLIVER = 0.75
"""Width of a blank value, of its label's, below which it is the rest of the label's own cell."""
_MOST_PARTS = 4
"""Parts that upright strokes cut a value into at most."""


def fill_gaps(view: View, found: Labelled, rows: Mapping[int, list[Cell]], specs: Sequence[FieldSpec]) -> None:
    """Fields whose label could not be read, where the form's order leaves only one possibility.

    Between two found neighbours of the template's order stand exactly as many pairs of cells as
    fields are missing: then these are they. Counted in with half a label's weight.
    """
    order = [spec.name for spec in specs if spec.where == "cell"]
    labels = {spec.name: spec.labels for spec in specs}
    used = found.taken()
    free = [cell for cells in rows.values() for cell in cells if id(cell) not in used]
    at = 0
    while at < len(order):
        if order[at] in found.cells:
            at += 1
            continue
        end = at
        while end < len(order) and order[end] not in found.cells:
            end += 1
        pairs = _fill(found, order[at:end], free, order[at - 1] if at else "", order[end] if end < len(order) else "")
        if not any(unlike(view.label(label), labels[name]) for name, (label, _) in pairs.items()):
            for name, (label, value) in pairs.items():
                found.cells[name], found.scores[name], found.values[name] = label, 0.5, [value]
        at = end


def fill_last(view: View, found: Labelled, rows: Mapping[int, list[Cell]], specs: Sequence[FieldSpec]) -> None:
    """The one field still missing and the one label left over, when they share a character: a seal hides the rest."""
    missing = [spec for spec in specs if spec.where == "cell" and spec.name not in found.cells]
    used = found.taken()
    pairs = [(a, b) for cells in rows.values() for a, b in zip(cells, cells[1:], strict=False)
             if id(a) not in used and id(b) not in used and a.ink is not None and b.col == a.col + a.colspan]
    found_enough = len(found.cells) >= 5
    for spec in missing if found_enough else ():
        alike = [pair for pair in pairs if not unlike(view.label(pair[0]), spec.labels) and len(view.label(pair[0])) > 1
                 and likeness(view.label(pair[0]), spec.labels) >= SHARED]
        if len(alike) == 1:
            label, value = alike[0]
            found.cells[spec.name], found.scores[spec.name], found.values[spec.name] = label, 0.5, [value]
            pairs.remove(alike[0])


def mend_cut(found: Labelled) -> None:
    """Join to a value what stands in a cell of no field behind it, where writing runs into the border between them:
    upright strokes in line with a border of other rows, or a fold, were taken for one. Such a border divides no
    other value either.
    """
    used = found.taken()
    false: set[int] = set()
    for once_more in (False, True):
        for name, cells in found.values.items():
            while cells and len(cells) < _MOST_PARTS:
                after = _behind(found, found.cells[name], cells[-1])
                if after is None or id(after) in used:
                    break
                if not (_runs_on(cells[-1], after) or once_more and after.col in false) \
                        and not _sliver(found.cells[name], cells[-1], after):
                    break
                false.add(after.col)
                cells.append(after)
                used.add(id(after))


def _behind(found: Labelled, label: Cell, value: Cell) -> Cell | None:
    """The cell behind a value that stands beside its label, when all three are as high."""
    after = found.table.at(value.row, value.col + value.colspan)
    level = value.row == label.row and value.rowspan == label.rowspan
    return after if after is not None and level and after.rowspan == label.rowspan else None


def _sliver(label: Cell, value: Cell, after: Cell) -> bool:
    """Whether a blank value is too narrow for one and something stands behind it: a border ran through its label."""
    return value.ink is None and after.ink is not None and width(value) < _SLIVER * width(label)


def _runs_on(cell: Cell, after: Cell) -> bool:
    """Whether there is writing on both sides of a border, and some of it as near as nobody writes."""
    if cell.ink is None or after.ink is None:
        return False
    return cell.box[2] - cell.ink.box[2] < BRIM or after.ink.box[0] - after.box[0] < BRIM


def _fill(found: Labelled, missing: Sequence[str], free: Sequence[Cell], before: str,
          after: str) -> dict[str, tuple[Cell, Cell]]:
    """Label and value of each missing field, as far as the free cells between two fields are such pairs."""
    start = _place_of(found, before) if before else (-1, -1)
    stop = _place_of(found, after) if after else (10 ** 6, 0)
    between = [cell for cell in free if start < (cell.row, cell.col) < stop]
    if not missing or len(between) != 2 * len(missing):
        return {}
    pairs = zip(missing, between[::2], between[1::2], strict=True)
    return {name: (label, value) for name, label, value in pairs
            if label.row == value.row and (label.ink or value.ink) and value.col == label.col + label.colspan}


def _place_of(found: Labelled, name: str) -> tuple[int, int]:
    cell = found.cells[name]
    return cell.row, cell.col
