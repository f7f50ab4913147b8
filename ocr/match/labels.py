"""Printed labels as words to compare: one script, no spaces, no years, and how alike two of them are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

from rapidfuzz import fuzz

from ocr.template import FieldSpec

_NOISE = re.compile(r"[^0-9A-Za-z㐀-鿿]")
_YEAR = re.compile(r"[0-9]+(?=年)|^[0-9]+")


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """The text in simplified characters, without spaces, punctuation and the figures of a year."""
    return _YEAR.sub("", _NOISE.sub("", _converter().convert(text)))


def likeness(text: str, labels: Iterable[str]) -> float:
    """How well a plain text fits the best of some labels, 0–1.

    A label read whole counts fully; a beginning of a long label, as its first printed line gives,
    counts nearly as much; a label inside longer text less, the more else there is.
    """
    return max((_one(text, plain(label)) for label in labels), default=0.0)


def _one(text: str, label: str) -> float:
    if not text or not label:
        return 0.0
    whole = fuzz.ratio(text, label) / 100
    if len(text) >= 4 and len(label) > len(text) + 2:
        begin = fuzz.ratio(text, label[:len(text)]) / 100
        whole = max(whole, 0.97 * begin)
    if len(label) >= 2 and label in text:
        share = len(label) / len(text)
        whole = max(whole, 0.72 + 0.25 * share if text.endswith(label) else 0.4 + 0.5 * share)
    elif len(text) >= 2 and text in label and (len(text) >= 6 or 2 * len(text) >= len(label)):
        whole = max(whole, 0.6 + 0.3 * len(text) / len(label))
    return float(whole)


def unlike(text: str, labels: Iterable[str]) -> bool:
    """Whether a plain text is words that share no character with any of the labels: another heading."""
    words = [character for character in text if character >= "㐀"]
    return len(words) >= 2 and not any(set(words) & set(plain(label)) for label in labels)


@cache
def _converter() -> Any:
    import opencc

    return opencc.OpenCC("t2s")


def names_another(text: str, name: str, specs: Iterable[FieldSpec]) -> bool:
    """Whether a text that should be the value of field `name` holds the printed label of another field.

    Then the cell was cut wrongly: a worn border let the neighbour in.
    """
    words = plain(text)
    return any(len(label) >= 2 and label[:3] in words
               for spec in specs if spec.name != name and spec.where == "cell" for label in map(plain, spec.labels))
