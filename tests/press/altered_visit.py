"""A 家访记录表 as other counties and later years print it: other cells, order, widths, labels, tick boxes."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from tests.press.chance import between, pick, share
from tests.press.paper import Box
from tests.press.rulings import RuledPaper as Paper
from tests.press.visit_form import Drawing

REASONS = (
    "外出打工",
    "早婚早育",
    "信教",
    "学习困难或厌学",
    "身体残疾或疾病",
    "家庭困难",
    "失踪失联",
    "其他",
)
"""The official wording of the reasons for leaving school."""

WIDTHS = {
    "school_name": 66,
    "student_name": 25,
    "sex": 14,
    "age": 14,
    "grade_class": 34,
    "visit_time": 42,
    "visit_teacher": 26,
    "companion_teacher": 26,
    "id_number": 82,
    "address": 84,
    "ethnicity": 14,
    "phone": 40,
    "guardian": 25,
    "kin": 18,
    "filler": 24,
    "born": 34,
    "boarding": 16,
}
"""What a value needs, in millimetres."""

EXTRAS = ("ethnicity", "phone", "guardian", "kin", "filler", "born", "boarding")
MISSING = {"companion_teacher": 0.3, "age": 0.2, "visit_teacher": 0.03, "address": 0.05, "reason": 0.06}
AREAS = ("content", "school_opinion", "parent_opinion")


@cache
def words() -> dict[str, Any]:
    """The headings in altered_words.yaml."""
    found: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("altered_words.yaml").read_text("utf-8"))
    return found


def worded(rng: np.random.Generator, choice: dict[str, list[str]], split: str) -> str:
    """One of the headings; the held split takes half of them from those no other split has."""
    return pick(rng, choice["held"] if split == "held" and share(rng, 0.5) else choice["common"])


@dataclass(slots=True)
class Shape:
    """How one altered form is laid out; `changes` names what differs from the notice's own."""

    size_mm: tuple[float, float]
    rows: list[list[str]]
    labels: dict[str, str]
    school_as: str
    sex_ticks: str
    reason_ticks: bool
    id_boxes: bool
    under: frozenset[str]
    title: str
    free_dates: bool
    changes: list[str] = field(default_factory=list)
    ticks: dict[str, dict[str, Box]] = field(default_factory=dict)

    @property
    def keys(self) -> list[str]:
        """All cells in order."""
        return [key for row in self.rows for key in row]


def shape(rng: np.random.Generator, split: str) -> Shape:
    """The layout `rng` stands for."""
    landscape = share(rng, 0.1)
    gone = {name for name, rate in MISSING.items() if share(rng, rate)}
    extra = [name for name in EXTRAS if share(rng, 0.22)]
    school_as = pick(rng, ("cell", "cell", "line", "line"))
    labels = {key: worded(rng, choice, split) for key, choice in words()["labels"].items()}
    sex_ticks = pick(rng, ("", "", "", "boxes", "words"))
    reason_ticks = share(rng, 0.25) and "reason" not in gone
    short = ["student_name", "sex", "age", "grade_class", "visit_time", "visit_teacher", "companion_teacher"]
    short += ["id_number", "address", *extra]
    if school_as == "cell":
        short.insert(0, "school_name")
    mixed = share(rng, 0.5)
    places = {key: number + (rng.normal(0, 2.2) if mixed else 0) for number, key in enumerate(short)}
    order = sorted((key for key in short if key not in gone), key=lambda key: places[key])
    size = (297.0, 210.0) if landscape else (210.0, 297.0)
    rows = _packed(order, size[0] - 40, sex_ticks, rng)
    if "reason" not in gone:
        rows.insert(int(rng.integers(max(1, len(rows) - 2), len(rows) + 1)), ["reason"])
    opinions = ["school_opinion", "parent_opinion"] if share(rng, 0.75) else ["parent_opinion", "school_opinion"]
    beside = share(rng, 0.45 if landscape else 0.12)
    rows += [["content"], opinions] if beside else [["content"], *([key] for key in opinions)]
    under = {key for row in rows for key in row if key in AREAS and share(rng, 0.12)} | set(opinions if beside else ())
    for row in rows:
        if row[0] not in AREAS and share(rng, 0.1):
            under |= set(row)
    changes = [
        *(["landscape"] if landscape else []),
        *(["missing_cells"] if gone else []),
        *(["extra_cells"] if extra else []),
        *(["other_order"] if mixed else []),
        *(["school_in_cell"] if school_as == "cell" else []),
        *(["sex_ticked"] if sex_ticks else []),
        *(["reason_ticked"] if reason_ticks else []),
        *(["value_under_label"] if under else []),
        *(["opinions_beside"] if beside else []),
    ]
    return Shape(
        size_mm=size,
        rows=rows,
        labels=labels,
        school_as=school_as,
        sex_ticks=sex_ticks,
        reason_ticks=reason_ticks,
        id_boxes=share(rng, 0.4),
        under=frozenset(under),
        title=_title(rng, split),
        free_dates=share(rng, 0.15),
        changes=changes,
    )


def _title(rng: np.random.Generator, split: str) -> str:
    year = int(rng.integers(2018, 2025))
    title = worded(rng, words()["titles"], split)
    return title.format(county=pick(rng, words()["counties"]), year=year, next=year + 1)


def _packed(order: list[str], room: float, sex_ticks: str, rng: np.random.Generator) -> list[list[str]]:
    """Rows of cells: as many as fit, at most four or five in one."""
    rows: list[list[str]] = [[]]
    used, most = 0.0, int(rng.integers(3, 6))
    for key in order:
        width = WIDTHS[key] + 19 + (14 if key == "sex" and sex_ticks else 0)
        if rows[-1] and (used + width > room or len(rows[-1]) == most):
            rows.append([])
            used = 0.0
        rows[-1].append(key)
        used += width
    return rows


def draw(paper: Paper, made: Shape, rng: np.random.Generator, split: str) -> Drawing:
    """Prints the form."""
    found = Drawing()
    width, height = made.size_mm
    left, right = between(rng, 11, 24), width - between(rng, 11, 24)
    top = _heading(paper, made, rng, left, right, found)
    heights = _heights(made, height - between(rng, 9, 20) - top, rng)
    first = between(rng, 14, 42) if split == "held" else between(rng, 17, 34)
    y = top
    for row, tall in zip(made.rows, heights, strict=True):
        if y > top:
            paper.line(left, y, right, y)
        _row(paper, made, row, (left, y, right, y + tall), first, rng, found)
        y += tall
    paper.frame((left, top, right, y))
    for key in AREAS[1:]:
        _closing(paper, made, key, rng, found, split)
    if share(rng, 0.3) and y < height - 8:
        paper.words(paper.script(pick(rng, words()["notes"])), left, y + 4.5, 3.2, anchor="lm")
    return found


def _heading(
    paper: Paper, made: Shape, rng: np.random.Generator, left: float, right: float, found: Drawing
) -> float:
    y = between(rng, 15, 28)
    if share(rng, 0.35):
        paper.words(pick(rng, ("附件2", "附件：2", "附表3")), left, y - 7, 4.0, anchor="lm")
    size = between(rng, 5.4, 7.6)
    title = paper.script(made.title)
    fits = (right - left) / paper.word_width(title, size, True)
    paper.words(title, (left + right) / 2, y, size * min(1.0, fits), heading=True)
    if made.school_as == "cell":
        return y + between(rng, 6, 11)
    y += between(rng, 10, 15)
    label = paper.script(made.labels["school_name"] + "：")
    paper.words(label, left + 1, y, anchor="lm")
    start = left + 2 + paper.word_width(label, paper.style.size_mm)
    found.parts["school_name"] = (start, y - 5, start + 80, y + 3.4)
    if share(rng, 0.4):
        paper.line(start, y + 3.2, start + between(rng, 60, 78), y + 3.2, 0.7)
    return y + 5.2


def _heights(made: Shape, room: float, rng: np.random.Generator) -> list[float]:
    wanted = []
    for row in made.rows:
        if row[0] in AREAS:
            base = {"content": between(rng, 38, 90)}.get(row[0], between(rng, 29, 42))
        elif row[0] == "reason" and made.reason_ticks:
            base = between(rng, 14, 22)
        else:
            base = between(rng, 9.5, 15)
        wanted.append(base + (7.5 if made.under & set(row) and row[0] not in AREAS else 0))
    scale = min(1.0, room / sum(wanted))
    return [height * scale for height in wanted]


def _row(
    paper: Paper, made: Shape, row: list[str], box: Box, first: float, rng: np.random.Generator, found: Drawing
) -> None:
    x0, y0, x1, y1 = box
    size = paper.style.size_mm
    stacked = bool(made.under & set(row))
    labels = [0.0 if stacked else first if not n else _label_width(made.labels[key], size, rng) for n, key in enumerate(row)]
    weights = [_weight(made, key) * between(rng, 0.9, 1.15) for key in row]
    rest = x1 - x0 - sum(labels)
    x = x0
    for number, key in enumerate(row):
        middle = x + labels[number]
        end = x1 if key == row[-1] else middle + rest * weights[number] / sum(weights)
        if number:
            paper.line(x, y0, x, y1)
        if stacked:
            bar = y0 + min(8.5, (y1 - y0) * 0.42)
            paper.label(made.labels[key], (x, y0, end, bar), min(size, 4.2))
            paper.line(x, bar, end, bar)
            found.cells[key] = (x, bar, end, y1)
        else:
            paper.line(middle, y0, middle, y1)
            upright = key in AREAS and share(rng, 0.4)
            paper.label(made.labels[key], (x, y0, middle, y1), upright=upright)
            found.cells[key] = (middle, y0, end, y1)
        _inside(paper, made, key, found)
        x = end


def _label_width(label: str, size: float, rng: np.random.Generator) -> float:
    long = len(label) > 3 and share(rng, 0.4)
    return (size * (-(-len(label) // 2) if long else len(label)) + between(rng, 2.5, 7)) * 1.0


def _weight(made: Shape, key: str) -> float:
    return WIDTHS.get(key, 60) + (12 if key == "sex" and made.sex_ticks else 0)


def _inside(paper: Paper, made: Shape, key: str, found: Drawing) -> None:
    if key == "id_number" and made.id_boxes:
        x0, y0, x1, y1 = found.cells[key]
        if x1 - x0 < 80:
            return
        step = (x1 - x0) / 18
        found.id_boxes = [(x0 + i * step, y0, x0 + (i + 1) * step, y1) for i in range(18)]
        for box in found.id_boxes[1:]:
            paper.line(box[0], y0, box[0], y1)
    if key == "sex" and made.sex_ticks:
        options = ("男", "女")
        _options(paper, made, key, options, found.cells[key], boxed=made.sex_ticks == "boxes")
    if key == "reason" and made.reason_ticks:
        _options(paper, made, key, REASONS, found.cells[key], boxed=True)


def _options(
    paper: Paper, made: Shape, key: str, options: tuple[str, ...], cell: Box, *, boxed: bool
) -> None:
    """Prints the options in lines; `made.ticks` keeps where each one's box and word lie."""
    size = min(paper.style.size_mm, 4.2)
    gap = size * 0.7
    lines: list[list[str]] = [[]]
    used = 0.0
    for option in options:
        width = size * (len(option) + (1.1 if boxed else 0)) + gap
        if lines[-1] and used + width > cell[2] - cell[0] - 2:
            lines.append([])
            used = 0.0
        lines[-1].append(option)
        used += width
    leading = min(size * 1.6, (cell[3] - cell[1] - 1) / len(lines))
    size = min(size, leading / 1.1)
    made.ticks[key] = {}
    for number, line in enumerate(lines):
        x = cell[0] + 2
        y = (cell[1] + cell[3]) / 2 + (number - (len(lines) - 1) / 2) * leading
        for option in line:
            side = size * 0.8
            if boxed:
                corners = [(x, y - side / 2), (x + side, y - side / 2), (x + side, y + side / 2), (x, y + side / 2)]
                paper.outline(corners)
                paper.words(paper.script(option), x + side + 0.6, y, size, anchor="lm")
                made.ticks[key][option] = (x, y - side / 2, x + side, y + side / 2)
                x += side + 0.6 + size * len(option) + gap
            else:
                paper.words(paper.script(option), x, y, size, anchor="lm")
                made.ticks[key][option] = (x, y - size / 2, x + size * len(option), y + size / 2)
                x += size * len(option) + gap * 1.6


def _closing(
    paper: Paper, made: Shape, key: str, rng: np.random.Generator, found: Drawing, split: str
) -> None:
    """Who signs an opinion, and the place for the date."""
    who = key.split("_")[0]
    x0, y0, x1, y1 = found.cells[key]
    size = min(paper.style.size_mm, 4.6)
    words_ = paper.script(worded(rng, words()["anchors"][who], split))
    width = paper.word_width(words_, size)
    gap = between(rng, 7.5, 10)
    date_width = 48.0 if made.free_dates else 3 * size + 3 * gap + 5
    last = y1 - between(rng, 4.2, 6)
    signing = 30.0 if who == "parent" else 4.0
    two_lines = x1 - x0 < width + signing + date_width + 12 or (share(rng, 0.35) and y1 - y0 > 30)
    start = x1 - between(rng, 2, 8) - date_width
    at_y = last - 8 if two_lines else last
    at_x = max(x0 + 2, min(start, x1 - width - signing - 1)) if two_lines else x0 + between(rng, 3, 8)
    paper.words(words_, at_x, at_y, size, anchor="lm")
    found.parts[key + ":anchor"] = (at_x, at_y - 4, at_x + width, at_y + 4)
    if who == "parent":
        end = min(x1 - 1, at_x + width + signing)
        found.parts["parent_signature"] = (at_x + width + 0.5, at_y - 4.6, end, at_y + 3.6)
    if made.free_dates:
        label = paper.script("日期：")
        paper.words(label, start, last, size, anchor="lm")
        found.parts[f"{who}_date"] = (start + size * 3, last - 4.2, x1 - 1, last + 3.4)
    else:
        for number, char in enumerate("年月日"):
            x = start + 5 + gap * (number + 1) + size * number
            paper.words(char, x, last, size, anchor="lm")
            found.parts[f"{who}_date:{number}"] = (x - gap - (4 if not number else 0), last - 4.2, x - 0.3, last + 3.2)
        found.parts[f"{who}_date"] = (start, last - 4.8, x1 - 1, last + 3.8)
    found.parts[key] = (x0, y0, x1, at_y - 4.0)
