"""A 统计表 as other offices lay it out: other columns, order and units, corrections, marks in empty cells."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tests.press.altered_visit import words, worded
from tests.press.chance import between, pick, share
from tests.press.county import TOWNSHIPS, schools
from tests.press.hands import Hand
from tests.press.ink import strike, write
from tests.press.paper import Box
from tests.press.rulings import RuledPaper
from tests.press.township_table import COUNTS

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
        flags = ["row_sum"] if _rows_err(rows) else []
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
    title = worded(rng, words()["table_titles"], split).format(county=pick(rng, words()["counties"]), year=year)
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
    prior = 0 if share(rng, 0.1) else int(pick(rng, (rng.integers(1, 10), rng.integers(10, 100), rng.integers(100, 240))))
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


def _rows_err(rows: list[dict[str, str]]) -> bool:
    return any(int(r["prior_year"] or 0) + int(r["ministry_list"] or 0) != int(r["total"] or 0) for r in rows)


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
    return {cell: wrong for cell, wrong in found.items() if wrong != rows[int(cell.split(".")[1])][cell.split(".")[2]]}


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


