"""A number of people: digits, or a dash for none."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from ocr.decode import forward
from ocr.decode.folds import DIGITS, LOOKS_LIKE_DIGIT, folded
from ocr.decode.search import search
from ocr.kinds.evidence import Candidate, Context, Evidence, KindReading, merged, nothing
from ocr.kinds.grammar import Digits, Lexicon
from ocr.kinds.numerals import chinese

_NONE = ("-", "/", "无")
_NONE_LOOKS = {"-": "—－–一~ー_", "/": "／\\", "无": "無"}
_LOOKS = {**LOOKS_LIKE_DIGIT, "1": LOOKS_LIKE_DIGIT["1"].replace("/", ""), **_NONE_LOOKS}


def read(evidence: Evidence, context: Context) -> KindReading:
    """The likeliest numbers of up to `options.digits` digits (4 unless told), or in `options.ways` of writing it."""
    if context.spec.options.get("ways"):
        return _in_words(evidence, tuple(context.spec.options["ways"]))
    lattice = folded(evidence.joined, DIGITS + "".join(_NONE), _LOOKS)
    numbers = search(lattice, Digits(1, int(context.spec.options.get("digits", 4))), beams=10)
    found = [Candidate(str(int(h.text)), h.text, h.log_p - rarity(h.text)) for h in numbers]
    dashes = forward(lattice, _NONE) - _LESS_LIKELY
    found += [Candidate("", text, float(log_p)) for text, log_p in zip(_NONE, dashes, strict=True)]

    def rescore(values: Sequence[str]) -> Sequence[float]:
        scores = zip(values, forward(lattice, values), strict=True)
        return [float(log_p) - rarity(value) for value, log_p in scores]

    candidates = merged(found, keep=12)
    return KindReading(candidates, evidence, rescore=rescore) if candidates else nothing(evidence)


def rarity(number: str) -> float:
    """Natural logarithm of how rare counts of so many digits are."""
    return _LONG.get(len(number), 0.0)


def _in_words(evidence: Evidence, ways: tuple[str, ...]) -> KindReading:
    """A small number with words around it: 第2次, 3课时, or bare."""
    lexicon, values = _written(ways)
    lattice = folded(evidence.joined, lexicon.symbols, _LOOKS)
    candidates = merged(Candidate(values[h.text], h.text, h.log_p) for h in lexicon.read(lattice))
    return KindReading(candidates, evidence) if candidates else nothing(evidence)


@cache
def _written(ways: tuple[str, ...]) -> tuple[Lexicon, dict[str, str]]:
    """The numbers to 99 in each way of writing them ({} stands for the number), small ones likelier."""
    values = {way.format(text): str(number) for number in range(1, 100) for way in ways
              for text in (str(number), chinese(number))}
    return Lexicon({text: 1.0 / (int(value) + 4) for text, value in values.items()}), values


_LONG = {4: 4.0, 5: 5.0, 6: 6.0}
"""Natural logarithm of how rare counts of that many digits are in a township's tables."""
_LESS_LIKELY = 4.0
"""Natural logarithm of how much rarer a dash for none is than a number."""
