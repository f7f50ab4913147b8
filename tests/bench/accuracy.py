"""`python -m tests.bench.accuracy`: how right, sure and fast the reader is on sheets it was not tuned on."""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ocr.lists import Lists, read_roster, read_units
from ocr.template import load_templates
from tests.bench import reliability, scoring
from tests.bench.fullpage import Pace, pace_of_rapidocr
from tests.bench.held import MADE, own_sheets
from tests.bench.scoring import GridScore, Outcome, Rate, grouped, together


@dataclass(slots=True)
class Run:
    """What came out of reading a folder of sheets."""

    judged: list[Outcome] = field(default_factory=list)
    templates: list[bool] = field(default_factory=list)
    marks: list[bool] = field(default_factory=list)
    grids: list[GridScore] = field(default_factory=list)
    flagged: list[tuple[bool, bool]] = field(default_factory=list)
    several: list[tuple[bool, bool]] = field(default_factory=list)
    altered: dict[str, list[Outcome]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    wall: float = 0.0
    cpu: float = 0.0
    sheets: int = 0


def main(arguments: list[str]) -> int:
    """Reads, judges, prints; the exit code only says whether the run came through."""
    asked = _parser().parse_args(arguments)
    folder = asked.sheets or own_sheets(asked.variant)
    sheets = spread(sorted(folder.rglob("*.expected.json")), asked.limit)
    if not sheets:
        print(f"no sheets with expected readings under {folder}", file=sys.stderr)
        return 2
    run = read_all(sheets, _lists(folder, asked))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    show(run)
    if asked.plot:
        reliability.write(asked.plot, run.judged, f"{run.sheets} sheets of {folder.name}")
        print(f"reliability diagrams: {asked.plot}")
    if asked.wrong:
        show_wrong(run.judged)
    whole = (
        pace_of_rapidocr([_image(path) for path in spread(sheets, asked.fullpage)])
        if asked.fullpage
        else None
    )
    show_cost(run, whole, peak)
    return 0


def read_all(sheets: list[Path], lists: Lists) -> Run:
    """Reads every sheet with one reader, as a worker would; the first is read once beforehand to warm up."""
    from ocr.pipeline import Reader

    reader, run = Reader(), Run()
    reader.read(_image(sheets[0]), template="auto", lists=lists)
    for path in sheets:
        expected = json.loads(path.read_text(encoding="utf-8"))
        wall, cpu = time.perf_counter(), time.process_time()
        try:
            read = reader.read(_image(path), template="auto", lists=lists)
        except Exception as error:  # noqa: BLE001 - the benchmark counts what the reader could not do
            read = []
            run.failures.append(f"{_image(path).name}: {type(error).__name__}: {error}")
        run.wall += time.perf_counter() - wall
        run.cpu += time.process_time() - cpu
        judge(run, path, expected, read[0].reading.to_json() if read else None)
    return run


def judge(run: Run, path: Path, expected: dict[str, Any], reading: dict[str, Any] | None) -> None:
    """Adds one sheet's reading to the run."""
    run.sheets += 1
    if reading and any(problem["code"] == "failed" for problem in reading["problems"]):
        run.failures.append(f"{path.parent.name}/{_image(path).name}: the reader gave up on this sheet")
    several = "several_sheets" in expected.get("problems", ())
    run.several.append((several, _said_several(reading)))
    if several:
        return
    run.templates.append(reading is not None and reading["template"] == expected["template"])
    if "grid" in expected:
        run.grids.append(scoring.grid_score(expected["grid"], reading["grid"] if reading else None))
        return
    kinds = {spec.name: spec.kind for spec in load_templates()[expected["template"]].fields}
    judged = list(scoring.outcomes(f"{path.parent.name}/{_image(path).name}", expected, reading, kinds))
    run.judged += judged
    for name in expected.get("alterations", ()):
        run.altered.setdefault(name, []).extend(judged)
    found = reading["marks"] if reading else {}
    run.marks += [found.get(name, False) == there for name, there in expected["marks"].items()]
    if expected["template"] == "township_table":
        run.flagged.append((bool(expected["flags"]), _objected(reading)))


def _said_several(reading: dict[str, Any] | None) -> bool:
    """Whether the reader saw more than one sheet in the picture."""
    return any(problem["code"] == "several_sheets" for problem in (reading or {}).get("problems", ()))


def _objected(reading: dict[str, Any] | None) -> bool:
    """Whether any cell says that a sum does not hold."""
    cells = [cell for row in (reading or {}).get("rows", ()) for cell in row.values()]
    cells += (reading or {}).get("totals", {}).values()
    return any("sum" in flag for cell in cells for flag in cell["flags"])


def show(run: Run) -> None:
    """Prints every figure of reading."""
    print(f"{run.sheets} sheets; template right {_share(run.templates)}; marks right {_share(run.marks)}")
    for failure in run.failures:
        print("  failed:", failure)
    for form, judged in grouped(run.judged, lambda one: one.form).items():
        _show_form(form, judged)
    _show_kinds(run.judged)
    if run.flagged:
        caught = [said for wrong, said in run.flagged if wrong]
        false = [said for wrong, said in run.flagged if not wrong]
        print(
            f"\nsheets that do not add up: {len(caught)}, flagged {sum(caught)}; "
            f"others {len(false)}, flagged {sum(false)}"
        )
    if any(there for there, _ in run.several):
        seen = [said for there, said in run.several if there]
        false = [said for there, said in run.several if not there]
        print(
            f"several sheets in a picture: {len(seen)}, said so {sum(seen)}; "
            f"others {len(false)}, said so {sum(false)}"
        )
    if run.altered:
        _show_altered(run.altered)
    if run.grids:
        _show_grids(run.grids)


def _show_grids(grids: list[GridScore]) -> None:
    numbers, words, blank = (together(getattr(grid, name) for grid in grids) for name in ("numbers", "words", "blank"))
    print(f"\ngeneric tables: structure right {_share([grid.same for grid in grids])}, handwritten numbers read right "
          f"{numbers} of {numbers.count}, words {words}, blank cells blank {blank} of {blank.count}")


def _show_form(form: str, judged: list[Outcome]) -> None:
    conditions = list(grouped(judged, lambda one: one.condition))
    print(f"\n{form:24}" + "".join(f"{name:>10}" for name in (*conditions, "all")))
    names = grouped(judged, lambda one: one.name)
    for name, inside in names.items():
        _row(name, inside, conditions)
    short = [one for one in judged if one.kind != scoring.FREE]
    if len(short) < len(judged):
        _row("short fields", short, conditions)
    _row("all of the form", judged, conditions)


def _row(name: str, inside: list[Outcome], conditions: list[str]) -> None:
    parts = [[one for one in inside if one.condition == condition] for condition in conditions]
    print(f"  {name:22}" + "".join(f"{scoring.accuracy(part)!s:>10}" for part in (*parts, inside)))


def _show_kinds(judged: list[Outcome]) -> None:
    print(
        f"\n{'kind':18}{'right':>10}{'accepted':>10}{'wrong among':>13}{'calibration':>13}{'characters':>12}"
    )
    for kind, inside in sorted(grouped(judged, lambda one: one.kind).items()):
        wrong = scoring.wrong_among_accepted(inside)
        print(
            f"  {kind:16}{scoring.accuracy(inside)!s:>10}{scoring.accepted(inside)!s:>10}"
            f"{wrong.hits:>5} of {wrong.count:<5}{scoring.calibration_error(inside):>11.3f}"
            f"{100 * scoring.character_error(inside):>10.1f} %"
        )
    print(f"  {'all kinds':16}{'':>39}{scoring.calibration_error(judged):>9.3f}")


def _show_altered(altered: dict[str, list[Outcome]]) -> None:
    """How right the sheets with each alteration are, the worst first: a sheet has several."""
    print(f"\n{'altered':24}{'sheets':>8}{'right':>10}{'accepted':>10}{'wrong among':>13}")
    for name, inside in sorted(altered.items(), key=lambda item: scoring.accuracy(item[1]).share):
        wrong = scoring.wrong_among_accepted(inside)
        print(
            f"  {name:22}{len({one.sheet for one in inside}):>8}{scoring.accuracy(inside)!s:>10}"
            f"{scoring.accepted(inside)!s:>10}{wrong.hits:>5} of {wrong.count:<5}"
        )


def show_wrong(judged: list[Outcome]) -> None:
    """Lists every wrong value, the surest first."""
    for one in sorted((one for one in judged if not one.right), key=lambda one: -one.confidence):
        print(
            f"{one.confidence:.3f} {'accepted' if one.accepted else '        '} {one.sheet} {one.name}: "
            f"«{one.expected}» read «{one.value}»"
        )


def show_cost(run: Run, whole: Pace | None, peak: float) -> None:
    """Prints what a sheet costs, beside OCR over the page."""
    wall, cpu = run.wall / run.sheets, run.cpu / run.sheets
    print(f"\nseconds a sheet: {wall:.2f} ({cpu:.2f} of processor time); peak memory {peak:.0f} MiB")
    if whole:
        print(
            f"RapidOCR over the page, one thread: {whole.wall:.2f} ({whole.cpu:.2f} of processor time); "
            f"ratio {cpu / whole.cpu:.3f} = 1/{whole.cpu / cpu:.1f}"
        )


def spread(sheets: list[Path], limit: int) -> list[Path]:
    """At most `limit` of the sheets, evenly over forms and conditions; all when `limit` is 0."""
    if not limit or len(sheets) <= limit:
        return sheets
    groups: dict[tuple[str, str], list[Path]] = {}
    for path in sheets:
        expected = json.loads(path.read_text(encoding="utf-8"))
        groups.setdefault((str(expected["template"]), expected["condition"]), []).append(path)
    turns = max(map(len, groups.values()))
    return [group[turn] for turn in range(turns) for group in groups.values() if turn < len(group)][:limit]


def _lists(folder: Path, asked: argparse.Namespace) -> Lists:
    roster, units = folder / "roster.csv", folder / "units.csv"
    return Lists(
        roster=read_roster(roster) if asked.roster else (),
        units=read_units(units) if units.exists() and not asked.bare else (),
    )


def _image(expected: Path) -> Path:
    return expected.with_name(expected.name.replace(".expected.json", ".jpg"))


def _share(answers: list[bool]) -> Rate:
    return Rate(sum(answers), len(answers))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.accuracy", description=__doc__)
    parser.add_argument(
        "--sheets", type=Path, help="folder of NNN.jpg with NNN.expected.json; default: its own"
    )
    parser.add_argument("--variant", choices=MADE, default="plain", help="which of its own sheets")
    parser.add_argument("--roster", action="store_true", help="give the reader the folder's roster.csv")
    parser.add_argument("--bare", action="store_true", help="do not give it units.csv either")
    parser.add_argument("--limit", type=int, default=0, help="read no more sheets than this")
    parser.add_argument(
        "--fullpage", type=int, default=8, metavar="N", help="sheets for RapidOCR's pace; 0: none"
    )
    parser.add_argument("--plot", type=Path, metavar="FILE.svg", help="draw the reliability diagrams there")
    parser.add_argument("--wrong", action="store_true", help="list every wrong value")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
