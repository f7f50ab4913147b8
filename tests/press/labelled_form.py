"""A form of labelled cells printed from its description in papers.yaml, in millimetres."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tests.press.chance import between, pick, share
from tests.press.options import printed
from tests.press.paper import Box, Paper
from tests.press.visit_form import A4, Drawing, closing

Described = Mapping[str, Any]
LOW = 20.0
"""Rows up to this height hold a line or two; higher ones hold running text."""


@dataclass(slots=True)
class LabelledForm(Drawing):
    """A printed form; `ticks` are the boxes of its printed options, by field and word."""

    ticks: dict[str, dict[str, Box]] = field(default_factory=dict)
    shares: dict[int, tuple[list[float], list[float]]] = field(default_factory=dict)
    """Widths of the labels after the first and shares of the values, by the number of cells in a row."""
    size_mm: tuple[float, float] = A4


def draw(paper: Paper, form: Described, rng: np.random.Generator, *, plain: bool = False) -> LabelledForm:
    """Prints the form; `plain` takes the first wording of everything and no variation."""
    found = LabelledForm()
    left = 20.0 if plain else between(rng, 14, 24)
    right = 190.0 if plain else between(rng, 188, 198)
    y = heading(paper, form["titles"], left, right, rng, plain=plain)
    y = _prose(paper, form.get("prose", ()), left, right, y)
    y = lines(paper, form["above"], left, right, y, rng, found.parts, plain=plain)
    top, heights = y, _heights(form["rows"], 284 - y, rng, plain)
    first = form.get("label_mm", 25.0) * (1 if plain else between(rng, 0.85, 1.12))
    for number, ((_, *cells), height) in enumerate(zip(form["rows"], heights, strict=True)):
        if number:
            paper.line(left, y, right, y)
        _row(paper, form, cells, (left, y, right, y + height), first, rng, found, plain)
        y += height
    paper.frame((left, top, right, y))
    return found


def heading(paper: Paper, titles: list[str], left: float, right: float, rng: np.random.Generator, *,
            plain: bool) -> float:
    """Prints the title; returns where the next line may begin."""
    y = 22.0 if plain else between(rng, 17, 25)
    size = 6.8 if plain else between(rng, 5.8, 7.4)
    title = paper.script(titles[0] if plain else pick(rng, titles))
    paper.words(title, (left + right) / 2, y, size, heading=True)
    return y + (9 if plain else between(rng, 7.5, 10.5))


def lines(paper: Paper, labels: list[list[Any]], left: float, right: float, y: float, rng: np.random.Generator,
          places: dict[str, Box], *, plain: bool) -> float:
    """Prints labels side by side outside the ruling; `places` takes where each answer is written."""
    if not labels:
        return y
    y += 3
    ends = np.linspace(left, right, len(labels) + 1)
    for (name, words), start, end in zip(labels, ends, ends[1:], strict=False):
        label = paper.script(words[0] if plain else pick(rng, words))
        label += "：" if label else ""
        paper.words(label, start + 1, y, anchor="lm")
        at = start + 1.5 + paper.word_width(label, paper.style.size_mm)
        places[name] = (at, y - 4.6, min(end - 3, at + 82), y + 3.6)
        if label and not plain and share(rng, 0.4):
            paper.line(at, y + 3.2, end - 4, y + 3.2, 0.7)
    return y + 5.2


def _prose(paper: Paper, paragraphs: list[str], left: float, right: float, y: float) -> float:
    """Prints running text under the title."""
    size = paper.style.size_mm * 0.95
    per_line = int((right - left) / size)
    for paragraph in paragraphs:
        text = paper.script("\u3000\u3000" + paragraph)
        for at in range(0, len(text), per_line):
            paper.words(text[at:at + per_line], left, y, size, anchor="lm")
            y += size * 1.75
    return y + (3 if paragraphs else 0)


def _heights(rows: list[list[Any]], room: float, rng: np.random.Generator, plain: bool) -> list[float]:
    heights = [row[0] * (1.0 if plain else between(rng, 0.9, 1.18)) for row in rows]
    scale = min(1.0, room / sum(heights))
    return [height * scale for height in heights]


def _row(paper: Paper, form: Described, cells: list[list[Any]], box: Box, first: float, rng: np.random.Generator,
         found: LabelledForm, plain: bool) -> None:
    x0, y0, x1, y1 = box
    wide = "label_mm" in form
    labels = [words[0] if plain else pick(rng, words) for _, words, _ in cells]
    if len(cells) not in found.shares:
        found.shares[len(cells)] = ([first if wide else _width(label, rng, plain) for label in labels[1:]],
                                    [weight * (1 if plain else between(rng, 0.92, 1.12)) for _, _, weight in cells])
    others, weights = found.shares[len(cells)]
    widths = [first, *others]
    rest, x = x1 - x0 - sum(widths), x0
    upright = y1 - y0 > 30 and not wide and not plain and share(rng, 0.4)
    for (key, _, _), label, width, weight in zip(cells, labels, widths, weights, strict=True):
        middle = x + width
        end = middle + rest * weight / sum(weights)
        if x > x0:
            paper.line(x, y0, x, y1)
        paper.line(middle, y0, middle, y1)
        paper.label(label, (x, y0, middle, y1), upright=upright)
        found.cells[key] = (middle, y0, end, y1)
        x = end
        _inside(paper, form, key, rng, found, plain)


def _width(label: str, rng: np.random.Generator, plain: bool) -> float:
    base = {2: 14.0, 3: 17.0, 4: 20.0}.get(len(label), 24.0)
    return base if plain else base * between(rng, 0.85, 1.15)


def _inside(paper: Paper, form: Described, key: str, rng: np.random.Generator, found: LabelledForm,
            plain: bool) -> None:
    """What is printed in a cell: the boxes of an ID number, options to tick, the end of an opinion."""
    if key == "id_number" and not plain and share(rng, 0.4):
        x0, y0, x1, y1 = found.cells[key]
        edges = np.linspace(x0, x1, 19)
        found.id_boxes = [(float(a), y0, float(b), y1) for a, b in zip(edges, edges[1:], strict=False)]
        for edge in edges[1:-1]:
            paper.line(float(edge), y0, float(edge), y1)
    if key in form["ticks"] and not plain and share(rng, 0.5):
        found.ticks[key] = printed(paper, tuple(form["ticks"][key]), found.cells[key], boxed=True)
    if key in form["closings"]:
        end = form["closings"][key]
        closing(paper, rng, found, key, tuple(end["words"]), end["date"], end.get("signature", ""), plain=plain)
