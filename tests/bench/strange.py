"""Sheets of other printers, scanners and phones: what each strangeness costs.

    python -m tests.bench.strange [--only NAME,...] [--forms FORM,...] [--count N] [--split held] [--wrong]
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

from ocr.lists import Lists, read_units
from ocr.template import load_templates
from tests.bench import scoring
from tests.bench.scoring import Outcome, Rate
from tests.press import strange
from tests.press.county import units_csv

FOLDER = Path(__file__).resolve().parents[2] / "build" / "strange"


def main(arguments: list[str]) -> int:
    """Makes what is missing, reads it, prints a line for each strangeness."""
    from ocr.pipeline import Reader

    asked = _parser().parse_args(arguments)
    reader, lists = Reader(), _lists()
    print(f"{'strange':20}{'form':16}{'template':>10}{'values':>10}{'cells':>10}{'seconds':>9}  problems")
    for name in asked.only.split(",") if asked.only else strange.names():
        for form in asked.forms.split(","):
            found = [
                _judged(reader, lists, name, form, asked.first + number, asked.split) for number in range(asked.count)
            ]
            print(_line(name, form, found), flush=True)
            for one in (one for result in found for one in result["judged"] if asked.wrong and not one.right):
                print(f"      {one.sheet} {one.name}: «{one.expected}» read «{one.value}»")
    return 0


def _judged(reader: Any, lists: Lists, name: str, form: str, seed: int, split: str) -> dict[str, Any]:
    path, expected = _made(name, form, seed, split)
    started = time.process_time()
    reading = reader.read(path, template="auto", lists=lists)[0].reading.to_json()
    result: dict[str, Any] = {
        "seconds": time.process_time() - started,
        "template": reading["template"] == expected["template"],
        "problems": [problem["code"] for problem in reading["problems"]],
        "judged": [],
        "grid": None,
    }
    if "grid" in expected:
        result["grid"] = scoring.grid_score(expected["grid"], reading["grid"])
        return result
    kinds = {spec.name: spec.kind for spec in load_templates()[form].fields}
    result["judged"] = list(scoring.outcomes(f"{name}/{form}/{path.name}", expected, reading, kinds))
    return result


def _made(name: str, form: str, seed: int, split: str) -> tuple[Path, dict[str, Any]]:
    import json

    folder = FOLDER / split / name / form
    note = folder / f"{seed}.expected.json"
    if not note.exists():
        folder.mkdir(parents=True, exist_ok=True)
        ending, data, expected = strange.make(name, seed, form, split)
        (folder / f"{seed}.{ending}").write_bytes(data)
        note.write_text(json.dumps(expected, ensure_ascii=False), encoding="utf-8")
    picture = next(path for path in folder.glob(f"{seed}.*") if path.suffix != ".json")
    return picture, json.loads(note.read_text(encoding="utf-8"))


def _line(name: str, form: str, found: list[dict[str, Any]]) -> str:
    templates = Rate(sum(one["template"] for one in found), len(found))
    judged: list[Outcome] = [one for result in found for one in result["judged"] if one.kind != scoring.FREE]
    grids = [result["grid"] for result in found if result["grid"]]
    cells = scoring.together(rate for grid in grids for rate in (grid.numbers, grid.words))
    same = f" structure {sum(grid.same for grid in grids)}/{len(grids)}" if grids else ""
    problems = " ".join(sorted({code for result in found for code in result["problems"]} - {"unknown_form"}))
    seconds = sum(one["seconds"] for one in found) / len(found)
    return (
        f"{name:20}{form:16}{templates!s:>10}{scoring.accuracy(judged)!s:>10}{cells!s:>10}{seconds:9.2f}"
        f"{same}  {problems}"
    )


def _lists() -> Lists:
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "units.csv").write_text(units_csv(), encoding="utf-8")
    return Lists(units=read_units(FOLDER / "units.csv"))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.strange", description=__doc__)
    parser.add_argument("--only", default="", help="names, comma between; default: all")
    parser.add_argument("--forms", default="home_visit,township_table")
    parser.add_argument("--count", type=int, default=2, help="sheets of each")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--split", default="tune")
    parser.add_argument("--wrong", action="store_true", help="list every wrong value")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
