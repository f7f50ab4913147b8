"""Text that leaves the house in tables: never a formula, never a control character."""

from __future__ import annotations

import csv
import io
import re

from service.reports.layouts import Page, Value

_STARTERS = "=+-@\t\r\n＝＋－＠"
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def printable(text: str) -> str:
    """`text` without the control characters that XML forbids."""
    return _CONTROLS.sub("", text)


def is_risky(text: str) -> bool:
    """Whether a spreadsheet might take the text for a formula, full-width signs included."""
    return text.lstrip(" \u3000")[:1] in tuple(_STARTERS)


def csv_bytes(page: Page) -> bytes:
    """The page as UTF-8 CSV with BOM: headings, rows and totals, no title; risky text gets an apostrophe."""
    out = io.StringIO(newline="")
    table = csv.writer(out)
    columns = page.layout.columns
    table.writerow([_cell(page.text(f"{c.group}·{c.heading}" if c.group else c.heading)) for c in columns])
    totals = [] if page.total is None else [{**page.total, "name": page.layout.total}]
    for row in (*page.rows, *totals):
        table.writerow([_cell(row.get(column.key), column.kind) for column in columns])
    return out.getvalue().encode("utf-8-sig")


def _cell(value: Value, kind: str = "text") -> Value:
    if not isinstance(value, str):
        return f"{value:.1%}" if kind == "percent" and value is not None else value
    text = printable(value)
    return f"'{text}" if is_risky(text) else text
