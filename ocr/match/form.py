"""Forms of labels and values: which cell is whose label, and where its value is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ocr.grid import Cell, RuledTable
from ocr.match.gaps import fill_gaps, fill_last, mend_cut
from ocr.match.labelled import Labelled, width
from ocr.match.labels import likeness
from ocr.match.places import Place
from ocr.match.view import View, joined
from ocr.results import Box
from ocr.template import FieldSpec, Template

ALIKE = 0.6
"""Likeness from which a cell's words are taken for a label."""

CLEAR = 0.8
"""Likeness from which words are a heading whatever the cells below them are like."""

FIRST_LOOK = 7
"""Cells read before two labels must have been found: another form, or the wrong way up, costs no more."""


def find_labels(view: View, table: RuledTable, template: Template) -> Labelled:
    """Walk the rows of a table reading only cells that may be labels."""
    found = Labelled(table)
    specs = [*(spec for spec in template.fields if spec.where != "part"), *template.others]
    rows = _rows(table)
    first = {row: cells[0] for row, cells in rows.items()}
    before = view.looks
    for row, cells in rows.items():
        if view.looks - before >= FIRST_LOOK and len(found.cells) < 2:
            return found
        below = rows.get(row + cells[0].rowspan)
        if _taken(found, first[row]):
            continue
        heads = _whole(cells, below) if below is not None else []
        alone = _headed_alone(view, heads, below, specs) if below is not None else None
        if below is not None and (alone is not None or _heads(view, heads, below, specs)):
            _take_heads(view, found, heads if alone is None else [alone], below, specs)
        else:
            _take_row(view, found, cells, specs)
    fill_gaps(view, found, rows, specs)
    fill_last(view, found, rows, specs)
    mend_cut(found)
    return found


def coverage(found: Labelled, template: Template, weights: Mapping[str, float]) -> float:
    """How much of the template's labels was found, 0–1, rare labels counting more than common ones."""
    names = [spec.name for spec in template.fields if spec.where == "cell"]
    total = sum(weights.get(name, 1.0) for name in names)
    return sum(weights.get(name, 1.0) * found.scores.get(name, 0.0) for name in names) / max(total, 1e-9)


def value_place(view: View, found: Labelled, spec: FieldSpec) -> Place | None:
    """The place of a field's value; None when its label was not found."""
    cells = found.values.get(spec.name)
    if not cells:
        return None
    box = _beside_label(joined([cell.box for cell in cells]), found, found.cells[spec.name], cells)
    return view.place(spec.name, box, _boxes(cells, spec) if len(cells) >= 8 and _narrow(cells) else ())


def _beside_label(box: Box, found: Labelled, label: Cell, cells: Sequence[Cell]) -> Box:
    """A value's box cut to its label's height where the border to the next field's value is worn away."""
    shared = any(other is not label and found.values[name] == cells for name, other in found.cells.items())
    if not shared or label.box[1] >= box[3] or label.box[3] <= box[1]:
        return box
    return box[0], max(box[1], label.box[1]), box[2], min(box[3], label.box[3])


def _rows(table: RuledTable) -> dict[int, list[Cell]]:
    """The cells of each row from left to right, without blank ones at the form's sides.

    An edge of the paper or of a shadow beside the form adds a column of blank cells; a row begins with
    its label.
    """
    right = [cell for cell in table.cells if cell.col + cell.colspan == table.cols]
    outside = len(right) >= 4 and all(cell.colspan == 1 for cell in right)
    outside = outside and sum(cell.ink is None for cell in right) >= 0.8 * len(right)
    rows: dict[int, list[Cell]] = {}
    for cell in sorted(table.cells, key=lambda cell: (cell.row, cell.col)):
        first = cell.row not in rows
        if cell.ink is not None or not (first or outside and cell in right):
            rows.setdefault(cell.row, []).append(cell)
    return rows


def best_spec(text: str, specs: Sequence[FieldSpec], taken: Mapping[str, Cell]) -> tuple[FieldSpec | None, float]:
    """The field not yet taken whose labels are most like `text`."""
    ranked = [(likeness(text, spec.labels), spec) for spec in specs if spec.name not in taken]
    score, spec = max(ranked, key=lambda pair: pair[0], default=(0.0, None))
    return (spec, score) if score >= ALIKE else (None, score)


def _taken(found: Labelled, cell: Cell) -> bool:
    return any(cell in cells for cells in found.values.values())


def _take_row(view: View, found: Labelled, cells: list[Cell], specs: Sequence[FieldSpec]) -> None:
    """Label, value, label, value … from left to right."""
    index, before = 0, view.looks
    while index < len(cells) and (found.cells or view.looks - before < FIRST_LOOK):
        cell = cells[index]
        index += 1
        if not _may_be_label(view, found, cell):
            continue
        spec, score = best_spec(view.label(cell), specs, found.cells)
        if spec is None:
            continue
        boxes = spec.kind == "id_number"
        values = _to_next_label(view, cell, cells, specs) if boxes else _beside(view, found.table, cell)
        found.cells[spec.name], found.scores[spec.name] = cell, score
        found.values[spec.name] = values
        while index < len(cells) and cells[index] in values:
            index += 1


def _may_be_label(view: View, found: Labelled, cell: Cell) -> bool:
    """Small enough, and with print in it."""
    if cell.ink is None:
        return False
    wide = width(cell) / max(1e-9, found.table.box[2] - found.table.box[0])
    return wide < 0.45 and (cell.col == 0 or wide > 0.055 or wide > 0.03 and _two_characters(view, cell))


def _two_characters(view: View, cell: Cell) -> bool:
    """Whether the ink of a cell is wider than one character: a narrow heading of a wide form, no figure in its box."""
    height, width = view.strokes.mask.shape
    left, top, right, bottom = cell.ink.box if cell.ink else cell.box
    return bool((right - left) * width > 1.5 * (bottom - top) * height)


def _beside(view: View, table: RuledTable, label: Cell) -> list[Cell]:
    """The value's cells right of a label: one, several stacked beside it, or a run of narrow boxes for a character."""
    col = label.col + label.colspan
    first, end = label.row, label.row + label.rowspan
    stacked = [cell for cell in table.cells if cell.col == col and cell.row < end and first < cell.row + cell.rowspan]
    if len(stacked) != 1:
        return stacked
    row = [cell for cell in table.cells if cell.row == stacked[0].row and cell.col >= col]
    row.sort(key=lambda cell: cell.col)
    run = [row[0]]
    usual = width(row[min(2, len(row) - 1)])
    for cell in row[1:]:
        if width(cell) > 2.6 * usual:
            break
        run.append(cell)
    boxes = len(run) >= 8 and _narrow(run) and not any(cell.ink and _two_characters(view, cell) for cell in run)
    return run if boxes else stacked


def _to_next_label(view: View, label: Cell, row: list[Cell], specs: Sequence[FieldSpec]) -> list[Cell]:
    """The cells after an ID number's label: its boxes, or one cell that a tall figure 1 seems to divide."""
    after = [cell for cell in row if cell.col >= label.col + label.colspan]
    values = after[:1]
    for cell in after[1:]:
        boxes = len(values) >= 6 and _narrow(values)
        if boxes and width(cell) > 1.4 * _usual(values) and _is_label(view, cell, specs):
            break
        wide = width(cell) > 2 * width(label) / 3
        if wide and not _narrow(values) and (_is_label(view, cell, specs) or _is_words(view, cell)):
            break
        values.append(cell)
    return values


def _is_words(view: View, cell: Cell) -> bool:
    """Whether a cell holds nothing but Chinese words: a heading, where figures are expected."""
    text = view.label(cell)
    return len(text) >= 2 and all(character >= "㐀" for character in text)


def _usual(cells: Sequence[Cell]) -> float:
    return sorted(width(cell) for cell in cells)[len(cells) // 2]


def _narrow(cells: Sequence[Cell]) -> bool:
    return _usual(cells) < 0.07


def _boxes(cells: Sequence[Cell], spec: FieldSpec) -> tuple[Box, ...]:
    """As many single boxes as the field has places; borders that were missed are put back."""
    wanted = int(spec.options.get("boxes", 18))
    if len(cells) == wanted:
        return tuple(cell.box for cell in cells)
    left, top, right, bottom = joined([cell.box for cell in cells])
    step = (right - left) / wanted
    borders = [cell.box[0] for cell in cells] + [right]
    edges = []
    for index in range(wanted + 1):
        even = left + index * step
        near = min(borders, key=lambda border: abs(border - even))
        edges.append(near if abs(near - even) < 0.3 * step else even)
    return tuple((a, top, b, bottom) for a, b in zip(edges, edges[1:], strict=False))


def _heads(view: View, cells: list[Cell], below: list[Cell], specs: Sequence[FieldSpec]) -> bool:
    """Whether a row is a row of headings whose values stand underneath, an ID number's perhaps in boxes."""
    if not 2 <= len(cells) <= 12 or any(cell.ink is None for cell in cells):
        return False
    if not {cell.col for cell in cells} <= {cell.col for cell in below}:
        return False
    if len(below) - len(cells) not in (0, 17):  # strokes of a seal may divide what stands below
        return all(best_spec(view.label(cell), specs, {})[1] >= CLEAR for cell in cells)
    first = best_spec(view.label(cells[0]), specs, {})[1]
    under = best_spec(view.label(below[0]), specs, {})[1]  # 八年级4班 is somewhat like 年级班级
    return first >= ALIKE and under < min(first, 0.9) and _is_label(view, cells[1], specs)


def _whole(cells: list[Cell], below: list[Cell]) -> list[Cell]:
    """A row without the blank cells that a stray line cuts off its headings: below, no cell begins there."""
    begins = {cell.col for cell in below}
    return [cell for cell in cells if cell.ink is not None or cell.col in begins]


def _headed_alone(view: View, cells: list[Cell], below: list[Cell], specs: Sequence[FieldSpec]) -> Cell | None:
    """The low cell across the form that holds one short heading, when the whole row below is its value."""
    head = max(cells, key=width)
    if width(head) < 0.7 * (cells[-1].box[2] - cells[0].box[0]) or head.ink is None or len(cells) > 3:
        return None
    if head.ink.box[2] - head.ink.box[0] > 0.5 * width(head) or not (len(below) <= 3 or _narrow(below)):
        return None
    # What stands beside it is read first: a label there is wanted anyway, and spares reading its value for one.
    if len(view.lines(head.box)) != 1 or any(cell is not head and _is_label(view, cell, specs) for cell in cells):
        return None
    return head if _is_label(view, head, specs) else None


def _is_label(view: View, cell: Cell, specs: Sequence[FieldSpec]) -> bool:
    return cell.ink is not None and best_spec(view.label(cell), specs, {})[0] is not None


def _take_heads(view: View, found: Labelled, cells: list[Cell], below: list[Cell],
                specs: Sequence[FieldSpec]) -> None:
    for cell in cells:
        spec, score = best_spec(view.label(cell), specs, found.cells)
        if spec is not None:
            end = cell.col + cell.colspan
            found.cells[spec.name], found.scores[spec.name] = cell, score
            under = [value for value in below if cell.col <= value.col < end]
            found.values[spec.name] = under if len(cells) > 1 else below
