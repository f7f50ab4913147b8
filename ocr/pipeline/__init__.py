"""The order of reading a file: load, judge, rectify, grid, match, fields, marks."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2

from ocr.engine import Engine
from ocr.grid import RuledTable, find_grid
from ocr.grid.apart import several
from ocr.inkprint import ink_print
from ocr.kinds.knowledge import Knowledge
from ocr.lists import Lists
from ocr.load import LoadedSheet, open_sheets
from ocr.marks import find_marks
from ocr.match import Match, match, upright
from ocr.pipeline.fields import FieldReader
from ocr.pipeline.grid import lines_grid, ruled_grid
from ocr.quality import SEVERAL, judge
from ocr.rectify import rectify
from ocr.rectify.sheet import Image, RectifiedSheet
from ocr.results import Grid, Problem, ReadSheet, SheetReading, boxes_of
from ocr.template import Template, load_templates

_log = logging.getLogger(__name__)

FAILED = Problem("failed", "这一页读取时出错，请人工录入，或重新扫描后再上传。")
UNKNOWN_FORM = Problem("unknown_form", "没有认出这是哪种表，已按普通表格读出，请选择表格种类或人工处理。")
RULING_LOST = Problem("ruling_lost", "认出了表名，但格线太淡或残缺，内容没有读出，请对照原件录入，或重新扫描后再上传。")

IMAGE_SIDE = 1800
"""Pixels of the longer side of the sheet that people see."""
_QUALITY = 80


class Reader:
    """Reads files of scanned forms. One per process, made after any fork; not thread-safe."""

    def __init__(self, models: Path | None = None, templates: Mapping[str, Template] | None = None) -> None:
        """`models` is a folder of recognition models (see engine_weights); `templates` by id."""
        self.engine = Engine(models)
        self.templates = load_templates() if templates is None else templates
        self._knowledge = Knowledge(Lists())

    def read(self, path: Path, *, template: str = "auto", lists: Lists | None = None) -> list[ReadSheet]:
        """Every sheet of the file; `template` is an id or "auto".

        Raises UnreadableFile when the file cannot become sheets and KeyError for an unknown template;
        what goes wrong within one sheet is a problem of that sheet.
        """
        known = list(self.templates.values()) if template == "auto" else [self.templates[template]]
        knowledge = self._knowing(lists or Lists())
        return [self._sheet(path, loaded, known, knowledge) for loaded in open_sheets(path)]

    def _knowing(self, lists: Lists) -> Knowledge:
        """The lists made ready, kept for as long as the same ones come."""
        if lists != self._knowledge.lists:
            self._knowledge = Knowledge(lists)
        return self._knowledge

    def _sheet(self, path: Path, loaded: LoadedSheet, templates: list[Template], knowledge: Knowledge) -> ReadSheet:
        started = time.perf_counter()
        try:
            return self._read(path, loaded, templates, knowledge, started)
        except Exception:  # noqa: BLE001 - the edge of a sheet: the others of the file must still be read
            _log.exception("sheet %d could not be read", loaded.index)
            reading = SheetReading(path.name, loaded.index, None, 0.0, _since(started),
                                   problems=(*loaded.notes, FAILED))
            return ReadSheet(reading, _jpeg(loaded.pixels))

    def _read(self, path: Path, loaded: LoadedSheet, templates: list[Template], knowledge: Knowledge,
              started: float) -> ReadSheet:
        notes = (*loaded.notes, *judge(loaded.pixels))
        sheet = rectify(loaded.pixels)
        tables = find_grid(sheet)
        found = match(sheet, tables, templates, self.engine.read_print, self.engine.locate)
        if found is None:
            first = sheet
            sheet, tables, grid = self._generic(sheet, tables)
            notes = _with_several(notes, first, tables)
            reading = SheetReading(path.name, loaded.index, None, 0.0, _since(started), grid=grid,
                                   problems=(*notes, *sheet.problems, UNKNOWN_FORM))
            return ReadSheet(reading, _jpeg(sheet.pixels))
        notes = _with_several(notes, sheet, found.tables)
        lost = () if found.places or found.rows else (RULING_LOST,)
        reading = self._form(path, loaded, found, knowledge, (*notes, *found.sheet.problems, *lost), started)
        return ReadSheet(reading, _jpeg(found.sheet.pixels), ink_print(found.sheet.flat, boxes_of(reading)))

    def _form(self, path: Path, loaded: LoadedSheet, found: Match, knowledge: Knowledge,
              problems: tuple[Problem, ...], started: float) -> SheetReading:
        reader = FieldReader(self.engine, knowledge, found)
        marks = find_marks(found.sheet, found)
        fields = reader.form()
        rows, totals = reader.table() if found.template.shape == "table" else ((), {})
        return SheetReading(path.name, loaded.index, found.template.id, round(found.confidence, 4),
                            _since(started), fields, rows, totals, marks, None, problems)

    def _generic(self, sheet: RectifiedSheet,
                 tables: list[RuledTable]) -> tuple[RectifiedSheet, list[RuledTable], Grid | None]:
        """The sheet and its tables turned upright, and the text of the cells, or of lines when nothing is ruled."""
        if not tables:
            return sheet, tables, lines_grid(sheet, self.engine)
        sheet, tables = upright(sheet, tables, self.engine.read_line)
        return sheet, tables, ruled_grid(sheet, tables, self.engine)


def _with_several(notes: tuple[Problem, ...], sheet: RectifiedSheet,
                  tables: Sequence[RuledTable]) -> tuple[Problem, ...]:
    """The notes, and that there are several sheets when two of them show by their rulings alone."""
    return (*notes, SEVERAL) if SEVERAL not in notes and several(sheet, tables) else notes


def _since(started: float) -> float:
    return round(time.perf_counter() - started, 3)


def _jpeg(pixels: Image) -> bytes:
    """The picture people see, its longer side at most IMAGE_SIDE pixels."""
    scale = min(1.0, IMAGE_SIDE / max(pixels.shape[:2]))
    small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR) if scale < 1 else pixels
    return bytes(cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1])
