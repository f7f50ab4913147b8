"""Tables whose ruling is lost: rows and columns from the white between words."""

from __future__ import annotations

import numpy as np

from ocr.grid import InkMap, unruled_table

PITCH, LEFTS = 50, (100, 250, 450, 700)


def strokes(rows: int, per_cell: int = 2, lost: tuple[tuple[int, int], ...] = ()) -> InkMap:
    """Words in a heading of two lines and `rows` rows of four columns, below a title across all of them."""
    boxes = [(x, 100, x + 28, 130) for x in range(150, 760, 30)]
    for col, left in enumerate(LEFTS):
        boxes += [(left + 30 * k, y, left + 30 * k + 24, y + 24) for y in (184, 212) for k in range(per_cell)]
        boxes += [(left + 30 * k, 275 + PITCH * row, left + 30 * k + 22, 305 + PITCH * row)
                  for row in range(rows) for k in range(per_cell) if (row, col) not in lost]
    return ink_of(boxes)


def ink_of(boxes: list[tuple[int, int, int, int]]) -> InkMap:
    """Strokes of these boxes on an upright sheet."""
    count = len(boxes)
    return InkMap(np.zeros((1600, 1131), np.uint8), np.array(boxes, np.int32), np.full(count, 200, np.int32),
                  np.zeros(count, bool))


def test_even_rows_below_a_heading_are_a_table_without_the_title():
    table = unruled_table(strokes(rows=9))
    assert table is not None
    assert (table.rows, table.cols) == (10, 4)
    assert 130 / 1600 < table.box[1] < 184 / 1600
    assert all(cell.ink for cell in table.cells)


def test_a_cell_nobody_wrote_in_is_blank_and_its_column_stays():
    table = unruled_table(strokes(rows=9, lost=tuple((row, 2) for row in range(8))))
    assert table is not None
    assert table.cols == 4
    assert [table.at(row, 2).ink is None for row in range(10)] == [False, *[True] * 8, False]


def test_few_lines_of_writing_are_no_table():
    assert unruled_table(strokes(rows=4)) is None


def test_running_text_is_no_table():
    assert unruled_table(ink_of([(x, y, x + 26, y + 28) for y in range(200, 900, 50)
                                 for x in range(120, 1000, 30)])) is None
