"""Sheets nobody has seen yet: altered layouts, drawn rulings, worn paper and hard pictures, from one seed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from tests.press import (
    altered_fill,
    altered_table,
    altered_table_print,
    altered_visit,
    altered_visit_print,
    damage,
    hands,
    people,
    rulings,
    snapshot,
)
from tests.press.chance import between, chance, pick, share
from tests.press.paper import Printer, printer
from tests.press.rulings import RuledPaper

FORMS = ("home_visit", "township_table")
DPI = {"photo": 200, "wechat": 190, "flatbed": 200, "copy": 200, "lowres": 170}
RULINGS = ("printed",) * 6 + rulings.KINDS[1:]
SEVERAL = 0.04
"""How many pictures show two sheets: these say nothing but `problems: [several_sheets]`."""

Name = tuple[str, str, int]


def make(seed: int, form: str, condition: str | None, split: str) -> tuple[bytes, dict[str, Any]]:
    """The JPEG and the expected reading of an altered sheet; without a condition the seed chooses one."""
    name = (split, form, seed)
    rng = chance("altered", *name)
    condition = condition or pick(rng, snapshot.CONDITIONS)
    several = share(rng, SEVERAL)
    paper, expected = _sheet(name, condition)
    pages = [paper.page]
    if several:
        pages.append(_sheet((split, form, seed + 100_000), condition)[0].page)
    wished = snapshot.wishes(rng, condition)
    if several:
        wished = replace(wished, steep=False)
    if paper.shape[1] > paper.shape[0]:  # rows of a wide sheet are low, their writing small
        wished = replace(wished, shaken=False, steep=wished.steep and condition == "photo")
    if expected["pen"].endswith("pencil"):  # what is hardly to be seen stays still and clear
        wished = replace(wished, crushed=False, shaken=False)
    picture = snapshot.take(pages, condition, DPI[condition], wished, chance("altered-scan", *name, condition))
    expected |= {"corners": picture.corners, "orientation": picture.orientation, "dpi": picture.dpi}
    expected["alterations"] += wished.names
    if several:
        expected = _of_several(expected)
    return picture.jpeg, expected


def _of_several(expected: dict[str, Any]) -> dict[str, Any]:
    """Of two sheets in one picture a reader need only say that there are two."""
    told = {
        key: value for key, value in expected.items() if key not in ("fields", "rows", "totals", "boxes", "written")
    }
    return {**told, "marks": {}, "flags": [], "corrected": [], "problems": ["several_sheets"]}


def _sheet(name: Name, condition: str) -> tuple[RuledPaper, dict[str, Any]]:
    """The filled and worn sheet, and what is on it."""
    split, form, _ = name
    layout, contents = chance("altered-layout", *name), chance("altered-contents", *name)
    style = _style(split, layout)
    writer = hands.altered_hand(split, chance("altered-hand", *name))
    if condition == "copy" and writer.pen.endswith("pencil"):
        writer = replace(writer, pen="black")
    ink = chance("altered-ink", *name)
    paper_rng = chance("altered-paper", *name)
    kind = pick(layout, RULINGS)
    if form == "home_visit":
        made = altered_visit.shape(layout, split)
        paper = RuledPaper(made.size_mm, DPI[condition], style, paper_rng, kind)
        _move(paper, layout)
        drawing = altered_visit_print.draw(paper, made, layout, split)
        paper.press()
        pupil = pick(contents, people.roll(split))
        found = altered_fill.fill(paper, drawing, made, pupil, writer, split, ink)
        changes = made.changes
    else:
        table = altered_table.plan(contents, layout, split)
        paper = RuledPaper(table.size_mm, DPI[condition], style, paper_rng, kind, sides=not table.open_sides)
        _move(paper, layout)
        altered_table_print.draw(paper, table, layout)
        paper.press()
        found = altered_table_print.fill(paper, table, writer, ink)
        changes = table.changes
    done = damage.befall(paper, chance("altered-damage", *name))
    cut = _cut(paper, found, layout) if share(layout, 0.1) else []
    names = [*changes, *([f"ruling_{kind}"] if kind != "printed" else []), *cut, *done]
    if style.scale <= 0.92:
        names.append("printed_small")
    return paper, {
        "template": form,
        "variant": "altered",
        "condition": condition,
        "split": split,
        "seed": name[2],
        "hand": f"{writer.chinese}+{writer.figures or writer.chinese}",
        "pen": writer.pen,
        "printer": style.body,
        "ruling": style.ruling if kind == "printed" else kind,
        "script": "traditional" if style.traditional else "simplified",
        **found,
        "boxes": {key: paper.relative(box) for key, box in found["boxes"].items()},
        "alterations": names,
    }


def _style(split: str, rng: np.random.Generator) -> Printer:
    own = printer(split, 1000 + int(rng.integers(200)))
    return replace(
        own,
        scale=pick(rng, (1.0, 1.0, 1.0, 0.95, 0.9, 0.9)),
        size_mm=between(rng, 3.6, 4.8),
        traditional=share(rng, 0.2),
    )


def _move(paper: RuledPaper, rng: np.random.Generator) -> None:
    """A copy laid askew on the glass: the whole print shifted, never off the paper."""
    if share(rng, 0.25):
        dx, dy = between(rng, -6, 6), between(rng, -6, 6)
        paper.shift = (paper.shift[0] + dx, max(-3.0, paper.shift[1] + dy))


def _cut(paper: RuledPaper, found: dict[str, Any], rng: np.random.Generator) -> list[str]:
    """Loses the left margin with the frame's line, or the last row; what is gone is expected no more."""
    boxes = found["boxes"]
    if share(rng, 0.5):
        frame = min(paper.px(box[0], 0)[0] for box in boxes.values())
        lost = round(frame - paper.mm * between(rng, 8, 14)) if "rows" not in found else 0
        if lost <= 0:
            return []
        paper.page = np.ascontiguousarray(paper.page[:, lost:])
        paper.shift = (paper.shift[0] - lost / paper.mm, paper.shift[1])
        paper.shape = (paper.shape[0], paper.shape[1] - lost)
        return ["left_lost"]
    last = max(box[1] for box in boxes.values())
    keep = round(paper.px(0, last)[1] + paper.mm * between(rng, 1, 4))
    if keep >= paper.shape[0]:
        return []
    paper.page = np.ascontiguousarray(paper.page[:keep])
    paper.shape = (keep, paper.shape[1])
    _forget(found, last)
    return ["bottom_lost"]


def _forget(found: dict[str, Any], last: float) -> None:
    """Takes everything in the lost row out of what is expected."""
    gone = {name for name, box in found["boxes"].items() if box[3] > last + 0.01}
    found["boxes"] = {name: box for name, box in found["boxes"].items() if name not in gone}
    for part in ("fields", "written"):
        found[part] = {name: value for name, value in found.get(part, {}).items() if name not in gone}
    found["corrected"] = [name for name in found["corrected"] if name not in gone]
    if "parent_opinion" in gone:
        found["marks"].pop("guardian_signature", None)
    if "school_opinion" in gone:
        found["marks"].pop("school_seal", None)
    if any(name.startswith("totals") for name in gone):
        found.pop("totals", None)
    if "rows" in found:
        del found["fields"]
        left = {int(name.split(".")[1]) for name in found["boxes"] if name.startswith("rows.")}
        found["rows"] = [row for number, row in enumerate(found["rows"]) if number in left]
        found["flags"] = altered_table.failing(found["rows"], found.get("totals", {}))
