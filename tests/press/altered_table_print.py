"""Prints an altered 统计表 and writes the numbers in, corrected ones too."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.press.altered_table import EXTRAS, Layout
from tests.press.chance import between, pick, share
from tests.press.hands import Hand
from tests.press.ink import strike, write
from tests.press.paper import Box
from tests.press.rulings import RuledPaper

WEIGHTS = {
    "seq": 12,
    "unit": 30,
    "prior_year": 42,
    "ministry_list": 48,
    "total": 22,
    "remark": 22,
    "poor": 22,
    "returned": 20,
}
"""How wide columns are beside each other."""


def draw(paper: RuledPaper, made: Layout, rng: np.random.Generator) -> None:
    """Prints the table; handwritten cells stay empty."""
    width, height = made.size_mm
    left, right = between(rng, 10, 26), width - between(rng, 10, 26)
    y = between(rng, 16, 26)
    title = paper.script(made.title)
    size = between(rng, 4.8, 6.6)
    fits = (right - left) / paper.word_width(title, size, True)
    paper.words(title, (left + right) / 2, y, size * min(1.0, fits), heading=True)
    y += between(rng, 7, 12)
    x = _edges(made, left, right, rng)
    head = between(rng, 18, 27) * (0.8 if height < 250 else 1)
    bands = _bands(made)
    heads = sum(band == "head" for band in bands)
    body = height - y - heads * head - between(rng, 10, 18)
    tall = min(body / (len(bands) - heads), between(rng, 8.5, 15))
    top = y
    for number, band in enumerate(bands):
        if number:
            paper.line(x[0], y, x[-1], y)
        if band == "head":
            _head(paper, made, x, y, head)
        elif band == "totals":
            _totals_band(paper, made, x, y, tall)
        else:
            _body_band(paper, made, x, y, tall, int(band))
        y += head if band == "head" else tall
    paper.frame((x[0], top, x[-1], y))


def _bands(made: Layout) -> list[str]:
    """The table from top to bottom: heads, totals, row numbers."""
    rows = [str(number) for number in range(len(made.rows))]
    if made.repeat_after:
        rows.insert(made.repeat_after, "head")
    return [
        "head",
        *(["totals"] if made.totals_at == "first" else []),
        *rows,
        *(["totals"] if made.totals_at == "last" else []),
    ]


def _edges(made: Layout, left: float, right: float, rng: np.random.Generator) -> list[float]:
    long = max(len(row["unit"]) for row in made.rows)
    weights = [
        (max(WEIGHTS[key], long * 5.2) if key == "unit" else WEIGHTS[key]) * between(rng, 0.7, 1.35)
        for key in made.columns
    ]
    edges = np.concatenate([[0], np.cumsum(weights)]) / sum(weights)
    return [left + (right - left) * float(edge) for edge in edges]


def _head(paper: RuledPaper, made: Layout, x: list[float], y: float, head: float) -> None:
    pair = sorted((made.columns.index("prior_year"), made.columns.index("ministry_list")))
    split = y + head * 0.32 if made.group else y
    for number, key in enumerate(made.columns):
        inside = number in pair
        paper.label(made.labels[key], (x[number], split if inside else y, x[number + 1], y + head))
        if number:
            paper.line(x[number], split if number == pair[1] else y, x[number], y + head)
    if made.group:
        paper.label(made.group, (x[pair[0]], y, x[pair[1] + 1], split))
        paper.line(x[pair[0]], split, x[pair[1] + 1], split)


def _body_band(paper: RuledPaper, made: Layout, x: list[float], y: float, tall: float, number: int) -> None:
    for column, key in enumerate(made.columns):
        box = (x[column], y, x[column + 1], y + tall)
        if column:
            paper.line(x[column], y, x[column], y + tall)
        made.cells[f"rows.{number}.{key}"] = box
        if key in made.printed and made.rows[number].get(key):
            _print(paper, made.rows[number][key], box)


def _totals_band(paper: RuledPaper, made: Layout, x: list[float], y: float, tall: float) -> None:
    first = made.columns.index("unit") + 1
    for column, key in enumerate(made.columns):
        if column and not (made.merged_total and column < first):
            paper.line(x[column], y, x[column], y + tall)
        if column >= first:
            box = (x[column], y, x[column + 1], y + tall)
            made.cells[f"totals.{key}"] = box
            if key in made.printed:
                _print(paper, made.totals[key], box)
    label = (x[0], y, x[first] if made.merged_total else x[1], y + tall)
    made.cells["totals"] = label
    if made.printed:
        paper.label("合计", label, min(paper.style.size_mm, tall * 0.5))


def _print(paper: RuledPaper, text: str, box: Box) -> None:
    fits = (box[2] - box[0] - 1.5) / max(1, len(text))
    size = min(paper.style.size_mm, (box[3] - box[1]) * 0.5, fits if len(text) > 2 else 99)
    paper.words(text, (box[0] + box[2]) / 2, (box[1] + box[3]) / 2, size)


def fill(paper: RuledPaper, made: Layout, writer: Hand, rng: np.random.Generator) -> dict[str, Any]:
    """Writes what is not printed; `boxes` are still those of the drawing."""
    for name, box in made.cells.items():
        column = name.rsplit(".", 1)[-1]
        if column in made.printed or (name == "totals" and made.printed):
            continue
        inner = (box[0] + 1.2, box[1] + 0.4, box[2] - 1.2, box[3] - 0.4)
        size = min(6.2, (box[3] - box[1]) * 0.72)
        if name in made.slips:
            _correct(paper, inner, made.slips[name], _text(made, name, rng), writer, rng, size)
        else:
            write(paper, inner, _text(made, name, rng), writer, rng, size, align="middle")
    names = {f"rows.{n}.{key}" for n, row in enumerate(made.rows) for key in row}
    names |= {f"totals.{key}" for key in made.totals}
    return {
        "rows": made.rows,
        **({"totals": made.totals} if made.totals else {}),
        "marks": {},
        "flags": made.flags,
        "corrected": sorted(set(made.slips)),
        "boxes": {name: box for name, box in made.cells.items() if name in names},
        "printed": sorted(made.printed),
        "written": dict(made.zero),
    }


def _text(made: Layout, name: str, rng: np.random.Generator) -> str:
    if name == "totals":
        return "合计"
    column = name.rsplit(".", 1)[-1]
    if column in EXTRAS:
        return _extra(column, rng)
    if name.startswith("totals."):
        return made.totals[column]
    return made.rows[int(name.split(".")[1])][column] or made.zero.get(name, "")


def _extra(column: str, rng: np.random.Generator) -> str:
    if column == "remark":
        return pick(rng, ("外出", "已上报", "核实中")) if share(rng, 0.25) else ""
    return str(int(rng.integers(1, 20))) if share(rng, 0.6) else ""


def _correct(
    paper: RuledPaper, box: Box, wrong: str, right: str, writer: Hand, rng: np.random.Generator, size: float
) -> None:
    """A number struck out, the right one beside it, or above it where the cell is tall enough."""
    x0, y0, x1, y1 = box
    if y1 - y0 > 11.5:
        split = y0 + (y1 - y0) * 0.48
        first, second = (x0, split, x1, y1), (x0, y0, x1, split)
        size = min(size, (y1 - y0) * 0.42)
    else:
        middle = x0 + (x1 - x0) * between(rng, 0.42, 0.5)
        first, second = (x0, y0, middle, y1), (middle, y0, x1, y1)
    write(paper, first, wrong, writer, rng, size, align="middle")
    wide = min(first[2] - first[0], size * 0.62 * len(wrong) + 2)
    centre = (first[0] + first[2]) / 2
    strike(paper, centre - wide / 2, centre + wide / 2, (first[1] + first[3]) / 2, writer, rng)
    write(paper, second, right, writer, rng, size, align="middle")
