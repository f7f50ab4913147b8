"""Sheets of other people's printers and scanners: one named strangeness at a time, the rest kept plain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from tests.press import damage, generic_table, hands, home_visit, people, strange_views, township_table, visit_form
from tests.press.chance import chance, pick
from tests.press.paper import Paper, printer
from tests.press.strange_print import MANNERS, StrangePaper

DPI = 200
FORMS = ("home_visit", "township_table", "generic_table")
VIEWS = strange_views.VIEWS

Made = tuple[str, bytes, dict[str, Any]]
"""The file's ending, its bytes, and the expected reading."""


def names() -> tuple[str, ...]:
    """Every strangeness there is: of the print, then of the picture."""
    return (*MANNERS, *VIEWS)


def make(name: str, seed: int, form: str, split: str = "tune") -> Made:
    """The sheet of `seed` with one strangeness, as a file."""
    key = (split, form, seed)
    manner = name if name in MANNERS else ""
    paper, found = _filled(key, manner)
    if manner == "holes":
        damage.holes(paper, chance("strange-holes", *key))
    view: Callable[[np.ndarray, np.random.Generator], strange_views.File] = VIEWS.get(name, strange_views.flat)
    ending, data = view(paper.page, chance("strange-view", name, *key))
    expected = {
        "template": None if form == "generic_table" else form,
        "condition": name,
        "split": split,
        "seed": seed,
        **found,
    }
    return ending, data, expected


def _filled(key: tuple[str, str, int], manner: str) -> tuple[Paper, dict[str, Any]]:
    split, form, _ = key
    layout, contents, ink = chance("layout", *key), chance("contents", *key), chance("ink", *key)
    style = printer(split, int(layout.integers(40)))
    style = replace(style, frame="plain", ruling="clean", scale=1.0)
    writer = hands.hand(split, chance("hand", *key))
    writer = replace(writer, pen="black") if writer.pen == "pencil" else writer
    rng = chance("paper", *key)
    if form == "home_visit":
        paper = StrangePaper(visit_form.A4, DPI, style, rng, manner)
        drawing = visit_form.draw(paper, layout)
        paper.press()
        return paper, home_visit.fill(paper, drawing, pick(contents, people.roll(split)), writer, split, ink)
    if form == "generic_table":
        plan = generic_table.plan(contents, layout)
        paper = StrangePaper(plan.size_mm, DPI, style, rng, manner)
        generic_table.draw(paper, plan, layout)
        paper.press()
        return paper, generic_table.fill(paper, plan, writer, ink)
    table = township_table.plan(contents, layout, split)
    paper = StrangePaper(table.size_mm, DPI, style, rng, manner)
    township_table.draw(paper, table, layout)
    paper.press()
    return paper, township_table.fill(paper, table, writer, ink)
