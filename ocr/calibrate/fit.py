"""Fit the calibration on sheets whose values are known: `python -m ocr.calibrate.fit FOLDER...`.

A folder holds NNN.jpg with NNN.expected.json beside it, and roster.csv and units.csv in it or above
it. Every sheet is read with its lists and without, as it is written and in a less legible hand, and
judged by fits that have not seen its hand. Never give it sheets that measure the reader.
"""

from __future__ import annotations

import json
import sys
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ocr.calibrate import FEATURES, PARAMETERS, features
from ocr.calibrate.unsteady import Unsteady
from ocr.decode import Emissions
from ocr.engine import Engine
from ocr.grid import find_grid
from ocr.kinds.free_text import words_alone
from ocr.kinds.knowledge import Knowledge
from ocr.lists import Lists, read_roster, read_units
from ocr.load import open_sheets
from ocr.looks import WHOLE, Look
from ocr.match import match
from ocr.pipeline.fields import FieldReader, Recogniser
from ocr.pipeline.weigh import doubtful
from ocr.reconcile import Settled
from ocr.rectify import Image, rectify
from ocr.template import load_templates

TARGETS = (0.001, 0.005)
"""Shares of wrong values among accepted ones for which thresholds are worked out."""

LEAST = 40
"""Kinds seen less often are calibrated with all kinds together."""

FOUND = 0.6
"""Share of right fields below which a sheet's places were not found."""

_RIDGE = 3.0
_FOLDS = 6


@dataclass(frozen=True, slots=True)
class Example:
    """One field with ink: its kind, its features, whether its value was right.

    `hand` keeps folds apart. What is `doubted` by a rule is never accepted, so no threshold is drawn by it.
    """

    kind: str
    features: tuple[float, ...]
    right: bool
    hand: str
    doubted: bool = False


def main(folders: Sequence[str]) -> int:
    """Reads the sheets, fits, writes calibration.json, prints how well it fits."""
    examples = [example for folder in folders for example in examples_of(Path(folder))]
    parameters = fitted(examples)
    text = json.dumps({"features": FEATURES, "kinds": parameters}, ensure_ascii=False, indent=1)
    PARAMETERS.write_text(text + "\n", encoding="utf-8")
    for kind, found in sorted(parameters.items()):
        sys.stdout.write(f"{kind:18} {found['fields']:6} fields, {found['right']:.4f} right, "
                         f"calibration error {found['ece']:.4f}, accepted {found['accepted']}\n")
    return 0


def examples_of(folder: Path) -> Iterator[Example]:
    """Every field with ink of the folder's sheets.

    Sheets whose places were not found as the template has them are left out: that a column was
    taken for another is no doubt about its digits, and is caught by the sums.
    """
    engine, templates, lists = Engine(), list(load_templates().values()), _lists(folder)
    full, unlisted, bare = Knowledge(lists), Knowledge(Lists((), lists.units)), Knowledge(Lists())
    for path in sorted(folder.rglob("*.expected.json")):
        expected = json.loads(path.read_text(encoding="utf-8"))
        picture = path.with_name(path.name.replace(".expected.json", ".jpg"))
        sheet = rectify(next(open_sheets(picture)).pixels)
        found = match(sheet, find_grid(sheet), templates, engine.read_print, engine.locate)
        if found is None or found.template.id != expected["template"]:
            continue
        steady, other = _Remembering(engine), _Remembering(Unsteady(engine, zlib.crc32(str(path).encode())))
        for hand, knowledge in ((steady, full), (steady, unlisted), (other, full), (other, bare)):
            own = list(_examples(FieldReader(hand, knowledge, found), expected, picture.stem))
            if sum(example.right for example in own) > FOUND * len(own):
                yield from own


def _examples(reader: FieldReader, expected: Mapping[str, Any], sheet: str) -> Iterator[Example]:
    template = reader.match.template
    kinds = {spec.name: spec.kind for spec in (*template.fields, *template.columns)}
    for name, settled, value in _pairs(reader, expected):
        evidence = settled.reading.evidence if settled.reading else None
        if evidence is not None and not evidence.options:
            kind = kinds[name]
            yield Example(kind, features(settled, kind), _same(kind, settled.value, value),
                          str(expected.get("hand", sheet)), doubtful(settled))


class _Remembering:
    """An engine for several readings of one sheet: each crop is recognised once."""

    def __init__(self, engine: Recogniser) -> None:
        self._engine = engine
        self._known: dict[tuple[bytes, Look], Emissions] = {}

    def emissions(self, crops: Sequence[Image], look: Look = WHOLE) -> list[Emissions]:
        """As the engine gives them."""
        keys = [(crop.tobytes(), look) for crop in crops]
        unknown = {key: crop for key, crop in zip(keys, crops, strict=True) if key not in self._known}
        self._known |= zip(unknown, self._engine.emissions(list(unknown.values()), look), strict=True)
        return [self._known[key] for key in keys]


def _lists(folder: Path) -> Lists:
    for place in (folder, folder.parent):
        if (place / "roster.csv").is_file():
            return Lists(read_roster(place / "roster.csv"), read_units(place / "units.csv"))
    return Lists()


def _pairs(reader: FieldReader, expected: Mapping[str, Any]) -> Iterator[tuple[str, Settled, str]]:
    """What was read beside what is on the paper; what the paper does not have says nothing."""
    if expected.get("fields"):
        values = expected["fields"]
        yield from ((name, cell, values[name]) for name, cell in reader.settled_form().items() if name in values)
        return
    if not expected.get("rows"):
        return
    rows = [*expected["rows"], expected.get("totals", {})]
    found = reader.settled_table()
    if len(found) == len(rows):
        for cells, values in zip(found, rows, strict=True):
            yield from ((name, cell, values[name]) for name, cell in cells.items() if name in values)


def _same(kind: str, value: str, expected: str) -> bool:
    return words_alone(value) == words_alone(expected) if kind == "free_text" else value == expected


def fitted(examples: Sequence[Example]) -> dict[str, Any]:
    """Parameters per kind, and under "" those of all kinds together."""
    whole = _Scale.of(examples)
    common = _logistic(whole.of_examples(examples), _right(examples), np.zeros(len(FEATURES) + 1), 1e-3)
    found = {"": _fit(examples, whole, common)}
    for kind in sorted({example.kind for example in examples}):
        own = [example for example in examples if example.kind == kind]
        if len(own) >= LEAST:
            found[kind] = _fit(own, whole, common)
    return found


@dataclass(frozen=True, slots=True)
class _Scale:
    """Mean and spread of each feature over all kinds."""

    mean: NDArray[np.float64]
    spread: NDArray[np.float64]

    @classmethod
    def of(cls, examples: Sequence[Example]) -> _Scale:
        x = np.array([example.features for example in examples])
        return cls(x.mean(axis=0), np.maximum(x.std(axis=0), 1e-3))

    def of_examples(self, examples: Sequence[Example]) -> NDArray[np.float64]:
        """Features on one scale, a column of ones in front."""
        x = np.array([example.features for example in examples])
        return np.concatenate([np.ones((len(x), 1)), (x - self.mean) / self.spread], axis=1)

    def unscaled(self, w: NDArray[np.float64]) -> NDArray[np.float64]:
        """Intercept and weights for features as they come."""
        raw = w[1:] / self.spread
        return np.concatenate([[w[0] - raw @ self.mean], raw])


def _right(examples: Sequence[Example]) -> NDArray[np.float64]:
    return np.array([example.right for example in examples], np.float64)


def _fit(examples: Sequence[Example], scale: _Scale, common: NDArray[np.float64]) -> dict[str, Any]:
    z, y = scale.of_examples(examples), _right(examples)
    folds = np.array([zlib.crc32(example.hand.encode()) % _FOLDS for example in examples])
    unseen = np.zeros(len(y))
    for fold in range(_FOLDS):
        apart = folds == fold
        if apart.any() and (~apart).any():
            unseen[apart] = _predicted(_logistic(z[~apart], y[~apart], common), z[apart])
    weights = scale.unscaled(_logistic(z, y, common))
    free = np.array([not example.doubted for example in examples])
    thresholds = {f"{target:g}": _threshold(unseen[free], y[free], target) for target in TARGETS}
    return {
        "intercept": round(float(weights[0]), 5), "weights": [round(float(w), 5) for w in weights[1:]],
        "thresholds": thresholds, "fields": len(y), "right": round(float(y.mean()), 4),
        "ece": round(calibration_error(unseen, y), 4),
        "accepted": {key: round(float((unseen >= t).mean()), 3) for key, t in thresholds.items()},
    }


def _logistic(z: NDArray[np.float64], y: NDArray[np.float64], common: NDArray[np.float64],
              ridge: float = _RIDGE) -> NDArray[np.float64]:
    """Logistic regression drawn towards `common`: a kind without mistakes learns its doubts from the others."""
    from scipy.optimize import minimize

    def loss(w: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        score, off = z @ w, w - common
        p = 1 / (1 + np.exp(-np.clip(score, -30, 30)))
        value = np.logaddexp(0, -score * (2 * y - 1)).sum() + 0.5 * ridge * (off ** 2).sum()
        return float(value), np.asarray(z.T @ (p - y) + ridge * off)

    bounds = [(None, None), *(_SIGNS.get(name, (None, None)) for name in FEATURES)]
    return np.asarray(minimize(loss, common, jac=True, method="L-BFGS-B", bounds=bounds).x)


_SIGNS = {"log_odds": (0.0, None), "agreed": (0.0, None), "settled": (None, 0.0), "objected": (None, -0.02),
          "wording": (0.0, None), "open": (0.0, None), "alone": (0.0, None)}
"""What can only speak for a value, or only against it, whatever a few sheets say."""


def _predicted(weights: NDArray[np.float64], z: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-np.clip(z @ weights, -30, 30))))


def _threshold(p: NDArray[np.float64], y: NDArray[np.float64], target: float) -> float:
    """The least confidence above which neither the expected nor the seen share of wrong values is more than
    LEEWAY times the target: most kinds are never wrong, so all together keep it.

    One wrong value more than was seen is counted, so that few examples prove little; where those above
    the threshold are too few to prove the target, none of them may have been wrong.
    """
    order = np.argsort(-p)
    count = np.arange(1, len(p) + 1)
    expected = np.cumsum(1 - p[order]) / count
    seen = np.cumsum(1 - y[order])
    proven = (expected <= _LEEWAY * target) & (seen + 1 <= _LEEWAY * target * (count + 1))
    unproven = (expected <= target) & (seen == 0)
    good = np.flatnonzero(proven | unproven)
    if not len(good):
        return 1.0 - target / 10
    return round(float(min(max(p[order][good[-1]], 1 - 5 * target), 0.99999)), 5)


_LEEWAY = 2.0


def calibration_error(p: NDArray[np.float64], y: NDArray[np.float64], bins: int = 15) -> float:
    """Expected calibration error: mean gap between confidence and share right, over bins of equal count."""
    order = np.argsort(p)
    parts = np.array_split(order, bins)
    return float(sum(abs(p[part].mean() - y[part].mean()) * len(part) for part in parts if len(part)) / max(1, len(p)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
