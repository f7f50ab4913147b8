"""Ruled tables of no known form: whether rows, columns, spans and blank cells are seen as printed.

    python tests/bench/generic.py FOLDER [--list]
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ocr.engine import Engine
from ocr.grid import find_grid
from ocr.load import open_sheets
from ocr.match import match, upright
from ocr.rectify import rectify
from ocr.template import load_templates


def measure(path: Path, engine: Engine) -> dict[str, Any]:
    """The share of cells with the right place and span, and of those with ink called rightly."""
    expected = json.loads(path.with_suffix("").with_suffix(".expected.json").read_text())
    grid = expected["grid"]
    start = time.process_time()
    sheet = rectify(next(iter(open_sheets(path))).pixels)
    tables = find_grid(sheet)
    claimed = match(sheet, tables, load_templates().values(), engine.read_print, engine.locate)
    sheet, tables = upright(sheet, tables, engine.read_line)
    seconds = time.process_time() - start
    best = max(tables, key=lambda table: len(table.cells), default=None)
    have = {} if best is None else {(c.row, c.col, c.rowspan, c.colspan): c for c in best.cells}
    right = [cell for cell in grid["cells"] if _key(cell) in have]
    blank = [(have[_key(cell)].ink is not None) == bool(cell["text"]) for cell in right]
    return {"path": path, "condition": expected["condition"], "refused": claimed is None,
            "turned": sheet.turned == (360 - expected["orientation"]) % 360, "seconds": seconds,
            "size": best is not None and (best.rows, best.cols) == (grid["rows"], grid["cols"]),
            "found": None if best is None else (best.rows, best.cols), "wanted": (grid["rows"], grid["cols"]),
            "cells": len(right) / len(grid["cells"]), "ink": float(np.mean(blank)) if blank else 0.0}


def _key(cell: dict[str, Any]) -> tuple[int, int, int, int]:
    return cell["row"], cell["col"], cell["rowspan"], cell["colspan"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--list", action="store_true", help="say what was found on each sheet")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    engine = Engine()
    results = [measure(path, engine) for path in sorted(options.folder.rglob("*.jpg"))]
    for r in results if options.list else ():
        print(r["path"].name, r["condition"], "refused" if r["refused"] else "CLAIMED",
              "up" if r["turned"] else "NOT UP", r["found"], r["wanted"],
              f"cells {r['cells']:.3f} ink {r['ink']:.3f} {r['seconds']:.2f} s")
    keys = ("refused", "turned", "size", "cells", "ink", "seconds")
    print(len(results), "sheets:", ", ".join(f"{key} {np.mean([r[key] for r in results]):.3f}" for key in keys))


if __name__ == "__main__":
    main()
