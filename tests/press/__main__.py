"""`python -m tests.press`: sheets with their expected readings, the samples, or the blank forms."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from tests.press import blank, notice_table, people, samples
from tests.press.county import units_csv
from tests.press.sheets import CONDITIONS, FORMS, SPLITS, make_sheet


def main(arguments: list[str]) -> int:
    """Makes what is asked for; returns the exit code."""
    asked = _parser().parse_args(arguments)
    if asked.what == "samples":
        make_samples(samples.FOLDER)
    elif asked.what == "blank":
        blank.make_blanks()
    elif asked.what == "notice":
        notice_table.press_both()
    else:
        make_sheets(asked)
    return 0


def make_sheets(asked: argparse.Namespace) -> None:
    """Makes `count` sheets of one form, their seeds counting up from `first`."""
    for number in range(asked.first, asked.first + asked.count):
        variant = "altered" if asked.altered else "plain"
        pressed = make_sheet(number, asked.form, asked.condition, asked.split, variant=variant)
        save(asked.out / asked.form, f"{number:03}", pressed.image_bytes, pressed.expected)
    save_lists(asked.out, asked.split)


def make_samples(folder: Path) -> None:
    """Makes sample_scans/ again."""
    for form, number, sample in samples.numbered():
        pressed = samples.pressed(sample)
        save(folder / form, f"{number:03}", pressed.image_bytes, pressed.expected)
    save_lists(folder, "sample")
    (folder / "README.md").write_text(samples.readme(), encoding="utf-8")


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
    parser.add_argument("what", nargs="?", choices=("sheets", "samples", "blank", "notice"), default="sheets")
    parser.add_argument("--out", type=Path, default=Path("build/press"))
    parser.add_argument("--split", choices=SPLITS, default="tune")
    parser.add_argument("--form", choices=FORMS, default="home_visit")
    parser.add_argument("--condition", choices=CONDITIONS, help="default: all four in turn")
    parser.add_argument("--altered", action="store_true", help="other layouts, worn paper, harder pictures")
    parser.add_argument("--count", type=int, default=8)
    parser.add_argument("--first", type=int, default=0, help="seed of the first sheet")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
