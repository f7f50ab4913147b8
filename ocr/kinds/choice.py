"""One of a few listed answers: `options.choices` of the field, each with its ways of being written."""

from __future__ import annotations

from ocr.decode.folds import folded
from ocr.kinds import free_text, ticked
from ocr.kinds.evidence import Candidate, Context, Evidence, KindReading
from ocr.kinds.grammar import Lexicon
from ocr.kinds.listed import with_open_reading


def read(evidence: Evidence, context: Context) -> KindReading:
    """The likeliest answers; one that is ticked is taken; another text when it is clearly none of them."""
    if evidence.options:
        return ticked.read(evidence)
    ways = _ways(context)
    opened = list(free_text.read(evidence, context).candidates)
    if not ways:
        return KindReading(tuple(opened), evidence)
    lexicon = Lexicon({way: 1.0 / len(ways) for way in ways})
    lattice = folded(evidence.joined, lexicon.symbols)
    every = folded(evidence.joined, free_text.symbols(), quiet=free_text.QUIET)
    listed = [Candidate(ways[h.text], h.text, h.log_p) for h in lexicon.read(lattice)]
    return KindReading(with_open_reading(listed, opened, every, set(ways)), evidence)


def _ways(context: Context) -> dict[str, str]:
    """Every way of writing an answer and the answer it stands for."""
    choices = context.spec.options.get("choices", {})
    if not isinstance(choices, dict):
        choices = dict.fromkeys(choices, ())
    return {way: answer for answer, ways in choices.items() for way in (answer, *(ways or ()))}
