"""Find out whether a place holds printed options to tick, and which of them are ticked.

The words are found by what the recogniser read and where; the ticks by ink alone: a list's box with
ink inside its frame, or, of two words standing apart, the one that carries more than its print.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.decode import Emissions
from ocr.decode.folds import canonical
from ocr.kinds.evidence import Option
from ocr.template import FieldSpec

Image = NDArray[np.uint8]
Dark = NDArray[np.float32]
"""How dark each pixel is, 0 (paper) to 1 (the darkest stroke)."""

OFFICIAL_REASONS = ("外出打工", "早婚早育", "信教", "学习困难或厌学", "身体残疾或疾病", "家庭困难", "失踪失联", "其他")
"""The reasons of the notice, as forms print them."""
SEXES = ("男", "女")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of print: its picture and what the recogniser made of it."""

    crop: Image
    seen: Emissions


Character = tuple[str, float]
"""A character in simplified form and its middle, in pixels of the crop."""


def options_in(words: Sequence[str], lines: Sequence[Line]) -> tuple[Option, ...]:
    """The printed options found in a place with how surely each is marked; none when it is written in."""
    if not words:
        return ()
    if tuple(words) == SEXES:
        return _pair(lines)
    return _list(tuple(words), lines)


def words_of(spec: FieldSpec) -> tuple[str, ...]:
    """The options a form may print for a field; none for a field that is always written."""
    if spec.kind == "sex":
        return SEXES
    if spec.kind == "choice":
        return tuple(spec.options.get("choices", ()))
    return OFFICIAL_REASONS if spec.lexicon == "reasons" else ()


# --- a list of options with boxes -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Word:
    word: str
    line: int
    first: float
    """Middle of its first character, pixels of the crop."""
    share: float = 1.0
    """Share of its characters that were read there."""

    def overlaps(self, other: _Word, pitch: float) -> bool:
        """Whether two words would stand in one place."""
        early, late = sorted((self, other), key=lambda word: word.first)
        return self.line == other.line and early.first + (len(early.word) - 0.5) * pitch > late.first


def _list(words: tuple[str, ...], lines: Sequence[Line]) -> tuple[Option, ...]:
    """The options of a list: at least half of them must be read."""
    spelled = [_spelled(line) for line in lines]
    pitch = _pitch(words, spelled)
    if pitch is None:
        return ()
    located = [place for word in words if (place := _located(word, spelled, pitch)) is not None]
    found = _apart_from_each_other(located, pitch)
    if len(found) < max(2, len(words) / 2):
        return ()
    marked: dict[str, float] = {}
    for number, line in enumerate(lines):
        here = [each for each in found if each.line == number]
        if here:
            inks = _inside(_dark(line.crop), [each.first for each in here], pitch)
            marked |= {each.word: ink for each, ink in zip(here, inks, strict=True)}
    unread = tuple(Option(word, _UNREAD) for word in words if word not in marked)
    return _weighed(tuple(marked), tuple(marked.values())) + unread


_UNREAD = 0.05
"""How likely an option is marked that could not be found: enough to doubt that none is."""


def _apart_from_each_other(found: list[_Word], pitch: float) -> list[_Word]:
    """The words without those that were found where another fits better: 已返校 and 同意返校 end alike."""
    kept: list[_Word] = []
    for word in sorted(found, key=lambda one: (-one.share, -len(one.word))):
        if not any(word.overlaps(other, pitch) for other in kept):
            kept.append(word)
    return [word for word in found if word in kept]


def _spelled(line: Line) -> list[Character]:
    """The characters of the most probable path and where they are."""
    simple, index = canonical(line.seen.alphabet), line.seen.alphabet.index
    return [(simple[index[name]], (step + 0.5) * line.seen.stride) for name, _, step in line.seen.path]


def _pitch(words: Sequence[str], spelled: Sequence[list[Character]]) -> float | None:
    """Distance of neighbouring characters within the words, in pixels; None when no two were read."""
    pairs = {word[at:at + 2] for word in words for at in range(len(word) - 1)}
    steps = [b[1] - a[1] for line in spelled for a, b in zip(line, line[1:], strict=False) if a[0] + b[0] in pairs]
    if len(steps) < 3:
        return None
    # The recogniser's steps are coarse against a character: only their mean is fine enough.
    return float(np.mean([step for step in steps if step < 1.6 * np.median(steps)]))


def _located(word: str, spelled: Sequence[list[Character]], pitch: float) -> _Word | None:
    """Where a word begins: the place that most of its characters agree on."""
    best: tuple[float, _Word] | None = None
    for number, line in enumerate(spelled):
        votes = [x - place * pitch for character, x in line for place, wanted in enumerate(word) if character == wanted]
        for vote in votes:
            near = [other for other in votes if abs(other - vote) < 0.6 * pitch]
            share = min(len(near), len(word)) / len(word)
            if share >= _READ and (best is None or share > best[0]):
                best = (share, _Word(word, number, float(np.median(near)), share))
    return None if best is None else best[1]


_READ = 0.6
"""Share of a word's characters that must be read for it to be found."""


def _inside(dark: Dark, firsts: Sequence[float], pitch: float) -> list[float]:
    """For each word, by the middle of its first character, how dark the box before it is inside its frame.

    All boxes stand at one distance before their words: where most frames fit best, all are sought.
    """
    side = round(0.86 * pitch)
    fits = [_fit(_before(dark, first, pitch), side) for first in firsts]
    usual = np.median([_peak(fit) for fit in fits], axis=0)
    play = max(2, round(0.16 * pitch))
    rim = max(2, round(0.24 * side))
    found = []
    for first, fit in zip(firsts, fits, strict=True):
        top, left = (max(0, round(float(at)) - play) for at in usual)
        near = _peak(fit[top:top + 2 * play + 1, left:left + 2 * play + 1])
        y, x = top + near[0], left + near[1]
        found.append(float(_before(dark, first, pitch)[y + rim:y + side - rim, x + rim:x + side - rim].mean()))
    return found


def _before(dark: Dark, first: float, pitch: float) -> Dark:
    """The piece of the line where the box of a word must be."""
    centre = float(np.average(np.arange(len(dark)), weights=dark.sum(axis=1) + 1e-6))
    return _cut(dark, first - 1.85 * pitch, centre - 0.75 * pitch, round(1.42 * pitch), round(1.5 * pitch))


def _fit(piece: Dark, side: int) -> Dark:
    """How well a frame of that side fits at each place: ink along it, paper around it."""
    line, round_it = max(2, round(0.14 * side)), 2
    frame = np.full((side + 2 * round_it,) * 2, -0.5, np.float32)
    frame[round_it:-round_it, round_it:-round_it] = 1.0
    inner = round_it + line
    frame[inner:-inner, inner:-inner] = 0.0
    padded = cv2.copyMakeBorder(piece, round_it, round_it, round_it, round_it, cv2.BORDER_CONSTANT, value=0)
    return np.asarray(cv2.matchTemplate(padded, frame, cv2.TM_CCORR), np.float32)


def _peak(fit: Dark) -> tuple[int, int]:
    """Row and column of the best fit."""
    row, column = np.unravel_index(int(fit.argmax()), fit.shape)
    return int(row), int(column)


def _cut(dark: Dark, left: float, top: float, wide: int, high: int) -> Dark:
    """A piece of the picture; what lies outside is paper."""
    x, y = round(left), round(top)
    piece: Dark = np.zeros((high, wide), np.float32)
    part = dark[max(0, y):max(0, y + high), max(0, x):max(0, x + wide)]
    piece[max(0, -y):max(0, -y) + part.shape[0], max(0, -x):max(0, -x) + part.shape[1]] = part
    return piece


def _dark(crop: Image) -> Dark:
    """Darkness relative to the paper of the crop and its darkest strokes."""
    grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY).astype(np.float32)
    paper, stroke = float(np.percentile(grey, 85)), float(np.percentile(grey, 2))
    span = max(30.0, 0.85 * (paper - stroke))
    return np.asarray(np.clip((paper - 0.1 * span - grey) / span, 0, 1), np.float32)


def _weighed(words: Sequence[str], inks: Sequence[float]) -> tuple[Option, ...]:
    """Each option with how surely it is marked; beside a heavy mark a faint one is likelier a speck."""
    most = max(inks)
    return tuple(Option(word, _sure(ink if ink > 0.5 * most else _BESIDE * ink))
                 for word, ink in zip(words, inks, strict=True))


_BESIDE = 0.25


def _sure(ink: float) -> float:
    """How surely so much ink is a mark: printed boxes hold up to 0.08, thin ticks from 0.12 on."""
    return 1 / (1 + math.exp(-max(-8.0, min(8.0, 60 * (ink - 0.1)))))


# --- two words standing apart ---------------------------------------------------------------------


def _pair(lines: Sequence[Line]) -> tuple[Option, ...]:
    """男 and 女 printed side by side, with boxes or without."""
    if len(lines) != 1:
        return ()
    dark = _dark(lines[0].crop)
    groups = _apart(dark)
    if groups is None or not _may_be_pair("".join(character for character, _ in _spelled(lines[0]))):
        return ()
    (wide, high), _ = sorted((_extent(dark[:, a:b]) for a, b in groups), key=lambda size: size[0] * size[1])
    if wide > 1.45 * high:
        pitch = wide / 1.89
        inks = _inside(dark, [groups[0][1] - 0.47 * pitch, groups[1][1] - 0.47 * pitch], pitch)
    else:
        inks = _over(float(dark[:, slice(*groups[0])].sum()), float(dark[:, slice(*groups[1])].sum()))
    return _weighed(SEXES, inks)


def _over(left: float, right: float) -> list[float]:
    """What each of two words carries beyond its print, scaled so that a ring or tick is like ink in a box."""
    right *= _MORE_PRINT
    return [_SCALE * max(0.0, left / right - _PLAY), _SCALE * max(0.0, right / left - _PLAY)]


_MORE_PRINT = 1.25
"""男 has that much more ink than 女."""
_PLAY, _SCALE = 1.3, 0.3


def _may_be_pair(read: str) -> bool:
    """Whether what was read may be 男 and 女, of which a mark may hide one."""
    hidden = [character for character in read if character >= "一" and character not in "男女口囗"]
    if set(hidden) & set("性生孩"):
        return False
    return len({"男", "女"} & set(read)) + len(hidden) <= 2 and ("男" in read or "女" in read)


def _apart(dark: Dark) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """The two groups of columns with ink on both sides of the widest gap; None when it is no gap of print."""
    busy = np.flatnonzero((dark > 0.35).sum(axis=0) >= 1)
    if len(busy) < 2:
        return None
    gaps = np.diff(busy)
    at = int(gaps.argmax())
    groups = (int(busy[0]), int(busy[at]) + 1), (int(busy[at + 1]), int(busy[-1]) + 1)
    low, high = sorted(_extent(dark[:, a:b])[1] for a, b in groups)
    return groups if low >= 0.25 * high and gaps[at] >= 0.45 * low else None


def _extent(dark: Dark) -> tuple[int, int]:
    """Width and height of the ink."""
    rows, columns = np.flatnonzero((dark > 0.35).any(axis=1)), np.flatnonzero((dark > 0.35).any(axis=0))
    return (int(columns[-1] - columns[0]) + 1, int(rows[-1] - rows[0]) + 1) if len(rows) else (0, 0)
