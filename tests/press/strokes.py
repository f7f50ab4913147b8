"""Handwriting drawn stroke by stroke, in the order of writing, with one writer's flow of the pen."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import cv2
import numpy as np

from tests.press import fonts
from tests.press.chance import between, share

NAME = "strokes"
"""What a hand calls this instead of a font."""

FINER = 3
"""Strokes are drawn this many times finer, then shrunk."""


@dataclass(frozen=True, slots=True)
class Flow:
    """How one writer moves the pen; lengths are shares of the character's size.

    `join` is how often two strokes run into each other, `round` how far corners are cut, `uneven` how much
    strokes stray, `rise` how far lines climb to the right, `narrow` the width, `nib` the pen's width.
    """

    join: float
    round: float
    uneven: float
    rise: float
    narrow: float
    nib: float
    hurry: float


def flow(split: str, rng: np.random.Generator) -> Flow:
    """A writer of the split: those of `held` join more, stray more and write narrower or wider."""
    held = split == "held"
    return Flow(
        join=between(rng, 0.15, 0.5) if held else between(rng, 0.0, 0.3),
        round=between(rng, 0.6, 1.7) if held else between(rng, 0.2, 1.1),
        uneven=between(rng, 0.012, 0.026) if held else between(rng, 0.006, 0.02),
        rise=between(rng, -0.04, 0.2) if held else between(rng, 0.0, 0.13),
        narrow=between(rng, 0.78, 1.08) if held else between(rng, 0.86, 1.0),
        nib=between(rng, 0.05, 0.082) if held else between(rng, 0.055, 0.075),
        hurry=between(rng, 0.2, 0.6) if held else between(rng, 0.1, 0.45),
    )


@cache
def charset() -> frozenset[int]:
    """The code points whose strokes are known; empty where the data is missing."""
    return frozenset(ord(path.stem) for path in _folder().glob("?.json"))


def drawn(char: str, size: int, writer: Flow, rng: np.random.Generator) -> np.ndarray:
    """Coverage 0–1, shape (2 size, 2 size): the character on its baseline at 1.5 size, from 0.5 size on."""
    canvas = np.zeros((2 * size * FINER, 2 * size * FINER), np.float32)
    ended: np.ndarray | None = None
    for median in _medians(char):
        points = _placed(_strayed(_rounded(median, writer), writer, rng), size, writer)
        if (
            ended is not None
            and share(rng, writer.join)
            and np.hypot(*(points[0] - ended)) < 0.5 * size * FINER
        ):
            _draw(canvas, _link(ended, points[0], rng), writer, size, 0.45, 0.3)
        _draw(canvas, points, writer, size, 1.0, 1.0 - writer.hurry * between(rng, 0.5, 1))
        ended = points[-1]
    return cv2.resize(canvas, (2 * size, 2 * size), interpolation=cv2.INTER_AREA)


@cache
def _folder() -> Path:
    """Where hanzi-writer-data lies, whatever its version."""
    found = sorted((fonts.CACHE / "npm").glob("hanzi-writer-data*/package"))
    return found[-1] if found else fonts.CACHE / "npm" / "hanzi-writer-data"


@lru_cache(3000)
def _medians(char: str) -> tuple[np.ndarray, ...]:
    """Each stroke's middle line in the order of writing, y downward, 0–1 over the character's square."""
    known = json.loads((_folder() / f"{char}.json").read_text(encoding="utf-8"))["medians"]
    return tuple(np.array([(x / 1024, (900 - y) / 1024) for x, y in stroke], np.float32) for stroke in known)


def _rounded(median: np.ndarray, writer: Flow) -> np.ndarray:
    """The stroke as evenly spaced points, its corners cut."""
    steps = np.hypot(*np.diff(median, axis=0).T)
    along = np.concatenate([[0], np.cumsum(steps)])
    count = max(5, int(along[-1] / 0.025))
    even = np.linspace(0, along[-1], count)
    points = np.stack([np.interp(even, along, median[:, axis]) for axis in (0, 1)], 1)
    reach = writer.round * 1.2
    kernel = np.exp(-0.5 * (np.arange(-4, 5) / max(0.2, reach)) ** 2)
    padded = np.pad(points, ((4, 4), (0, 0)), mode="reflect", reflect_type="odd")
    return np.stack([np.convolve(padded[:, a], kernel / kernel.sum(), "valid") for a in (0, 1)], 1)


def _strayed(points: np.ndarray, writer: Flow, rng: np.random.Generator) -> np.ndarray:
    """The stroke moved, turned, stretched and bent a little, as no two are alike."""
    middle = points.mean(0)
    turn = rng.normal(0, 2.2 * writer.uneven)
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    moved = (points - middle) @ matrix.T * (1 + rng.normal(0, 2.5 * writer.uneven)) + middle
    moved += rng.normal(0, 0.7 * writer.uneven, 2)
    across = np.array([-1.0, 1.0]) * (moved[-1] - moved[0])[::-1]
    bow = np.sin(np.linspace(0, np.pi, len(moved)))[:, None]
    return moved + across * bow * rng.normal(0, 2.0 * writer.uneven)


def _placed(points: np.ndarray, size: int, writer: Flow) -> np.ndarray:
    """From the character's square to the fine canvas."""
    x = 0.5 + (points[:, 0] - 0.5) * writer.narrow
    y = points[:, 1] - writer.rise * (points[:, 0] - 0.5)
    # the square reaches from 900 above to 124 below the baseline, which lies at 1.5 size
    return np.stack([(0.5 + x) * size, (1.5 - 900 / 1024 + y) * size], 1) * FINER


def _link(start: np.ndarray, end: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The pen's light way from one stroke to the next."""
    bend = rng.normal(0, 0.08) * (end - start)[::-1] * np.array([1, -1])
    share_done = np.linspace(0, 1, 6)[:, None]
    return start + (end - start) * share_done + bend * np.sin(np.pi * share_done)


def _draw(
    canvas: np.ndarray, points: np.ndarray, writer: Flow, size: int, weight: float, last: float
) -> None:
    """A line that thins from `weight` to `weight * last` where the pen leaves in a hurry."""
    nib = writer.nib * size * FINER * weight
    widths = nib * np.interp(np.linspace(0, 1, len(points) - 1), (0, 0.12, 0.6, 1), (0.95, 1.05, 1.0, last))
    corners = np.round(points * 8).astype(int)
    for start, end, width in zip(corners[:-1], corners[1:], widths, strict=True):
        cv2.line(canvas, start.tolist(), end.tolist(), 1.0, max(1, round(width)), cv2.LINE_AA, 3)
