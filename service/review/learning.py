"""What decisions teach: the reader's confidences refitted to how often it was right, its typical confusions."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz.distance import Levenshtein
from sqlalchemy import select
from sqlalchemy.orm import Session

from ocr import recalibrate
from ocr.recalibrate import LEAST_FIELDS, LEAST_WRONG, Curve, Example
from ocr.template import load_templates
from service import audit
from service.access import LEARNING, TRAINING, Actor
from service.database import now
from service.errors import Invalid
from service.models import Decision, Reading, Sheet, Unit
from service.review.values import CONFIRMATION, Key, spec_of

_LATEST = 30_000
"""Decisions that are looked at, the newest first."""
_EDGES = (0.0, 0.5, 0.8, 0.9, 0.95, 0.99, 1.0)
_TAUGHT = ("accepted", "corrected", "picked")
_MOST_CONFUSIONS = 60


class TooFew(Invalid):
    """There is too little to learn from."""

    code = "too_few_decisions"
    advice = "请继续核对，攒够以后再校准；现在的把握仍按出厂的校准。"


@dataclass(frozen=True, slots=True)
class Taught:
    """A field that a person decided after the machine had read something there."""

    sheet: int
    key: Key
    kind: str
    school: str
    read: str
    written: str
    confidence: float

    @property
    def right(self) -> bool:
        """Whether the machine's value stood; running text is compared without punctuation and spaces."""
        if self.kind == "free_text":
            return _plain(self.read) == _plain(self.written)
        return self.read == self.written


@dataclass(frozen=True, slots=True)
class Bin:
    """Fields read with a confidence between `low` and `high`: how many, how sure on average, how many right."""

    low: float
    high: float
    fields: int
    mean: float
    right: float


@dataclass(frozen=True, slots=True)
class Reliability:
    """How well confidences keep their word: the expected calibration error, and the parts it comes from."""

    error: float
    bins: tuple[Bin, ...]


@dataclass(frozen=True, slots=True)
class Refit:
    """A new calibration beside the present one; `after` is measured on sheets left out of the fit."""

    fields: int
    wrong: int
    before: Reliability
    after: Reliability
    curves: dict[str, Curve]


@dataclass(frozen=True, slots=True)
class Confusion:
    """`read` was read where `written` stands, `count` times; a single character each, "" for none."""

    kind: str
    school: str
    read: str
    written: str
    count: int


def parameters(data_dir: Path) -> Path:
    """The file of the installation's own calibration, which its workers read with."""
    return data_dir / "calibration.json"


def refit(session: Session, present: Path) -> Refit:
    """The calibration that decided fields ask for; raises TooFew when they are too few to tell."""
    found = [Example(one.kind, one.confidence, one.right, one.sheet) for one in taught(session)]
    wrong = sum(not example.right for example in found)
    if len(found) < LEAST_FIELDS or wrong < LEAST_WRONG:
        raise TooFew(f"核对过的内容还太少：{len(found)} 处，其中机器读错 {wrong} 处；"
                     f"至少要 {LEAST_FIELDS} 处、读错 {LEAST_WRONG} 处。")
    curves = recalibrate.load(present)
    now_said = [recalibrate.adjusted(recalibrate.curve_of(curves, one.kind), one.confidence) if curves
                else one.confidence for one in found]
    right = [example.right for example in found]
    return Refit(len(found), wrong, _reliability(now_said, right),
                 _reliability(recalibrate.unseen(found), right), recalibrate.fit(found))


def keep(session: Session, actor: Actor | None, found: Refit, path: Path) -> None:
    """Make `found` the calibration the workers read with from the next sheet on; on record."""
    if actor is not None:
        actor.require(LEARNING)
    kept = {"fitted_at": now().isoformat(), "fields": found.fields, "wrong": found.wrong, "curves": found.curves,
            "error": {"before": round(found.before.error, 4), "after": round(found.after.error, 4)}}
    part = path.with_suffix(".part")
    part.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    part.replace(path)
    audit.record(session, actor, "calibration.refitted", "calibration", "", fields=found.fields, wrong=found.wrong)


def kept_at(path: Path) -> str:
    """When the present calibration was fitted (ISO), "" for the one that came with the program."""
    return str(json.loads(path.read_text(encoding="utf-8"))["fitted_at"]) if path.is_file() else ""


def confusions(session: Session, actor: Actor) -> tuple[Confusion, ...]:
    """Which characters are taken for which, per kind of field and school, the most frequent first.

    Single characters only: what stands in a field as a whole is not shown.
    """
    actor.require(TRAINING)
    counted: Counter[tuple[str, str, str, str]] = Counter()
    for one in taught(session):
        if not one.right and one.written:
            counted.update((one.kind, one.school, *pair) for pair in _pairs(one.read, one.written))
    return tuple(Confusion(*key, count) for key, count in counted.most_common(_MOST_CONFUSIONS))


def taught(session: Session) -> Sequence[Taught]:
    """The latest decided fields of signed-off sheets that the machine had read something for."""
    rows = session.execute(
        select(Decision.id, Decision.undoes_id, Decision.kind, Decision.value, Decision.sheet_id, Decision.row,
               Decision.field, Reading.value, Reading.confidence, Reading.candidates, Sheet.template, Unit.name)
        .join(Sheet, Sheet.id == Decision.sheet_id).join(Unit, Unit.id == Sheet.unit_id)
        .join(Reading, Reading.id == Decision.reading_id)
        .where(Sheet.state == "signed", Decision.field.not_like(f"{CONFIRMATION}%"))
        .order_by(Decision.id.desc()).limit(_LATEST)).all()
    undone = {row.undoes_id for row in rows}
    latest: dict[tuple[int, Key], Taught] = {}
    for number, _, kind, value, sheet, row, field, read, confidence, candidates, template, unit in rows:
        spec = spec_of(load_templates().get(template), field)
        if kind not in _TAUGHT or number in undone or spec is None or not read or (sheet, (row, field)) in latest:
            continue
        first = float(str(candidates[0][1])) if candidates and candidates[0][0] == read else confidence
        latest[sheet, (row, field)] = Taught(sheet, (row, field), spec.kind, unit, read, value, first)
    return tuple(latest.values())


def _reliability(confidences: Sequence[float], right: Sequence[bool]) -> Reliability:
    return Reliability(recalibrate.calibration_error(confidences, right), tuple(_bins(confidences, right)))


def _bins(confidences: Sequence[float], right: Sequence[bool]) -> Iterator[Bin]:
    for low, high in zip(_EDGES, _EDGES[1:], strict=False):
        inside = [place for place, p in enumerate(confidences) if low <= p < high or p == high == 1.0]
        if inside:
            yield Bin(low, high, len(inside), sum(confidences[place] for place in inside) / len(inside),
                      sum(right[place] for place in inside) / len(inside))


def _pairs(read: str, written: str) -> Iterator[tuple[str, str]]:
    """The characters in which two texts differ, side by side."""
    for step in Levenshtein.opcodes(read, written):
        if step.tag != "equal":
            was, should = read[step.src_start:step.src_end], written[step.dest_start:step.dest_end]
            for place in range(max(len(was), len(should))):
                yield was[place:place + 1], should[place:place + 1]


def _plain(text: str) -> str:
    wide = unicodedata.normalize("NFKC", text)
    return "".join(character for character in wide if unicodedata.category(character)[0] not in "PZS")
