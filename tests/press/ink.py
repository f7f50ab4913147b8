"""Handwriting on paper: each character bent, tilted and inked a little differently."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from PIL import Image, ImageDraw

from tests.press import fonts, strokes
from tests.press.chance import between
from tests.press.hands import PENS, SMALL, STROKE, THICKENED, Hand, font_for
from tests.press.paper import Box, Paper, clouds


@lru_cache(4000)
def _glyph(name: str, char: str, size: int) -> np.ndarray:
    pad = size // 2
    image = Image.new("L", (2 * size, 2 * size), 0)
    ImageDraw.Draw(image).text(
        (pad, size + pad),
        char,
        fill=255,
        anchor="ls",
        font=fonts.font(name, size),
        stroke_width=THICKENED.get(name, 0) * size,
    )
    return np.asarray(image, np.float32) / 255


def _advance(writer: Hand, char: str, size: float) -> float:
    name = font_for(char, writer)
    if char in "，。、；：（）()":
        return size * 0.55
    if name == strokes.NAME and writer.flow:
        return size * writer.spacing * (0.12 + 0.88 * writer.flow.narrow)
    width = fonts.font(name, 100).getlength(char) / 100 * SMALL.get(name, 1.0)
    return size * width * (1.06 if char.isascii() else writer.spacing)


def _bent(glyph: np.ndarray, writer: Hand, name: str, rng: np.random.Generator) -> np.ndarray:
    """The glyph tilted, scaled and rubbed out of shape a little, its strokes made thicker or thinner."""
    size = glyph.shape[0] / 2
    centre = glyph.shape[0] / 2
    tilt = rng.normal(0, 0.028 * writer.wobble)
    sx, sy = 1 + rng.normal(0, 0.05 * writer.wobble, 2)
    rows, cols = np.mgrid[0 : glyph.shape[0], 0 : glyph.shape[1]].astype(np.float32)
    dx, dy = cols - centre, rows - centre
    bend = 0.022 * writer.wobble * size
    map_x = centre + (dx * np.cos(tilt) + dy * np.sin(tilt)) / sx + writer.slant * dy
    map_y = centre + (dy * np.cos(tilt) - dx * np.sin(tilt)) / sy
    map_x += bend * clouds(rng, glyph.shape, size * 0.45)
    map_y += bend * clouds(rng, glyph.shape, size * 0.45)
    bent = cv2.remap(glyph, map_x.astype(np.float32), map_y.astype(np.float32), cv2.INTER_LINEAR)
    soft = cv2.GaussianBlur(bent, (0, 0), max(0.6, size * 0.014))
    threshold = 0.5 - 2.2 * (STROKE.get(name, 0.0) + writer.pressure + rng.normal(0, 0.015))
    return np.clip((soft - np.clip(threshold, 0.14, 0.72)) * 5 + 0.5, 0, 1)


def layout(writer: Hand, text: str, width: float, size: float) -> list[str]:
    """The lines `text` takes when written `size` high within `width`."""
    lines, line, used = [], "", 0.0
    for char in text:
        step = _advance(writer, char, size)
        if line and used + step > width and char not in "，。、）)":
            lines.append(line)
            line, used = "", 0.0
        line, used = line + char, used + step
    return [*lines, line] if line else lines


def text_width(writer: Hand, text: str, size: float) -> float:
    """How wide `text` comes out, in the unit of `size`."""
    return sum(_advance(writer, char, size) for char in text)


def write(
    paper: Paper,
    box: Box,
    text: str,
    writer: Hand,
    rng: np.random.Generator,
    size: float,
    *,
    align: str = "left",
    corrected: bool = False,
) -> None:
    """Writes `text` into a box of the drawing, `size` millimetres high or as small as the box demands.

    `corrected` writes something wrong first, strikes it out and goes on with the right text.
    """
    if not text:
        return
    size *= writer.size
    wrong = _slip(text, rng) if corrected else ""
    while True:
        lines = layout(writer, wrong + text, box[2] - box[0], size)
        if (
            len(lines) * size * 1.28 <= box[3] - box[1] and _fits(writer, wrong + text, box, size, lines)
        ) or size < 2:
            break
        size *= 0.95
    leading = min(size * between(rng, 1.35, 1.6), (box[3] - box[1]) / len(lines))
    y = (box[1] + box[3]) / 2 + size * 0.36 - leading * (len(lines) - 1) / 2
    if align == "top":
        y = box[1] + size * 1.1
    struck = len(wrong)
    for number, line in enumerate(lines):
        room = box[2] - box[0] - text_width(writer, line, size)
        x = box[0] + {"left": 0.0, "top": 0.0, "middle": max(0.0, room / 2)}[align]
        x += (
            rng.normal(0, 0.06) * size
            if align != "middle"
            else np.clip(rng.normal(0, 0.1), -0.3, 0.3) * max(0, room)
        )
        struck -= _write_line(paper, x, y + number * leading, line, writer, rng, size, struck)


def _fits(writer: Hand, text: str, box: Box, size: float, lines: list[str]) -> bool:
    return len(lines) > 1 or text_width(writer, text, size) <= box[2] - box[0]


def _slip(text: str, rng: np.random.Generator) -> str:
    if text[0].isdigit():
        return "".join(str(int(rng.integers(1, 10))) for _ in text[:2])
    return text[:1] if len(text) < 3 else text[1:2]


def _write_line(
    paper: Paper,
    x: float,
    y: float,
    line: str,
    writer: Hand,
    rng: np.random.Generator,
    size: float,
    struck: int,
) -> int:
    """One line of writing on the baseline y; returns how many of its first characters were struck out."""
    start = x
    ink = between(rng, 0.82, 0.98)
    struck = min(struck, len(line))
    for number, char in enumerate(line):
        _write_char(paper, x, y + (x - start) * writer.drift, char, writer, rng, size, ink)
        x += _advance(writer, char, size) * (1 + rng.normal(0, 0.03))
        if struck and number == struck - 1:
            strike(paper, start, x, y - size * 0.35, writer, rng)
    return struck


def _write_char(
    paper: Paper,
    x: float,
    y: float,
    char: str,
    writer: Hand,
    rng: np.random.Generator,
    size: float,
    ink: float,
) -> None:
    if char == " ":
        return
    name = font_for(char, writer)
    size *= SMALL.get(name, 1.0) * (1 + rng.normal(0, 0.035))
    pixels = max(10, round(paper.length(size)))
    if name == strokes.NAME and writer.flow:
        shape = strokes.drawn(char, pixels, writer.flow, rng)
    else:
        shape = _glyph(name, char, pixels)
    glyph = _bent(shape, writer, name, rng)
    glyph = _inked(glyph, writer, rng) * ink
    left, base = paper.px(x, y + rng.normal(0, 0.035) * size)
    paper.stain(glyph, round(left) - pixels // 2, round(base) - pixels - pixels // 2, PENS[writer.pen])


def _inked(glyph: np.ndarray, writer: Hand, rng: np.random.Generator) -> np.ndarray:
    """Coverage after the pen: pencil is grainy, ball pens run dry here and there."""
    size = glyph.shape[0] / 2
    if writer.pen.endswith("pencil"):
        grain = rng.random(glyph.shape, np.float32)
        return glyph * np.clip(0.62 + 0.5 * (grain - 0.35), 0.2, 1) * between(rng, 0.75, 1)
    return glyph * np.clip(1 - 0.13 * (clouds(rng, glyph.shape, size * 0.3) + 0.4), 0.45, 1)


def strike(paper: Paper, x0: float, x1: float, y: float, writer: Hand, rng: np.random.Generator) -> None:
    """Two hasty strokes through what was written between x0 and x1."""
    for _ in range(int(rng.integers(1, 3))):
        (left, a), (right, b) = (
            paper.px(x0 - 0.3, y + rng.normal(0, 0.5)),
            paper.px(x1 - 0.2, y + rng.normal(0, 0.6)),
        )
        top = int(min(a, b)) - 4
        layer = np.zeros((int(abs(a - b)) + 9, int(right - left) + 1), np.float32)
        cv2.line(
            layer,
            (0, int(a) - top),
            (layer.shape[1] - 1, int(b) - top),
            1.0,
            max(1, round(paper.length(0.45))),
            cv2.LINE_AA,
        )
        paper.stain(layer * 0.9, int(left), top, PENS[writer.pen])


def trace(
    paper: Paper, points: np.ndarray, width: float, alpha: float, colour: tuple[float, float, float]
) -> None:
    """A line through `points` (pixels of the sheet), `width` pixels wide."""
    margin = int(width) + 4
    low = np.floor(points.min(0)).astype(int) - margin
    size = np.ceil(points.max(0)).astype(int) + margin - low
    layer = np.zeros((size[1], size[0]), np.float32)
    path = np.round((points - low) * 8).astype(np.int32)
    cv2.polylines(layer, [path], False, 1.0, max(1, round(width)), cv2.LINE_AA, 3)
    paper.stain(layer * alpha, int(low[0]), int(low[1]), colour)
