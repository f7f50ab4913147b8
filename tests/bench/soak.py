"""`python -m tests.bench.soak`: one process reads sheets over and over; its memory must not grow."""

from __future__ import annotations

import argparse
import gc
import resource
import sys
import time
from pathlib import Path

from tests.bench.held import SAMPLES

GROWTH = 64
"""MiB by which the last quarter of the readings may lie above the second: caches are full by then."""
PEAK = 1024
"""MiB a worker may ever take."""


def main(arguments: list[str]) -> int:
    """Reads until the count or the time is reached, printing what the process holds; 1 when that is too much."""
    asked = _parser().parse_args(arguments)
    sheets = sorted(asked.sheets.rglob("*.jpg"))[::max(1, asked.every)]
    held, done = _held(sheets, asked)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    quarter = len(held) // 4
    early, late = (sorted(part)[len(part) // 2] for part in (held[quarter:2 * quarter + 1], held[3 * quarter:]))
    print(f"{done} readings of {len(sheets)} sheets: {early:.0f} MiB in the second quarter, {late:.0f} in the last, "
          f"peak {peak:.0f}")
    return int(late - early > GROWTH or peak > PEAK)


def _held(sheets: list[Path], asked: argparse.Namespace) -> tuple[list[float], int]:
    """MiB held after each step of readings, and how many readings there were."""
    from ocr.pipeline import Reader

    reader, held, end = Reader(), [], time.monotonic() + 60 * asked.minutes
    for number in range(asked.readings):
        reader.read(sheets[number % len(sheets)])
        if (number + 1) % asked.step == 0:
            gc.collect()
            held.append(_resident())
            print(f"{number + 1:6} readings: {held[-1]:.0f} MiB", flush=True)
        if time.monotonic() > end:
            return held, number + 1
    return held, asked.readings


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2 ** 20


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.soak", description=__doc__)
    parser.add_argument("--sheets", type=Path, default=SAMPLES, help="folder of sheets; default: sample_scans")
    parser.add_argument("--every", type=int, default=1, help="take every so many of the folder's sheets")
    parser.add_argument("--readings", type=int, default=2000)
    parser.add_argument("--minutes", type=float, default=120, help="stop after so long, whatever was read")
    parser.add_argument("--step", type=int, default=100, help="readings between two looks at the memory")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
