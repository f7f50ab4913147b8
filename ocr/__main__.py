"""`python -m ocr [--template ID|auto] [--roster FILE.csv] [--units FILE.csv] FILE...`: one JSON object a sheet."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from ocr.errors import UnreadableFile
from ocr.lists import Lists, read_roster, read_units
from ocr.results import Problem, SheetReading


def main(arguments: Sequence[str]) -> int:
    """Reads the files named; 0 when all could be read, 1 when one could not."""
    asked = _parser().parse_args(arguments)
    lists = Lists(read_roster(asked.roster) if asked.roster else (), read_units(asked.units) if asked.units else ())
    from ocr.pipeline import Reader

    reader = Reader(asked.models)
    if asked.template not in ("auto", *reader.templates):
        print(f"unknown template {asked.template}; known: {', '.join(reader.templates)}", file=sys.stderr)
        return 2
    unreadable = 0
    for path in asked.files:
        try:
            sheets = [read.reading for read in reader.read(path, template=asked.template, lists=lists)]
        except UnreadableFile as error:
            sheets, unreadable = [_refused(path, error.code, error.message_zh + error.advice_zh)], unreadable + 1
        except OSError:
            sheets, unreadable = [_refused(path, "not_found", "找不到或打不开这个文件，请检查路径。")], unreadable + 1
        for sheet in sheets:
            print(json.dumps({**sheet.to_json(), "file": str(path)}, ensure_ascii=False), flush=True)
    return 1 if unreadable else 0


def _refused(path: Path, code: str, text: str) -> SheetReading:
    """What is printed for a file that gave no sheet."""
    return SheetReading(path.name, 0, None, 0.0, 0.0, problems=(Problem(code, text),))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ocr", description="Read scanned paper forms.")
    parser.add_argument("--template", default="auto", metavar="ID|auto")
    parser.add_argument("--roster", type=Path, metavar="FILE.csv", help="name,id_number,school,grade,class")
    parser.add_argument("--units", type=Path, metavar="FILE.csv", help="name,kind,parent")
    parser.add_argument("--models", type=Path, metavar="FOLDER", default=_models(),
                        help="folder with *_rec and *_det model folders; default: SHIBIAO_MODELS")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    return parser


def _models() -> Path | None:
    named = os.environ.get("SHIBIAO_MODELS", "")
    return Path(named) if named else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
