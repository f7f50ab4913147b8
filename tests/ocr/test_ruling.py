"""Rulings survive what runs over them: folds, notebook lines, dashes, print that looks like a line."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocr.grid import RuledTable, find_grid
from ocr.grid.apart import beside, several
from ocr.grid.through import own_lines
from ocr.rectify import rectify
from ocr.rectify.faint import ridges
from ocr.rectify.lines import certain, no_words, runs
from ocr.rectify.outline import find_outline
from ocr.rectify.quick import percentile, pooled, unpooled
from ocr.rectify.rules import Rule, rule_of
from ocr.rectify.rulings import rulings
from tests.ocr.drawn import A4, paper, photographed, ruled

COLUMNS = [150, 400, 700, 1100, 1500]
ROWS = list(range(300, 1401, 100))


def grid(picture: np.ndarray) -> RuledTable:
    tables = find_grid(rectify(picture))
    assert len(tables) == 1
    return tables[0]


def shape(table: RuledTable) -> tuple[int, int, int]:
    return table.rows, table.cols, len(table.cells)


def test_a_fold_between_two_lines_divides_no_row() -> None:
    picture = ruled(COLUMNS, ROWS)
    cv2.line(picture, (0, 852), (A4[0], 846), (120, 120, 120), 3)
    assert shape(grid(picture)) == (11, 4, 44)


def test_a_fold_along_a_border_does_not_take_the_border_with_it() -> None:
    picture = ruled(COLUMNS, ROWS)
    cv2.line(picture, (0, 808), (A4[0], 794), (120, 120, 120), 3)
    assert shape(grid(picture)) == (11, 4, 44)


def test_a_table_on_notebook_paper_is_the_table_alone() -> None:
    picture = ruled(COLUMNS, ROWS)
    for y in range(160, A4[1], 68):
        cv2.line(picture, (0, y), (A4[0], y), (205, 170, 150), 2)
    assert shape(grid(picture)) == (11, 4, 44)


def test_dashed_lines_enclose_cells() -> None:
    picture = paper()
    for y in ROWS:
        for x in range(150, 1500, 27):
            cv2.line(picture, (x, y), (x + 17, y), (60, 60, 60), 2)
    for x in COLUMNS:
        for y in range(300, 1400, 27):
            cv2.line(picture, (x, y), (x, y + 17), (60, 60, 60), 2)
    assert shape(grid(picture)) == (11, 4, 44)


def test_a_table_open_at_its_sides_keeps_its_lines() -> None:
    sides = {("v", 0, row) for row in range(11)} | {("v", 4, row) for row in range(11)}
    picture = ruled(COLUMNS, ROWS, without=sides)
    table = grid(picture)
    assert (table.rows, table.cols) == (11, 4)


def test_a_row_of_small_print_stays_ink() -> None:
    picture = ruled(COLUMNS, ROWS)
    for number in range(14):
        cv2.putText(picture, "E", (712 + 20 * number, 358), cv2.FONT_HERSHEY_SIMPLEX, 0.75, (40, 40, 40), 3)
    table = grid(picture)
    assert {(cell.row, cell.col) for cell in table.cells if cell.ink is not None} == {(0, 2)}


def test_a_line_hardly_darker_than_its_noisy_paper_is_found_and_a_column_of_figures_is_none() -> None:
    rng = np.random.default_rng(2)
    flat = np.clip(rng.normal(245, 4, (400, 900)), 0, 255)
    flat[200:202, 100:800] -= 9
    for x in range(100, 800, 50):
        flat[318:322, x:x + 22] = 60
    found = unpooled(ridges(flat.astype(np.uint8)), flat.shape[1])
    assert (found[198:204, 150:750] > 0).any(axis=0).mean() > 0.9
    assert not found[310:330].any()
    assert not found[60:180].any()


def test_two_tables_side_by_side_are_two_sheets_and_one_under_the_other_one() -> None:
    left, right = ruled([80, 300, 500, 700], ROWS[:8]), ruled([960, 1150, 1320, 1560], ROWS[:8])
    assert beside(find_grid(rectify(np.minimum(left, right))))
    upper, lower = ruled(COLUMNS, ROWS[:5]), ruled(COLUMNS, [1400, 1500, 1600, 1700, 1800])
    assert not beside(find_grid(rectify(np.minimum(upper, lower))))


def test_a_sheet_askew_on_dark_glass_is_found_beside_the_bright_rim_of_the_lid() -> None:
    corners = [(190, 30), (1330, 130), (1170, 1770), (25, 1660)]
    picture = photographed(ruled(COLUMNS, ROWS), corners, desk=(45, 45, 45))
    picture[-14:], picture[:, -12:] = 235, 235
    found = find_outline(picture)
    assert found.found and np.abs(found.corners - np.array(corners)).max() < 20


def test_half_a_folded_sheet_is_not_taken_for_a_sheet() -> None:
    picture = ruled(COLUMNS, ROWS)
    picture[1170:] = (picture[1170:] * 0.9).astype(np.uint8)
    cv2.line(picture, (0, 1170), (A4[0], 1170), (150, 150, 150), 5)
    assert shape(grid(picture)) == (11, 4, 44)


def test_a_dark_gap_between_two_sheets_parts_them_and_a_fold_down_the_middle_does_not() -> None:
    left, right = ruled([60, 300, 500, 780], ROWS), ruled([880, 1100, 1300, 1590], ROWS)
    both = np.minimum(left, right)
    cv2.line(both, (826, 0), (826, A4[1]), (40, 40, 40), 9)
    sheet = rectify(both)
    assert several(sheet, find_grid(sheet))
    folded = ruled(COLUMNS, ROWS)
    cv2.line(folded, (826, 0), (826, A4[1]), (120, 120, 120), 5)
    sheet = rectify(folded)
    assert not several(sheet, find_grid(sheet))


def test_a_border_that_a_stroke_of_the_title_prolongs_stays_a_border() -> None:
    picture = ruled(COLUMNS, ROWS)
    cv2.line(picture, (1100, 210), (1101, 300), (60, 60, 60), 3)
    assert shape(grid(picture)) == (11, 4, 44)


def test_a_streak_down_the_page_is_no_border() -> None:
    picture = ruled(COLUMNS, ROWS)
    cv2.line(picture, (1290, 0), (1292, A4[1]), (90, 90, 90), 3)
    assert shape(grid(picture)) == (11, 4, 44)


def test_a_figure_1_close_to_a_border_is_ink() -> None:
    picture = ruled(COLUMNS, ROWS)
    cv2.line(picture, (168, 708), (169, 793), (60, 60, 60), 4)
    table = grid(picture)
    assert shape(table) == (11, 4, 44)
    assert {(cell.row, cell.col) for cell in table.cells if cell.ink is not None} == {(4, 0)}


def test_a_table_that_shows_through_from_the_back_is_none_of_the_sheets() -> None:
    front, back = ruled(COLUMNS, ROWS), ruled([90, 560, 1440], [260, 700, 1480], colour=215)
    assert shape(grid(np.minimum(front, back))) == (11, 4, 44)


def test_a_border_followed_between_itself_and_a_streak_is_the_sheets_own() -> None:
    flat = np.full((400, 900), 250, np.uint8)
    rules = [straight(at, 50, 850) for at in (50, 150, 250, 350)]
    for at in (50, 150, 250, 346, 354):
        flat[at, 50:850] = 90
    assert own_lines(rules, flat) == rules


def straight(at: float, start: float, end: float) -> Rule:
    return rule_of([np.array([(along, at) for along in np.linspace(start, end, 20)], np.float32)])


def test_a_form_cut_off_by_the_sheets_edge_keeps_the_border_of_its_labels() -> None:
    level = [straight(y, 100, 900) for y in range(150, 751, 100)]
    frame, border, other = straight(100, 150, 860), straight(260, 150, 860), straight(900, 150, 860)
    short = [straight(x, y, y + 100) for x, y in zip(range(320, 880, 60), [150, 250, 350, 450, 550] * 2, strict=True)]
    [(_, plumb)] = rulings(level, sorted([frame, border, other, *short], key=lambda rule: rule.at))
    assert {frame.at, border.at, other.at} <= {rule.at for rule in plumb}


def test_a_short_border_of_which_the_middle_is_lost_is_a_border_and_a_stroke_between_is_none() -> None:
    picture = ruled(COLUMNS, [300, 400, 500], without={("v", 2, 0), ("v", 2, 1)})
    for top, bottom in ((300, 327), (370, 400)):
        cv2.line(picture, (700, top), (700, bottom), (60, 60, 60), 3)
    cv2.line(picture, (700, 430), (700, 474), (60, 60, 60), 3)
    table = grid(picture)
    assert table.at(0, 1) is not table.at(0, 2)
    assert table.at(1, 1) is table.at(1, 2)


def test_a_line_lost_between_two_records_is_put_back_where_both_are_written() -> None:
    rows = [300 + 60 * k for k in range(10)]
    picture = ruled(COLUMNS, [y for y in rows if y != 600])
    for x in (150, 500, 800):
        for y in (545, 605):
            cv2.putText(picture, "27", (x, y + 45), cv2.FONT_HERSHEY_SIMPLEX, 1.1, (40, 40, 40), 3)
    assert grid(picture).rows == 9


def test_a_high_record_with_words_in_its_middle_stays_one() -> None:
    rows = [300 + 60 * k for k in range(10)]
    picture = ruled(COLUMNS, [y for y in rows if y != 600])
    for x in (150, 500, 800):
        cv2.putText(picture, "27", (x, 615), cv2.FONT_HERSHEY_SIMPLEX, 1.1, (40, 40, 40), 3)
    assert grid(picture).rows == 8


def test_a_border_with_a_seals_side_over_one_end_and_small_gaps_is_a_line() -> None:
    dark = np.zeros((60, 500), np.uint8)
    dark[28:31, 20:400] = 255
    for gap in (280, 310, 380):
        dark[28:31, gap:gap + 4] = 0
    cv2.circle(dark, (85, 620), 600, 255, 3)
    found = runs(dark)
    assert no_words(found, certain(found), dark)[1:].any()


def test_pixels_taken_together_mark_all_of_a_line_or_only_what_it_fills() -> None:
    mask = np.zeros((3, 30), np.uint8)
    mask[1, 5:22] = 255
    wide, narrow = (unpooled(pooled(mask, wholly=wholly), 30) for wholly in (False, True))
    assert [row.nonzero()[0].tolist() for row in (wide[1], narrow[1])] == [list(range(4, 22)), list(range(6, 22))]
    assert not wide[[0, 2]].any()


def test_a_percentile_of_few_values_is_numpys() -> None:
    values = np.random.default_rng(3).random(37)
    for share in (0.0, 0.08, 0.5, 0.8, 1.0):
        assert percentile(values, share) == pytest.approx(np.percentile(values, 100 * share))
    assert percentile(np.array([4.0]), 0.8) == 4.0
