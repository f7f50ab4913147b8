"""sample_scans/ is whole: every picture opens, has its expected reading, and a stated reason."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from PIL import Image

from ocr.lists import read_roster, read_units
from ocr.template import load_templates
from tests.press.samples import FOLDER, MOST_BYTES, numbered, readme

PICTURES = sorted(FOLDER.glob("*/*.jpg"))
EXPECTED = {path: json.loads(path.with_suffix(".expected.json").read_text("utf-8")) for path in PICTURES}


def test_the_readme_gives_a_reason_for_each_sheet_and_names_no_other():
    assert (FOLDER / "README.md").read_text("utf-8") == readme()
    named = {FOLDER / form / f"{number:03}.jpg" for form, number, _ in numbered()}
    assert named == set(PICTURES)


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_each_sheet_opens_and_its_expected_reading_fits_its_template(path):
    with Image.open(path) as image:
        image.load()
        assert image.format == "JPEG"
    assert path.stat().st_size <= MOST_BYTES
    expected, template = EXPECTED[path], load_templates()[path.parent.name]
    assert expected["template"] == template.id
    fields, columns = ({spec.name for spec in group} for group in (template.fields, template.columns))
    marks = {mark.name for mark in template.marks}
    if expected.get("variant") == "altered":  # it need not have every field, but has no other
        assert set(expected.get("fields", ())) <= fields
        assert all(set(row) <= columns for row in expected.get("rows", ()))
        assert set(expected["marks"]) <= marks
        return
    assert set(expected.get("fields", ())) == fields
    assert all(set(row) == columns for row in expected.get("rows", ()))
    assert set(expected["marks"]) == marks


def test_the_samples_show_every_condition_script_and_way_of_writing_an_id_number():
    for form in ("home_visit", "township_table"):
        shown = Counter(e["condition"] for path, e in EXPECTED.items() if path.parent.name == form)
        assert set(shown) == {"flatbed", "photo", "copy", "lowres", "wechat"}
    assert {e["script"] for e in EXPECTED.values()} == {"simplified", "traditional"}
    assert {e["id_style"] for e in EXPECTED.values() if "id_style" in e} == {"cell", "boxes"}
    assert {e["orientation"] for e in EXPECTED.values()} == {0, 90, 180, 270}
    assert any(e["flags"] for e in EXPECTED.values() if "rows" in e)


def test_the_lists_beside_the_samples_hold_every_pupil_school_and_unit_on_them():
    roster = {entry.id_number: entry.name for entry in read_roster(FOLDER / "roster.csv")}
    units = {unit.name for unit in read_units(FOLDER / "units.csv")}
    for expected in EXPECTED.values():
        fields = expected.get("fields", {})
        assert fields.get("school_name", next(iter(units))) in units
        assert {row["unit"] for row in (fields, *expected.get("rows", ())) if "unit" in row} <= units
        for pupil in (fields, *expected.get("rows", ())):
            assert not pupil.get("id_number") or roster[pupil["id_number"]] == pupil["student_name"]


def test_three_sheets_of_a_register_are_among_the_samples_and_number_their_lines_through():
    sheets = [EXPECTED[FOLDER / "transfer_register" / f"{number:03}.jpg"] for number in (1, 2, 3)]
    assert [sheet["fields"]["page"] for sheet in sheets] == ["1/3", "2/3", "3/3"]
    numbers = [int(row["seq"]) for sheet in sheets for row in sheet["rows"]]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len({sheet["fields"]["school_name"] for sheet in sheets}) == 1


def test_the_folder_stays_small():
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) < 16_000_000
