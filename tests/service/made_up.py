"""A table that no county has, with rows of mixed kinds: names, ID numbers, dates, answers, and fields above it."""

from pathlib import Path

import pytest

from ocr.kinds.id_number import check_character
from ocr.template import Template, load_template, load_templates
from service.models.values import FORM_ROW
from tests.service.review_sheets import Read, Seed

YAML = """
id: made_up
title: 测试登记表
shape: table
fields:
  - {name: school_name, labels: [学校名称], kind: school, where: line, required: true}
  - {name: filled_on, labels: [填表日期], kind: date, where: line}
columns:
  - {name: seq, labels: [序号], kind: count}
  - {name: pupil, labels: [姓名], kind: person_name, required: true}
  - {name: sex, labels: [性别], kind: sex}
  - {name: number, labels: [身份证号], kind: id_number, required: true}
  - {name: direction, labels: [转入转出], kind: choice, options: {choices: {转入: [入], 转出: [出]}}}
  - {name: moved_on, labels: [时间], kind: date, required: true}
  - {name: other, labels: [对方学校], kind: school}
  - {name: reason, labels: [原因], kind: free_text, options: {phrases: [随父母务工, 家庭搬迁]}}
rules:
  - {rule: id_sex, id: number, sex: sex}
  - {rule: roster, id: number, name: pupil, school: school_name}
  - {rule: not_before, first: moved_on, then: filled_on}
"""
HEIGHT = 0.05


def number_of(sequence: str) -> str:
    """A valid ID number; the last figure of `sequence` says the sex."""
    start = f"41032920080305{sequence}"
    return start + check_character(start)


ROWS = [("张伟", "男", number_of("011"), "转入", "2019-03-04", "洛阳市第五小学", "随父母务工"),
        ("李静", "女", number_of("022"), "转出", "2019-03-06", "郑州市金水小学", "家庭搬迁"),
        ("王芳", "女", number_of("026"), "转入", "2019-03-11", "汝阳县实验小学", "户口迁移")]
NAMES = ("seq", "pupil", "sex", "number", "direction", "moved_on", "other", "reason")
EDGES = (0.05, 0.09, 0.19, 0.24, 0.46, 0.54, 0.66, 0.82, 0.95)


def known(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Template:
    """Make the form known while a test lasts."""
    path = folder / "made_up.yaml"
    path.write_text(YAML, encoding="utf-8")
    template = load_template(path)
    monkeypatch.setitem(load_templates(), template.id, template)
    return template


def sheet(changes: dict[tuple[int, str], Read] | None = None) -> Seed:
    """Three rows as the machine would have read them, but for `changes`."""
    fields = {(FORM_ROW, "school_name"): Read("城关一小", box=(0.1, 0.08, 0.4, 0.11)),
              (FORM_ROW, "filled_on"): Read("2019-03-29", box=(0.6, 0.08, 0.9, 0.11))}
    for row, values in enumerate(ROWS, 1):
        for column, value in enumerate((str(row), *values)):
            fields[row, NAMES[column]] = Read(value, box=box(row, NAMES[column]))
    return Seed("made_up", fields | (changes or {}))


def box(row: int, name: str) -> tuple[float, float, float, float]:
    """Where a cell stands on the paper."""
    column = NAMES.index(name)
    return EDGES[column], 0.1 + row * HEIGHT, EDGES[column + 1], 0.1 + row * HEIGHT + 0.04
