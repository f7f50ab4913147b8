"""How well a value goes with the words, names or places that its kind is made of, whatever was written."""

from __future__ import annotations

import math
from functools import cache

from ocr.kinds.free_text import numbered
from ocr.kinds.grammar import log_weight
from ocr.kinds.language import Sentences
from ocr.kinds.person_name import Names
from ocr.kinds.place import in_words

_LEAST = -8.0


def wording(kind: str, value: str) -> float:
    """Mean logarithm of a character's weight under the kind's language; 0 for kinds without one."""
    if not value:
        return 0.0
    if kind == "person_name":
        return max(_LEAST, log_weight(Names(), value)) / (len(value) + 1)
    language = _languages().get(kind)
    if language is None:
        return 0.0
    return (log_weight(language, value) - math.log(language.reward) * len(value)) / (len(value) + 1)


@cache
def _languages() -> dict[str, Sentences]:
    return {"free_text": Sentences(numbered()), "place": in_words(())}
