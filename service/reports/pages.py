"""Reports as pages of a workbook: which number goes into which column of which layout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from service.reports.annex1 import COLUMNS, Annex1, UnitAnnex
from service.reports.explorer import AXES, Answer, Cell
from service.reports.figures import STANDING
from service.reports.issuing import Issue
from service.reports.layouts import Column, Page, Row, Value, escaped, load_layout
from service.reports.listing import Listing
from service.reports.month import MonthReport, UnitMonth
from service.reports.places import BUREAU_SCHOOLS
from service.reports.rows import ListRow
from service.reports.small_cells import NOTE


def month_pages(report: MonthReport, county: str, made_on: date, issue: Issue | None = None) -> tuple[Page, ...]:
    """The month; `county` stands in the title, a drill-down's unit and the issue in the line above the table."""
    unit = report.total.name if report.total else "、".join(row.name for row in report.rows)
    words = {"county": county, "month": report.month.chinese, "made_on": chinese(made_on), "unit": unit,
             "state": f"{issue.title}（固定不变）" if issue else "现在所知"}
    rows = tuple({"seq": number, **_month_row(row)} for number, row in enumerate(report.rows, 1))
    return (Page(load_layout("month"), words, rows, _month_row(report.total) if report.total else None),)


def annex_pages(table: Annex1, made_on: date) -> tuple[Page, ...]:
    """附件1 as the notice has it, and where there are papers the page that holds it against them."""
    year, kind = table.day.year, table.category_words
    others = sum(row["others"].value for row in table.rows)
    words = {"year": str(year), "last_year": str(year - 1), "day": chinese(table.day), "kind": kind,
             "made_on": chinese(made_on), "other": str(others), "unit": table.place.name if table.place else "",
             "scope": f"，{kind}学生" if kind else "，不分是否建档立卡"}
    rows = tuple({"seq": number, **_annex_row(row)} for number, row in enumerate(table.rows, 1))
    total = {**_annex_row(table.total), **_paper_total(table)} if table.total else None
    named = tuple(row for row in rows if row["name"] != BUREAU_SCHOOLS or row["total"])  # not in the notice
    first = Page(load_layout("annex1"), words, named, total)
    return (first, Page(load_layout("annex1_check"), words, rows, total)) if table.is_papers_own else (first,)


def list_pages(listing: Listing, made_on: date) -> tuple[Page, ...]:
    """The list behind a figure."""
    question = listing.question
    period = question.month.chinese if question.month else f"截至{chinese(question.span.last)}"
    words = {"unit": listing.unit, "period": period, "figure": question.label, "count": str(listing.total),
             "made_on": chinese(made_on)}
    rows = tuple({"seq": number, **_list_row(row)} for number, row in enumerate(listing.rows, 1))
    return (Page(load_layout("list"), words, rows),)


def answer_pages(found: Answer, county: str, made_on: date) -> tuple[Page, ...]:
    """An answer of the explorer, dressed as the official tables are; sums are formulas unless something is hidden."""
    asked, across = found.asked, bool(found.row_sums)
    plain = load_layout("answer")
    keys = [f"c{number}" for number in range(len(found.columns))]
    sums = not found.hides
    columns = [*plain.columns, *(Column(key, escaped(head.words), max(8, min(20, 2 * len(head.words))), "count",
                                        sum=sums) for key, head in zip(keys, found.columns, strict=True))]
    if across:
        columns.append(Column("all", "合计", 10, "count", sum=sums, formula="+".join(f"{{{key}}}" for key in keys)
                              if sums else ""))
    period = f"截至{chinese(asked.day)}" if asked.measure == STANDING else "至".join(
        dict.fromkeys((asked.periods[0].chinese, asked.periods[-1].chinese)))
    words = {"county": county, "scope": found.scope, "period": period, "figure": found.label,
             "rows": AXES[asked.rows], "made_on": chinese(made_on), "note": NOTE if found.hides else ""}
    rows = [{"seq": n, "name": head.words, **_answer_row(keys, found.cells[n - 1]),
             **({"all": _number(found.row_sums[n - 1])} if across else {})} for n, head in enumerate(found.rows, 1)]
    total = {**_answer_row(keys, found.column_sums), **({"all": _number(found.total)} if found.total and across else {})
             } if found.column_sums else None
    layout = replace(plain, columns=tuple(columns), notes=plain.notes if found.hides else ())
    return (Page(layout, words, tuple(rows), total),)


def _answer_row(keys: Sequence[str], cells: Sequence[Cell]) -> dict[str, Value]:
    return {key: _number(cell) for key, cell in zip(keys, cells, strict=True)}


def _number(cell: Cell) -> Value:
    return cell.shown if cell.value is None else cell.value


def chinese(day: date) -> str:
    """2019年4月30日."""
    return f"{day.year}年{day.month}月{day.day}日"


def _month_row(row: UnitMonth) -> Row:
    numbers: dict[str, Value] = {name: figure.value for name, figure in row.figures.items()}
    numbers |= {f"{name}.{part}": figure.value for (name, part), figure in row.parts.items()}
    share = row.rate.share
    return {"name": row.name, **numbers, "rate": "—" if share is None else float(share)}


def _annex_row(row: UnitAnnex) -> Row:
    numbers: dict[str, Value] = {name: figure.value for name, figure in row.figures.items()}
    if row.paper is not None:
        numbers |= {f"paper_{column}": row.paper.counts[column] for column in COLUMNS}
        numbers |= {"difference": row.difference("total"), "counted_on": row.paper.counted_on.isoformat()}
    return {"name": row.name, **numbers}


def _paper_total(table: Annex1) -> Mapping[str, Value]:
    sums = table.paper_total
    return {f"paper_{column}": sums[column] for column in COLUMNS} if table.papers else {}


def _list_row(row: ListRow) -> Row:
    paper = f"第 {row.sheet_id} 号表" if row.sheet_id else "系统初始数据" if row.is_initial else "系统登记"
    return {"name": row.name, "sex": row.sex, "age": row.age, "id_number": row.id_number,
            "school": row.school, "unit": row.unit, "source": row.source, "step": row.step,
            "on": row.on.isoformat(), "paper": paper}
