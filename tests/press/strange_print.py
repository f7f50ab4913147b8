"""Print of other offices: shaded headings, dotted, light or coloured lines, logos, notebook or coloured paper."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PIL import Image, ImageDraw

from tests.press.chance import between, pick
from tests.press.paper import Box, Paper, Printer

MANNERS = (
    "shaded",
    "dark_shaded",
    "double_frame",
    "light_inner",
    "dotted_inner",
    "dashed_inner",
    "hairlines",
    "thick_lines",
    "blue_lines",
    "red_lines",
    "logo",
    "notebook",
    "pink_paper",
    "holes",
    "untitled",
    "reduced",
)
INK = {"blue_lines": (0.1, 0.2, 0.75), "red_lines": (0.85, 0.1, 0.12)}


class StrangePaper(Paper):
    """A sheet printed in one of MANNERS, or plainly when `manner` is empty."""

    def __init__(
        self, size_mm: tuple[float, float], dpi: float, style: Printer, rng: np.random.Generator, manner: str
    ) -> None:
        self.manner = manner
        super().__init__(size_mm, dpi, _styled(style, manner), rng)
        self._shade = Image.new("L", self.shape[::-1], 0)
        self._outer = False
        if manner == "logo":
            self._logo()

    def line(self, x0: float, y0: float, x1: float, y1: float, weight: float = 1.0) -> None:
        """A ruling line; inner ones may be light, dotted or dashed."""
        if self._outer or self.manner not in ("light_inner", "dotted_inner", "dashed_inner"):
            super().line(x0, y0, x1, y1, weight)
        elif self.manner == "light_inner":
            self._stroke(x0, y0, x1, y1, 70)
        else:
            self._in_dots(x0, y0, x1, y1)

    def frame(self, box: Box) -> None:
        """The table's outline, drawn as it is whatever the inner lines are."""
        self._outer = True
        super().frame(box)
        self._outer = False

    def label(self, text: str, box: Box, size_mm: float = 0, *, upright: bool = False) -> None:
        """A heading, its cell perhaps shaded."""
        if "shaded" in self.manner:
            ImageDraw.Draw(self._shade).rectangle([self.px(*box[:2]), self.px(*box[2:])], fill=255)
        super().label(text, box, size_mm, upright=upright)

    def words(
        self, text: str, x: float, y: float, size_mm: float = 0, *, anchor: str = "mm", heading: bool = False
    ) -> None:
        """Printed words; an untitled form has no heading."""
        if not (heading and self.manner == "untitled"):
            super().words(text, x, y, size_mm, anchor=anchor, heading=heading)

    def press(self) -> None:
        """Prints the sheet, then lays shades and coloured rulings on it."""
        rules = np.asarray(self._rules, np.float32) / 255
        if self.manner in INK:
            self._rules = Image.new("L", self.shape[::-1], 0)
        super().press()
        if self.manner in INK:
            self.stain(rules * 0.9, 0, 0, INK[self.manner])
        if "shaded" in self.manner:
            grey = between(self.rng, 0.6, 0.7) if self.manner == "dark_shaded" else between(self.rng, 0.8, 0.9)
            self.stain(np.asarray(self._shade, np.float32) / 255, 0, 0, (grey,) * 3)
        if self.manner == "pink_paper":
            tint = pick(self.rng, ((1.0, 0.78, 0.8), (0.98, 0.93, 0.6), (0.75, 0.93, 0.78)))
            self.page *= np.array(tint, np.float32)
        if self.manner == "notebook":
            self._notebook()

    def _stroke(self, x0: float, y0: float, x1: float, y1: float, fill: int) -> None:
        width = max(1, round(self.style.line_mm * self.mm))
        ImageDraw.Draw(self._rules).line([self.px(x0, y0), self.px(x1, y1)], fill=fill, width=width)

    def _in_dots(self, x0: float, y0: float, x1: float, y1: float) -> None:
        on, off = (0.35, 0.5) if self.manner == "dotted_inner" else (2.2, 1.2)
        length = abs(x1 - x0) + abs(y1 - y0)
        for at in np.arange(0, length, on + off):
            a, b = at / length, min(1.0, (at + on) / length)
            super().line(x0 + (x1 - x0) * a, y0 + (y1 - y0) * a, x0 + (x1 - x0) * b, y0 + (y1 - y0) * b)

    def _logo(self) -> None:
        pen = ImageDraw.Draw(self._words)
        x, y = self.px(22, 12)
        r = 6 * self.mm
        pen.ellipse([x - r, y - r, x + r, y + r], outline=255, width=max(1, round(0.8 * self.mm)))
        pen.ellipse([x - r / 2, y - r / 2, x + r / 2, y + r / 2], fill=255)
        pen.line([self.px(30, 17), self.px(190, 17)], fill=255, width=max(1, round(0.4 * self.mm)))
        super().words("教育教学管理用表", 55, 11, 4.5)

    def _notebook(self) -> None:
        layer = np.zeros(self.shape, np.float32)
        step = 8.5 * self.mm
        for at in np.arange(20 * self.mm, self.shape[0] - 5 * self.mm, step):
            layer[int(at) : int(at) + 2] = 0.35
        self.stain(layer, 0, 0, (0.45, 0.6, 0.85))


def _styled(style: Printer, manner: str) -> Printer:
    changes = {
        "double_frame": {"frame": "double"},
        "hairlines": {"line_mm": 0.08},
        "thick_lines": {"line_mm": 0.9},
        "reduced": {"scale": 0.72},
    }
    return replace(style, **changes.get(manner, {}))
