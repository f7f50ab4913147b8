"""The notice's own 附件1 as a sheet of paper: its fifteen townships, the counts written by hand, scanned flat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from service.demo.county import NOTICE
from tests.press import hands, samples, scan, township_table
from tests.press.chance import chance
from tests.press.paper import Paper, printer
from tests.press.township_table import COUNTS, Table

_DPI = 300
_NAME = ("sample", "township_table", 0)
"""Whose hand, print and scanner it is."""
FOLDER = Path(__file__).resolve().parents[1] / "service" / "papers"
"""Where the sheets lie that the tests read, so that they need no fonts."""
ALTERED = NOTICE | {"白沙": (49, NOTICE["白沙"][1])}
"""One cell more than the cases say: 白沙 has 47."""


def press_both() -> None:
    """Makes the notice's table in `FOLDER` again, as it is and with one cell altered."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, counts in (("notice.jpg", NOTICE), ("notice-altered.jpg", ALTERED)):
        (FOLDER / name).write_bytes(samples.shrunk(press(counts))[0])


def press(counts: Mapping[str, tuple[int, int]]) -> bytes:
    """A JPEG of the table that says `counts`: of each unit what is left of 2018 and what of the ministry's list."""
    layout = chance("layout", *_NAME)
    paper = Paper((210.0, 297.0), _DPI, printer("sample", 0), chance("paper", *_NAME))
    table = _table(counts)
    township_table.draw(paper, table, layout, plain=True)
    paper.press()
    writer = replace(hands.hand("sample", chance("hand", *_NAME)), pen="black")
    township_table.fill(paper, table, writer, chance("ink", *_NAME))
    return scan.take(paper.page, "flatbed", _DPI, chance("scan", *_NAME, "flatbed")).jpeg


def _table(counts: Mapping[str, tuple[int, int]]) -> Table:
    rows = [{"seq": str(number), "unit": unit, "prior_year": str(prior), "ministry_list": str(listed or ""),
             "total": str(prior + listed)} for number, (unit, (prior, listed)) in enumerate(counts.items(), 1)]
    totals = {key: str(sum(int(row[key] or 0) for row in rows)) for key in COUNTS}
    return Table(year=2019, rows=rows, totals=totals, flags=[], printed=frozenset({"seq", "unit"}),
                 size_mm=(210.0, 297.0), super_heading="", merged_total=False, unit_line="")
