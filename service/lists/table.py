"""A list's file as sheets of cells: read in a child process that a hostile file may kill."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from service.errors import Invalid

SCRIPT = Path(__file__).with_name("table_child.py")
SECONDS = 120
Cell = str | float | Mapping[str, str]
"""Text, a number, or {"d": ISO date}."""
_WORDS: Mapping[str, tuple[str, str]] = {
    "empty": ("文件是空的。", "请打开文件看看，确认里面有名单后再上传。"),
    "locked": ("文件设有打开密码，无法读取。", "请在 Excel 里取消密码，另存后再上传。"),
    "too_large": ("文件展开后太大，没有接收。", "请只保留名单所在的工作表，另存后再上传。"),
    "too_many_rows": ("一张工作表超过 20 万行，没有接收。", "请按乡镇或学校分成几个文件。"),
    "damaged": ("文件已损坏，无法读取。", "请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传。"),
    "not_a_list": ("这不是 Excel 或 CSV 名单。", "请上传 .xlsx、.xls 或 .csv 文件；扫描件请到“上传”页面。"),
}


class UnreadableList(Invalid):
    """A file that is no list; `code` is the reason's."""

    def __init__(self, code: str) -> None:
        super().__init__(*_WORDS[code])
        self.code = code


@dataclass(frozen=True, slots=True)
class Sheet:
    """One worksheet: its name ("" in a CSV) and its rows, ragged as they came."""

    name: str
    rows: list[list[Cell]]


def read_table(data: bytes) -> list[Sheet]:
    """The sheets that hold anything; raises UnreadableList."""
    told = _asked(data)
    if "error" in told:
        raise UnreadableList(told["error"])
    sheets = [Sheet(sheet["name"], sheet["rows"]) for sheet in told["sheets"] if sheet["rows"]]
    if not sheets:
        raise UnreadableList("empty")
    return sheets


def _asked(data: bytes) -> dict[str, Any]:
    command = [sys.executable, "-I", "-X", "utf8", str(SCRIPT), str(SECONDS)]
    needed = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=2 * SECONDS,  # noqa: S603  our own
                              env=needed, check=False)
        told: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):  # killed by its limits, or by a fault of the reader
        return {"error": "damaged"}
    return told
