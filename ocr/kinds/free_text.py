"""Running text: a reason, what was talked about, an opinion."""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from pathlib import Path

from ocr.decode import Hypothesis, Lattice
from ocr.decode.folds import folded
from ocr.decode.search import search
from ocr.kinds import ticked
from ocr.kinds.evidence import Candidate, Context, Evidence, KindReading, crossed_off, merged, nothing
from ocr.kinds.language import Sentences, Trie, dictionary

LEXICONS = Path(__file__).resolve().parent.parent / "lexicons"

QUIET = 0.9
"""Steps whose blank is surer than this hold no character of an open text."""
SEEN = 2e-3
"""Characters of an open text less probable than this are not tried."""
_SIGNS = "，。、；：！？（）“”《》…"
_LOOKS = {"，": ",﹐‚`'‘’", "。": ".｡·•゜°﹒", "；": ";", "：": ":", "！": "!", "？": "?", "（": "(", "）": ")",
          "、": "､ヽ丶﹑", "0": "OoCc〇", "1": "Il|丨", "2": "Zz", "3": "了", "5": "Ss", "6": "b", "7": "了", "9": "qg"}


_NAMED = 0.01
"""Share of a name read elsewhere on the sheet among the words of its running text."""


_MEASURED = {"口人": (8e-4, 12), "天": (8e-4, 31), "月": (4e-4, 12), "日": (4e-4, 31), "号": (2e-4, 31),
             "岁": (2e-4, 18), "年级": (2e-4, 9), "班": (2e-4, 12), "次": (3e-4, 9), "个月": (2e-4, 12),
             "年": (1e-4, 9), "周": (1e-4, 9)}
"""Measures that follow a number in accounts of a visit: their share of all words, the largest number."""


@cache
def numbered() -> Trie:
    """The dictionary with numbers before their measures: 6口人 is a word as 了口人 is none."""
    words = {f"{number}{measure}": share / most for measure, (share, most) in _MEASURED.items()
             for number in range(1, most + 1)}
    return dictionary().with_words(words)


@lru_cache(maxsize=2)
def _with_names(names: tuple[str, ...]) -> Trie:
    """The words of running text and the names read elsewhere on its sheet, which holds several such texts."""
    return numbered().with_words(dict.fromkeys(names, _NAMED))


@cache
def symbols() -> str:
    """Characters of ordinary text: GB2312, those of names beyond it, digits, letters, punctuation."""
    rows = (bytes((high, low)) for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF))
    characters = "".join(pair.decode("gb2312", errors="ignore") for pair in rows)
    names = (LEXICONS / "given_modern.txt").read_text(encoding="utf-8").split("\n", 1)[1]
    characters += "".join(sorted({c for c in names if "\u3400" <= c <= "\u9fff"} - set(characters)))
    return characters + string.digits + string.ascii_letters + _SIGNS + "〇%-"


def lattice(evidence: Evidence) -> Lattice:
    """The writing over the characters of ordinary text."""
    return folded(evidence.joined, symbols(), _LOOKS, QUIET)


def read(evidence: Evidence, context: Context) -> KindReading:
    """The likeliest texts in simplified characters, under the dictionary's words, or the option ticked."""
    if evidence.options:
        return ticked.read(evidence)
    if (blank := crossed_off(evidence)) is not None:
        return blank
    trie = _with_names(context.words)
    found = search(lattice(evidence), Sentences(trie), beams=16, choices=12, unseen=SEEN)
    candidates = merged(_as_worded(found), keep=6)
    return KindReading(candidates, evidence) if candidates else nothing(evidence)


def _as_worded(found: Sequence[Hypothesis]) -> Iterator[Candidate]:
    """Texts of the same words are one value, with the punctuation of the likeliest: a comma is hardly seen."""
    likeliest: dict[str, str] = {}
    for each in found:
        text = likeliest.setdefault(words_alone(each.text), each.text)
        yield Candidate(text, text, each.log_p)


def words_alone(text: str) -> str:
    """Running text without punctuation and spaces, which say nothing of what it means."""
    return "".join(character for character in unicodedata.normalize("NFKC", text)
                   if unicodedata.category(character)[0] not in "PZS")
