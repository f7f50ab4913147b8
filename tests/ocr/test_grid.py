"""Tables are found as they are ruled, whatever happened to their lines."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from ocr.grid import RuledTable, find_grid
from ocr.rectify import rectify
from tests.ocr.drawn import photographed, ruled, write

COLUMNS = [150, 400, 700, 1100, 1500]
ROWS = [300, 400, 500, 600, 700, 800, 900, 1000]
SPOTS = {(0, 0): "12", (2, 1): "305", (4, 3): "7", (6, 2): "88"}


def grid(picture: np.ndarray) -> RuledTable:
    tables = find_grid(rectify(picture))
    assert len(tables) == 1
    return tables[0]


def inked(table: RuledTable) -> set[tuple[int, int]]:
    return {(cell.row, cell.col) for cell in table.cells if cell.ink is not None}


def test_every_cell_of_a_clean_table_is_found_at_its_place() -> None:
    table = grid(ruled(COLUMNS, ROWS, texts=SPOTS))
    assert (table.rows, table.cols, len(table.cells)) == (7, 4, 28)
    first = table.cells[0].box
    assert first == pytest.approx((150 / 1654, 300 / 2339, 400 / 1654, 400 / 2339), abs=0.004)
    assert inked(table) == set(SPOTS)


def test_merged_cells_keep_their_spans() -> None:
    picture = ruled(COLUMNS, ROWS, without={("v", 1, 6), ("h", 1, 3), ("h", 2, 3)})
    table = grid(picture)
    spans = {(c.row, c.col): (c.rowspan, c.colspan) for c in table.cells}
    assert spans[6, 0] == (1, 2)
    assert spans[0, 3] == (3, 1)
    assert len(table.cells) == 28 - 1 - 2


def test_a_skewed_scan_gives_the_same_table() -> None:
    picture = ruled(COLUMNS, ROWS, texts=SPOTS)
    turn = cv2.getRotationMatrix2D((827, 1170), 2.5, 1.0)
    picture = cv2.warpAffine(picture, turn, (1654, 2339), borderValue=(250, 250, 250))
    table = grid(picture)
    assert (table.rows, table.cols, len(table.cells)) == (7, 4, 28)
    assert inked(table) == set(SPOTS)


def test_a_curled_photo_in_perspective_gives_the_same_table() -> None:
    picture = photographed(ruled(COLUMNS, ROWS, texts=SPOTS),
                           [(135, 90), (1200, 150), (1260, 1710), (68, 1650)], curl=22)
    table = grid(picture)
    assert (table.rows, table.cols, len(table.cells)) == (7, 4, 28)
    assert inked(table) == set(SPOTS)


def test_broken_and_faint_lines_still_enclose() -> None:
    picture = ruled(COLUMNS, ROWS, texts=SPOTS, colour=180, thick=2)
    rng = np.random.default_rng(3)
    for _ in range(60):
        x, y = int(rng.integers(150, 1500)), int(rng.choice(ROWS))
        cv2.rectangle(picture, (x, y - 4), (x + 14, y + 4), (245, 245, 245), -1)
    table = grid(picture)
    assert (table.rows, table.cols) == (7, 4)


def test_a_line_drawn_double_is_one_line() -> None:
    picture = ruled(COLUMNS, ROWS)
    cv2.rectangle(picture, (142, 292), (1508, 1008), (40, 40, 40), 3)
    table = grid(picture)
    assert (table.rows, table.cols) == (7, 4)


def test_lines_drawn_by_hand_enclose_cells_too() -> None:
    picture = np.full((2339, 1654, 3), 245, np.uint8)
    along = np.arange(150, 1501, 10)
    for number, y in enumerate(ROWS):
        waves = y + 4 * np.sin(along / 160 + number) + 2 * np.sin(along / 47 + 2 * number)
        cv2.polylines(picture, [np.stack([along, waves], 1).astype(np.int32)], False, (60, 50, 40), 3)
    along = np.arange(300, 1001, 10)
    for number, x in enumerate(COLUMNS):
        waves = x + 4 * np.sin(along / 130 + number)
        cv2.polylines(picture, [np.stack([waves, along], 1).astype(np.int32)], False, (60, 50, 40), 3)
    table = grid(picture)
    assert (table.rows, table.cols, len(table.cells)) == (7, 4, 28)


def test_specks_and_remains_of_lines_are_not_ink() -> None:
    picture = ruled(COLUMNS, ROWS)
    rng = np.random.default_rng(5)
    for _ in range(400):
        cv2.circle(picture, (int(rng.integers(160, 1490)), int(rng.integers(310, 990))), 1, (90, 90, 90), -1)
    assert inked(grid(picture)) == set()


def test_a_figure_as_tall_as_its_row_is_ink_and_no_border() -> None:
    rows = list(range(300, 1501, 60))
    picture = ruled(COLUMNS, rows, texts={(3, 1): "5"})
    cv2.line(picture, (900, rows[7] + 6), (900, rows[8] - 6), (70, 40, 30), 3)
    table = grid(picture)
    assert table.cols == 4
    assert inked(table) == {(3, 1), (7, 2)}


def test_tall_figures_under_one_another_are_no_column_that_reaches_to_the_headings() -> None:
    rows = list(range(300, 1501, 60))
    picture = ruled(COLUMNS, rows)
    for row in (1, 7, 12):
        cv2.line(picture, (900, rows[row] + 4), (900, rows[row + 1] - 4), (70, 40, 30), 3)
    table = grid(picture)
    assert table.cols == 4
    assert inked(table) == {(1, 2), (7, 2), (12, 2)}


def test_a_words_stroke_where_a_border_would_go_on_leaves_a_joint_heading_whole() -> None:
    rows = list(range(300, 1501, 60))
    columns = [150, 420, 690, 960, 1230, 1500]
    picture = ruled(columns, rows, without={("v", line, 0) for line in (2, 3, 4)})
    cv2.line(picture, (960, 304), (960, 356), (40, 40, 40), 3)
    for x in (938, 953, 967, 982):
        cv2.line(picture, (x, 316), (x, 344), (40, 40, 40), 3)
    assert (0, 1, 1, 4) in {(cell.row, cell.col, cell.rowspan, cell.colspan) for cell in grid(picture).cells}


def test_a_joint_heading_stays_joint_where_other_borders_are_worn_away() -> None:
    rows = list(range(300, 1501, 60))
    columns = [150, 420, 690, 960, 1230, 1500]
    joint = {("v", line, 0) for line in (2, 3, 4)}
    worn = {("v", line, row) for line, row in ((2, 5), (3, 9), (4, 12), (2, 15), (3, 17), (4, 7))}
    table = grid(ruled(columns, rows, texts={(0, 3): "12", (5, 1): "7"}, without=joint | worn))
    spans = {(cell.row, cell.col, cell.rowspan, cell.colspan) for cell in table.cells}
    assert (0, 1, 1, 4) in spans
    assert (5, 1, 1, 1) in spans


def test_two_tables_on_a_page_are_two() -> None:
    picture = ruled(COLUMNS, [300, 400, 500, 600])
    lower = ruled([150, 800, 1500], [1300, 1400, 1500])
    tables = find_grid(rectify(np.minimum(picture, lower)))
    assert [(table.rows, table.cols) for table in tables] == [(3, 4), (2, 2)]


def test_a_page_without_lines_has_no_table() -> None:
    picture = np.full((2339, 1654, 3), 245, np.uint8)
    write(picture, "12345 67890", (200, 400))
    assert find_grid(rectify(picture)) == []
    assert find_grid(rectify(np.full((2339, 1654, 3), 245, np.uint8))) == []


def test_a_strip_of_desk_left_around_the_sheet_is_nobodys_writing() -> None:
    sheet = rectify(ruled(COLUMNS, [300, 800, 1500, 2000], texts={(0, 0): "12", (2, 1): "305"}))
    flat = sheet.flat.copy()
    flat[:14], flat[-14:], flat[:, :14], flat[:, -14:] = 40, 40, 40, 40
    [table] = find_grid(replace(sheet, flat=flat))
    assert inked(table) == {(0, 0), (2, 1)}, "the strip's middle lies in a blank cell"
    assert all(cell.ink.box[2] - cell.ink.box[0] < 0.2 for cell in table.cells if cell.ink)
