"""`python -m tests.press --out DIR --split tune --form home_visit --count 50`: sheets with their expected readings."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from tests.press import people
from tests.press.county import units_csv
from tests.press.sheets import CONDITIONS, FORMS, SPLITS, make_sheet


def main(arguments: list[str]) -> int:
    """Makes the sheets asked for; returns the exit code."""
    asked = _parser().parse_args(arguments)
    asked.out.mkdir(parents=True, exist_ok=True)
    for number in range(asked.first, asked.first + asked.count):
        condition = asked.condition or CONDITIONS[number % len(CONDITIONS)]
        pressed = make_sheet(number, asked.form, condition, asked.split)
        save(asked.out / asked.form, f"{number:03}", pressed.image_bytes, pressed.expected)
    save_lists(asked.out, asked.split)
    return 0


def save(folder: Path, stem: str, jpeg: bytes, expected: dict) -> None:
    """Writes NNN.jpg with NNN.expected.json beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{stem}.jpg").write_bytes(jpeg)
    text = json.dumps(expected, ensure_ascii=False, indent=1) + "\n"
    (folder / f"{stem}.expected.json").write_text(text, encoding="utf-8")


def save_lists(folder: Path, split: str) -> None:
    """Writes the roster and the units that fit the sheets of `split`."""
    (folder / "roster.csv").write_text(people.roster_csv(split), encoding="utf-8")
    (folder / "units.csv").write_text(units_csv(), encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.press", description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--split", choices=SPLITS, default="tune")
    parser.add_argument("--form", choices=FORMS, default="home_visit")
    parser.add_argument("--condition", choices=CONDITIONS, help="default: all four in turn")
    parser.add_argument("--count", type=int, default=8)
    parser.add_argument("--first", type=int, default=0, help="seed of the first sheet")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
