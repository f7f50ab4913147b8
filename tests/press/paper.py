"""A sheet of paper under the press: ruling and printed words in millimetres, toner and its faults."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageDraw

from tests.press import fonts
from tests.press.chance import between, chance, pick, share

Box = tuple[float, float, float, float]

PRINT_FONTS = {
    "tune": ("serif", "uming", "microhei", "sans"),
    "sample": ("serif", "uming", "microhei", "sans"),
    "held": ("zenhei", "serif-bold", "droid"),
}
"""Print fonts a split draws from: no font of `held` is seen in `tune`."""


@dataclass(frozen=True, slots=True)
class Printer:
    """How a school's printer and its copy of the form look, the same for all it prints."""

    body: str
    heading: str
    traditional: bool
    line_mm: float
    frame: str
    ruling: str
    scale: float
    toner: float
    size_mm: float
    wear: float = 1.0


def printer(split: str, number: int) -> Printer:
    """Printer `number` of a split; tune and held differ in fonts and in the ranges of their ruling."""
    rng = chance("printer", split, number)
    held = split == "held"
    body = pick(rng, PRINT_FONTS[split])
    return Printer(
        body=body,
        heading=pick(rng, PRINT_FONTS[split]) if share(rng, 0.6) else body,
        traditional=share(rng, 0.35),
        line_mm=between(rng, 0.12, 0.5) if not held else between(rng, 0.16, 0.6),
        frame=pick(rng, ("plain", "plain", "thick", "double")),
        ruling=pick(rng, ("clean", "clean", "clean", "faint", "broken")),
        scale=pick(rng, (1.0, 1.0, 0.95, 0.97)) if not held else pick(rng, (1.0, 0.95, 0.93)),
        toner=between(rng, 0.75, 0.98),
        size_mm=between(rng, 3.9, 4.9) if not held else between(rng, 3.6, 5.2),
    )


@cache
def _converter() -> Any:
    import opencc

    return opencc.OpenCC("s2t")


class Paper:
    """A sheet being made. Lengths are millimetres of the form's own drawing, `px` turns them into pixels.

    `page` is float32 RGB 0–1, shape (height, width, 3); it exists after `press()`, which lays the
    toner down, so that everything printed comes before everything written.
    """

    def __init__(
        self, size_mm: tuple[float, float], dpi: float, style: Printer, rng: np.random.Generator
    ) -> None:
        self.size_mm = size_mm
        self.style = style
        self.rng = rng
        self.mm = dpi / 25.4
        self.shape = (round(size_mm[1] * self.mm), round(size_mm[0] * self.mm))
        loose = 2.5 * style.wear
        self.shift = (
            size_mm[0] * (1 - style.scale) / 2 + between(rng, -loose, loose),
            size_mm[1] * (1 - style.scale) / 3 + between(rng, -loose, loose),
        )
        self._words = Image.new("L", self.shape[::-1], 0)
        self._rules = Image.new("L", self.shape[::-1], 0)
        self.page = np.zeros((0, 0, 3), np.float32)

    def px(self, x: float, y: float) -> tuple[float, float]:
        """A point of the drawing in pixels of the sheet."""
        return (
            (x * self.style.scale + self.shift[0]) * self.mm,
            (y * self.style.scale + self.shift[1]) * self.mm,
        )

    def length(self, mm: float) -> float:
        """A length of the drawing in pixels."""
        return mm * self.style.scale * self.mm

    def relative(self, box: Box) -> list[float]:
        """A box of the drawing relative to the whole sheet."""
        (x0, y0), (x1, y1) = self.px(*box[:2]), self.px(*box[2:])
        height, width = self.shape
        return [round(v, 5) for v in (x0 / width, y0 / height, x1 / width, y1 / height)]

    def script(self, text: str) -> str:
        """Printed words in the printer's script."""
        return _converter().convert(text) if self.style.traditional else text

    def line(self, x0: float, y0: float, x1: float, y1: float, weight: float = 1.0) -> None:
        """A ruling line, `weight` times the printer's own."""
        width = max(1, round(self.style.line_mm * weight * self.mm))
        ImageDraw.Draw(self._rules).line([self.px(x0, y0), self.px(x1, y1)], fill=255, width=width)

    def frame(self, box: Box) -> None:
        """The outline of a table."""
        x0, y0, x1, y1 = box
        weight = 2.4 if self.style.frame == "thick" else 1.0
        for gap in (0.0, 0.9) if self.style.frame == "double" else (0.0,):
            corners = [(x0 - gap, y0 - gap), (x1 + gap, y0 - gap), (x1 + gap, y1 + gap), (x0 - gap, y1 + gap)]
            for start, end in zip(corners, corners[1:] + corners[:1], strict=True):
                self.line(*start, *end, weight=weight)

    def outline(self, corners: list[tuple[float, float]]) -> None:
        """A small printed box to tick, whatever the ruling is."""
        for start, end in zip(corners, corners[1:] + corners[:1], strict=True):
            ImageDraw.Draw(self._words).line(
                [self.px(*start), self.px(*end)], fill=255, width=max(1, round(0.25 * self.mm))
            )

    def word_width(self, text: str, size_mm: float, bold: bool = False) -> float:
        """The width a printed text will take, in millimetres."""
        return self._font(text, size_mm, bold).getlength(text) / self.length(1)

    def words(
        self, text: str, x: float, y: float, size_mm: float = 0, *, anchor: str = "mm", heading: bool = False
    ) -> None:
        """Printed words at a point; `anchor` as in Pillow. The script must be chosen already."""
        size = size_mm or self.style.size_mm
        ImageDraw.Draw(self._words).text(
            self.px(x, y), text, fill=255, anchor=anchor, font=self._font(text, size, heading)
        )

    def label(self, text: str, box: Box, size_mm: float = 0, *, upright: bool = False) -> None:
        """A heading centred in its cell, wrapped to its width, or one character a line when `upright`."""
        size = size_mm or self.style.size_mm
        text = self.script(text)
        width = box[2] - box[0] - 1.6
        per_line = 1 if upright else max(1, int(width / size))
        count = -(-len(text) // per_line)
        even = -(-len(text) // count)
        lines = [text[i : i + even] for i in range(0, len(text), even)]
        if count == 2 and "(" in text:
            lines = [text[: text.index("(")], text[text.index("(") :]]
        leading = size * 1.3
        if len(lines) * leading > box[3] - box[1] - 1 and size > 2.4:
            self.label_lines(lines, box, (box[3] - box[1] - 1) / len(lines) / 1.3)
        else:
            self.label_lines(lines, box, size)

    def label_lines(self, lines: list[str], box: Box, size: float) -> None:
        """Lines of printed words centred in a box."""
        leading = size * 1.3
        top = (box[1] + box[3]) / 2 - leading * (len(lines) - 1) / 2
        for number, text in enumerate(lines):
            self.words(text, (box[0] + box[2]) / 2, top + number * leading, size)

    def press(self) -> None:
        """Lays ruling and words on tinted, slightly grainy paper."""
        height, width = self.shape
        toner = self.toner()
        toner *= self.style.toner * (1 + 0.14 * clouds(self.rng, self.shape, 40 * self.mm))
        tint = np.array([1.0, between(self.rng, 0.985, 1.0), between(self.rng, 0.94, 0.995)], np.float32)
        grain = 1 - 0.015 * np.abs(self.rng.standard_normal((height, width), np.float32))
        paper = between(self.rng, 0.93, 0.99) * tint * grain[..., None]
        self.page = paper * (1 - np.clip(toner, 0, 1)[..., None] * 0.93)

    def toner(self) -> np.ndarray:
        """What is printed, 0–1, before it meets the paper."""
        rules = self._worn(np.asarray(self._rules, np.float32) / 255)
        return np.maximum(rules, np.asarray(self._words, np.float32) / 255)

    def stain(self, alpha: np.ndarray, x: int, y: int, colour: tuple[float, float, float]) -> None:
        """Lays ink of `colour` (0–1) with coverage `alpha` on the page, its top left corner at (x, y)."""
        height, width = alpha.shape
        x0, y0 = max(0, x), max(0, y)
        x1, y1 = min(self.shape[1], x + width), min(self.shape[0], y + height)
        if x0 >= x1 or y0 >= y1:
            return
        part = alpha[y0 - y : y1 - y, x0 - x : x1 - x, None]
        self.page[y0:y1, x0:x1] *= 1 - part * (1 - np.array(colour, np.float32))

    def _font(self, text: str, size_mm: float, heading: bool) -> Any:
        name = self.style.heading if heading else self.style.body
        name = next((n for n in (name, "serif", "sans") if fonts.draws(n, text.replace(" ", ""))), "sans")
        return fonts.font(name, max(6, round(self.length(size_mm))))

    def _worn(self, rules: np.ndarray) -> np.ndarray:
        if self.style.ruling == "faint":
            return rules * between(self.rng, 0.35, 0.6)
        if self.style.ruling == "broken":
            return rules * (clouds(self.rng, self.shape, 1.6 * self.mm) < 1.7)
        return rules


def clouds(rng: np.random.Generator, shape: tuple[int, int], period: float) -> np.ndarray:
    """Smooth noise of unit deviation that changes over about `period` pixels."""
    coarse = rng.standard_normal((max(2, round(shape[0] / period) + 2), max(2, round(shape[1] / period) + 2)))
    smooth = cv2.resize(coarse.astype(np.float32), (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    return smooth / max(1e-6, float(smooth.std()))
