"""Prints an altered 家访记录表: its ruling, headings, tick boxes and places to sign."""

from __future__ import annotations

import numpy as np

from tests.press.altered_visit import AREAS, REASONS, WIDTHS, Shape
from tests.press.altered_words import worded, words
from tests.press.chance import between, pick, share
from tests.press.options import printed
from tests.press.paper import Box
from tests.press.rulings import RuledPaper as Paper
from tests.press.visit_form import Drawing


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
    content = made.rows.index(["content"])
    spare = room - sum(wanted)
    if spare < 0 or share(rng, 0.6):  # most forms fill their page; a full one saves on the content first
        wanted[content] = max(wanted[content] + spare, min(wanted[content], 24.0))
    scale = min(1.0, room / sum(wanted))
    return [height * scale for height in wanted]


def _row(
    paper: Paper,
    made: Shape,
    row: list[str],
    box: Box,
    first: float,
    rng: np.random.Generator,
    found: Drawing,
) -> None:
    x0, y0, x1, y1 = box
    size = paper.style.size_mm
    stacked = bool(made.under & set(row))
    labels = [
        0.0 if stacked else first if not n else _label_width(made.labels[key], size, rng)
        for n, key in enumerate(row)
    ]
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
        made.ticks[key] = printed(paper, options, found.cells[key], boxed=made.sex_ticks == "boxes")
    if key == "reason" and made.reason_ticks:
        made.ticks[key] = printed(paper, REASONS, found.cells[key], boxed=True)


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
            found.parts[f"{who}_date:{number}"] = (
                x - gap - (4 if not number else 0),
                last - 4.2,
                x - 0.3,
                last + 3.2,
            )
        found.parts[f"{who}_date"] = (start, last - 4.8, x1 - 1, last + 3.8)
    found.parts[key] = (x0, y0, x1, at_y - 4.0)
