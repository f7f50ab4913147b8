"""Whatever comes in: the decoders, the settling and the whole reader raise nothing but the module's own errors."""

from __future__ import annotations

import contextlib
import re
import time
from datetime import date
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ocr import kinds
from ocr.decode import Emissions, Lattice, best_path, forward
from ocr.errors import UnreadableFile
from ocr.kinds.evidence import Candidate, Context, Evidence, KindReading
from ocr.kinds.knowledge import Knowledge
from ocr.lists import Lists, RosterEntry, UnitEntry
from ocr.pipeline import Reader
from ocr.reconcile import settle
from ocr.reconcile.sums import hold_to_sums
from ocr.reconcile.table import settle_table
from ocr.template import FieldSpec, load_templates
from tests.ocr.writing import alphabet

SHEET = Path(__file__).resolve().parents[2] / "sample_scans" / "home_visit" / "001.jpg"
FEW = settings(max_examples=40, deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate],
               suppress_health_check=list(HealthCheck))
LISTS = Lists((RosterEntry("李雨涵", "410329201209058123", "明白川小学", "六年级", "2班"),),
              (UnitEntry("伊川县教育体育局", "bureau", ""), UnitEntry("鸣皋镇", "township", "伊川县教育体育局"),
               UnitEntry("明白川小学", "school", "鸣皋镇")))
TEMPLATES = load_templates()
SPECS = {spec.kind: (spec, template) for template in TEMPLATES.values()
         for spec in (*template.fields, *template.columns) if spec.kind != "stamp"}
WRITTEN = "0123456789年月日男女一二三四五六七八九十班级村镇学生校长李王张/-—X×.，。 "


@st.composite
def seen(draw: st.DrawFn) -> Emissions:
    """A line on which any characters stand at any steps, sure, unsure or sheer noise."""
    letters, length = alphabet(), draw(st.integers(1, 40))
    noise = np.random.default_rng(draw(st.integers(0, 2 ** 16)))
    steps = noise.random((length, len(letters.characters))).astype(np.float32) ** draw(st.sampled_from([1, 30]))
    steps[:, 0] += draw(st.sampled_from([0.0, 1.0, 100.0]))
    one = st.tuples(st.integers(0, length - 1), st.sampled_from(WRITTEN), st.floats(0, 1e4))
    for step, character, weight in draw(st.lists(one, max_size=24)):
        steps[step, letters.index.get(character, 1)] += np.float32(weight)
    return Emissions(steps / steps.sum(axis=1, keepdims=True), letters, draw(st.floats(0.5, 64)))


SHAPES = {"date": r"((19|20)\d\d-\d\d-\d\d)?", "sex": "[男女]?", "count": r"\d*", "age": r"\d*",
          "id_number": r"[\dX]*"}
"""What the values of some kinds look like: the rules rely on it."""
SUGGESTED = {"date": ["2019-04-11", "2024-02-29"], "id_number": ["410329201209058123", "410329120905812"],
             "age": ["13"], "count": ["0", "120"], "phone": ["13812345678"], "month": ["2019-04"],
             "student_number": ["G410329201209058123"], "disability_number": ["41032920120905812342"]}
"""Values that other fields may suggest."""


@FEW
@given(kind=st.sampled_from(sorted(SPECS)), lines=st.lists(seen(), min_size=1, max_size=3), listed=st.booleans())
def test_every_kind_answers_whatever_the_recogniser_says(kind: str, lines: list[Emissions], listed: bool) -> None:
    knowledge = Knowledge(LISTS if listed else Lists())
    read = kinds.read(Evidence(tuple(lines)), Context(SPECS[kind][0], knowledge))
    assert all(np.isfinite(candidate.log_p) for candidate in read.candidates)
    assert [c.log_p for c in read.candidates] == sorted((c.log_p for c in read.candidates), reverse=True)
    if kind in VALUES:
        assert all(re.fullmatch(SHAPES[kind], candidate.value) for candidate in read.candidates)
    if read.rescore is not None:
        assert np.isfinite(read.rescore(SUGGESTED.get(kind, ["李雨涵", "六年级2班"]))).all()


@FEW
@given(kind=st.sampled_from(sorted(SPECS)), line=seen(), values=st.lists(st.text(max_size=20), max_size=4))
def test_values_that_are_none_of_their_kind_are_weighed_too(kind: str, line: Emissions, values: list[str]) -> None:
    read = kinds.read(Evidence((line,)), Context(SPECS[kind][0], Knowledge(Lists())))
    if read.rescore is not None:
        odd = [*values, "²" * 18, "不是", "2019-02-30", "4103292012090581２３"]
        assert np.isfinite(read.rescore(odd)).all()


@FEW
@given(data=st.data(), form=st.sampled_from(sorted(TEMPLATES)))
def test_settling_takes_values_that_are_none_of_their_kind(data, form) -> None:
    template = TEMPLATES[form]
    odd = st.one_of(st.text(max_size=20), st.sampled_from(["²", "9999-12-31", "2019-02-30", "²" * 18, "X" * 18]))
    names = [spec.name for spec in template.fields or template.columns]
    read = {name: KindReading((Candidate(value, value, 0.0),)) for name in names for value in [data.draw(odd)]}
    if template.shape == "form":
        settle(read, template.rules, Knowledge(LISTS))
    else:
        hold_to_sums(*settle_table([read, read], read, template.rules), template.rules)


@FEW
@given(line=seen(), texts=st.lists(st.text(WRITTEN, max_size=12), max_size=5))
def test_the_probability_of_any_text_is_one(line: Emissions, texts: list[str]) -> None:
    lattice = Lattice(line.steps.astype(np.float64), line.alphabet.characters[1:])
    assert (forward(lattice, texts) <= 1e-6).all()
    assert 0.0 <= best_path(line)[1] <= 1.0


NUMBERS = st.one_of(st.integers(0, 10 ** 9).map(str), st.sampled_from(["", "410329201209058123", "1" * 18]))
VALUES = {
    "date": st.one_of(st.just(""), st.dates(date(1900, 1, 1), date(2099, 12, 31)).map(date.isoformat)),
    "sex": st.sampled_from(["", "男", "女"]), "count": NUMBERS, "age": NUMBERS,
    "id_number": st.one_of(NUMBERS, st.text("0123456789X", max_size=18)),
}
"""What kinds answer, as the first test holds; all others answer any text."""
TEXTS = st.one_of(st.text(WRITTEN, max_size=20), st.sampled_from(["", "六年级2班", "李雨涵", "G410329201209058123"]))


@st.composite
def readings(draw: st.DrawFn, specs: tuple[FieldSpec, ...]) -> dict[str, KindReading]:
    """Any candidates for some of the fields."""
    found = {}
    for spec in draw(st.lists(st.sampled_from(specs), unique_by=lambda spec: spec.name)):
        values = draw(st.lists(VALUES.get(spec.kind, TEXTS), unique=True, max_size=5))
        odds = sorted((draw(st.floats(-400, 0)) for _ in values), reverse=True)
        found[spec.name] = KindReading(tuple(Candidate(v, v, p) for v, p in zip(values, odds, strict=True)))
    return found


@FEW
@given(data=st.data(), form=st.sampled_from(sorted(TEMPLATES)), listed=st.booleans())
def test_settling_takes_any_candidates_and_invents_none_without_a_list(data, form, listed) -> None:
    template = TEMPLATES[form]
    given_ = data.draw(readings(template.fields or template.columns))
    rules = template.rules if template.shape == "form" else ()
    settled = settle(given_, rules, Knowledge(LISTS if listed else Lists()))
    assert settled.keys() == given_.keys()
    for name, field in settled.items():
        assert all(0 <= p <= 1 + 1e-9 for _, _, p in field.candidates)
        if not listed:
            assert {value for value, _, _ in field.candidates} <= {c.value for c in given_[name].candidates}


@FEW
@given(data=st.data(), form=st.sampled_from(sorted(t.id for t in TEMPLATES.values() if t.shape == "table")))
def test_any_table_is_settled(data, form) -> None:
    template = TEMPLATES[form]
    rows = data.draw(st.lists(readings(template.columns), max_size=6))
    totals = data.draw(readings(template.columns))
    settled, summed = settle_table(rows, totals, template.rules)
    settled, summed = hold_to_sums(settled, summed, template.rules)
    assert [row.keys() for row in settled] == [row.keys() for row in rows]
    assert summed.keys() == totals.keys()


@cache
def reader() -> Reader:
    return Reader()


def mutated(kind: str) -> np.ndarray:
    """A small copy of a sheet that something was done to."""
    sheet = cv2.resize(cv2.imread(str(SHEET)), None, fx=0.4, fy=0.4, interpolation=cv2.INTER_AREA)
    noise = np.random.default_rng(7)
    height, width = sheet.shape[:2]
    if kind == "noise":
        return noise.integers(0, 255, (400, 300, 3), np.uint8)
    if kind == "squeezed":
        return cv2.resize(sheet, (900, 60))
    if kind == "lines":
        page = np.full((700, 500, 3), 255, np.uint8)
        page[::23], page[:, ::29] = 0, 0
        return page
    if kind == "shuffled":
        strips = np.split(sheet[:height // 40 * 40], height // 40)
        return np.concatenate([strips[at] for at in noise.permutation(len(strips))])
    if kind == "inverted":
        return 255 - sheet
    return np.full((3, 2, 3), 128, np.uint8) if kind == "tiny" else sheet[:, width // 2:]


@pytest.mark.weights
@pytest.mark.parametrize("kind", ["noise", "squeezed", "lines", "shuffled", "inverted", "tiny", "half"])
def test_a_mutated_picture_is_read_or_refused_in_time(kind: str, tmp_path: Path, caplog) -> None:
    path = tmp_path / "sheet.png"
    cv2.imwrite(str(path), mutated(kind))
    start = time.process_time()
    try:
        sheets = reader().read(path)
    except UnreadableFile as refused:
        assert refused.message_zh
    else:
        assert not any(problem.code == "failed" for sheet in sheets for problem in sheet.reading.problems), caplog.text
    assert time.process_time() - start < 60


@settings(FEW, max_examples=25)
@given(cut=st.integers(0, 4000), at=st.lists(st.tuples(st.integers(0, 10 ** 6), st.integers(0, 255)), max_size=20))
def test_a_file_with_any_bytes_changed_is_opened_or_refused(cut: int, at: list[tuple[int, int]],
                                                          tmp_path_factory) -> None:
    from ocr.load import open_sheets

    small = cv2.imencode(".jpg", cv2.resize(cv2.imread(str(SHEET)), (160, 220)))[1].tobytes()
    data = bytearray(small[:max(1, len(small) - cut)])
    for place, value in at:
        data[place % len(data)] = value
    path = tmp_path_factory.mktemp("bytes") / "sheet.jpg"
    path.write_bytes(data)
    with contextlib.suppress(UnreadableFile):
        assert all(sheet.pixels.ndim == 3 for sheet in open_sheets(path))
