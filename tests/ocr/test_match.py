"""Sheets are matched by structure and a few printed labels, upright or not, and other papers are refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from ocr.engine import Engine
from ocr.grid import find_grid
from ocr.load import open_sheets
from ocr.marks import find_marks
from ocr.match import Match, match, upright
from ocr.match.labels import likeness, plain
from ocr.rectify import rectify
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


@pytest.mark.weights
def test_a_form_of_which_no_line_is_left_is_known_by_its_title_alone(reader: Counting) -> None:
    sheet = matched("home_visit/001", reader).sheet
    found = match(sheet, [], TEMPLATES.values(), reader.read_line, reader.locate)
    assert found is not None and found.template.id == "home_visit"
    assert found.confidence < 0.7 and not found.places


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
