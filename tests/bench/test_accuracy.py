"""The benchmark reports what was read: a perfect reading as perfect, a failed one as failed."""

from __future__ import annotations

import json
from pathlib import Path

from tests.bench.accuracy import Run, judge, show, spread
from tests.bench.held import SAMPLES


def cell(value):
    return {"value": value, "confidence": 1.0, "accept": True, "flags": []}


def cells(values):
    return {name: cell(value) for name, value in values.items()}


def perfect(expected):
    return {
        "template": expected["template"],
        "fields": cells(expected.get("fields", {})),
        "rows": [cells(row) for row in expected.get("rows", ())],
        "totals": cells(expected.get("totals", {})),
        "marks": expected["marks"],
        "problems": [],
    }


def judged(reading_of):
    run = Run(wall=1.0, cpu=1.0)
    for path in [
        SAMPLES / "home_visit" / "001.expected.json",
        SAMPLES / "township_table" / "001.expected.json",
    ]:
        expected = json.loads(path.read_text("utf-8"))
        judge(run, path, expected, reading_of(expected))
    return run


def test_a_perfect_reading_is_reported_as_perfect(capsys):
    run = judged(perfect)
    show(run)
    report = capsys.readouterr().out
    assert all(one.right and one.accepted for one in run.judged)
    assert "2 sheets; template right 100.0 %; marks right 100.0 %" in report
    assert "sheets that do not add up: 0, flagged 0; others 1, flagged 0" in report


def test_a_sheet_the_reader_gave_up_on_is_named_and_counts_as_wrong():
    failed = {
        "template": None,
        "fields": {},
        "rows": [],
        "totals": {},
        "marks": {},
        "problems": [{"code": "failed", "text": ""}],
    }
    run = judged(lambda expected: failed)
    assert len(run.failures) == 2
    assert not any(run.templates)
    assert all(not one.right for one in run.judged if one.expected)


def test_a_few_sheets_are_taken_evenly_from_all_conditions():
    sheets = sorted(Path(SAMPLES).rglob("*.expected.json"))
    taken = [json.loads(path.read_text("utf-8")) for path in spread(sheets, 8)]
    assert len({(one["template"], one["condition"]) for one in taken}) == 8


def test_what_an_altered_sheet_does_not_have_is_not_judged_and_two_sheets_need_only_be_told_as_two(capsys):
    path = SAMPLES / "home_visit" / "001.expected.json"
    expected = json.loads(path.read_text("utf-8")) | {"alterations": ["missing_cells"]}
    del expected["fields"]["companion_teacher"]
    two = {
        "template": "home_visit",
        "condition": "photo",
        "marks": {},
        "flags": [],
        "problems": ["several_sheets"],
    }
    said = {"template": None, "problems": [{"code": "several_sheets", "text": ""}]}
    run = Run(wall=1.0, cpu=1.0)
    judge(run, path, expected, perfect(expected))
    judge(run, path, two, said)
    show(run)
    report = capsys.readouterr().out
    assert "companion_teacher" not in {one.name for one in run.judged}
    assert "several sheets in a picture: 1, said so 1; others 1, said so 0" in report
    assert run.templates == [True]
    assert "missing_cells" in report
