"""`python -m tests.bench.profile`: where a sheet's processor time goes, step by step."""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any

from ocr.looks import WHOLE, Look
from tests.bench.accuracy import spread
from tests.bench.held import own_sheets

STEPS = (
    ("ocr.pipeline", "open_sheets", "load"),
    ("ocr.pipeline", "judge", "quality"),
    ("ocr.pipeline", "rectify", "rectify"),
    ("ocr.pipeline", "find_grid", "grid"),
    ("ocr.pipeline", "match", "match"),
    ("ocr.pipeline", "find_marks", "marks"),
    ("ocr.pipeline.fields", "FieldReader._crops", "fields: crops"),
    ("ocr.pipeline.fields", "without_struck", "fields: struck out"),
    ("ocr.pipeline.fields", "after_slip", "fields: struck out"),
    ("ocr.pipeline.fields", "options_in", "fields: ticks"),
    ("ocr.pipeline.fields", "kinds.read", "decode"),
    ("ocr.pipeline.fields", "settle", "settle"),
    ("ocr.pipeline.fields", "settle_table", "settle"),
    ("ocr.pipeline", "_jpeg", "picture for people"),
)
"""Module, name in it, and the step its own time counts for; what runs inside another step is taken off that one."""

DEEPER = (
    ("ocr.rectify", "find_outline", "rectify: outline"),
    ("ocr.rectify", "_flattening", "rectify: perspective"),
    ("ocr.rectify", "_work_copy", "rectify: small copy"),
    ("ocr.rectify", "_long_lines", "rectify: lines for the bend"),
    ("ocr.rectify", "Bend", "rectify: bend"),
    ("ocr.rectify", "_straightened", "rectify: resampling"),
    ("ocr.rectify", "evened", "rectify: light"),
    ("ocr.rectify", "mended_lines", "rectify: ruling"),
    ("ocr.match", "red_seals", "match: seals"),
    ("ocr.match", "grey_seal", "match: seals"),
    ("ocr.match.view", "text_lines", "match: text lines"),
    ("ocr.grid.ink", "_ink_map", "strokes"),
)
"""The same within the larger steps."""


@dataclass(slots=True)
class Clock:
    """Processor seconds spent in each step itself, and how often it was entered."""

    seconds: Counter[str] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)
    columns: Counter[str] = field(default_factory=Counter)
    lines: Counter[str] = field(default_factory=Counter)
    doing: list[str] = field(default_factory=list)
    inside: list[float] = field(default_factory=list)

    def timed(self, call: Callable[..., Any], step: str) -> Callable[..., Any]:
        """`call`, its own time counted for `step`."""

        @wraps(call)
        def counted(*given: Any, **named: Any) -> Any:
            self.inside.append(0.0)
            self.doing.append(step)
            start = time.process_time()
            try:
                answer = call(*given, **named)
                return list(answer) if step == "load" else answer  # a generator runs when it is asked
            finally:
                spent = time.process_time() - start
                self.seconds[step] += spent - self.inside.pop()
                self.calls[step] += 1
                self.doing.pop()
                if self.inside:
                    self.inside[-1] += spent

        return counted


def main(arguments: list[str]) -> int:
    """Reads the sheets with every step timed and prints the table."""
    asked = _parser().parse_args(arguments)
    folder = asked.sheets or own_sheets("plain")
    sheets = spread(sorted(folder.rglob("*.expected.json")), asked.limit)
    images = [path.with_name(path.name.replace(".expected.json", ".jpg")) for path in sheets]
    clock = Clock()
    whole = _read(images, folder, asked, clock)
    _show(clock, whole, len(images))
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")
    return 0


def _read(images: list[Path], folder: Path, asked: argparse.Namespace, clock: Clock) -> float:
    from ocr.lists import Lists, read_roster, read_units
    from ocr.pipeline import Reader

    units = folder / "units.csv"
    lists = Lists(read_roster(folder / "roster.csv") if asked.roster else (),
                  read_units(units) if units.exists() else ())
    reader = Reader()
    reader.read(images[0], lists=lists)  # models, lexicons
    for module, name, step in (*STEPS, *(DEEPER if asked.deeper else ())):
        _watch(clock, module, name, step)
    _watch_recogniser(clock, reader.engine)
    start = time.process_time()
    for image in images:
        reader.read(image, lists=lists)
    return time.process_time() - start


def _watch(clock: Clock, module: str, name: str, step: str) -> None:
    """Replace one callable by its timed self."""
    *path, last = name.split(".")
    home: Any = sys.modules[module]
    for part in path:
        home = getattr(home, part)
    setattr(home, last, clock.timed(getattr(home, last), step))


def _watch_recogniser(clock: Clock, engine: Any) -> None:
    """Time the network by what asks it: the match wants printed words, the fields want values."""
    ask = engine.emissions
    timed = {step: clock.timed(ask, step) for step in ("recogniser: print", "recogniser: values")}

    def asked(crops: Any, look: Look = WHOLE) -> Any:
        step = "recogniser: print" if "match" in clock.doing else "recogniser: values"
        clock.lines[step] += len(crops)
        clock.columns[step] += sum(round(crop.shape[1] * look.share * look.rows / crop.shape[0]) for crop in crops)
        return timed[step](crops, look)

    engine.emissions = asked


def _show(clock: Clock, whole: float, sheets: int) -> None:
    print(f"{'step':30}{'ms a sheet':>12}{'share':>8}{'calls':>8}")
    for step, seconds in clock.seconds.most_common():
        share, calls = 100 * seconds / whole, clock.calls[step] / sheets
        print(f"{step:30}{1000 * seconds / sheets:>12.1f}{share:>6.1f} %{calls:>8.1f}")
    rest = whole - sum(clock.seconds.values())
    print(f"{'the rest':30}{1000 * rest / sheets:>12.1f}{100 * rest / whole:>6.1f} %")
    print(f"{'all':30}{1000 * whole / sheets:>12.1f}")
    for step, columns in clock.columns.items():
        print(f"{step}: as much as {columns / sheets:.0f} columns of 48 rows a sheet, "
              f"{columns / max(1, clock.lines[step]):.0f} a line, {clock.lines[step] / sheets:.0f} lines")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.profile", description=__doc__)
    parser.add_argument("--sheets", type=Path, help="folder of sheets with expected readings; default: the bench's own")
    parser.add_argument("--limit", type=int, default=24, help="read no more sheets than this, spread over conditions")
    parser.add_argument("--roster", action="store_true", help="give the reader the folder's roster.csv")
    parser.add_argument("--deeper", action="store_true", help="divide the larger steps")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
