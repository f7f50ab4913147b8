"""附件2 家访记录表 as it is printed: its layout in millimetres."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tests.press.chance import between, pick, share
from tests.press.paper import Box, Paper

A4 = (210.0, 297.0)


@dataclass(slots=True)
class Drawing:
    """Where the printed form keeps its cells (`cells`) and the pieces of them (`parts`), in millimetres."""

    cells: dict[str, Box] = field(default_factory=dict)
    parts: dict[str, Box] = field(default_factory=dict)
    id_boxes: list[Box] = field(default_factory=list)


def draw(paper: Paper, rng: np.random.Generator, *, plain: bool = False) -> Drawing:
    """Prints the form; `plain` gives the notice's own proportions without any variation."""
    found = Drawing()
    left = 20.0 if plain else between(rng, 14, 24)
    right = 190.0 if plain else between(rng, 188, 198)
    top = _heading(paper, rng, left, right, found, plain)
    heights = _heights(rng, 285 - top, plain)
    widths = _label_width(rng, plain)
    y = top
    for name, height in heights.items():
        _row(paper, rng, name, (left, y, right, y + height), widths, found, plain)
        y += height
        if name != "parent_opinion":
            paper.line(left, y, right, y)
    paper.frame((left, top, right, y))
    if not plain and share(rng, 0.25) and y < 286:
        note = pick(rng, ("注：此表一式两份，学校、中心学校各存一份。", "说明：每次家访填写一张。"))
        paper.words(paper.script(note), left, y + 4.5, 3.2, anchor="lm")
    return found


def _heading(
    paper: Paper, rng: np.random.Generator, left: float, right: float, found: Drawing, plain: bool
) -> float:
    title = (
        "伊川县中小学生家访记录表"
        if plain
        else pick(
            rng,
            (
                "伊川县中小学生家访记录表",
                "伊川县中小学生家访记录表",
                "中小学生家访记录表",
                "学生家访记录表",
                "家访记录表",
            ),
        )
    )
    y = 24.0 if plain else between(rng, 20, 28)
    if plain or share(rng, 0.4):
        paper.words("附件2", left, y - 8, 4.2, anchor="lm")
    size = 7.0 if plain else between(rng, 5.8, 7.6)
    paper.words(paper.script(title), (left + right) / 2, y, size, heading=True)
    y += 13 if plain else between(rng, 11, 15)
    label = paper.script("学校名称：")
    paper.words(label, left + 1, y, anchor="lm")
    start = left + 2 + paper.word_width(label, paper.style.size_mm)
    found.parts["school_name"] = (start, y - 4.6, start + 82, y + 3.6)
    if not plain and share(rng, 0.4):
        paper.line(start, y + 3.2, start + between(rng, 60, 82), y + 3.2, 0.7)
    return y + 5.2


def _heights(rng: np.random.Generator, room: float, plain: bool) -> dict[str, float]:
    low = {
        "row1": 12.0,
        "row2": 12.0,
        "id_number": 12.0,
        "reason": 13.0,
        "address": 12.0,
        "content": 84.0,
        "school_opinion": 40.0,
        "parent_opinion": 38.0,
    }
    if plain:
        return low
    heights = {name: height * between(rng, 0.88, 1.22) for name, height in low.items()}
    heights["content"] *= between(rng, 0.7, 1.1)
    scale = min(1.0, room / sum(heights.values()))
    return {name: height * scale for name, height in heights.items()}


def _label_width(rng: np.random.Generator, plain: bool) -> float:
    return 25.0 if plain else between(rng, 20, 29)


def _row(
    paper: Paper, rng: np.random.Generator, name: str, box: Box, first: float, found: Drawing, plain: bool
) -> None:
    rows = {
        "row1": [
            ("student_name", ("学生姓名", "姓名"), 30),
            ("sex", ("性别",), 15),
            ("age", ("年龄",), 15),
            ("grade_class", ("年级(班级)", "年级(班级)", "年级班级"), 36),
        ],
        "row2": [
            ("visit_time", ("时间", "家访时间"), 40),
            ("visit_teacher", ("家访教师", "家访老师"), 26),
            ("companion_teacher", ("陪同教师", "陪同老师"), 28),
        ],
        "id_number": [("id_number", ("身份证号", "身份证号码"), 100)],
        "reason": [("reason", ("家访原因",), 100)],
        "address": [("address", ("住址", "家庭住址"), 100)],
        "content": [("content", ("家访内容",), 100)],
        "school_opinion": [("school_opinion", ("学校意见",), 100)],
        "parent_opinion": [("parent_opinion", ("家长意见",), 100)],
    }[name]
    x0, y0, x1, y1 = box
    label_widths = [first, *(_short(labels[0], rng, plain) for _, labels, _ in rows[1:])]
    rest = x1 - x0 - sum(label_widths)
    weights = [weight * (1 if plain else between(rng, 0.9, 1.15)) for _, _, weight in rows]
    upright = name in ("content", "school_opinion", "parent_opinion") and not plain and share(rng, 0.4)
    x = x0
    for number, (key, labels, _) in enumerate(rows):
        middle = x + label_widths[number]
        end = middle + rest * weights[number] / sum(weights)
        if number:
            paper.line(x, y0, x, y1)
        paper.line(middle, y0, middle, y1)
        paper.label(labels[0] if plain else pick(rng, labels), (x, y0, middle, y1), upright=upright)
        found.cells[key] = (middle, y0, end, y1)
        x = end
    _inside(paper, rng, name, found, plain)


def _short(label: str, rng: np.random.Generator, plain: bool) -> float:
    base = {2: 14.0, 4: 20.0}.get(len(label), 24.0)
    return base if plain else base * between(rng, 0.85, 1.15)


def _inside(paper: Paper, rng: np.random.Generator, name: str, found: Drawing, plain: bool) -> None:
    if name == "id_number" and not plain and share(rng, 0.5):
        x0, y0, x1, y1 = found.cells["id_number"]
        step = (x1 - x0) / 18
        found.id_boxes = [(x0 + i * step, y0, x0 + (i + 1) * step, y1) for i in range(18)]
        for box in found.id_boxes[1:]:
            paper.line(box[0], y0, box[0], y1)
    if name == "school_opinion":
        closing(paper, rng, found, "school_opinion", ("学校(公章)", "学校(盖章)"), "school_date", plain=plain)
    if name == "parent_opinion":
        words = ("家长(监护人)签字：", "家长签字：")
        closing(paper, rng, found, "parent_opinion", words, "parent_date", "parent_signature", plain=plain)


def closing(
    paper: Paper,
    rng: np.random.Generator,
    found: Drawing,
    key: str,
    anchors: tuple[str, ...],
    date_part: str,
    signature: str = "",
    *,
    plain: bool = False,
) -> None:
    """The printed end of an opinion: who signs, as part `signature`, and «年 月 日» to be filled in."""
    x0, y0, x1, y1 = found.cells[key]
    size = paper.style.size_mm
    gap = 9.0 if plain else between(rng, 8.5, 11)
    date_width = 3 * size + 3 * gap + 8.5
    last = y1 - (5.5 if plain else between(rng, 4.5, 7))
    two_lines = not plain and share(rng, 0.4) and y1 - y0 > 30
    words = paper.script(anchors[0] if plain else pick(rng, anchors))
    width = paper.word_width(words, size)
    right = x1 - (4 if plain else between(rng, 2, 12))
    start = right - date_width
    at_y = last - 9 if two_lines else last
    at_x = (start if two_lines else x0 + between(rng, 6, 14)) if not plain else x0 + 10
    if not two_lines:
        at_x = min(at_x, start - width - 27)
    paper.words(words, at_x, at_y, anchor="lm")
    found.parts[key + ":anchor"] = (at_x, at_y - 4, at_x + width, at_y + 4)
    if signature:
        end = min(x1 - 1, at_x + width + 30) if two_lines else start - 1
        found.parts[signature] = (at_x + width + 0.5, at_y - 5, end, at_y + 4)
    for number, char in enumerate("年月日"):
        x = start + 8 + gap * (number + 1) + size * number
        paper.words(char, x, last, anchor="lm")
        found.parts[f"{date_part}:{number}"] = (
            x - gap - (4 if number == 0 else 0),
            last - 4.2,
            x - 0.3,
            last + 3.2,
        )
    found.parts[date_part] = (start, last - 4.8, right + 3, last + 3.8)
    found.parts[key] = (x0, y0, x1, (at_y if two_lines else last) - 4.5)
