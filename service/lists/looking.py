"""The first look at a list: its sheets, its headings as guessed, and a few rows to show a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from service.lists.cells import text_of
from service.lists.headings import guess
from service.lists.kinds import list_kinds
from service.lists.table import Sheet

SHOWN_ROWS = 30
SHOWN_COLUMNS = 60
_SHEETS = 20


def look_at(sheets: Sequence[Sheet], kind_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the mapping screen shows, and the mapping it begins with: the sheet with most columns known."""
    kind = list_kinds()[kind_id]
    guesses = [guess(sheet, kind) for sheet in sheets[:_SHEETS]]
    best = max(range(len(guesses)), key=lambda number: (len(guesses[number].columns), len(sheets[number].rows)))
    look = {"sheets": [{"name": sheet.name or "名单", "rows": len(sheet.rows), "head": _head(sheet)}
                       for sheet in sheets[:_SHEETS]]}
    found = guesses[best]
    mapping = {"sheet": best, "heading_row": found.heading_row, "columns": dict(found.columns), "units": {}}
    return look, mapping


def _head(sheet: Sheet) -> list[list[str]]:
    return [[text_of(cell)[:60] for cell in row[:SHOWN_COLUMNS]] for row in sheet.rows[:SHOWN_ROWS]]
