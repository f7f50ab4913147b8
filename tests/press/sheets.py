"""One sheet from one seed: printed, filled, pictured, together with what a reader should find on it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tests.press import altered, generic_table, hands, home_visit, papers, people, scan, township_table, visit_form
from tests.press.chance import chance, pick
from tests.press.paper import Paper, Printer, printer

FORMS = ("home_visit", "township_table", "generic_table", *papers.described())
CONDITIONS = tuple(scan.CONDITIONS)
SPLITS = ("tune", "held", "sample")
VARIANTS = ("plain", "altered")

DPI = {"flatbed": 300, "photo": 260, "copy": 200, "lowres": 200}
PRINTERS = {"tune": 40, "held": 40, "sample": 12}


@dataclass(frozen=True, slots=True)
class Pressed:
    """A finished sheet: the JPEG file and the expected reading, as told in tests/press/README.md."""

    image_bytes: bytes
    expected: dict[str, Any]


def make_sheet(
    seed: int, form: str, condition: str | None, split: str, *, variant: str = "plain"
) -> Pressed:
    """The sheet that `seed` stands for; the same bytes each time on the same fonts.

    Without a condition a plain sheet takes that of its seed in turn, an altered one what its seed chooses.
    """
    if variant == "altered":
        return Pressed(*altered.make(seed, form, condition, split))
    condition = condition or CONDITIONS[seed % len(CONDITIONS)]
    name = (split, form, seed)
    layout = chance("layout", *name)
    style = printer(split, int(layout.integers(PRINTERS[split])))
    writer = hands.hand(split, chance("hand", *name))
    if condition == "copy" and writer.pen == "pencil":  # a copier loses pencil: no one would send it in
        writer = replace(writer, pen="black")
    paper, found = _filled(name, condition, style, writer, layout)
    picture = scan.take(paper.page, condition, DPI[condition], chance("scan", *name, condition))
    expected = {
        "template": None if form == "generic_table" else form,
        "condition": condition,
        "split": split,
        "seed": seed,
        "hand": f"{writer.chinese}+{writer.figures or writer.chinese}",
        "pen": writer.pen,
        "printer": style.body,
        "ruling": style.ruling,
        "script": "traditional" if style.traditional else "simplified",
        **found,
        "corners": picture.corners,
        "orientation": picture.orientation,
        "dpi": picture.dpi,
    }
    return Pressed(picture.jpeg, expected)


def _filled(
    name: tuple[str, str, int],
    condition: str,
    style: Printer,
    writer: hands.Hand,
    layout: np.random.Generator,
) -> tuple[Paper, dict[str, Any]]:
    split, form, _ = name
    contents, strokes, dpi = chance("contents", *name), chance("ink", *name), DPI[condition]
    if form == "home_visit":
        paper = Paper(visit_form.A4, dpi, style, chance("paper", *name))
        drawing = visit_form.draw(paper, layout)
        paper.press()
        return paper, home_visit.fill(
            paper, drawing, pick(contents, people.roll(split)), writer, split, strokes
        )
    if form in papers.described():
        return papers.make(name, layout, style, dpi, writer)
    if form == "generic_table":
        made = generic_table.plan(contents, layout)
        paper = Paper(made.size_mm, dpi, style, chance("paper", *name))
        generic_table.draw(paper, made, layout)
        paper.press()
        return paper, generic_table.fill(paper, made, writer, strokes)
    table = township_table.plan(contents, layout, split)
    paper = Paper(table.size_mm, dpi, style, chance("paper", *name))
    township_table.draw(paper, table, layout)
    paper.press()
    return paper, township_table.fill(paper, table, writer, strokes)
