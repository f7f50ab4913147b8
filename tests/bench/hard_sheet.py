"""Makes docs/hard-sheet.md: one hard sample, what was read, what the rules settled, what is left to a person.

`python -m tests.bench.hard_sheet [sample_scans/home_visit/NNN.jpg]`
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

import cv2

from ocr.engine import Engine
from ocr.grid import find_grid
from ocr.kinds.knowledge import Knowledge
from ocr.lists import Lists, read_roster, read_units
from ocr.load import open_sheets
from ocr.match import Match, match
from ocr.pipeline.fields import FieldReader
from ocr.reconcile import Settled
from ocr.rectify import rectify
from ocr.results import FieldReading
from ocr.template import load_templates

ROOT = Path(__file__).resolve().parents[2]
DOCS, SAMPLES = ROOT / "docs", ROOT / "sample_scans"
SAMPLE = SAMPLES / "home_visit" / "023.jpg"
READ, RULES, PERSON = "read", "settled by the rules", "left to a person"
COLOURS = {READ: (80, 150, 40), RULES: (200, 110, 20), PERSON: (20, 110, 230)}
"""Blue, green, red of the frames."""
SIDE = 1100


def main(arguments: list[str]) -> int:
    """Reads the sample and writes the page with its picture."""
    sample = Path(arguments[0]) if arguments else SAMPLE
    expected = json.loads(sample.with_suffix(".expected.json").read_text(encoding="utf-8"))
    found, settled, fields = read(sample)
    DOCS.mkdir(exist_ok=True)
    (DOCS / "hard-sheet.md").write_text(page(sample, expected, found, settled, fields), encoding="utf-8")
    cv2.imwrite(str(DOCS / "hard-sheet.jpg"), picture(found, settled, fields), [cv2.IMWRITE_JPEG_QUALITY, 80])
    print((DOCS / "hard-sheet.md").read_text(encoding="utf-8"))
    return 0


def read(sample: Path) -> tuple[Match, Mapping[str, Settled], Mapping[str, FieldReading]]:
    """The sample's form, its fields as settled, and as they leave the reader."""
    engine = Engine()
    lists = Lists(read_roster(SAMPLES / "roster.csv"), read_units(SAMPLES / "units.csv"))
    sheet = rectify(next(open_sheets(sample)).pixels)
    found = match(sheet, find_grid(sheet), list(load_templates().values()), engine.read_print, engine.locate)
    if found is None:
        raise SystemExit(f"{sample} matches no form")
    reader = FieldReader(engine, Knowledge(lists), found)
    return found, reader.settled_form(), reader.form()


def fate(field: FieldReading, settled: Settled | None) -> str:
    """Whether a value was taken as read, settled by the rules, or is left to a person."""
    if not field.accept:
        return PERSON
    return RULES if settled is not None and (settled.agreed or settled.value != settled.alone) else READ


def why(field: FieldReading, settled: Settled | None) -> str:
    """What speaks for the value, or why a person is asked."""
    if settled is not None and settled.value != settled.alone:
        return f"the writing alone said {settled.alone or 'nothing'}"
    if field.flags:
        return "objected: " + ", ".join(field.flags)
    if settled is not None and settled.agreed:
        return f"{settled.agreed} rule{'s' if settled.agreed > 1 else ''} agree{'' if settled.agreed > 1 else 's'}"
    return "" if field.accept else "not sure enough"


def page(sample: Path, expected: Mapping, found: Match, settled: Mapping[str, Settled],
         fields: Mapping[str, FieldReading]) -> str:
    """The page in Markdown."""
    lines, counts = [], dict.fromkeys((READ, RULES, PERSON), 0)
    for spec in found.template.fields:
        field, own = fields[spec.name], settled.get(spec.name)
        what = fate(field, own)
        counts[what] += 1
        right = "right" if field.value == expected["fields"].get(spec.name, "") else "not as on the paper"
        lines.append(f"| {spec.labels[0]} | {field.value or '(blank)'} | {field.confidence:.3f} | {what} | "
                     f"{why(field, own)} | {right} |")
    told = next(line.split("|")[2].strip() for line in (SAMPLES / "README.md").read_text(encoding="utf-8").splitlines()
                if line.startswith(f"| `{sample.parent.name}/{sample.name}`"))
    return "\n".join([
        "# One hard sheet", "",
        f"`{sample.resolve().relative_to(ROOT)}`: {told}.", "Read with the roster and the list of units.", "",
        "![The sheet, straightened: green taken as read, blue settled by the rules, orange left to a person]"
        "(hard-sheet.jpg)", "",
        f"Of {len(lines)} fields {counts[READ]} were taken as read (green), {counts[RULES]} under the rules that bind",
        f"them (blue); {counts[PERSON]} are left to a person, with what was read (orange).", "",
        "| field | value | confidence | what became of it | why | held against the paper |",
        "|---|---|---|---|---|---|",
        *lines, "",
        "The rules are those of the form: sex and birth date in the ID number against 性别 and 年龄 on the day",
        "of the visit, name and number against the roster, the days of signing against the day of the visit.",
        "`python -m tests.bench.hard_sheet` makes this page again.", ""])


def picture(found: Match, settled: Mapping[str, Settled], fields: Mapping[str, FieldReading]) -> cv2.typing.MatLike:
    """The straightened sheet with a frame around each field."""
    scale = SIDE / max(found.sheet.size)
    shown = cv2.resize(found.sheet.pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    high, wide = shown.shape[:2]
    for name, field in fields.items():
        left, top, right, bottom = field.box
        cv2.rectangle(shown, (round(left * wide), round(top * high)), (round(right * wide), round(bottom * high)),
                      COLOURS[fate(field, settled.get(name))], 2)
    return shown


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
