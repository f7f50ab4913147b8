"""What an altered 统计表 says and which columns, units, sums and marks it has, as other offices have it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tests.press.altered_visit import worded, words
from tests.press.chance import pick, share
from tests.press.county import TOWNSHIPS, schools
from tests.press.paper import Box
from tests.press.township_table import COUNTS

EXTRAS = ("remark", "poor", "returned")
PRINTED = (
    frozenset({"seq", "unit"}),
    frozenset({"seq", "unit"}),
    frozenset({"seq"}),
    frozenset(),
    frozenset({"seq", "unit", *COUNTS}),
)


@dataclass(slots=True)
class Layout:
    """One altered table: what it says and how; `changes` names what differs from the notice's own."""

    size_mm: tuple[float, float]
    title: str
    columns: list[str]
    labels: dict[str, str]
    rows: list[dict[str, str]]
    totals: dict[str, str]
    totals_at: str
    repeat_after: int
    group: str
    printed: frozenset[str]
    zero: dict[str, str]
    open_sides: bool
    merged_total: bool
    slips: dict[str, str]
    flags: list[str]
    changes: list[str]
    cells: dict[str, Box] = field(default_factory=dict)


def plan(contents: np.random.Generator, rng: np.random.Generator, split: str) -> Layout:
    """The counts of one reporting day, and the sheet's general shape."""
    year = int(contents.integers(2018, 2025))
    units, kind = _units(contents)
    rows = [_row(contents, number, unit) for number, unit in enumerate(units, 1)]
    totals = {key: str(sum(int(row[key] or 0) for row in rows)) for key in COUNTS}
    flags = _err(contents, rows, totals) if share(contents, 0.1) else []
    totals_at = pick(rng, ("last",) * 8 + ("first", "none"))
    columns, changes = _columns(rng)
    if flags and totals_at == "none":
        flags = failing(rows, {})
    if "seq" not in columns:
        for row in rows:
            del row["seq"]
    group = pick(rng, ("", "", "", "", "辍学人数", "其中", "未劝返人数"))
    together = abs(columns.index("prior_year") - columns.index("ministry_list")) == 1
    repeat = int(rng.integers(4, len(rows) - 1)) if share(rng, 0.12) and len(rows) > 7 else 0
    open_sides = share(rng, 0.18)
    slips = _slips(contents, rows) if share(contents, 0.35) else {}
    printed = pick(rng, PRINTED[:4]) if slips or share(rng, 0.85) else PRINTED[4]
    labels = {
        key: worded(rng, choice, split).format(year=year, prior=year - 1)
        for key, choice in words()["columns"].items()
    }
    changes += [
        *([f"units_{kind}"] if kind else []),
        *([f"total_{totals_at}"] if totals_at != "last" else []),
        *(["two_level_heading"] if group and together else []),
        *(["heading_repeated"] if repeat else []),
        *(["open_sides"] if open_sides else []),
        *(["corrected"] if slips else []),
    ]
    title = worded(rng, words()["table_titles"], split).format(
        county=pick(rng, words()["counties"]), year=year
    )
    return Layout(
        size_mm=(297.0, 210.0) if share(rng, 0.15) else (210.0, 297.0),
        title=title,
        columns=columns,
        labels=labels,
        rows=rows,
        totals=totals if totals_at != "none" else {},
        totals_at=totals_at,
        repeat_after=repeat,
        group=group if together else "",
        printed=printed,
        zero=_zeros(contents, rows, printed, changes),
        open_sides=open_sides,
        merged_total=share(rng, 0.5),
        slips=slips,
        flags=flags,
        changes=changes,
    )


def _units(rng: np.random.Generator) -> tuple[list[str], str]:
    kind = pick(rng, ("", "", "mixed", "subset", "subset", "schools"))
    if kind == "schools":
        names = [school.name for school in schools()]
        return [str(name) for name in rng.choice(names, int(rng.integers(8, 17)), replace=False)], kind
    units = [str(unit) for unit in (rng.permutation(TOWNSHIPS) if kind else TOWNSHIPS)]
    if kind == "subset":
        units = units[: int(rng.integers(5, 14))]
    return units, kind


def _row(rng: np.random.Generator, number: int, unit: str) -> dict[str, str]:
    prior = (
        0
        if share(rng, 0.1)
        else int(pick(rng, (rng.integers(1, 10), rng.integers(10, 100), rng.integers(100, 240))))
    )
    listed = 0 if share(rng, 0.3) else int(pick(rng, (rng.integers(1, 10), rng.integers(1, 60))))
    shown = {"prior_year": prior, "ministry_list": listed, "total": prior + listed}
    return {"seq": str(number), "unit": unit, **{key: str(value or "") for key, value in shown.items()}}


def _err(rng: np.random.Generator, rows: list[dict[str, str]], totals: dict[str, str]) -> list[str]:
    """The paper itself does not add up."""
    if share(rng, 0.5):
        key = pick(rng, COUNTS)
        totals[key] = str(int(totals[key]) + int(pick(rng, (-10, -1, 1, 2, 9, 10))))
    else:
        row = pick(rng, [row for row in rows if int(row["total"] or 0) > 9] or rows)
        row["total"] = str(int(row["total"] or 0) + int(pick(rng, (1, 2, 5))))
    return ["row_sum", "column_sum"]


def failing(rows: list[dict[str, str]], totals: dict[str, str]) -> list[str]:
    """The rules whose sums do not hold among the rows and, where there are any, their totals."""
    lines = [*rows, *([totals] if totals else [])]
    across = all(_count(line, "prior_year") + _count(line, "ministry_list") == _count(line, "total") for line in lines)
    down = not totals or all(sum(_count(row, key) for row in rows) == _count(totals, key) for key in COUNTS)
    return [*([] if across else ["row_sum"]), *([] if down else ["column_sum"])]


def _count(line: dict[str, str], key: str) -> int:
    return int(line[key] or 0)


def _columns(rng: np.random.Generator) -> tuple[list[str], list[str]]:
    columns = ["seq", "unit", "prior_year", "ministry_list", "total"]
    changes = []
    if share(rng, 0.3):
        columns.remove("seq")
        changes.append("no_seq")
    if share(rng, 0.25):
        tail = pick(rng, (["total", "prior_year", "ministry_list"], ["ministry_list", "prior_year", "total"]))
        columns = [*[c for c in columns if c in ("seq", "unit")], *tail]
        changes.append("columns_moved")
    for extra in EXTRAS:
        if share(rng, 0.28):
            columns.append(extra)
            changes.append(f"column_{extra}")
    return columns, changes


def _zeros(
    rng: np.random.Generator, rows: list[dict[str, str]], printed: frozenset[str], changes: list[str]
) -> dict[str, str]:
    """What stands in cells of nothing: «0» is then the cell's value, any other mark is none."""
    mark = "" if "total" in printed else pick(rng, ("", "", "/", "—", "-", "无", "0"))
    if mark:
        changes.append({"0": "zeros"}.get(mark, "marked_empty"))
    marks = {}
    for number, row in enumerate(rows):
        for key in COUNTS:
            if not row[key] and mark == "0":
                row[key] = "0"
            elif not row[key] and mark and share(rng, 0.9):
                marks[f"rows.{number}.{key}"] = mark
    return marks


def _slips(rng: np.random.Generator, rows: list[dict[str, str]]) -> dict[str, str]:
    """Cells first written wrong: cell → the number that was struck out."""
    found = {}
    for _ in range(int(rng.integers(1, 4))):
        number, key = int(rng.integers(len(rows))), pick(rng, COUNTS)
        right = rows[number][key]
        if right and right != "0":
            wrong = str(max(1, int(right) + int(pick(rng, (-9, -2, 1, 3, 10, 20)))))
            found[f"rows.{number}.{key}"] = wrong
    return {
        cell: wrong
        for cell, wrong in found.items()
        if wrong != rows[int(cell.split(".")[1])][cell.split(".")[2]]
    }
