"""A script of its own, run in a throw-away process: a spreadsheet's bytes in, its cells as JSON out.

Hostile files end here: memory and time are limited before the first byte is read. It imports nothing of ours.
"""

from __future__ import annotations

import csv
import io
import json
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

MOST_ROWS = 200_000
MOST_COLUMNS = 120
MOST_SHEETS = 20
MOST_UNPACKED = 400 * 1024 * 1024
LONGEST_CELL = 400
_MEMORY = 2_500_000_000
_ENCODINGS = ("utf-8-sig", "gb18030")
_WIDE = (b"\xff\xfe", b"\xfe\xff")
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


class Unusable(Exception):
    """The file is no list that can be read; the argument is the reason's code."""


def main() -> int:
    """Read standard input; answer {"sheets": [{"name", "rows"}]} or {"error": code}."""
    _limit(int(sys.argv[1]))
    try:
        told: dict[str, Any] = {"sheets": list(_sheets(sys.stdin.buffer.read()))}
    except Unusable as unusable:
        told = {"error": str(unusable)}
    except Exception:  # noqa: BLE001  whatever a broken file does to the reader, it is a broken file
        told = {"error": "damaged"}
    json.dump(told, sys.stdout, ensure_ascii=False, separators=(",", ":"))
    return 0


def _limit(seconds: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits; the parent's clock still ends this
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def _sheets(data: bytes) -> Iterator[dict[str, Any]]:
    if not data.strip():
        raise Unusable("empty")
    if data.startswith((b"PK", _OLD_EXCEL)):
        yield from _workbook(data)
    else:
        yield {"name": "", "rows": _checked(list(_lines(data)))}


def _workbook(data: bytes) -> Iterator[dict[str, Any]]:
    import python_calamine

    if data.startswith(b"PK"):
        _check_zip(data)
    try:
        book = python_calamine.load_workbook(io.BytesIO(data))
    except python_calamine.PasswordError:
        raise Unusable("locked") from None
    for name in book.sheet_names[:MOST_SHEETS]:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=MOST_ROWS + 1)
        yield {"name": name, "rows": _checked([[_cell(value) for value in row[:MOST_COLUMNS]] for row in rows])}


def _check_zip(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > MOST_UNPACKED:
                raise Unusable("too_large")
    except zipfile.BadZipFile:
        raise Unusable("damaged") from None


def _checked(rows: list[list[Any]]) -> list[list[Any]]:
    while rows and not any(cell not in ("", None) for cell in rows[-1]):
        rows.pop()
    if len(rows) > MOST_ROWS:
        raise Unusable("too_many_rows")
    return rows


def _cell(value: Any) -> Any:
    """Text, a number, or a date as {"d": ISO}: numbers stay numbers, so that a mangled ID can be told."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, (int, float)):
        return value if abs(value) < 1e300 else ""
    if isinstance(value, datetime):
        return {"d": value.date().isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    if isinstance(value, (time, timedelta)):
        return ""
    return str(value)[:LONGEST_CELL]


def _lines(data: bytes) -> Iterator[list[Any]]:
    text = _decoded(data)
    start = "\n".join(text.splitlines()[:20])
    delimiter = max("\t,;，", key=start.count)
    csv.field_size_limit(1_000_000)
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
        yield [cell[:LONGEST_CELL] for cell in row[:MOST_COLUMNS]]


def _decoded(data: bytes) -> str:
    if data.startswith(_WIDE):
        return data.decode("utf-16")
    if b"\0" in data[:4096]:
        raise Unusable("not_a_list")
    for encoding in _ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text.lstrip()[:9].lower().startswith(("<html", "<!doctype", "<?xml", "%pdf")):
            raise Unusable("not_a_list")
        return text
    raise Unusable("not_a_list")


if __name__ == "__main__":
    raise SystemExit(main())
