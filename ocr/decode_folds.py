"""Reduce the recogniser's 18,710 characters to a field's symbols, adding up what looks the same.

費 and 费 are one word, and in a place for digits an O is a nought: the probability of every
character that stands for a symbol is added to it. Adding is exact for CTC, because paths that
differ only in such characters are different ways of writing the same text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ocr.decode import FLOOR, Alphabet, Emissions, Lattice

DIGITS = "0123456789"

LOOKS_LIKE_DIGIT: Mapping[str, str] = {
    "0": "OoDQ〇○◯Ооο口°⓪Oσ",
    "1": "lI|丨!/iıⅠ①丿亅ⅼ[]Ɩ｜∣",
    "2": "zZ乙②z乞",
    "3": "ЗзЭэヨろ③ʒ",
    "4": "Чч④屮φ",
    "5": "Ss⑤Ѕ§ᅳ",
    "6": "bбGь⑥σ",
    "7": "⑦フワク乛つ了」T",
    "8": "B&⑧日ß",
    "9": "gq⑨ցə",
}
"""Characters the recogniser gives for handwritten digits."""


class Fold:
    """Which characters stand for each symbol of a field; made once per alphabet and set of symbols."""

    def __init__(self, alphabet: Alphabet, symbols: Iterable[str], looks_like: Mapping[str, str]) -> None:
        self.symbols = tuple(dict.fromkeys(symbols))
        wanted = {symbol: number for number, symbol in enumerate(self.symbols)}
        stands_for = {look: symbol for symbol, looks in looks_like.items() if symbol in wanted for look in looks}
        simple = canonical(alphabet)
        pairs = []
        for number, character in enumerate(alphabet.characters):
            for name in (character, simple[number], stands_for.get(character, "")):
                if number and name in wanted:
                    pairs.append((wanted[name], number))
                    break
        pairs.sort()
        self._sources = np.array([number for _, number in pairs], np.int64)
        targets = np.array([target for target, _ in pairs], np.int64)
        self._targets, self._starts = np.unique(targets, return_index=True)

    def __call__(self, emissions: Emissions) -> Lattice:
        """The probabilities of blank and symbols at every step, never below the floor."""
        steps: NDArray[np.float64] = np.full((len(emissions.steps), len(self.symbols) + 1), FLOOR)
        steps[:, 0] += emissions.steps[:, 0]
        if len(self._sources) and len(steps):
            picked = emissions.steps[:, self._sources]
            steps[:, self._targets + 1] += np.add.reduceat(picked, self._starts, axis=1)
        return Lattice(steps, self.symbols)


@lru_cache(maxsize=64)
def _fold(alphabet: Alphabet, symbols: tuple[str, ...], looks_like: tuple[tuple[str, str], ...]) -> Fold:
    return Fold(alphabet, symbols, dict(looks_like))


def folded(emissions: Emissions, symbols: str, looks_like: Mapping[str, str] | None = None) -> Lattice:
    """`emissions` over `symbols` only, with the mass of characters written the same way."""
    return _fold(emissions.alphabet, tuple(symbols), tuple((looks_like or {}).items()))(emissions)


@lru_cache(maxsize=4)
def canonical(alphabet: Alphabet) -> tuple[str, ...]:
    """Each character in half width and simplified script, itself when that is not one character."""
    narrow = [unicodedata.normalize("NFKC", character) for character in alphabet.characters]
    single = [wide if len(wide) == 1 else character
              for wide, character in zip(narrow, alphabet.characters, strict=True)]
    simple = simplified("\n".join(single)).split("\n")
    if len(simple) != len(single):      # never seen; a changed conversion table must not shift characters
        return tuple(single)
    return tuple(new if len(new) == 1 else old for new, old in zip(simple, single, strict=True))


def simplified(text: str) -> str:
    """`text` in simplified characters."""
    return str(_converter().convert(text))


@lru_cache(maxsize=1)
def _converter() -> object:
    from opencc import OpenCC

    return OpenCC("t2s")
