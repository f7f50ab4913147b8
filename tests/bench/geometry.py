"""How well sheets are seen: corners, way up, template, field places and blank cells, per scan condition.

    python tests/bench/geometry.py FOLDER [--only TEXT] [--list]

FOLDER holds <form>/NNN.jpg with NNN.expected.json as the paper press writes them.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ocr.engine import Engine
from ocr.grid import find_grid
from ocr.load import open_sheets
from ocr.marks import find_marks
from ocr.match import Match, Place, match
from ocr.rectify import rectify
from ocr.template import load_templates

CORNERS = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32)
PARTS = ("school_date", "parent_date", "parent_signature", "school_name")


class Reader:
    """The engine with its calls and time counted."""

    def __init__(self) -> None:
        self.engine = Engine()
        self.calls, self.seconds = 0, 0.0
        self.read_line(np.full((48, 200, 3), 255, np.uint8))

    def read_line(self, crop: np.ndarray) -> tuple[str, float]:
        return self._timed(self.engine.read_print, crop)

    def locate(self, crop: np.ndarray) -> list[tuple[str, float]]:
        return self._timed(self.engine.locate, crop)

    def _timed(self, call: Any, crop: np.ndarray) -> Any:
        start = time.process_time()
        answer = call(crop)
        self.calls += 1
        self.seconds += time.process_time() - start
        return answer


def measure(path: Path, reader: Reader, templates: list) -> dict[str, Any]:
    """Everything measured on one sheet; the key `wrong` lists what a person should look at."""
    expected = json.loads(path.with_suffix("").with_suffix(".expected.json").read_text())
    pixels = next(iter(open_sheets(path))).pixels
    calls, engine = reader.calls, reader.seconds
    clock = [time.process_time()]
    sheet = rectify(pixels)
    clock.append(time.process_time())
    tables = find_grid(sheet)
    clock.append(time.process_time())
    found = match(sheet, tables, templates, reader.read_line, reader.locate)
    clock.append(time.process_time())
    engine = reader.seconds - engine
    result: dict[str, Any] = {
        "path": path, "condition": expected["condition"], "form": expected["template"], "wrong": [],
        "rectify": clock[1] - clock[0], "grid": clock[2] - clock[1], "match": clock[3] - clock[2] - engine,
        "engine": engine, "reads": reader.calls - calls,
        "corners": corner_error(sheet.quad, expected["corners"]),
        "template": found is not None and found.template.id == expected["template"]}
    if not result["template"] or found is None:
        result["wrong"].append("template")
        return result
    result["turned"] = found.turned == (360 - expected["orientation"]) % 360
    result.update(compare(found, expected, result["wrong"]))
    marks = find_marks(found.sheet, found)
    result["marks"] = [marks.get(name) == value for name, value in expected["marks"].items()]
    result["wrong"] += [f"{name} should be {value}" for name, value in expected["marks"].items()
                        if marks.get(name) != value]
    return result


def corner_error(quad: Any, corners: Any) -> float:
    """The largest distance of a corner, in shares of the picture, whichever corner is called first."""
    return float(min(np.abs(np.roll(np.array(quad), k, axis=0) - np.array(corners)).max() for k in range(4)))


def compare(found: Match, expected: dict[str, Any], wrong: list[str]) -> dict[str, Any]:
    """Field boxes against the press's own, and whether blank places were called blank."""
    to_input = cv2.getPerspectiveTransform(CORNERS, np.array(expected["corners"], np.float32))
    to_sheet = cv2.getPerspectiveTransform(np.array(found.sheet.quad, np.float32), CORNERS)
    overlaps, parts, blanks = [], [], []
    for name, place, value in places(found, expected):
        box = expected["boxes"].get(name)
        if box is None:
            continue
        if place is None:
            overlaps.append(0.0)
            wrong.append(f"{name} missing")
            continue
        truth = moved(box, to_sheet @ to_input)
        last = name.rsplit(".", 1)[-1]
        if last in PARTS and name == last:
            share = covered(truth, place.box)
            parts.append(share)
            if share < 0.6:
                wrong.append(f"{name} covers {share:.2f}")
        else:
            share = overlap(truth, place.box)
            overlaps.append(share)
            if share < 0.7:
                wrong.append(f"{name} overlaps {share:.2f}")
        if last not in ("school_date", "parent_date"):
            blanks.append(place.ink == bool(value))
            if place.ink != bool(value):
                wrong.append(f"{name} ink {place.ink}, value {value!r}")
    rows = len(expected.get("rows", []))
    if rows and rows != len(found.rows):
        wrong.append(f"{len(found.rows)} rows of {rows}")
    return {"overlaps": overlaps, "parts": parts, "blanks": blanks, "rows": not rows or rows == len(found.rows)}


def places(found: Match, expected: dict[str, Any]) -> Iterator[tuple[str, Place | None, str]]:
    """Every field of a sheet: its name in `boxes`, its place, its expected value."""
    for name, value in expected.get("fields", {}).items():
        yield name, found.places.get(name), value
    for number, row in enumerate(expected.get("rows", [])):
        have = found.rows[number] if number < len(found.rows) else {}
        for name, value in row.items():
            yield f"rows.{number}.{name}", have.get(name), value
    for name, value in expected.get("totals", {}).items():
        yield f"totals.{name}", found.totals.get(name), value


def moved(box: Any, matrix: np.ndarray) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = box
    points = np.array([[(x0, y0), (x1, y0), (x1, y1), (x0, y1)]], np.float32)
    x, y = cv2.perspectiveTransform(points, matrix)[0].T
    return float(x.min()), float(y.min()), float(x.max()), float(y.max())


def area(box: Any) -> float:
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def shared(a: Any, b: Any) -> float:
    return area((max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])))


def overlap(a: Any, b: Any) -> float:
    common = shared(a, b)
    return common / max(1e-12, area(a) + area(b) - common)


def covered(truth: Any, box: Any) -> float:
    """The share of the true part's width and middle height that lies in the box."""
    middle = (truth[1] + truth[3]) / 2
    if not box[1] <= middle <= box[3]:
        return 0.0
    return max(0.0, min(truth[2], box[2]) - max(truth[0], box[0])) / max(1e-9, truth[2] - truth[0])


def report(results: list[dict[str, Any]]) -> None:
    groups: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for result in results:
        groups[result["form"], result["condition"]].append(result)
        groups["all", ""].append(result)
    print(f"{'':24}  n template turned corners(med,p95)  boxes  parts  blank  rows  marks   ms: rectify grid match "
          "engine(reads)")
    for (form, condition), group in sorted(groups.items()):
        print(line(f"{form} {condition}", group))


def line(name: str, group: list[dict[str, Any]]) -> str:
    def mean(key: str) -> float:
        return float(np.mean([g.get(key, False) for g in group]))

    def pooled(key: str, least: float = 0.5) -> str:
        values = [value for g in group for value in g.get(key, [])]
        return f"{100 * np.mean(np.array(values, float) >= least):6.2f}" if values else "     –"

    corners = [g["corners"] for g in group]
    times = [1000 * float(np.mean([g[key] for g in group])) for key in ("rectify", "grid", "match", "engine")]
    return (f"{name:24}{len(group):4} {100 * mean('template'):7.1f} {100 * mean('turned'):6.1f}   "
            f"{np.median(corners):.4f} {np.percentile(corners, 95):.4f}   {pooled('overlaps', 0.7)} "
            f"{pooled('parts', 0.6)} {pooled('blanks')} {100 * mean('rows'):5.1f} {pooled('marks')}      "
            f"{times[0]:6.0f} {times[1]:4.0f} {times[2]:5.0f} {times[3]:6.0f} ({mean('reads'):.1f})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", help="part of a path")
    parser.add_argument("--every", type=int, default=1, help="only each n-th sheet")
    parser.add_argument("--list", action="store_true", help="say for each sheet what is wrong")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    reader, templates = Reader(), list(load_templates().values())
    results = []
    for path in [p for p in sorted(options.folder.rglob("*.jpg")) if options.only in str(p)][:: options.every]:
        result = measure(path, reader, templates)
        results.append(result)
        if options.list and result["wrong"]:
            print(path.relative_to(options.folder), result["condition"], "; ".join(result["wrong"]), flush=True)
    report(results)


if __name__ == "__main__":
    main()
