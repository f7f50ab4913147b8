"""What the match looks at: an upright sheet, its tables and strokes, and a reader that remembers."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.grid import Cell, InkMap, RuledTable, ink_map
from ocr.grid.ink import ink_in
from ocr.match.labels import plain
from ocr.match.lines import Area, bounds, pixels, relative, text_lines
from ocr.match.places import Locate, Place, ReadLine
from ocr.rectify.sheet import Image, RectifiedSheet
from ocr.results import Box

MARGIN = 6
"""Pixels of the sheet left around a printed label: measured best for the recogniser."""


GAP = 0.8
"""What is left of a wide gap on each side of it, in heights of the line, when the places of words are looked for."""


@dataclass(slots=True, eq=False)
class View:
    """One way up of a sheet. `reads` counts how often the engine was asked, `looks` how often a label was."""

    sheet: RectifiedSheet
    tables: list[RuledTable]
    strokes: InkMap
    read_line: ReadLine
    locate: Locate | None = None
    reads: int = 0
    looks: int = 0
    _known: dict[Box, str] = field(default_factory=dict)
    _whole: dict[Box, str] = field(default_factory=dict)

    def label(self, cell: Cell, most_lines: int = 4) -> str:
        """The printed words of a cell, its lines one after another, as plain text."""
        if cell.ink is None:
            return ""
        self.looks += 1
        if cell.box not in self._known:
            lines = self.lines(cell.box)
            self._known[cell.box] = plain(self._read(lines[:8 if _upright(lines) else most_lines]))
        return self._known[cell.box]

    def clarity(self, cell: Cell) -> float:
        """How clearly a cell's words can be read, 0–1; they are remembered as its label."""
        lines = self.lines(cell.box)[:4]
        if not lines:
            return 0.0
        text, score = self._text(lines)
        self._known[cell.box] = plain(text)
        return score

    def whole_label(self, cell: Cell) -> str:
        """All printed words of a cell, each of its lines read by itself: small print needs it."""
        lines = self.lines(cell.box)[:8]
        if len(lines) < 2:
            return self.label(cell)
        if cell.box not in self._whole:
            self._whole[cell.box] = plain("".join(self._read([line]) for line in lines))
        return max(self._whole[cell.box], self.label(cell), key=len)

    def printed_line(self, area: Area) -> str:
        """The printed words of a line outside the cells, as plain text."""
        if area not in self._known:
            self._known[area] = plain(self._read([area]))
        return self._known[area]

    def lines(self, box: Box) -> list[Area]:
        """The lines of writing or print in a box, as areas of the stroke map."""
        return text_lines(self.strokes, pixels(box, self.strokes))

    def crop(self, area: Area, margin: int = MARGIN) -> Image:
        """The pixels of an area of the stroke map."""
        return self.sheet.crop(relative(area, self.strokes), margin)

    def spelled(self, area: Area) -> list[tuple[str, float]]:
        """Each character of a line with its middle in pixels of the stroke map."""
        self.reads += 1
        crop = self.crop(area, MARGIN)
        margin = MARGIN * self.strokes.mask.shape[1] / self.sheet.size[0]
        left, wide = area[0] - margin, area[2] - area[0] + 2 * margin
        kept = self._near_strokes(area, left, wide, crop)
        words = np.ascontiguousarray(crop[:, kept])
        found = self.locate(words) if self.locate is not None else evenly(self.read_line(words)[0])
        step = wide / crop.shape[1]
        return [(character, left + step * float(np.interp(at * len(kept), np.arange(len(kept)), kept)))
                for character, at in found]

    def _near_strokes(self, area: Area, left: float, wide: float, crop: Image) -> NDArray[np.intp]:
        """The columns of a line's crop that hold strokes or lie near one: gaps cost as much to read as words."""
        height, columns = crop.shape[:2]
        boxes = self.strokes.boxes[self.strokes.within(area)]
        near = np.zeros(columns, bool)
        for first, last in ((boxes[:, [0, 2]] - left) * columns / wide).tolist():
            near[max(0, int(first - GAP * height)):max(0, int(last + GAP * height))] = True
        return np.flatnonzero(near) if near.any() else np.arange(columns)

    def place(self, name: str, box: Box, cells: tuple[Box, ...] = ()) -> Place:
        """The place of a field that is written in `box`."""
        area = pixels(box, self.strokes)
        found = ink_in(self.strokes, area)
        if found is None:
            return Place(name, box, ink=False, cells=cells)
        lines = tuple(relative(line, self.strokes) for line in text_lines(self.strokes, area))
        if not lines:
            return Place(name, box, ink=False, cells=cells, covered=self.covered(box))
        return Place(name, box, ink=True, ink_box=found.box, cells=cells, lines=lines)

    def covered(self, box: Box) -> bool:
        """Whether strokes under a grey seal lie in a box: they may be the seal's or a person's."""
        inside = self.strokes.within(pixels(box, self.strokes))
        return bool(self.strokes.sealed[inside].any())

    def _read(self, lines: list[Area]) -> str:
        """The text of some printed lines."""
        return self._text(lines)[0] if lines else ""

    def _text(self, lines: list[Area]) -> tuple[str, float]:
        """The text of lines laid side by side, so that the engine is asked once, and how clear it is."""
        self.reads += 1
        crops = [self.crop(line, 3 if len(lines) > 1 else MARGIN) for line in lines]
        return self.read_line(side_by_side(crops))


def view_of(sheet: RectifiedSheet, tables: list[RuledTable], read_line: ReadLine, locate: Locate | None) -> View:
    """A view of a sheet as it stands."""
    return View(sheet, tables, ink_map(sheet), read_line, locate)


def _upright(lines: list[Area]) -> bool:
    """Whether the words of a label stand one under the other: most of its lines hold one character."""
    single = [line[2] - line[0] < 1.4 * (line[3] - line[1]) for line in lines]
    return len(lines) >= 4 and 2 * sum(single) > len(lines)


def side_by_side(crops: list[Image]) -> Image:
    """Crops of lines as one line: padded with their own paper to one height."""
    if len(crops) == 1:
        return crops[0]
    height = max(crop.shape[0] for crop in crops)
    padded = []
    for crop in crops:
        paper = [int(value) for value in np.percentile(crop.reshape(-1, 3), 85, axis=0)]
        spare = height - crop.shape[0]
        padded.append(cv2.copyMakeBorder(crop, spare // 2, spare - spare // 2, 0, 0, cv2.BORDER_CONSTANT, value=paper))
    return np.asarray(np.hstack(padded), np.uint8)


def evenly(text: str) -> list[tuple[str, float]]:
    """Where characters are likely to be when only the text is known: full width each, half for ASCII."""
    widths = [0.55 if character.isascii() else 1.0 for character in text]
    ends = np.cumsum(widths)
    return [(character, float((end - width / 2) / ends[-1]))
            for character, width, end in zip(text, widths, ends, strict=True)]


def joined(boxes: list[Box]) -> Box:
    """The box around some boxes."""
    return bounds(boxes)
