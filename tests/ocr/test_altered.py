"""Sheets laid out otherwise than the notice's own forms: headings, orders, sums and places that moved."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ocr.match.labels import likeness, unlike
from ocr.pipeline import Reader
from ocr.template import load_templates

SAMPLES = Path(__file__).resolve().parents[2] / "sample_scans"


def test_the_last_word_of_a_heading_says_what_it_is():
    assert likeness("学校审批意见", ["学校意见"]) > likeness("学校审批意见", ["学校名称", "学校"])
    assert likeness("支持学校工作送孩子上学", ["学校"]) < 0.6


def test_headings_nothing_is_read_from_are_not_taken_for_fields():
    form = load_templates()["home_visit"]
    name, guardian = form.field("student_name"), next(s for s in form.others if "家长姓名" in s.labels)
    assert likeness("家长姓名", guardian.labels) > likeness("家长姓名", name.labels)


def test_a_heading_without_a_character_in_common_is_another_heading():
    assert unlike("民族", ["陪同教师"])
    assert not unlike("陪司教", ["陪同教师"])
    assert not unlike("", ["陪同教师"])


@pytest.mark.weights
def test_a_table_with_its_sums_on_top_and_headings_repeated_is_read_row_by_row():
    path = SAMPLES / "township_table" / "032"
    expected = json.loads(path.with_name("032.expected.json").read_text(encoding="utf-8"))
    sheet, = Reader().read(path.with_name("032.jpg"), template="auto")
    read = [[row[name].value for name in ("unit", "total")] for row in sheet.reading.rows]
    assert read == [[row["unit"], row["total"]] for row in expected["rows"]]
    assert {name: cell.value for name, cell in sheet.reading.totals.items()} == expected["totals"]


@pytest.mark.weights
def test_values_under_their_headings_and_opinions_without_a_column_of_labels_are_found():
    sheet, = Reader().read(SAMPLES / "home_visit" / "032.jpg", template="auto")
    fields = sheet.reading.fields
    assert fields["companion_teacher"].value == "唐桐"
    assert fields["visit_time"].value == "2019-06-18"
    assert fields["parent_opinion"].value == "支持学校工作，送孩子上学。"
    assert fields["parent_date"].value == "2019-06-18"
