"""A school year: 2019—2020学年度, 2019-2020学年, 2019至2020; as 2019-2020."""

from __future__ import annotations

from functools import cache

from ocr.decode.folds import folded
from ocr.kinds.date import FIRST_YEAR, LAST_YEAR, LOOKS
from ocr.kinds.evidence import Candidate, Context, Evidence, KindReading, merged, nothing
from ocr.kinds.grammar import Lexicon

_BETWEEN = {"-": 0.9, "至": 0.06, "/": 0.02, "": 0.02}
_AFTER = {"": 0.4, "学年度": 0.35, "学年": 0.2, "年": 0.05}
_LOOKS = {**LOOKS, "学": "學", "度": "废"}


def read(evidence: Evidence, context: Context) -> KindReading:
    """The likeliest school years."""
    lexicon, values = _written()
    found = lexicon.read(folded(evidence.joined, lexicon.symbols, _LOOKS), beams=16)
    candidates = merged(Candidate(values[h.text], h.text, h.log_p) for h in found)
    return KindReading(candidates, evidence) if candidates else nothing(evidence, "no_school_year")


@cache
def _written() -> tuple[Lexicon, dict[str, str]]:
    """Every way of writing a school year with its prior, and the year it stands for."""
    weights: dict[str, float] = {}
    values: dict[str, str] = {}
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        for between, rare in _BETWEEN.items():
            for after, share in _AFTER.items():
                for second, usual in ((str(year + 1), 0.95), (f"{(year + 1) % 100:02}", 0.05)):
                    text = f"{year}{between}{second}{after}"
                    weights[text] = rare * share * usual
                    values[text] = f"{year}-{year + 1}"
    return Lexicon(weights), values
