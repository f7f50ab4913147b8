"""A month of a year: 2019年5月, 2019.5, 二〇一九年五月; as 2019-05."""

from __future__ import annotations

from functools import cache

from ocr.decode.folds import folded
from ocr.kinds.date import FIRST_YEAR, LAST_YEAR, LOOKS
from ocr.kinds.evidence import Candidate, Context, Evidence, KindReading, merged, nothing
from ocr.kinds.grammar import Lexicon
from ocr.kinds.numerals import DIGITS, chinese


def read(evidence: Evidence, context: Context) -> KindReading:
    """The likeliest months."""
    lexicon, values = _written()
    found = lexicon.read(folded(evidence.joined, lexicon.symbols, LOOKS), beams=16)
    candidates = merged(Candidate(values[h.text], h.text, h.log_p) for h in found)
    return KindReading(candidates, evidence) if candidates else nothing(evidence, "no_month")


@cache
def _written() -> tuple[Lexicon, dict[str, str]]:
    """Every way of writing a month with its prior, and the month it stands for."""
    weights: dict[str, float] = {}
    values: dict[str, str] = {}
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        for month in range(1, 13):
            for text, share in _ways(year, month).items():
                weights.setdefault(text, share)
                values.setdefault(text, f"{year}-{month:02}")
    return Lexicon(weights), values


def _ways(year: int, month: int) -> dict[str, float]:
    in_words = "".join(DIGITS[int(digit)] for digit in str(year))
    return {f"{year}年{month}月": 0.6, f"{year}年{month:02}月": 0.1, f"{year}年{month}月份": 0.05,
            f"{year}.{month}": 0.1, f"{year}-{month:02}": 0.05, f"{year}-{month}": 0.02, f"{year}年{month}": 0.02,
            f"{in_words}年{chinese(month)}月": 0.05}
