"""A ruled table no template knows: other headings, up to 40 × 8 handwritten numbers, for the generic grid."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tests.press.chance import between, pick, share
from tests.press.hands import Hand
from tests.press.ink import write
from tests.press.paper import Box, Paper
from tests.press.people import full_name

TOPICS = (
    ("各村小学午餐用料登记表", ("日期", "大米", "面粉", "食油", "鸡蛋", "蔬菜", "肉类", "人数")),
    ("期末检测成绩登记册", ("姓名", "语文", "数学", "英语", "科学", "道法", "总分", "名次")),
    ("班级图书借阅统计表", ("周次", "一班", "二班", "三班", "四班", "五班", "六班", "合计")),
    ("体质健康测试记录表", ("姓名", "身高", "体重", "肺活量", "跳绳", "坐位", "仰卧", "得分")),
)


@dataclass(slots=True)
class Plan:
    """The table's words, cell by cell; row 0 (and 1 under a spanning heading) is printed."""

    title: str
    rows: int
    cols: int
    size_mm: tuple[float, float]
    cells: list[dict[str, Any]] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)


def plan(rng: np.random.Generator, layout: np.random.Generator) -> Plan:
    """Headings and numbers; about one cell in twelve is blank."""
    title, headings = pick(rng, TOPICS)
    rows = int(pick(rng, (41, 41, 31, 26, 21)))
    cols = int(pick(rng, (8, 8, 7, 6)))
    named = headings[0] == "姓名"
    spanning = share(layout, 0.3)
    made = Plan(title, rows + spanning, cols, (210.0, 297.0))
    if spanning:
        made.cells.append(_cell(0, 0, headings[0], rowspan=2))
        made.cells.append(_cell(0, 1, "数量" if not named else "项目", colspan=cols - 1))
    for col in range(1 if spanning else 0, cols):
        made.cells.append(_cell(1 if spanning else 0, col, headings[col]))
    for row in range(1 + spanning, rows + spanning):
        first = full_name(rng) if named else str(row - spanning)
        made.cells.append(_cell(row, 0, first, hand=named))
        for col in range(1, cols):
            text = "" if share(rng, 0.08) else str(int(rng.integers(0, pick(rng, (10, 100, 1000)))))
            made.cells.append(_cell(row, col, text, hand=True))
    return made


def _cell(
    row: int, col: int, text: str, *, rowspan: int = 1, colspan: int = 1, hand: bool = False
) -> dict[str, Any]:
    return {"row": row, "col": col, "rowspan": rowspan, "colspan": colspan, "text": text, "hand": hand}


def draw(paper: Paper, made: Plan, rng: np.random.Generator) -> None:
    """Prints the ruling and the headings."""
    left, right = between(rng, 12, 20), between(rng, 190, 198)
    top, bottom = between(rng, 26, 32), between(rng, 276, 287)
    paper.words(paper.script(made.title), 105, top - 9, between(rng, 5, 6.5), heading=True)
    y = np.linspace(top, top + min(bottom - top, made.rows * 9.0), made.rows + 1)
    weights = np.array([1.5] + [between(rng, 0.85, 1.2) for _ in range(made.cols - 1)])
    x = left + (right - left) * np.concatenate([[0], np.cumsum(weights)]) / weights.sum()
    for cell in made.cells:
        row, col = cell["row"], cell["col"]
        box = (float(x[col]), float(y[row]), float(x[col + cell["colspan"]]), float(y[row + cell["rowspan"]]))
        made.boxes.append(box)
        if row:
            paper.line(box[0], box[1], box[2], box[1])
        if col:
            paper.line(box[0], box[1], box[0], box[3])
        if cell["text"] and not cell["hand"]:
            paper.label(cell["text"], box, min(3.9, (box[3] - box[1]) * 0.62))
    paper.frame((float(x[0]), float(y[0]), float(x[-1]), float(y[-1])))


def fill(paper: Paper, made: Plan, writer: Hand, rng: np.random.Generator) -> dict[str, Any]:
    """Writes the numbers; returns the grid a reader should find."""
    found = []
    for cell, box in zip(made.cells, made.boxes, strict=True):
        if cell["hand"] and cell["text"]:
            inner = (box[0] + 0.8, box[1] + 0.2, box[2] - 0.8, box[3] - 0.2)
            write(paper, inner, cell["text"], writer, rng, (box[3] - box[1]) * 0.74, align="middle")
        found.append({**cell, "box": paper.relative(box)})
    return {"grid": {"rows": made.rows, "cols": made.cols, "cells": found}, "flags": [], "marks": {}}
