"""What a kind of field is given to read, and what it answers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ocr.decode import Emissions, best_path, best_path_log_p
from ocr.decode.folds import canonical, written_alike
from ocr.kinds.knowledge import Knowledge
from ocr.template import FieldSpec


@dataclass(frozen=True, slots=True)
class Option:
    """A printed option and how surely (0–1) it is marked."""

    word: str
    marked: float


@dataclass(frozen=True)
class Evidence:
    """The recogniser's probabilities for one place: its written lines from top to bottom.

    `options` are the printed options of a place to tick, empty where one writes.
    """

    lines: tuple[Emissions, ...]
    options: tuple[Option, ...] = ()

    @cached_property
    def joined(self) -> Emissions:
        """All lines as one, with a blank step between them so that no two characters merge."""
        alphabet = self.lines[0].alphabet
        if len(self.lines) == 1:
            return self.lines[0]
        gap = np.zeros((1, len(alphabet.characters)), np.float32)
        gap[0, 0] = 1.0
        parts = [part for line in self.lines for part in (gap, line.steps)]
        return Emissions(np.concatenate(parts[1:]), alphabet)

    @cached_property
    def open_text(self) -> str:
        """The most probable text under no constraint at all."""
        return best_path(self.joined)[0]

    @cached_property
    def plain_text(self) -> str:
        """The same in simplified characters of half width."""
        alphabet = self.joined.alphabet
        simple = canonical(alphabet)
        return "".join(simple[alphabet.index[character]] for character in self.open_text)

    @cached_property
    def open_log_p(self) -> float:
        """Log-probability of the most probable path."""
        return best_path_log_p(self.joined)

    @cached_property
    def certainties(self) -> tuple[tuple[str, float], ...]:
        """Each character of the most probable path with its probability, that of its other scripts added."""
        joined = self.joined
        alike = written_alike(joined.alphabet)
        return tuple((character, float(joined.steps[step, alike(character)].sum()))
                     for character, _, step in joined.path)


@dataclass(frozen=True, slots=True)
class Context:
    """What is known about the field: its definition, the lists given, names read elsewhere on the sheet."""

    spec: FieldSpec
    knowledge: Knowledge
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value the writing may stand for; `raw` is the way it is written, `log_p` up to a constant."""

    value: str
    raw: str
    log_p: float
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class KindReading:
    """The candidates of a field, best first, each value once.

    `rescore` gives log-probabilities of further values on the same scale, for values that other
    fields suggest; None where that makes no sense.
    """

    candidates: tuple[Candidate, ...]
    evidence: Evidence | None = None
    flags: tuple[str, ...] = ()
    rescore: Callable[[Sequence[str]], Sequence[float]] | None = field(default=None, compare=False)

    @property
    def best(self) -> Candidate | None:
        """The likeliest candidate."""
        return self.candidates[0] if self.candidates else None


def merged(candidates: Iterable[Candidate], keep: int = 8) -> tuple[Candidate, ...]:
    """The candidates with equal values added up, best first; `raw` is that of the likeliest way."""
    best: dict[str, Candidate] = {}
    total: dict[str, float] = {}
    for candidate in candidates:
        known = best.get(candidate.value)
        total[candidate.value] = _log_add(total.get(candidate.value, -math.inf), candidate.log_p)
        if known is None or candidate.log_p > known.log_p:
            best[candidate.value] = candidate
    summed = [Candidate(c.value, c.raw, total[c.value], c.flags) for c in best.values()]
    return tuple(sorted(summed, key=lambda c: -c.log_p)[:keep])


def _log_add(a: float, b: float) -> float:
    high, low = max(a, b), min(a, b)
    return high if low == -math.inf else high + math.log1p(math.exp(low - high))


_NONE = frozenset("/／\\—–-－_一~×xX1|丨丿ノ无無")
"""A lone one of these in a place for words stands for nothing."""


def crossed_off(evidence: Evidence) -> KindReading | None:
    """The empty reading of a place for words that holds nothing but a stroke or 无; None for any other."""
    text = evidence.open_text.strip()
    if len(text) != 1 or text not in _NONE:
        return None
    return KindReading((Candidate("", text, evidence.open_log_p),), evidence)


def nothing(evidence: Evidence | None = None, *flags: str) -> KindReading:
    """The reading of a place whose writing fits no value of its kind."""
    return KindReading((Candidate("", evidence.open_text if evidence else "", 0.0),), evidence, flags)
