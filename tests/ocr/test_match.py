"""Sheets are matched by structure and a few printed labels, upright or not, and other papers are refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from ocr.engine import Engine
from ocr.grid import Cell, RuledTable, find_grid
from ocr.grid.ink import Ink
from ocr.load import open_sheets
from ocr.marks import find_marks
from ocr.match import Match, match, upright
from ocr.match.form import find_labels
from ocr.match.labelled import Labelled
from ocr.match.labels import likeness, plain
from ocr.rectify import RectifiedSheet, rectify
from ocr.template import load_templates
from tests.ocr.drawn import ruled

SAMPLES = Path(__file__).resolve().parents[2] / "sample_scans"
TEMPLATES = load_templates()


class Counting:
    """The engine, with how often it was asked."""

    def __init__(self) -> None:
        self.engine, self.asked = Engine(), 0

    def read_line(self, crop: np.ndarray) -> tuple[str, float]:
        self.asked += 1
        return self.engine.read_print(crop)

    def locate(self, crop: np.ndarray) -> list[tuple[str, float]]:
        self.asked += 1
        return self.engine.locate(crop)


@pytest.fixture(scope="module")
def reader() -> Counting:
    return Counting()


def expected(name: str) -> dict:
    return json.loads((SAMPLES / f"{name}.expected.json").read_text(encoding="utf-8"))


def matched(name: str, reader: Counting) -> Match:
    sheet = rectify(next(open_sheets(SAMPLES / f"{name}.jpg")).pixels)
    found = match(sheet, find_grid(sheet), TEMPLATES.values(), reader.read_line, reader.locate)
    assert found is not None
    return found


def overlap(a, b) -> float:
    wide = max(0.0, min(a[2], b[2]) - max(a[0], b[0]))
    high = max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
    return wide * high / (sum(areas) - wide * high)


CELLS = ("student_name", "sex", "age", "grade_class", "visit_time", "visit_teacher", "id_number", "reason", "address",
         "content", "school_opinion", "parent_opinion")


@pytest.mark.weights
@pytest.mark.parametrize("name", ["home_visit/001", "home_visit/002", "home_visit/008", "home_visit/014",
                                  "home_visit/022"])
def test_a_home_visit_gives_the_place_of_every_field(name: str, reader: Counting) -> None:
    found, want = matched(name, reader), expected(name)
    assert found.template.id == "home_visit" and found.confidence > 0.95
    assert found.turned == (360 - want["orientation"]) % 360
    assert set(want["fields"]) <= set(found.places)
    for field in CELLS:
        # The press's boxes are of the whole page, ours of the rectified one: near, not equal.
        assert overlap(found.places[field].box, want["boxes"][field]) > 0.45, field
        assert found.places[field].ink == bool(want["fields"][field]), field
    boxes = found.places["id_number"].cells
    assert len(boxes) == (18 if want["id_style"] == "boxes" else 0)
    assert find_marks(found.sheet, found) == want["marks"]


@pytest.mark.weights
@pytest.mark.parametrize("name", ["township_table/001", "township_table/002", "township_table/003"])
def test_a_table_gives_its_rows_and_its_sums(name: str, reader: Counting) -> None:
    found, want = matched(name, reader), expected(name)
    assert found.template.id == "township_table"
    assert len(found.rows) == len(want["rows"])
    for row, truth in zip(found.rows, want["rows"], strict=True):
        assert {key: row[key].ink for key in truth} == {key: bool(value) for key, value in truth.items()}
    assert set(found.totals) == set(want["totals"])


@pytest.mark.weights
def test_long_text_comes_line_by_line_without_the_printed_words(reader: Counting) -> None:
    found = matched("home_visit/001", reader)
    content = found.places["content"]
    assert 1 <= len(content.lines) <= 6
    assert all(a[3] <= b[3] for a, b in zip(content.lines, content.lines[1:], strict=False))
    opinion, date = found.places["school_opinion"], found.places["school_date"]
    assert opinion.printed and all(line[3] <= opinion.printed[0][1] + 0.01 for line in opinion.lines)
    assert date.box[1] >= opinion.lines[-1][1]


@pytest.mark.weights
def test_a_value_that_ran_together_with_its_label_at_the_end_of_a_row_is_taken_off(reader: Counting) -> None:
    found = matched("home_visit/001", reader)
    place = found.places["grade_class"]
    left, top, _, bottom = found.sheet.area(place.box)
    rubbed = found.sheet.pixels.copy()
    rubbed[top + 12:bottom - 12, left - 9:left + 10] = np.median(rubbed, axis=(0, 1))
    sheet = rectify(rubbed)
    again = match(sheet, find_grid(sheet), TEMPLATES.values(), reader.read_line, reader.locate)
    assert again is not None
    assert overlap(again.places["grade_class"].box, place.box) > 0.7


def without_lines(sheet: RectifiedSheet) -> RectifiedSheet:
    """The sheet with its ruling painted over."""
    lines = cv2.dilate(sheet.across | sheet.down, np.ones((5, 5), np.uint8))
    pixels, flat = sheet.pixels.copy(), sheet.flat.copy()
    pixels[cv2.resize(lines, pixels.shape[1::-1], interpolation=cv2.INTER_NEAREST) > 0] = np.median(pixels, axis=(0, 1))
    flat[lines > 0] = np.median(flat)
    return replace(sheet, pixels=pixels, flat=flat, across=np.zeros_like(lines), down=np.zeros_like(lines))


@pytest.mark.weights
@pytest.mark.parametrize("name", ["home_visit/001", "home_visit/019"])
def test_a_form_of_which_no_line_is_left_gives_its_places_by_its_labels(name: str, reader: Counting) -> None:
    ruled_one = matched(name, reader)
    found = match(without_lines(ruled_one.sheet), [], TEMPLATES.values(), reader.read_line, reader.locate)
    assert found is not None and found.template.id == "home_visit"
    want = expected(name)["fields"]
    for field in CELLS:
        assert overlap(found.places[field].box, ruled_one.places[field].box) > 0.5, field
        assert found.places[field].ink == bool(want[field]), field
    assert found.places["parent_date"].ink and found.places["school_date"].ink


@pytest.mark.weights
def test_a_title_alone_names_the_form_without_places(reader: Counting) -> None:
    sheet = without_lines(matched("home_visit/001", reader).sheet)
    sheet.flat[int(0.12 * len(sheet.flat)):] = np.median(sheet.flat)
    found = match(sheet, [], TEMPLATES.values(), reader.read_line, reader.locate)
    assert found is not None and found.template.id == "home_visit"
    assert found.confidence < 0.7 and not found.places


@pytest.mark.weights
def test_a_row_whose_borders_are_worn_away_is_found_by_its_label(reader: Counting) -> None:
    whole = matched("home_visit/001", reader)
    sheet, (_, top, _, _) = whole.sheet, whole.places["content"].box
    row = round(top * len(sheet.flat))
    flat, across, down = sheet.flat.copy(), sheet.across.copy(), sheet.down.copy()
    flat[row - 8:row + 8] = np.median(flat)
    across[row - 12:row + 12] = 0
    down[row - 70:row + 70] = 0
    sheet = replace(sheet, flat=flat, across=across, down=down, worn=5)
    found = match(sheet, find_grid(sheet), TEMPLATES.values(), reader.read_line, reader.locate)
    assert found is not None
    for field in ("address", "content"):
        assert overlap(found.places[field].box, whole.places[field].box) > 0.6, field


def test_writing_that_a_false_border_cuts_stays_one_value() -> None:
    found = labelled(("家访教师", 0.1, 0.2, 0.12, 0.18), ("后", 0.2, 0.25, 0.22, 0.25), ("琪婷", 0.25, 0.4, 0.26, 0.32),
                     ("陪同教师", 0.4, 0.5, 0.42, 0.48), ("何", 0.5, 0.6, 0.52, 0.54))
    assert [cell.box[0] for cell in found.values["visit_teacher"]] == [0.2, 0.25]
    assert [cell.box[0] for cell in found.values["companion_teacher"]] == [0.5]


def test_the_rest_of_a_label_that_a_border_cut_off_is_no_blank_value() -> None:
    found = labelled(("家访教师", 0.1, 0.2, 0.12, 0.18), ("", 0.2, 0.23, 0.0, 0.0), ("郑丽亚", 0.23, 0.4, 0.25, 0.32),
                     ("陪同教师", 0.4, 0.5, 0.42, 0.48), ("", 0.5, 0.6, 0.0, 0.0), ("职务", 0.6, 0.7, 0.62, 0.68))
    assert [cell.box[0] for cell in found.values["visit_teacher"]] == [0.2, 0.23]
    assert [cell.box[0] for cell in found.values["companion_teacher"]] == [0.5]


def test_a_border_that_cuts_one_value_cuts_no_other() -> None:
    found = labelled(("原因", 0.1, 0.2, 0.12, 0.18), ("外", 0.2, 0.25, 0.22, 0.25), ("出打工", 0.25, 0.6, 0.26, 0.32),
                     ("学校意见", 0.1, 0.2, 0.12, 0.18), ("同意", 0.2, 0.25, 0.21, 0.23), ("日", 0.25, 0.6, 0.5, 0.52),
                     across=3)
    assert [cell.box[0] for cell in found.values["school_opinion"]] == [0.2, 0.25]


def test_a_cell_that_no_writing_runs_into_stays_apart() -> None:
    found = labelled(("家访教师", 0.1, 0.2, 0.12, 0.18), ("何", 0.2, 0.25, 0.22, 0.24), ("职务", 0.25, 0.4, 0.27, 0.32),
                     ("陪同教师", 0.4, 0.5, 0.42, 0.48), ("何", 0.5, 0.6, 0.52, 0.54))
    assert [cell.box[0] for cell in found.values["visit_teacher"]] == [0.2]


def labelled(*cells: tuple[str, float, float, float, float], across: int = 0) -> Labelled:
    """The labels found in cells, each with its words, its sides and those of its ink: `across` in a row, or all."""
    cols = across or len(cells)
    made = []
    for place, (_, left, right, first, last) in enumerate(cells):
        top = 0.2 + 0.05 * (place // cols)
        ink = Ink((first, top + 0.01, last, top + 0.04), 0.1) if last else None
        made.append(Cell(place // cols, place % cols, 1, 1, (left, top, right, top + 0.05), ink))
    words = {cell.box: text for cell, (text, *_) in zip(made, cells, strict=True)}
    view = SimpleNamespace(looks=0, label=lambda cell: words[cell.box], lines=lambda box: [box],
                           strokes=SimpleNamespace(mask=np.zeros((1600, 1131), np.uint8)))
    ruled_ones = RuledTable(len(cells) // cols, cols, tuple(made), (0.1, 0.2, 0.6, 0.2 + 0.05 * (len(cells) // cols)))
    return find_labels(view, ruled_ones, TEMPLATES["home_visit"])


@pytest.mark.weights
def test_only_labels_are_read_to_match(reader: Counting) -> None:
    before = reader.asked
    matched("home_visit/001", reader)
    assert reader.asked - before <= 21  # one of them the title, which says what form to try first
    before = reader.asked
    matched("township_table/001", reader)
    assert reader.asked - before <= 10


@pytest.mark.weights
def test_a_table_of_another_kind_is_refused(reader: Counting) -> None:
    page = ruled([150, 400, 700, 1100, 1500], list(range(300, 1501, 100)),
                 texts={(row, column): str(11 * row + 3 * column) for row in range(12) for column in range(4)})
    sheet = rectify(page)
    tables = find_grid(sheet)
    assert match(sheet, tables, TEMPLATES.values(), reader.read_line, reader.locate) is None
    assert match(sheet, [], TEMPLATES.values(), reader.read_line, reader.locate) is None


@pytest.mark.weights
def test_an_unknown_table_is_turned_the_way_its_text_reads(reader: Counting) -> None:
    page = ruled([150, 400, 700, 1100, 1500], list(range(300, 1501, 100)),
                 texts={(row, column): str(23457 * (row + 1) + 3 * column) for row in range(12) for column in range(4)})
    for turns in range(4):
        sheet = rectify(np.ascontiguousarray(np.rot90(page, turns)))
        stood, tables = upright(sheet, find_grid(sheet), reader.read_line)
        assert (tables[0].rows, tables[0].cols) == (12, 4)
        assert stood.turned == 90 * turns


def test_labels_are_compared_without_script_spaces_and_years() -> None:
    assert plain("學 生 姓 名：") == "学生姓名"
    assert plain("2018年排查還沒有勸返") == "年排查还没有劝返"
    assert likeness(plain("性  別"), ["性别"]) == 1.0
    assert likeness(plain("年級(班級)"), ["年级班级", "年级"]) == 1.0
    assert likeness(plain("家访老帅"), ["家访教师", "家访老师"]) > 0.7
    assert likeness(plain("2021年从教育部下发"), ["年从教育部下发的疑似失学儿童名单中排查还没有劝返的辍学人数"]) > 0.9
    assert likeness("电话", ["性别", "年龄"]) < 0.3
    assert likeness("", ["性别"]) == 0.0
