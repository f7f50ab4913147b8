"""The clean, unfilled print of each form as the notice lays it out: templates/forms/<id>/blank.png."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from tests.press import papers, township_table, visit_form
from tests.press.chance import chance
from tests.press.county import TOWNSHIPS
from tests.press.paper import Paper, Printer

FORMS = Path(__file__).resolve().parents[2] / "templates" / "forms"
DPI = 150

CLEAN = Printer(
    body="serif",
    heading="serif-bold",
    traditional=False,
    line_mm=0.25,
    frame="plain",
    ruling="clean",
    scale=1.0,
    toner=1.0,
    size_mm=4.4,
    wear=0.0,
)


def make_blanks() -> list[Path]:
    """Prints every form; returns the files written."""
    visit = Paper(visit_form.A4, DPI, CLEAN, chance("blank"))
    visit_form.draw(visit, chance("blank"), plain=True)
    counts = _empty_table()
    table = Paper(counts.size_mm, DPI, CLEAN, chance("blank"))
    township_table.draw(table, counts, chance("blank"), plain=True)
    others = [_save(papers.blank(form, DPI, CLEAN, chance("blank")), form) for form in papers.described()]
    return [_save(visit, "home_visit"), _save(table, "township_table"), *others]


def _empty_table() -> township_table.Table:
    rows = [
        {"seq": str(number), "unit": unit, "prior_year": "", "ministry_list": "", "total": ""}
        for number, unit in enumerate(TOWNSHIPS, 1)
    ]
    return township_table.Table(
        year=2019,
        rows=rows,
        totals=dict.fromkeys(township_table.COUNTS, ""),
        flags=[],
        printed=frozenset({"seq", "unit"}),
        size_mm=visit_form.A4,
        super_heading="",
        merged_total=True,
        unit_line="",
    )


def _save(paper: Paper, form: str) -> Path:
    target = FORMS / form / "blank.png"
    grey = Image.fromarray((255 - paper.toner() * 255).astype(np.uint8))
    grey.quantize(16).save(target, optimize=True, dpi=(DPI, DPI))
    return target
