"""The whole of reading, with real weights: forms, tables, papers nobody knows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from ocr.decode import Emissions
from ocr.errors import UnreadableFile
from ocr.grid import find_grid
from ocr.kinds.knowledge import Knowledge, Lists
from ocr.load import open_sheets
from ocr.match import Place, match
from ocr.pipeline import Reader
from ocr.pipeline.fields import FieldReader, _held_to_border
from ocr.pipeline.lines import without_rulings, without_stray_end
from ocr.pipeline.strikes import without_struck
from ocr.reconcile import Settled
from ocr.rectify import rectify
from ocr.template import FieldSpec

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "sample_scans"

pytestmark = pytest.mark.weights


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


def saved(path: Path, picture: np.ndarray) -> Path:
    cv2.imwrite(str(path), picture)
    return path


def test_a_ruled_table_of_no_known_form_comes_back_cell_by_cell(reader, tmp_path):
    paper = np.full((1100, 1500, 3), 250, np.uint8)
    for row in range(6):
        cv2.line(paper, (100, 100 + 150 * row), (1400, 100 + 150 * row), (20, 20, 20), 3)
    for column in range(5):
        cv2.line(paper, (100 + 325 * column, 100), (100 + 325 * column, 850), (20, 20, 20), 3)
    for row, column, text in ((0, 0, "Alpha"), (1, 2, "307"), (4, 3, "95")):
        cv2.putText(paper, text, (150 + 325 * column, 200 + 150 * row), cv2.FONT_HERSHEY_SIMPLEX, 2, (40, 40, 40), 4,
                    cv2.LINE_AA)
    sheet, = reader.read(saved(tmp_path / "table.png", paper))
    grid = sheet.reading.grid
    assert sheet.reading.template is None
    assert (grid.rows, grid.cols) == (5, 4)
    texts = {(cell.row, cell.col): cell.text for cell in grid.cells if cell.text}
    assert texts == {(0, 0): "Alpha", (1, 2): "307", (4, 3): "95"}
    assert [problem.code for problem in sheet.reading.problems if problem.code == "unknown_form"]


def test_a_blank_page_is_a_sheet_without_fields_and_never_an_exception(reader, tmp_path):
    sheet, = reader.read(saved(tmp_path / "blank.png", np.full((900, 640, 3), 245, np.uint8)))
    assert sheet.reading.template is None
    assert sheet.reading.fields == {}


def test_what_is_no_picture_is_refused_with_a_reason(reader, tmp_path):
    path = tmp_path / "note.jpg"
    path.write_text("hello", encoding="utf-8")
    with pytest.raises(UnreadableFile):
        reader.read(path)


def test_the_picture_that_goes_with_a_reading_is_upright_and_of_screen_size(reader):
    sheet, = reader.read(SAMPLES / "home_visit" / "003.jpg")
    picture = cv2.imdecode(np.frombuffer(sheet.image, np.uint8), cv2.IMREAD_COLOR)
    assert 1200 <= max(picture.shape[:2]) <= 1800
    assert sheet.image[:3] == b"\xff\xd8\xff"


def test_blank_places_are_blank_and_cost_no_recognition(reader):
    sheet, = reader.read(SAMPLES / "township_table" / "002.jpg")
    blank = [cell for row in sheet.reading.rows for cell in row.values() if not cell.raw and not cell.flags]
    assert all(cell.value == "" for cell in blank)


def figures(struck: bool) -> np.ndarray:
    paper = np.full((60, 200, 3), 250, np.uint8)
    cv2.putText(paper, "1631", (10, 48), cv2.FONT_HERSHEY_SIMPLEX, 1.5, (40, 40, 40), 3, cv2.LINE_AA)
    if struck:
        cv2.line(paper, (8, 32), (66, 30), (40, 40, 40), 3)
    return paper


def test_struck_out_digits_are_taken_out_and_others_are_left(reader):
    clean, hit = without_struck(figures(struck=True))
    assert hit
    assert reader.engine.read_line(clean)[0] == "31"
    same, hit = without_struck(figures(struck=False))
    assert not hit
    assert np.array_equal(same, figures(struck=False))


def line(reader: Reader, *characters: tuple[str, int]) -> Emissions:
    letters = reader.engine.emissions([np.full((48, 64, 3), 255, np.uint8)])[0].alphabet
    steps = np.zeros((characters[-1][1] + 3, len(letters.characters)), np.float32)
    steps[:, 0] = 1
    for character, step in characters:
        steps[step] = 0
        steps[step, letters.index[character]] = 1
    return Emissions(steps, letters)


def text(emissions: Emissions) -> str:
    from ocr.decode import best_path
    return best_path(emissions)[0]


def test_the_end_of_a_ruling_and_a_seals_words_are_no_text(reader):
    dashed = line(reader, ("一", 1), ("生", 14), ("病", 19), ("休", 24), ("养", 29))
    assert text(without_rulings(dashed)) == "生病休养"
    close = line(reader, ("一", 1), ("人", 6), ("一", 11), ("档", 16))
    assert text(without_rulings(close)) == "一人一档"
    sealed = line(reader, ("属", 2), ("实", 7), ("。", 12), ("中", 60), ("心", 65))
    assert text(without_stray_end(sealed)) == "属实。"


def test_a_neighbours_printed_label_is_no_name_to_be_accepted(reader):
    loaded = next(iter(open_sheets(SAMPLES / "home_visit" / "001.jpg")))
    sheet = rectify(loaded.pixels)
    found = match(sheet, find_grid(sheet), [reader.templates["home_visit"]], reader.engine.read_line,
                  reader.engine.locate)
    name, sex = found.places["student_name"], found.places["sex"]
    label = (name.box[2] + 0.004, name.box[1] + 0.004, sex.box[0] - 0.004, name.box[3] - 0.004)
    wrong = replace(found, places={**found.places, "student_name": replace(name, ink_box=label, lines=())})
    fields = FieldReader(reader.engine, Knowledge(Lists()), wrong).form()
    assert "printed_words" in fields["student_name"].flags and not fields["student_name"].accept
    assert not [field for field in FieldReader(reader.engine, Knowledge(Lists()), found).form().values()
                if "printed_words" in field.flags]


def test_writing_that_runs_into_its_border_may_be_cut_short():
    spec = FieldSpec("address", ("住址",), "place")
    settled = Settled((("高山镇赵寨村5", "高山镇赵寨村5", 0.99),), "高山镇赵寨村5", 0.99)
    near = Place("address", (0.2, 0.3, 0.6, 0.34), True, (0.21, 0.31, 0.599, 0.33))
    free = replace(near, ink_box=(0.21, 0.31, 0.58, 0.33))
    wrapped = replace(near, lines=((0.21, 0.31, 0.599, 0.32), (0.21, 0.32, 0.3, 0.33)))
    flags = [_held_to_border(spec, place, settled).flags for place in (near, free, wrapped)]
    assert flags == [("cut",), (), ()]
