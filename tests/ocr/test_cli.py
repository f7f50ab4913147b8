"""`python -m ocr` prints what other programs rely on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "sample_scans"
KEYS = ["file", "sheet", "template", "template_confidence", "seconds", "fields", "rows", "totals", "marks", "grid",
        "problems"]
FIELD = ["value", "raw", "confidence", "accept", "box", "candidates", "flags"]


def run(*arguments):
    """Exit code and the JSON objects printed, one a line and nothing else."""
    ran = subprocess.run([sys.executable, "-m", "ocr", *map(str, arguments)], cwd=ROOT, capture_output=True, text=True,
                         timeout=170, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)})
    return ran.returncode, [json.loads(line) for line in ran.stdout.splitlines()]


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    broken = tmp_path_factory.mktemp("files") / "word.jpg"
    broken.write_bytes(b"PK\x03\x04 this is no picture" * 40)
    files = [SAMPLES / "home_visit" / "001.jpg", SAMPLES / "township_table" / "001.jpg", broken,
             SAMPLES / "home_visit" / "002.jpg"]
    return run("--roster", SAMPLES / "roster.csv", "--units", SAMPLES / "units.csv", *files)


@pytest.mark.weights
def test_every_sheet_is_one_line_with_the_keys_of_the_contract(printed):
    code, sheets = printed
    assert code == 1      # one file could not be read
    assert [sheet["template"] for sheet in sheets] == ["home_visit", "township_table", None, "home_visit"]
    assert all(list(sheet) == KEYS for sheet in sheets)


@pytest.mark.weights
def test_an_unreadable_file_says_why_in_chinese_and_stops_no_other(printed):
    refused = printed[1][2]
    assert refused["fields"] == {}
    assert [problem["code"] for problem in refused["problems"]] == ["not_an_image"]
    assert any("\u4e00" <= character <= "\u9fff" for character in refused["problems"][0]["text"])


@pytest.mark.weights
def test_fields_carry_value_confidence_box_and_candidates(printed):
    fields = printed[1][0]["fields"]
    assert "student_name" in fields and "parent_date" in fields
    for field in fields.values():
        assert list(field) == FIELD
        assert 0 <= field["confidence"] <= 1
        assert len(field["box"]) == 4 and all(0 <= edge <= 1 for edge in field["box"])
        assert all(0 <= p <= 1 for _, p in field["candidates"])


@pytest.mark.weights
def test_most_of_what_the_samples_say_is_read(printed):
    right = total = 0
    for sheet, name in zip((printed[1][0], printed[1][3]), ("001", "002"), strict=True):
        expected = json.loads((SAMPLES / "home_visit" / f"{name}.expected.json").read_text(encoding="utf-8"))
        total += len(expected["fields"])
        right += sum(sheet["fields"][key]["value"] == value for key, value in expected["fields"].items())
    assert right / total > 0.75
    table = printed[1][1]
    expected = json.loads((SAMPLES / "township_table" / "001.expected.json").read_text(encoding="utf-8"))
    assert len(table["rows"]) == len(expected["rows"])
    assert table["grid"] is None


def test_an_unknown_template_or_a_missing_file_is_an_error_not_a_trace(tmp_path):
    code, sheets = run("--template", "passport", tmp_path / "x.jpg")
    assert (code, sheets) == (2, [])
    code, sheets = run(tmp_path / "x.jpg")
    assert code == 1
    assert sheets[0]["problems"][0]["code"] == "not_found"
