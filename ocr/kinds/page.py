"""Which sheet of a register it is: 第2页 共3页, 第2页, 2/3; as 2/3, or 2 where the paper does not say of how many."""

from __future__ import annotations

from functools import cache

from ocr.decode.folds import DIGITS, LOOKS_LIKE_DIGIT, folded
from ocr.kinds.evidence import Candidate, Context, Evidence, KindReading, merged, nothing
from ocr.kinds.grammar import Lexicon

MOST = 30
"""Sheets of one register at most."""
_LOOKS = {**LOOKS_LIKE_DIGIT, "页": "頁负", "张": "張", "第": "弟", "共": "其"}


def read(evidence: Evidence, context: Context) -> KindReading:
    """The likeliest sheet numbers."""
    lexicon, values = _written()
    lattice = folded(evidence.joined, DIGITS + "第页张共/", _LOOKS)
    found = lexicon.read(lattice, beams=16)
    candidates = merged(Candidate(values[h.text], h.text, h.log_p) for h in found)
    return KindReading(candidates, evidence) if candidates else nothing(evidence, "no_page")


@cache
def _written() -> tuple[Lexicon, dict[str, str]]:
    """Every way of writing a sheet's number with its prior, and the number it stands for."""
    weights: dict[str, float] = {}
    values: dict[str, str] = {}
    for page in range(1, MOST + 1):
        ways = {f"第{page}页": 0.1, f"第{page}张": 0.02}
        values |= dict.fromkeys(ways, str(page))
        weights |= ways
        for pages in range(page, MOST + 1):
            ways = {f"第{page}页共{pages}页": 0.7, f"共{pages}页第{page}页": 0.1, f"{page}/{pages}": 0.05,
                    f"第{page}张共{pages}张": 0.03}
            weights |= {text: share / pages for text, share in ways.items()}
            values |= dict.fromkeys(ways, f"{page}/{pages}")
    return Lexicon(weights), values
