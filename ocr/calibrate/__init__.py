"""Turn what was seen of a field into the probability that its whole value is right.

Per kind of field a logistic regression (Platt scaling; Guo et al., ICML 2017, on why raw network
scores need it) over a few features, its parameters in calibration.json beside this module.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from ocr.decode.folds import simplified
from ocr.kinds.free_text import words_alone
from ocr.kinds.wording import wording
from ocr.reconcile import Settled, log_odds
from ocr.template import FieldSpec

PARAMETERS = Path(__file__).resolve().parent / "calibration.json"

FEATURES = ("log_odds", "forced", "least", "mean", "settled", "agreed", "objected", "length", "two_lines",
            "wording", "empty", "open", "alone")
"""In this order the parameters of a kind follow its intercept."""

BLANK = 0.995
"""Probability that a place without ink is truly blank: about 1 in 200 was a place found wrong."""
BLANK_AND_AGREED = 0.9997
"""The same where a sum of the table agrees."""

TICKED = 0.995
"""Most that a tick is trusted: printed options now and then belong to another field."""
TICKED_AND_AGREED = 0.9998
"""The same where another field, as the ID number for the sex, says so too."""


def features(settled: Settled, kind: str) -> tuple[float, ...]:
    """What speaks for and against the chosen value of a field with ink; see FEATURES."""
    evidence = settled.reading.evidence if settled.reading else None
    best = settled.candidates[0][2] if settled.candidates else 0.0
    certain = _certain(kind, evidence.certainties) if evidence else ()
    return (
        log_odds(best),
        _forced(settled),
        log_odds(min(certain, default=0.0)),
        log_odds(sum(certain) / len(certain) if certain else 0.0),
        float(settled.value != settled.alone),
        float(min(settled.agreed, 2)),
        float(len([flag for flag in settled.flags if flag != "settled"])),
        math.log1p(len(settled.value)),
        float(evidence is not None and len(evidence.lines) > 1),
        wording(kind, settled.value),
        float(not settled.value),
        float(evidence is not None and _plain(evidence.open_text) == _plain(_raw(settled))),
        log_odds(settled.alone_p) if settled.value == settled.alone else 0.0,
    )


def _raw(settled: Settled) -> str:
    return settled.candidates[0][1] if settled.candidates else ""


def _plain(text: str) -> str:
    """What an unconstrained reading and a value have in common when they say the same."""
    return words_alone(simplified(text))


def _certain(kind: str, characters: Sequence[tuple[str, float]]) -> tuple[float, ...]:
    """How probable each character is; of running text only those that count, its words."""
    return tuple(p for character, p in characters if kind != "free_text" or words_alone(character))


def _forced(settled: Settled) -> float:
    """How much less likely, per character, the value is than the best unconstrained reading."""
    reading = settled.reading
    if reading is None or reading.evidence is None or reading.best is None:
        return 0.0
    off = (reading.best.log_p - reading.evidence.open_log_p) / (len(settled.value) + 1)
    return max(_OUT_OF_REACH, min(0.0, off))


_OUT_OF_REACH = -20.0
"""What a value counts that the writing does not allow at all, be it a little or far from it."""


def confidence(settled: Settled, kind: str) -> float:
    """Probability (0–1) that the whole value is right."""
    if settled.reading is None or settled.reading.evidence is None:
        return BLANK
    if settled.reading.evidence.options:
        most = TICKED_AND_AGREED if settled.agreed else TICKED
        return min(most, settled.candidates[0][2]) if settled.candidates else 0.0
    fitted = _fitted(kind)
    if fitted is None:
        return min(0.5, settled.candidates[0][2]) if settled.candidates else 0.0
    score = fitted["intercept"] + sum(w * x for w, x in zip(fitted["weights"], features(settled, kind), strict=True))
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, score))))


def threshold(spec: FieldSpec) -> float:
    """The least confidence at which the field is accepted: fitted for its target of wrong values."""
    fitted = _fitted(spec.kind)
    known = fitted["thresholds"].get(f"{spec.target:g}") if fitted else None
    return float(known) if known is not None else 1.0 - spec.target


def _fitted(kind: str) -> Mapping[str, Any] | None:
    """The parameters of a kind, else those of all kinds together."""
    return _parameters().get(kind) or _parameters().get("")


@cache
def _parameters() -> Mapping[str, Any]:
    if not PARAMETERS.is_file():
        return {}
    return dict(json.loads(PARAMETERS.read_text(encoding="utf-8"))["kinds"])
