"""What a field's settled candidates are worth: its confidence, and whether it is taken without a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ocr import calibrate
from ocr.match import Place
from ocr.reconcile import Settled
from ocr.results import Box, FieldReading
from ocr.template import FieldSpec


def weighed(spec: FieldSpec, places: Mapping[str, Place], settled: Settled | None,
           is_clean: Callable[[Place, Settled], bool] = lambda *_: True) -> FieldReading:
    """The reading that leaves `ocr/`; `is_clean` looks twice at a place that is easily found wrong."""
    place = places.get(spec.name)
    box = _whole(place)
    if place is None or settled is None or _lost(spec, place, places):
        return FieldReading("", "", 0.0, False, box, flags=("not_found",))
    if not settled.candidates:
        return _blank(spec, place, box, settled, is_clean)
    value, raw = settled.candidates[0][0], settled.candidates[0][1]
    confidence = calibrate.confidence(settled, spec.kind)
    if not value and spec.kind == "date" and spec.where == "part":
        confidence = max(confidence, calibrate.BLANK) if is_clean(place, settled) else min(confidence, _TRACES)
    shown = _rescaled(settled, confidence)
    empty = spec.required and not value  # the printed words of a blank date, say: a person looks
    accept = confidence >= calibrate.threshold(spec) and not doubtful(settled) and not empty
    return FieldReading(value, raw, round(confidence, 4), accept, box, shown, settled.flags)


def _blank(spec: FieldSpec, place: Place, box: Box, settled: Settled,
           is_clean: Callable[[Place, Settled], bool]) -> FieldReading:
    """A place without ink. A required field left blank, or one under a seal, is for a person to look at."""
    confidence = calibrate.BLANK_AND_AGREED if settled.agreed else calibrate.BLANK
    if spec.where in _EASILY_MISSED and not is_clean(place, settled):
        confidence = _TRACES
    flags = (*settled.flags, "missing") if spec.required else settled.flags
    if place.covered:
        confidence = min(confidence, _COVERED)
    accept = confidence >= 1 - spec.target and not flags
    return FieldReading("", "", confidence, accept, box, (("", confidence),), flags)


def _lost(spec: FieldSpec, place: Place, places: Mapping[str, Place]) -> bool:
    """Whether a blank place cannot be the field's: too small to write in, or all of what it is a part of."""
    if place.ink:
        return False
    left, top, right, bottom = place.box
    whole = places.get(spec.of)
    return right - left < _NARROW or bottom - top < _LOW or (whole is not None and whole.box == place.box)


_EASILY_MISSED = ("part", "line")
"""Where a field has no cell of its own: within another's, or outside the ruling."""
_TRACES = 0.8
"""Probability that such a place is blank when there are traces that are no ink: faint pencil, a next line's strokes."""
_COVERED = 0.5
"""Probability that nothing is written in a place of which a grey seal covers all there is."""
_NARROW, _LOW = 0.022, 0.008
"""Width and height of a place, of the sheet, below which nobody writes in it."""


def doubtful(settled: Settled) -> bool:
    """Whether a rule objects: then a person looks, however sure the reading is."""
    vouched = ("settled", "corrected") if settled.agreed >= _VOUCHED else ("settled",)
    return any(flag not in vouched for flag in settled.flags)


_VOUCHED = 2
"""Rules that must speak for a correction for nobody to have to look at it: in a table, the sums of row and column."""


def _rescaled(settled: Settled, confidence: float) -> tuple[tuple[str, float], ...]:
    """The candidates with the first at the calibrated confidence and the rest sharing what is left."""
    rest = sum(p for _, _, p in settled.candidates[1:])
    pairs = [(settled.candidates[0][0], round(confidence, 4))]
    for value, _, p in settled.candidates[1:6]:
        pairs.append((value, round((1 - confidence) * p / rest, 4) if rest > 0 else 0.0))
    return tuple(pairs)


def _whole(place: Place | None) -> Box:
    """Where a person should look: the writing with a little paper around it, or the place when blank."""
    if place is None:
        return (0.0, 0.0, 0.0, 0.0)
    if not place.ink:
        return place.box
    left, top, right, bottom = place.ink_box
    return (max(0.0, left - 0.006), max(0.0, top - 0.004), min(1.0, right + 0.006), min(1.0, bottom + 0.004))


