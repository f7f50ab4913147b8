"""附件1 统计表: children still to be brought back, by township, with sums that hold unless the paper errs."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tests.press.chance import between, pick, share
from tests.press.county import TOWNSHIPS
from tests.press.hands import Hand
from tests.press.ink import write
from tests.press.paper import Box, Paper
from tests.press.people import full_name
from tests.press.wording import written_date

COLUMNS = ("seq", "unit", "prior_year", "ministry_list", "total")
COUNTS = ("prior_year", "ministry_list", "total")


@dataclass(slots=True)
class Table:
    """What a sheet of the table says (`rows`, `totals`, as written) and how it is laid out."""

    year: int
    rows: list[dict[str, str]]
    totals: dict[str, str]
    flags: list[str]
    printed: frozenset[str]
    size_mm: tuple[float, float]
    super_heading: str
    merged_total: bool
    unit_line: str
    strokes: dict[str, str] = field(default_factory=dict)
    cells: dict[str, Box] = field(default_factory=dict)
    line_at: tuple[float, float] = (0.0, 0.0)


def plan(contents: np.random.Generator, layout: np.random.Generator, split: str) -> Table:
    """The counts of one reporting day, and the sheet's general shape."""
    units = list(TOWNSHIPS)
    if share(contents, 0.25):
        keep = np.sort(contents.choice(15, int(contents.integers(6, 15)), replace=False))
        units = [units[i] for i in keep]
    rows = [_row(contents, number, unit) for number, unit in enumerate(units, 1)]
    totals = {key: str(sum(int(row[key] or 0) for row in rows)) for key in COUNTS}
    flags = _slip(contents, rows, totals) if share(contents, 0.12) else []
    printed = pick(
        layout,
        (
            frozenset({"seq", "unit"}),
            frozenset({"seq", "unit"}),
            frozenset({"seq"}),
            frozenset(),
            frozenset(COLUMNS) if share(layout, 0.5) else frozenset({"seq", "unit"}),
        ),
    )
    landscape = share(layout, 0.15)
    return Table(
        year=2019 if split == "sample" else int(contents.integers(2018, 2025)),
        rows=rows,
        totals=totals,
        flags=flags,
        printed=printed,
        size_mm=(297.0, 210.0) if landscape else (210.0, 297.0),
        super_heading=pick(layout, ("", "", "", "辍学人数", "其中")),
        merged_total=share(layout, 0.5),
        unit_line=pick(layout, ("", "", "above", "under")),
    )


def _row(rng: np.random.Generator, number: int, unit: str) -> dict[str, str]:
    prior = int(pick(rng, (rng.integers(1, 10), rng.integers(10, 110), rng.integers(10, 110))))
    listed = int(rng.integers(0, 8) if share(rng, 0.85) else rng.integers(8, 60))
    shown = {"prior_year": prior, "ministry_list": listed}
    if share(rng, 0.08):
        shown["prior_year"] = 0
    zero = "0" if share(rng, 0.15) else ""
    cells = {key: str(value) if value else zero for key, value in shown.items()}
    total = sum(shown.values())
    return {"seq": str(number), "unit": unit, **cells, "total": str(total) if total else zero}


def _slip(rng: np.random.Generator, rows: list[dict[str, str]], totals: dict[str, str]) -> list[str]:
    """The paper itself does not add up: someone wrote one sum wrong."""
    if share(rng, 0.5):
        key = pick(rng, COUNTS)
        totals[key] = str(int(totals[key]) + int(pick(rng, (-10, -1, 1, 2, 9, 10))))
        return ["row_sum", "column_sum"]
    row = pick(rng, [row for row in rows if int(row["total"] or 0) > 9])
    row["total"] = str(int(row["total"]) + int(pick(rng, (-1, 1, 2, 5))))
    return ["row_sum", "column_sum"]


def draw(paper: Paper, table: Table, rng: np.random.Generator, *, plain: bool = False) -> None:
    """Prints the table; handwritten cells stay empty."""
    width, height = table.size_mm
    left = 20.0 if plain else between(rng, 14, 26)
    right = width - (20.0 if plain else between(rng, 14, 26))
    y = _heading(paper, table, rng, left, right, plain)
    columns = _columns(rng, left, right, plain)
    head = 22.0 if plain else between(rng, 17, 26) * (0.8 if height < 250 else 1)
    body = height - y - head - 22
    row_height = min(body / (len(table.rows) + 1), 10.5 if plain else between(rng, 9, 13))
    _head(paper, table, columns, y, head)
    top = y + head
    for number, row in enumerate([*table.rows, table.totals]):
        _body_row(paper, table, columns, top + number * row_height, row_height, number, row)
    bottom = top + row_height * (len(table.rows) + 1)
    for number, x in enumerate(columns[1:-1]):
        merged = number == 0 and table.merged_total
        paper.line(x, top, x, bottom - row_height if merged else bottom)
    paper.frame((columns[0], y, columns[-1], bottom))
    if table.unit_line == "under":
        _unit_line(paper, table, left, right, bottom + 7)


def _heading(
    paper: Paper, table: Table, rng: np.random.Generator, left: float, right: float, plain: bool
) -> float:
    size = 6.0 if plain else between(rng, 5.0, 6.6)
    title = f"{table.year}年" + (
        pick(
            rng,
            (
                "需劝返非建档立卡学生辍学人数统计表",
                "需劝返非建档立卡学生辍学人数统计表",
                "需劝返学生辍学人数统计表",
            ),
        )
        if not plain
        else "需劝返非建档立卡学生辍学人数统计表"
    )
    y = 26.0 if plain else between(rng, 17, 27)
    if plain or share(rng, 0.5):
        paper.words("附件1", left, y - 8, 4.2, anchor="lm")
    title = paper.script(title)
    fits = (right - left) / paper.word_width(title, size, True)
    paper.words(title, (left + right) / 2, y, size * min(1, fits), heading=True)
    y += 8
    if table.unit_line == "above":
        _unit_line(paper, table, left, right, y + 3)
        y += 6.5
    return y + (2 if plain else between(rng, 0, 4))


def _unit_line(paper: Paper, table: Table, left: float, right: float, y: float) -> None:
    size = 4.0
    step = (right - left) / 3
    for number, text in enumerate(("填表单位：", "填表人：", "填表日期：")):
        text = paper.script(text)
        x = left + number * step
        paper.words(text, x, y, size, anchor="lm")
        start = x + paper.word_width(text, size) + 0.5
        table.cells[f"line:{number}"] = (start, y - 4.2, x + step - 1, y + 3.4)
    table.line_at = (left, y)


def _columns(rng: np.random.Generator, left: float, right: float, plain: bool) -> list[float]:
    weights = [14.0, 28.0, 46.0, 58.0, 24.0]
    if not plain:
        weights = [weight * between(rng, 0.82, 1.25) for weight in weights]
    edges = np.concatenate([[0], np.cumsum(weights)]) / sum(weights)
    return [left + (right - left) * float(edge) for edge in edges]


def _head(paper: Paper, table: Table, x: list[float], y: float, head: float) -> None:
    labels = (
        "序号",
        "单位",
        f"{table.year - 1}年排查还没有劝返的辍学人数",
        f"{table.year}年从教育部下发的疑似失学儿童名单中排查还没有劝返的辍学人数",
        "合计",
    )
    split = y + head * 0.32 if table.super_heading else y
    for number, text in enumerate(labels):
        inside = number in (2, 3)
        paper.label(text, (x[number], split if inside else y, x[number + 1], y + head))
        if number:
            paper.line(x[number], split if number == 3 else y, x[number], y + head)
    if table.super_heading:
        paper.label(table.super_heading, (x[2], y, x[4], split))
        paper.line(x[2], split, x[4], split)


def _body_row(
    paper: Paper, table: Table, x: list[float], y: float, height: float, number: int, row: dict[str, str]
) -> None:
    paper.line(x[0], y, x[-1], y)
    last = number == len(table.rows)
    where = "totals" if last else f"rows.{number}"
    for column, key in enumerate(COLUMNS):
        box = (x[column], y, x[column + 1], y + height)
        if last and column < 2:
            if column == 0:
                table.cells["totals"] = (x[0], y, x[2] if table.merged_total else x[1], y + height)
            continue
        table.cells[f"{where}.{key}"] = box
        if key in table.printed and row[key]:
            size = min(paper.style.size_mm, height * 0.5)
            paper.words(row[key], (box[0] + box[2]) / 2, (box[1] + box[3]) / 2, size)
    if last and ("unit" in table.printed or "seq" in table.printed):
        paper.label("合计", table.cells["totals"], min(paper.style.size_mm, height * 0.5))


def fill(paper: Paper, table: Table, writer: Hand, rng: np.random.Generator) -> dict:
    """Writes what is not printed; returns what a reader should find."""
    for key, box in table.cells.items():
        text = _text(table, key)
        column = key.rsplit(".", 1)[-1]
        if column in table.printed or ":" in key or (key == "totals" and table.printed):
            continue
        _write_cell(paper, box, text, column, writer, rng)
    if table.unit_line:
        _fill_line(paper, table, writer, rng)
    blank = {name: paper.relative(box) for name, box in table.cells.items() if ":" not in name}
    return {
        "rows": table.rows,
        "totals": table.totals,
        "marks": {},
        "flags": table.flags,
        "boxes": blank,
        "printed": sorted(table.printed),
        "super_heading": table.super_heading,
        "merged_total": table.merged_total,
        "written": dict(table.strokes),
    }


def _text(table: Table, key: str) -> str:
    if key == "totals":
        return "合计"
    if key.startswith("totals."):
        return table.totals[key.split(".")[1]]
    if ":" in key:
        return ""
    _, number, column = key.split(".")
    return table.rows[int(number)][column]


def _write_cell(
    paper: Paper, box: Box, text: str, column: str, writer: Hand, rng: np.random.Generator
) -> None:
    height = box[3] - box[1]
    inner = (box[0] + 1.2, box[1] + 0.4, box[2] - 1.2, box[3] - 0.4)
    size = min(6.2, height * 0.72) * (1.1 if column in COUNTS or column == "seq" else 0.95)
    write(paper, inner, text, writer, rng, size, align="middle", corrected=bool(text) and share(rng, 0.008))


def _fill_line(paper: Paper, table: Table, writer: Hand, rng: np.random.Generator) -> None:
    from datetime import date

    day = date(table.year, int(rng.integers(3, 13)), int(rng.integers(1, 29)))
    answers = (
        pick(rng, ("中心学校", "教育体育局", "基础教育股", "控辍保学办")),
        full_name(rng),
        written_date(rng, day),
    )
    for number, text in enumerate(answers):
        if share(rng, 0.85):
            write(paper, table.cells[f"line:{number}"], text, writer, rng, 4.8)
