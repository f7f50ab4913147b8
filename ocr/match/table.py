"""Tables of one record a row: heading cells to columns, then the rows of data and the row of sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linear_sum_assignment

from ocr.grid import Cell, RuledTable
from ocr.match.form import ALIKE, FIRST_LOOK, best_spec
from ocr.match.labels import likeness, unlike
from ocr.match.places import Place
from ocr.match.view import View, joined
from ocr.results import Box
from ocr.template import FieldSpec, Template

HEADING_ROWS = 4
"""Rows from the top in which headings are looked for."""

CLEAR = 0.8
"""Likeness of every heading from which on they need not be weighed against one another."""

FAINTLY, APART = 0.25, 0.1
"""Least likeness of a heading hardly legible, and by how much it must be more like this column than any other."""

WORDED = ("unit", "person_name", "school")
"""Kinds of column that hold words in every row."""

HALF = 0.5
"""Likeness at which a heading that is no other's is taken for a missing column's."""


@dataclass(slots=True)
class Headed:
    """The columns found in a table: for each field its heading cell and its likeness."""

    table: RuledTable
    heads: dict[str, Cell] = field(default_factory=dict)
    scores: dict[str, float] = field(default_factory=dict)

    @property
    def first_row(self) -> int:
        """The first row of data."""
        return max((cell.row + cell.rowspan for cell in self.heads.values()), default=0)

    @property
    def below(self) -> int:
        """How many rows stand below the headings."""
        return self.table.rows - self.first_row


def find_columns(view: View, table: RuledTable, template: Template) -> Headed:
    """Read the headings of a table, the first printed line of each as far as that is enough."""
    found = Headed(table)
    unread: list[Cell] = []
    for cell in table.cells:
        if len(unread) >= FIRST_LOOK and not found.heads:
            break
        if cell.row >= HEADING_ROWS or cell.ink is None or len(found.heads) == len(template.columns):
            continue
        if found.heads and cell.row >= found.first_row:
            break
        if _spans_others(table, cell):
            continue
        spec, score = best_spec(view.label(cell, 2), (*template.columns, *template.others), found.heads)
        if spec is None:
            unread.append(cell)
        elif spec.where != "other":
            found.heads[spec.name], found.scores[spec.name] = cell, score
    if found.heads and (len(found.heads) < len(template.columns) or min(found.scores.values()) < CLEAR):
        _settle(view, found, template)
    _last_ones(view, found, unread, template)
    return found


def _settle(view: View, found: Headed, template: Template) -> None:
    """Give the lowest headings, read whole, to the columns so that all together are most alike.

    One by one, a heading badly printed may be more like another column's: two speak of pupils «not yet
    brought back», and only the rest tells them apart.
    """
    specs = (*template.columns, *template.others)
    cells = [cell for cell in found.table.cells if cell.ink is not None and cell.row + cell.rowspan == found.first_row]
    texts = [view.whole_label(cell) for cell in cells]
    alike = np.array([[likeness(text, spec.labels) for spec in specs] for text in texts])
    if not alike.size:
        return
    taken = dict(zip(*linear_sum_assignment(alike, maximize=True), strict=True))
    for index, place in taken.items():
        spec, score, other = specs[place], float(alike[index, place]), float(np.delete(alike[index], place).max())
        if spec.where == "other" or score < ALIKE and (score < FAINTLY or score < other + APART):
            continue
        for name in [name for name, cell in found.heads.items() if cell is cells[index]]:
            del found.heads[name], found.scores[name]
        found.heads[spec.name], found.scores[spec.name] = cells[index], score


def coverage(found: Headed, template: Template, weights: Mapping[str, float]) -> float:
    """How much of the template's headings was found, 0–1, rare ones counting more."""
    total = sum(weights.get(spec.name, 1.0) for spec in template.columns)
    return sum(weights.get(name, 1.0) * score for name, score in found.scores.items()) / max(total, 1e-9)


def records(view: View, found: Headed, template: Template) -> tuple[list[dict[str, Place]], dict[str, Place]]:
    """The places of each row of data that has anything written, and of the row of sums."""
    last = _total_row(view, found, template)
    again = _headings_again(view, found, template)
    rows = []
    for band in _bands(found):
        if last in band or again & set(band):
            continue
        if last is not None and band[0] > last > found.first_row:
            break
        rows.append(_row_places(view, found, template.columns, band))
    totals = {} if last is None else _totals(view, found, template, last)
    return _written_rows(rows, template), totals


def _written_rows(rows: Sequence[dict[str, Place]], template: Template) -> list[dict[str, Place]]:
    """The rows in which more than a serial number stands; in a table with sums also the blank ones between them.

    A count of nothing is often left blank, and a worn copy may have lost the rest of its row: were it left out,
    all rows below would be taken for their neighbours.
    """
    written = [any(place.ink for name, place in row.items() if name != template.columns[0].name) for row in rows]
    if not _summed(template) or not any(written):
        return [row for row, has in zip(rows, written, strict=True) if has]
    first, last = written.index(True), len(written) - written[::-1].index(True)
    return list(rows[first:last])


def _summed(template: Template) -> set[str]:
    """The columns that the row of sums adds up."""
    return {column for rule in template.rules if rule["rule"] == "column_sum" for column in rule["columns"]}


def _spans_others(table: RuledTable, cell: Cell) -> bool:
    """Whether a heading stands over several columns that have headings of their own."""
    below = [other for other in table.cells if other.row == cell.row + cell.rowspan and other.ink is not None
             and cell.col <= other.col < cell.col + cell.colspan]
    return cell.colspan > 1 and len(below) > 1


def _last_ones(view: View, found: Headed, unread: list[Cell], template: Template) -> None:
    """Columns for headings that nothing fits: one half like what is missing (编号 for 序号), one over the words of
    a column of names, then one left for the one missing.
    """
    missing = [spec for spec in template.columns if spec.name not in found.heads]
    free = [cell for cell in unread if cell.row + cell.rowspan == found.first_row
            and all(cell is not head for head in found.heads.values())]
    if not missing or len(found.heads) < 2:
        return
    for spec in tuple(missing):
        alike = [cell for cell in free if likeness(view.label(cell, 2), spec.labels) >= HALF]
        if len(alike) == 1:
            _give(found, spec, alike[0], missing, free)
    missing = [spec for spec in missing if not _cannot_be(spec, free, template)]
    needed = [spec for spec in missing if spec.required and spec.kind in WORDED]
    worded = [cell for cell in free if _holds_words(view, found.table, cell)] if len(needed) == 1 else []
    if worded:  # names open a row, remarks close it
        _give(found, needed[0], worded[0], missing, free)
    if len(missing) == len(free) == 1 and not unlike(view.label(free[0], 2), missing[0].labels):
        _give(found, missing[0], free[0], missing, free)


def _give(found: Headed, spec: FieldSpec, cell: Cell, missing: list[FieldSpec], free: list[Cell]) -> None:
    """The cell as the heading of a column, on half a proof."""
    found.heads[spec.name], found.scores[spec.name] = cell, HALF
    missing[:] = [other for other in missing if other is not spec]
    free.remove(cell)


def _cannot_be(spec: FieldSpec, free: Sequence[Cell], template: Template) -> bool:
    """Whether a missing column is one of serial numbers and nothing unread opens the rows: then there is none."""
    serial = any(rule["rule"] == "sequence" and rule["column"] == spec.name for rule in template.rules)
    return serial and all(cell.col for cell in free)


def _holds_words(view: View, table: RuledTable, head: Cell) -> bool:
    """Whether the first cells under a heading nobody can read are filled with words, as a list of names is."""
    under = [cell for cell in table.cells if cell.col == head.col and cell.colspan == head.colspan
             and head.row + head.rowspan <= cell.row and cell.ink is not None][:3]
    worded = [sum(character >= "㐀" for character in view.label(cell, 1)) >= 2 for cell in under]
    return len(worded) >= 2 and sum(worded) >= 2


def _total_row(view: View, found: Headed, template: Template) -> int | None:
    """The row opened by a word for the sum, looked for from the bottom up, then on top; None without one.

    Where the word cannot be read, a last row in which the cells that open the others are one is the sums'.
    """
    last_rows = range(found.table.rows - 1, max(found.first_row, found.table.rows - 4), -1)
    for row in (*last_rows, found.first_row):
        opening = [cell for cell in found.table.cells if cell.row == row][:2]
        for cell in opening:
            if cell.ink is not None and likeness(view.label(cell, 2), template.total_labels) >= 0.6:
                return int(row)
    last = found.table.rows - 1
    spans = [cell.colspan for cell in found.table.cells if not cell.col and found.first_row <= cell.row < last]
    joined = any(not cell.col and cell.row == last and cell.colspan > 1 for cell in found.table.cells)
    return last if joined and spans and max(spans) == 1 and _summed(template) else None


def _headings_again(view: View, found: Headed, template: Template) -> set[int]:
    """The rows below the first record in which the headings are repeated, as they are on a new page."""
    required = next((spec for spec in template.columns if spec.required and spec.name in found.heads), None)
    if required is None:
        return set()
    below = [cell for cell in found.table.cells if cell.row >= found.first_row and _stands_under(found, required, cell)]
    usual = sorted(cell.box[3] - cell.box[1] for cell in below)[len(below) // 2] if below else 0.0
    tall = [cell for cell in below if cell.ink is not None and cell.box[3] - cell.box[1] > 1.2 * usual]
    heads = [cell for cell in tall if likeness(view.label(cell, 2), required.labels) >= ALIKE]
    blank = {cell.row for cell in below if cell.ink is None}
    again = {row for cell in heads for row in range(cell.row, cell.row + cell.rowspan)}
    return again | {cell.row - 1 for cell in heads if cell.row - 1 in blank}


def _stands_under(found: Headed, spec: FieldSpec, cell: Cell) -> bool:
    head = found.heads[spec.name].box
    return head[0] < (cell.box[0] + cell.box[2]) / 2 < head[2]


def _bands(found: Headed) -> list[tuple[int, ...]]:
    """The rows below the headings; two that a fold across the sheet has made of one go together."""
    tall = {row: _height(found.table, row) for row in range(found.first_row, found.table.rows)}
    usual = sorted(tall.values())[len(tall) // 2] if tall else 0.0
    bands: list[tuple[int, ...]] = []
    for row, high in tall.items():
        above = tall[bands[-1][-1]] if bands and len(bands[-1]) == 1 else usual
        if bands and min(high, above) < 0.75 * usual and 0.7 * usual < high + above < 1.25 * usual:
            bands[-1] = (*bands[-1], row)
        else:
            bands.append((row,))
    return bands


def _height(table: RuledTable, row: int) -> float:
    highs = sorted(cell.box[3] - cell.box[1] for cell in table.cells if cell.row == row and cell.rowspan == 1)
    return highs[len(highs) // 2] if highs else 0.0


def _row_places(view: View, found: Headed, columns: tuple[FieldSpec, ...], rows: Sequence[int]) -> dict[str, Place]:
    places = {}
    for spec in columns:
        boxes = [cell.box for row in rows for cell in _under(found, spec.name, row)]
        boxes = boxes or [box for row in rows for box in _cut_out(found, spec.name, row)]
        if boxes:
            places[spec.name] = view.place(spec.name, joined(boxes))
    return places


def _under(found: Headed, name: str, row: int) -> list[Cell]:
    """The cells of a row below a heading: those whose middle lies under it."""
    head = found.heads.get(name)
    if head is None:
        return []
    left, right = head.box[0], head.box[2]
    return [cell for cell in found.table.cells
            if cell.row == row and left < (cell.box[0] + cell.box[2]) / 2 < right]


def _cut_out(found: Headed, name: str, row: int) -> list[Box]:
    """The part under a heading of a cell that has run together with its neighbour's."""
    head = found.heads.get(name)
    if head is None:
        return []
    left, right = head.box[0], head.box[2]
    return [(left, cell.box[1], right, cell.box[3]) for cell in found.table.cells
            if cell.row == row and cell.colspan < 4 and cell.box[0] < (left + right) / 2 < cell.box[2]]


def _totals(view: View, found: Headed, template: Template, row: int) -> dict[str, Place]:
    places = _row_places(view, found, template.columns, (row,))
    opening = {name for name in places if found.heads[name].col < 2}
    summed = _summed(template)
    return {name: place for name, place in places.items()
            if name in summed or (not summed and name not in opening)}
