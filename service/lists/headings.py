"""Which row of a sheet holds the headings, and which column is which: guessed, for a person to confirm."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from opencc import OpenCC

from service.lists.cells import clean, text_of
from service.lists.kinds import Column, ListKind
from service.lists.table import Cell, Sheet

_NOISE = re.compile(r"[\s*＊:：、,，.。/\\|()（）\[\]【】“”\"'‘’_\-—]|必填|选填|填写")
_ROWS_LOOKED_AT = 20
_SAMPLE = 60
_SURE_SHARE = 0.6
_OTHERS = ("监护", "家长", "户主", "父亲", "母亲", "成员", "班主任", "教师")
"""Words that make a heading speak of somebody else than the child."""
_OF_OTHERS = frozenset({"guardian", "phone"})
_TELLING: Mapping[str, str] = {"id_number": "id_number", "student_number": "student_number"}


@dataclass(frozen=True, slots=True)
class Guess:
    """Row of the headings (from 0, -1 for none) and column index by name of what it holds."""

    heading_row: int
    columns: Mapping[str, int]


def plain(heading: str) -> str:
    """A heading as it is compared: simplified, without spaces, punctuation and 必填."""
    return _NOISE.sub("", _simplifier().convert(heading)).lower()


def guess(sheet: Sheet, kind: ListKind) -> Guess:
    """The likeliest heading row and columns."""
    rows = sheet.rows[:_ROWS_LOOKED_AT]
    scored = [(len(_by_heading([text_of(cell) for cell in row], kind)), -number) for number, row in enumerate(rows)]
    best, negated = max(scored, default=(0, 0))
    heading_row = -negated if best >= (2 if len(kind.columns) > 1 else 1) else (0 if best else -1)
    named = _by_heading([text_of(cell) for cell in rows[heading_row]], kind) if heading_row >= 0 else {}
    return Guess(heading_row, named | _by_content(sheet.rows[heading_row + 1:heading_row + 1 + _SAMPLE], kind, named))


def columns_under(sheet: Sheet, kind: ListKind, heading_row: int) -> Mapping[str, int]:
    """The columns when a person says which row the headings are in."""
    row = sheet.rows[heading_row] if 0 <= heading_row < len(sheet.rows) else []
    named = _by_heading([text_of(cell) for cell in row], kind)
    return named | _by_content(sheet.rows[heading_row + 1:heading_row + 1 + _SAMPLE], kind, named)


def _by_heading(texts: Sequence[str], kind: ListKind) -> dict[str, int]:
    """Each column of the list under the cell that names it best: whole names before parts of names."""
    plains = [plain(text) for text in texts]
    found: dict[str, int] = {}
    for exact in (True, False):
        for column in kind.columns:
            if column.name in found:
                continue
            for index, heading in enumerate(plains):
                if heading and index not in found.values() and _names(heading, column, exact):
                    found[column.name] = index
                    break
    return found


def _names(heading: str, column: Column, exact: bool) -> bool:
    known = _known(column)
    if exact:
        return heading in known
    if column.name not in _OF_OTHERS and any(word in heading for word in _OTHERS):
        return False
    return len(heading) <= 16 and any(len(name) >= 3 and name in heading for name in known)


@cache
def _known(column: Column) -> frozenset[str]:
    return frozenset(plain(name) for name in column.headings)


def _by_content(rows: Sequence[Sequence[Cell]], kind: ListKind, named: Mapping[str, int]) -> dict[str, int]:
    """ID numbers and 学籍号 tell themselves apart under any heading."""
    wanted = {column.name for column in kind.columns} & set(_TELLING) - set(named)
    found: dict[str, int] = {}
    for name in sorted(wanted):
        votes = Counter(index for row in rows for index, cell in enumerate(row)
                        if index not in named.values() and text_of(cell) and not clean(name, cell).fault)
        index, count = max(votes.items(), key=lambda vote: vote[1], default=(0, 0))
        if count and count >= _SURE_SHARE * len(rows):
            found[name] = index
    return found


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")
