"""Names as they are compared: simplified, variants folded, by sound, and by near sound."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC

_VARIANTS = str.maketrans(
    "喆堃淼峯昇甦邨珎仝犇勳猷叡濬頴頴穎埜羣翫竝逹鈤嵗赟贇姸姍寳夀陞牀皜晳",
    "哲坤淼峰升苏村珍同奔勋犹睿浚颖颖颖野群玩并达日岁赟赟妍姗宝寿升床皓晰")
_NOISE = re.compile(r"[\s·•・.．,，（）()]")
_NEAR = ((re.compile(r"^zh"), "z"), (re.compile(r"^ch"), "c"), (re.compile(r"^sh"), "s"),
         (re.compile(r"ng$"), "n"), (re.compile(r"^hu"), "f"), (re.compile(r"^l"), "n"))
"""Sounds that a county's speech and its typists take for one another."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name in the forms it is compared in; `sounds` are syllables without tones, `near` folded further."""

    plain: str
    sounds: tuple[str, ...]
    near: tuple[str, ...]


@lru_cache(maxsize=200_000)
def understood(written: str) -> Name:
    """The forms of a name as written."""
    plain = _NOISE.sub("", _simplifier().convert(unicodedata.normalize("NFKC", written))).translate(_VARIANTS)
    sounds = tuple(_sound(character) for character in plain)
    return Name(plain, sounds, tuple(_near(sound) for sound in sounds))


@cache
def _sound(character: str) -> str:
    from pypinyin import Style, pinyin  # its dictionaries take a fifth of a second and 58 MB

    return str(pinyin(character, style=Style.NORMAL, errors="default")[0][0])


@cache
def _near(sound: str) -> str:
    for pattern, folded in _NEAR:
        sound = pattern.sub(folded, sound)
    return sound


@cache
def _simplifier() -> OpenCC:
    from opencc import OpenCC

    return OpenCC("t2s")
