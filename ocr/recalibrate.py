"""Bring confidences in line with what people decided, on top of the calibration that came with the program.

Per kind of field p' = sigmoid(a + b · logit p) is fitted to decided fields (Platt, in: Advances in Large
Margin Classifiers, 1999), held near the identity so that few mistakes move it little. Only confidences
and what follows from them change; values never do.
"""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ocr.results import FieldReading, ReadSheet
from ocr.template import FieldSpec, Template, load_templates

Curve = tuple[float, float]
"""Intercept a and slope b."""
IDENTITY: Curve = (0.0, 1.0)
ALL = ""
"""The curve of all kinds together, for kinds seen too seldom."""
LEAST_FIELDS, LEAST_WRONG = 200, 20
"""With fewer decided fields, or fewer wrong ones among them, nothing can be fitted."""
_LEAST_OF_KIND, _LEAST_WRONG_OF_KIND = 60, 6
_PRIOR = 4.0
"""Weight of the pull towards the identity, in decided fields."""
_FOLDS, _STEPS = 5, 30
_EDGE = 1e-5


@dataclass(frozen=True, slots=True)
class Example:
    """A decided field: its kind, the confidence it was read with, whether that was right, its sheet."""

    kind: str
    confidence: float
    right: bool
    sheet: int


def curve_of(curves: Mapping[str, Curve], kind: str) -> Curve:
    """The curve for a kind of field."""
    return curves.get(kind) or curves.get(ALL) or IDENTITY


def adjusted(curve: Curve, confidence: float) -> float:
    """A confidence under a curve."""
    p = min(max(confidence, _EDGE), 1 - _EDGE)
    return _sigmoid(curve[0] + curve[1] * math.log(p / (1 - p)))


def fit(examples: Sequence[Example]) -> dict[str, Curve]:
    """A curve for each kind that was wrong often enough to tell, and one for all together."""
    kinds = {example.kind for example in examples}
    found = {ALL: _fit(examples)}
    for kind in sorted(kinds):
        own = [example for example in examples if example.kind == kind]
        wrong = sum(not example.right for example in own)
        if len(own) >= _LEAST_OF_KIND and wrong >= _LEAST_WRONG_OF_KIND:
            found[kind] = _fit(own)
    return found


def unseen(examples: Sequence[Example]) -> list[float]:
    """The confidence of each example under curves fitted without its fifth of the sheets."""
    folds = [zlib.crc32(str(example.sheet).encode()) % _FOLDS for example in examples]
    found = [0.0] * len(examples)
    for fold in set(folds):
        curves = fit([example for example, other in zip(examples, folds, strict=True) if other != fold])
        for place, example in enumerate(examples):
            if folds[place] == fold:
                found[place] = adjusted(curve_of(curves, example.kind), example.confidence)
    return found


def calibration_error(confidences: Sequence[float], right: Sequence[bool], bins: int = 15) -> float:
    """Expected calibration error: the mean gap between confidence and share right, over bins of equal count."""
    order = sorted(range(len(right)), key=lambda place: confidences[place])
    total = 0.0
    for number in range(bins):
        part = order[number * len(order) // bins:(number + 1) * len(order) // bins]
        total += abs(sum(confidences[place] - right[place] for place in part))
    return total / max(1, len(right))


def load(path: Path) -> dict[str, Curve]:
    """The curves kept in a file; none when there is no such file."""
    if not path.is_file():
        return {}
    kept = json.loads(path.read_text(encoding="utf-8"))["curves"]
    return {kind: (float(a), float(b)) for kind, (a, b) in kept.items()}


def apply(sheet: ReadSheet, curves: Mapping[str, Curve]) -> ReadSheet:
    """The sheet with its confidences adjusted, and what is accepted decided anew."""
    template = load_templates().get(sheet.reading.template or "")
    if template is None or not curves:
        return sheet
    change = _changer(template, curves)
    reading = replace(sheet.reading, fields=change(sheet.reading.fields), totals=change(sheet.reading.totals),
                      rows=tuple(map(change, sheet.reading.rows)))
    return replace(sheet, reading=reading)


def _changer(template: Template, curves: Mapping[str, Curve],
             ) -> Callable[[Mapping[str, FieldReading]], dict[str, FieldReading]]:
    specs = {spec.name: spec for spec in (*template.fields, *template.columns)}

    def change(fields: Mapping[str, FieldReading]) -> dict[str, FieldReading]:
        return {name: _changed(specs[name], field, curves) if name in specs and field.value else field
                for name, field in fields.items()}

    return change


def _changed(spec: FieldSpec, field: FieldReading, curves: Mapping[str, Curve]) -> FieldReading:
    """The candidates keep the confidence as it was read: the next fit starts from that."""
    from ocr.calibrate import threshold

    confidence = adjusted(curve_of(curves, spec.kind), field.confidence)
    is_doubted = any(flag != "settled" for flag in field.flags)
    return replace(field, confidence=round(confidence, 4), accept=confidence >= threshold(spec) and not is_doubted)


def _fit(examples: Iterable[Example]) -> Curve:
    """Newton's method on the log loss; the slope stays positive, for more certain is never less right."""
    points = [(math.log(p / (1 - p)), float(example.right)) for example in examples
              for p in (min(max(example.confidence, _EDGE), 1 - _EDGE),)]
    a, b = IDENTITY
    for _ in range(_STEPS):
        slope_a, slope_b = _PRIOR * a, _PRIOR * (b - 1)
        aa, ab, bb = _PRIOR, 0.0, _PRIOR
        for x, y in points:
            p = _sigmoid(a + b * x)
            w = p * (1 - p)
            slope_a, slope_b = slope_a + p - y, slope_b + (p - y) * x
            aa, ab, bb = aa + w, ab + w * x, bb + w * x * x
        away = aa * bb - ab * ab
        step_a, step_b = (bb * slope_a - ab * slope_b) / away, (aa * slope_b - ab * slope_a) / away
        a, b = a - max(-1.0, min(1.0, step_a)), max(0.05, b - max(-0.5, min(0.5, step_b)))
        if abs(step_a) + abs(step_b) < 1e-6:
            break
    return round(a, 5), round(b, 5)


def _sigmoid(score: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, score))))
