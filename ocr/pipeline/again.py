"""Look again, in other ways, at the numbers of a table that its sums object to.

A number written clearly is the same at every look; one misread mostly is not. So what several looks say together
tells a paper's own slip, which stays, from a misreading, which the sums may mend (averaging over changed views of one
picture: Krizhevsky et al., NIPS 2012).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from ocr import calibrate
from ocr.kinds.evidence import Candidate, KindReading
from ocr.looks import Look
from ocr.pipeline.strikes import DOUBT, LONG, PERHAPS, PERHAPS_DOUBT, Image, corrected, without_struck
from ocr.reconcile import Settled
from ocr.template import FieldSpec

LOOKS = (Look(48, 1.5), Look(48, 0.8))
"""Spread so that figures standing close come apart, and narrowed so that wide ones hold together."""

_BROKEN = frozenset(("row_sum", "column_sum", "settled"))
_MOST = 12


def doubted(table: Sequence[Mapping[str, Settled]], columns: Mapping[str, FieldSpec]) -> Iterator[tuple[int, str]]:
    """The cells (row, column) of settled `columns` that a person would have to look at."""
    for at, row in enumerate(table):
        for name, spec in columns.items():
            cell = row.get(name)
            if cell is not None and _has_ink(cell) and (
                    broken(cell) or calibrate.confidence(cell, spec.kind) < calibrate.threshold(spec)):
                yield at, name


def _has_ink(cell: Settled) -> bool:
    return bool(cell.candidates) and cell.reading is not None and cell.reading.evidence is not None


def broken(cell: Settled) -> bool:
    """Whether a sum objects to a cell, or has changed what is written there."""
    return not _BROKEN.isdisjoint(cell.flags)


def struck_again(crops: Sequence[Image], broken: bool) -> tuple[tuple[Image, ...], float]:
    """The lines without what was struck out, none when nothing was, and how much less likely it is that nothing was.

    Where the sums object a lesser bar is enough to ask them.
    """
    for long, doubt in ((LONG, DOUBT), (PERHAPS, PERHAPS_DOUBT)) if broken else ((LONG, DOUBT),):
        struck = [without_struck(crop, long) for crop in crops]
        if any(hit for _, hit in struck):
            return tuple(crop for crop, _ in struck), doubt
    return (), 0.0


def together(whole: Sequence[KindReading], struck: Sequence[KindReading], doubt: float, wanted: str) -> KindReading:
    """What several looks at a place say together, with the evidence of the one that sees `wanted` best.

    `struck` are looks at it without what may be struck out, if anything.
    """
    read = _mixed(whole)
    if struck:
        read = corrected(_mixed(struck), read, doubt)
    clearest = max((*whole, *struck), key=lambda reading: _scores(reading, [wanted])[0])
    return replace(read, evidence=clearest.evidence)


def _mixed(readings: Sequence[KindReading]) -> KindReading:
    """Each of some looks as likely to see a place as it is."""
    best: dict[str, Candidate] = {}
    for candidate in (candidate for reading in readings for candidate in reading.candidates):
        if candidate.value not in best or candidate.log_p > best[candidate.value].log_p:
            best[candidate.value] = candidate

    def rescore(asked: Sequence[str]) -> Sequence[float]:
        scores = np.array([_scores(reading, asked) for reading in readings])
        return [float(score) for score in np.logaddexp.reduce(scores, axis=0) - np.log(len(readings))]

    scored = [replace(best[value], log_p=score) for value, score in zip(best, rescore(list(best)), strict=True)]
    return KindReading(tuple(sorted(scored, key=lambda each: -each.log_p)[:_MOST]), readings[0].evidence,
                       readings[0].flags, rescore)


def _scores(reading: KindReading, values: Sequence[str]) -> list[float]:
    known = {candidate.value: candidate.log_p for candidate in reading.candidates}
    asked = [value for value in values if value not in known]
    if asked and reading.rescore is not None:
        known |= dict(zip(asked, reading.rescore(asked), strict=True))
    return [known.get(value, _NOT_SEEN) for value in values]


_NOT_SEEN = -60.0
"""Log-probability of a number that a look cannot weigh."""
