"""Paper whose ruling is drawn with a pen, wavy, doubled, faint or partly missing."""

from __future__ import annotations

import cv2
import numpy as np

from tests.press.chance import between, pick, share
from tests.press.hands import PENS
from tests.press.paper import Box, Paper, Printer, clouds

KINDS = ("printed", "ruler", "wavy", "doubled", "faint", "gaps")


class RuledPaper(Paper):
    """A sheet whose lines are `kind`; `sides` False leaves out the frame's left and right line."""

    def __init__(
        self,
        size_mm: tuple[float, float],
        dpi: float,
        style: Printer,
        rng: np.random.Generator,
        kind: str,
        *,
        sides: bool = True,
    ) -> None:
        super().__init__(size_mm, dpi, style, rng)
        self.kind = kind
        self.sides = sides
        self.pen = PENS[pick(rng, ("black", "black", "blue", "blue-black", "pencil"))]
        self.apart = between(rng, 0.35, 0.8)
        self._drawn = np.zeros(self.shape, np.float32)

    def line(self, x0: float, y0: float, x1: float, y1: float, weight: float = 1.0) -> None:
        """A ruling line of this sheet's kind."""
        if self.kind in ("ruler", "wavy"):
            self._by_hand((x0, y0), (x1, y1))
        elif self.kind == "gaps":
            self._in_pieces(x0, y0, x1, y1, weight)
        else:
            super().line(x0, y0, x1, y1, weight)
            if self.kind == "doubled":
                super().line(x0 + self.apart, y0 + self.apart, x1 + self.apart, y1 + self.apart, weight * 0.7)

    def frame(self, box: Box) -> None:
        """The table's outline, without its sides when the table is open."""
        if self.sides:
            super().frame(box)
            return
        x0, y0, x1, y1 = box
        for y in (y0, y1):
            self.line(x0, y, x1, y, 1.6)

    def press(self) -> None:
        """Prints the sheet, then draws what was drawn with the pen."""
        super().press()
        if self.kind in ("ruler", "wavy"):
            uneven = np.clip(0.85 - 0.1 * clouds(self.rng, self.shape, 3 * self.mm), 0.4, 1)
            self.stain(self._drawn * uneven, 0, 0, self.pen)

    def _by_hand(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        rng = self.rng
        a, b = np.array(self.px(*start)), np.array(self.px(*end))
        length = float(np.hypot(*(b - a)))
        if length < 1:
            return
        along = (b - a) / length
        across = np.array([-along[1], along[0]])
        over = rng.normal(0.3, 0.7, 2) * self.mm  # a pen stops a little late, or early
        a, b = a - along * over[0], b + along * over[1]
        loose = (0.12 if self.kind == "ruler" else 0.3) * self.mm
        a, b = a + across * rng.normal(0, loose), b + across * rng.normal(0, loose)
        steps = max(3, int(length / (9 * self.mm)) + 2)
        sway = rng.normal(0, (0.03 if self.kind == "ruler" else 0.26) * self.mm, steps)
        share_done = np.linspace(0, 1, max(12, steps * 4))
        wave = np.interp(share_done, np.linspace(0, 1, steps), sway)
        wave = np.convolve(np.pad(wave, 3, mode="edge"), np.ones(7) / 7, "valid")
        points = a + (b - a) * share_done[:, None] + across * wave[:, None]
        width = max(1, round(between(rng, 0.28, 0.5) * self.mm))
        cv2.polylines(self._drawn, [np.round(points * 8).astype(np.int32)], False, 1.0, width, cv2.LINE_AA, 3)

    def _in_pieces(self, x0: float, y0: float, x1: float, y1: float, weight: float) -> None:
        length = abs(x1 - x0) + abs(y1 - y0)
        if not share(self.rng, 0.45) or length < 8:
            super().line(x0, y0, x1, y1, weight)
            return
        gap = min(between(self.rng, 2, 12), 0.35 * length) / length
        at = between(self.rng, 0, 1 - gap)
        for start, end in ((0.0, at), (at + gap, 1.0)):
            super().line(
                x0 + (x1 - x0) * start,
                y0 + (y1 - y0) * start,
                x0 + (x1 - x0) * end,
                y0 + (y1 - y0) * end,
                weight,
            )

    def _worn(self, rules: np.ndarray) -> np.ndarray:
        if self.kind == "faint":
            return rules * between(self.rng, 0.22, 0.4)
        return super()._worn(rules)
