"""A table with a pupil a row printed from its description in papers.yaml: one of several sheets, wide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tests.press.chance import between, pick, share
from tests.press.labelled_form import heading, lines
from tests.press.paper import Box, Paper

SIZE = (297.0, 210.0)


@dataclass(slots=True)
class PupilTable:
    """A printed sheet of the table: where the cells of each row are, the answers above, what is typed."""

    rows: int
    cells: dict[str, Box] = field(default_factory=dict)
    parts: dict[str, Box] = field(default_factory=dict)
    size_mm: tuple[float, float] = SIZE


def draw(paper: Paper, form: Mapping[str, Any], numbers: list[str], page: str, rng: np.random.Generator, *,
         plain: bool = False) -> PupilTable:
    """Prints the sheet with a row for each of `numbers`, typed where not empty, and its page in the heading."""
    found = PupilTable(len(numbers))
    left = 12.0 if plain else between(rng, 9, 15)
    right = SIZE[0] - (12.0 if plain else between(rng, 9, 15))
    y = heading(paper, form["titles"], left, right, rng, plain=plain)
    y = lines(paper, form["above"], left, right, y, rng, found.parts, plain=plain)
    paper.words(paper.script(page), right - 2, found.parts["page"][1] + 4.6, anchor="rm")
    width = paper.word_width(page, paper.style.size_mm)
    found.parts["page"] = (right - 2 - width, *found.parts["page"][1:2], right - 2, found.parts["page"][3])
    edges = _edges(form["columns"], left, right, rng, plain)
    head = 13.0 if plain else between(rng, 11, 15)
    height = min((200 - y - head) / len(numbers), 10.5 if plain else between(rng, 9.0, 12.0))
    bottom = y + head + height * len(numbers)
    for number, (name, words, _) in enumerate(form["columns"]):
        x0, x1 = edges[number], edges[number + 1]
        paper.label(words[0] if plain else pick(rng, words), (x0, y, x1, y + head))
        if number:
            paper.line(x0, y, x0, bottom)
        for row in range(len(numbers)):
            top = y + head + row * height
            found.cells[f"{row}.{name}"] = (x0, top, x1, top + height)
    for row, text in enumerate(numbers):
        x0, top, x1, end = found.cells[f"{row}.{form['columns'][0][0]}"]
        paper.line(edges[0], top, edges[-1], top)
        if text:
            paper.words(text, (x0 + x1) / 2, (top + end) / 2, min(paper.style.size_mm, height * 0.5))
    paper.frame((edges[0], y, edges[-1], bottom))
    if not plain and share(rng, 0.4) and bottom < 198:
        paper.words(paper.script("填表人：　　　　　　　校长签字：　　　　　　　"), left, bottom + 6, 4.0, anchor="lm")
    return found


def _edges(columns: list[list[Any]], left: float, right: float, rng: np.random.Generator,
           plain: bool) -> list[float]:
    weights = [weight * (1 if plain else between(rng, 0.94, 1.08)) for _, _, weight in columns]
    shares = np.concatenate([[0], np.cumsum(weights)]) / sum(weights)
    return [left + (right - left) * float(part) for part in shares]
