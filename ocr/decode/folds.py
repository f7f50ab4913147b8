"""Reduce the recogniser's 18,710 characters to a field's symbols, adding up what looks the same.

費 and 费 are one word, and in a place for digits an O is a nought: the probability of every
character that stands for a symbol is added to it. Adding is exact for CTC, because paths that
differ only in such characters are different ways of writing the same text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ocr.decode import FLOOR, Alphabet, Emissions, Lattice

DIGITS = "0123456789"

LOOKS_LIKE_DIGIT: Mapping[str, str] = {
    "0": "OoDQCc〇○◯Ооο口°⓪Oσ",
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


JUNK = 0.002
"""What the probability of a character outside the field's symbols is worth as «nothing there»: remains
of a ruling, a stray stroke or a struck-out word may be passed over, at a price."""

_NOTHING = 0.995
"""Blanks surer than this say nothing new when the step before was one too."""


_MANY = 1000
"""Symbols of open text: more than a lattice is made of."""

_INVISIBLE = FLOOR
"""Most characters are less probable than this along a whole line: they are not worth adding up."""


class Fold:
    """Which characters stand for each symbol of a field; made once per alphabet and set of symbols.

    A character stands for itself, its simplified form, and all it looks like. Of many symbols a lattice keeps those
    that can be seen: what is on none of its columns has the floor's probability in any case.
    """

    def __init__(self, alphabet: Alphabet, symbols: Iterable[str], looks_like: Mapping[str, str]) -> None:
        self.symbols = tuple(dict.fromkeys(symbols))
        wanted = {symbol: number for number, symbol in enumerate(self.symbols)}
        looks: dict[str, set[str]] = {}
        for symbol, others in looks_like.items():
            for other in others if symbol in wanted else ():
                looks.setdefault(other, set()).add(symbol)
        simple = canonical(alphabet)
        pairs = [(wanted[name], number) for number, character in enumerate(alphabet.characters) if number
                 for name in {character, simple[number], *looks.get(character, ())} if name in wanted]
        pairs.sort()
        self._sources = np.array([number for _, number in pairs], np.int64)
        self._targets = np.array([target for target, _ in pairs], np.int64)
        self._space = -1 if " " in wanted else alphabet.index.get(" ", -1)

    def __call__(self, emissions: Emissions) -> Lattice:
        """The probabilities of blank and symbols at every step, never below the floor."""
        blank = emissions.steps[:, 0]
        if self._space >= 0:
            blank = blank + emissions.steps[:, self._space]
        news = np.ones(len(blank), bool)
        news[1:] = (blank[1:] < _NOTHING) | (blank[:-1] < _NOTHING)
        symbols, columns, added = self.symbols, np.zeros(0, np.intp), np.zeros((int(news.sum()), 0), np.float32)
        if len(self._sources) and len(added):
            seen = self._most(emissions) >= _INVISIBLE
            wanted = self._targets[seen]
            starts = np.flatnonzero(np.diff(wanted, prepend=-1))  # they are in order
            columns = wanted[starts]
            if len(columns):
                added = np.add.reduceat(emissions.steps[np.ix_(news, self._sources[seen])], starts, axis=1)
        if len(symbols) > _MANY:
            symbols, columns = tuple(symbols[column] for column in columns), np.arange(len(columns))
        steps: NDArray[np.float64] = np.full((len(added), len(symbols) + 1), FLOOR)
        steps[:, columns + 1] += added
        known = steps[:, 1:].sum(axis=1)
        steps[:, 0] += blank[news] + JUNK * np.maximum(0.0, 1.0 - blank[news] - known)
        return Lattice(steps, symbols)

    def _most(self, emissions: Emissions) -> NDArray[np.float32]:
        """The greatest probability of each source along the line; columns are picked last where most are wanted."""
        few = 4 * len(self._sources) < emissions.steps.shape[1]
        return np.asarray(emissions.steps[:, self._sources].max(axis=0) if few else emissions.most[self._sources])


@lru_cache(maxsize=64)
def _fold(alphabet: Alphabet, symbols: str, looks_like: tuple[tuple[str, str], ...]) -> Fold:
    return Fold(alphabet, symbols, dict(looks_like))


def folded(emissions: Emissions, symbols: str, looks_like: Mapping[str, str] | None = None,
           quiet: float = 1.0) -> Lattice:
    """`emissions` over `symbols` only, with the mass of characters written the same way.

    Steps whose blank is surer than `quiet` count as empty: over a long stretch of faint noise the
    many places where a character could stand would otherwise add up to one.
    """
    lattice = _fold(emissions.alphabet, symbols, tuple((looks_like or {}).items()))(emissions)
    hushed = lattice.steps[:, 0] > quiet
    if hushed.any():
        lattice.steps[hushed, 1:] = FLOOR / 100
    return lattice


@lru_cache(maxsize=4)
def canonical(alphabet: Alphabet) -> tuple[str, ...]:
    """Each character in half width and simplified script, itself when that is not one character."""
    narrow = [unicodedata.normalize("NFKC", character) for character in alphabet.characters]
    single = [wide if len(wide) == 1 else character
              for wide, character in zip(narrow, alphabet.characters, strict=True)]
    simple = simplified("\n".join(single)).split("\n")
    if len(simple) != len(single):      # never seen; a changed conversion table must not shift characters
        return tuple(single)
    return tuple(old if len(new) != 1 or old in _OWN_RIGHT else new
                 for new, old in zip(simple, single, strict=True))


@lru_cache(maxsize=4)
def written_alike(alphabet: Alphabet) -> Callable[[str], list[int]]:
    """A function from a character to the numbers of all that are the same in half width and simplified script."""
    simple = canonical(alphabet)
    groups: dict[str, list[int]] = {}
    for number, name in enumerate(simple):
        groups.setdefault(name, []).append(number)
    return lambda character: groups[simple[alphabet.index[character]]]


_OWN_RIGHT = frozenset("龑昇堃喆淼甯邨仝犇龢飏祎椾蹚")
"""Once variants, again characters of their own in the national list of 2013, as people's names need them."""


def simplified(text: str) -> str:
    """`text` in simplified characters."""
    return str(_converter().convert(text))


@lru_cache(maxsize=1)
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")
