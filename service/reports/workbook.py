"""XLSX: the only module that knows openpyxl. Sums are formulas that carry their values."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from typing import Any, cast
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from service.reports.layouts import Column, Page, Row, Value
from service.reports.plain_text import is_risky, printable

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMATS = {"text": "@", "count": "0", "blank_count": "0;-0;;@", "signed": "+0;-0;0", "percent": "0.0%"}
_ROW_HEIGHT = 21
_THIN = Side(style="thin")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
_LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)
_FORMULA = re.compile(r'<c r="([A-Z]+\d+)"([^>]*)><f>(.*?)</f><v\s*(?:/>|></v>)</c>')
_TITLE_ROW, _ABOVE_ROW, _HEADING_ROW = 1, 2, 3
_FIRST_ROW = 5
"""Headings take two rows, so that columns can stand in groups."""


def xlsx_bytes(pages: Sequence[Page]) -> bytes:
    """The pages as one workbook, a worksheet each, ready to print on A4 across."""
    book = Workbook()
    del book[book.sheetnames[0]]
    values = [_Leaf(book.create_sheet(page.layout.sheet), page).write() for page in pages]
    out = io.BytesIO()
    book.save(out)
    return _with_values(out.getvalue(), values)


def plain_xlsx(name: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """A worksheet of texts without any dress, for many rows: written row by row."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"

    def cell(text: str, *, bold: bool = False) -> Any:
        made = WriteOnlyCell(sheet, value=printable(text) or None)
        made.number_format = "@"
        if made.value is not None:
            made.data_type = "s"
        if is_risky(text):
            made.quotePrefix = True
        if bold:
            made.font = Font(bold=True)
        return made

    sheet.append([cell(text, bold=True) for text in headings])
    for row in rows:
        sheet.append([cell(text) for text in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


class _Leaf:
    """One worksheet in the making; `values` collects what its formulas come to."""

    def __init__(self, sheet: Worksheet, page: Page) -> None:
        self.sheet, self.page, self.layout = sheet, page, page.layout
        self.letters = {column.key: get_column_letter(n) for n, column in enumerate(self.layout.columns, 1)}
        self.values: dict[str, Value] = {}
        self.last = _FIRST_ROW + len(page.rows) - 1

    def write(self) -> dict[str, Value]:
        self._title()
        self._headings()
        for number, row in enumerate(self.page.rows, _FIRST_ROW):
            self._row(number, row)
        if self.page.total is not None:
            self._total(self.page.total)
        self._notes()
        self._paper()
        return self.values

    def _title(self) -> None:
        width = len(self.layout.columns)
        for row, text, size, font in ((_TITLE_ROW, self.layout.title, 18, "title"),
                                      (_ABOVE_ROW, self.layout.above, 10.5, "body")):
            self.sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=width)
            cell = self._at(row, 1)
            _write_text(cell, self.page.text(text))
            cell.font = Font(name=self.layout.fonts[font], size=size, bold=row == _TITLE_ROW)
            cell.alignment = _CENTRE if row == _TITLE_ROW else _LEFT
        self.sheet.row_dimensions[_TITLE_ROW].height = 32

    def _headings(self) -> None:
        columns, top, below = self.layout.columns, _HEADING_ROW, _HEADING_ROW + 1
        for number, column in enumerate(columns, 1):
            self.sheet.column_dimensions[get_column_letter(number)].width = column.width
            for row in (top, below):
                self._style(self._at(row, number), "heading")
            if not column.group:
                self.sheet.merge_cells(start_row=top, end_row=below, start_column=number, end_column=number)
            elif number == 1 or columns[number - 2].group != column.group:
                last = number + sum(other.group == column.group for other in columns) - 1
                self.sheet.merge_cells(start_row=top, end_row=top, start_column=number, end_column=last)
                _write_text(self._at(top, number), self.page.text(column.group))
            heading = self._at(below if column.group else top, number)
            _write_text(heading, self.page.text(column.heading))
        for row in (top, below):
            self.sheet.row_dimensions[row].height = self.layout.heading_height / (1 if row == below else 1.6)

    def _row(self, number: int, row: Row) -> None:
        self.sheet.row_dimensions[number].height = _ROW_HEIGHT
        for index, column in enumerate(self.layout.columns, 1):
            cell = self._style(self._at(number, index), "body", column)
            if column.formula:
                self._formula(cell, self._spelled(column, number), row.get(column.key))
            else:
                _write(cell, row.get(column.key))

    def _total(self, total: Row) -> None:
        number = self.last + 1
        self.sheet.row_dimensions[number].height = _ROW_HEIGHT
        for index, column in enumerate(self.layout.columns, 1):
            cell = self._style(self._at(number, index), "heading", column)
            letter = self.letters[column.key]
            if column.sum and self._adds_up(column, total):
                self._formula(cell, f"SUM({letter}{_FIRST_ROW}:{letter}{self.last})", total.get(column.key))
            elif column.formula:
                self._formula(cell, self._spelled(column, number), total.get(column.key))
            elif column.key in total:
                _write(cell, total[column.key])
        self.sheet.merge_cells(start_row=number, end_row=number, start_column=1, end_column=2)
        _write_text(self._at(number, 1), self.page.text(self.layout.total))

    def _adds_up(self, column: Column, total: Row) -> bool:
        """Whether the total is the rows' sum: hand-overs inside a township cancel out in its own row."""
        parts = [row.get(column.key) for row in self.page.rows]
        return bool(parts) and sum(p for p in parts if isinstance(p, int)) == total.get(column.key)

    def _notes(self) -> None:
        row = self.last + (3 if self.page.total is not None else 2)
        for note in self.layout.notes:
            last = len(self.layout.columns)
            self.sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=last)
            cell = self._at(row, 1)
            _write_text(cell, self.page.text(note))
            cell.font, cell.alignment = Font(name=self.layout.fonts["body"], size=10), _LEFT
            row += 1

    def _paper(self) -> None:
        sheet = self.sheet
        sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9  # A4
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.print_title_rows = f"{_HEADING_ROW}:{_HEADING_ROW + 1}"
        sheet.print_options.horizontalCentered = True
        sheet.page_margins.left = sheet.page_margins.right = 0.4
        sheet.page_margins.top = sheet.page_margins.bottom = 0.75
        sheet.page_margins.footer = 0.4
        sheet.oddFooter.center.text = "第 &P 页　共 &N 页"  # type: ignore[union-attr]
        sheet.freeze_panes = f"C{_FIRST_ROW}"

    def _at(self, row: int, column: int) -> Cell:
        return cast(Cell, self.sheet.cell(row, column))

    def _style(self, cell: Cell, font: str, column: Column | None = None) -> Cell:
        cell.font = Font(name=self.layout.fonts[font], size=11)
        cell.alignment, cell.border = _CENTRE, _BOX
        cell.number_format = _FORMATS[column.kind if column else "text"]
        return cell

    def _spelled(self, column: Column, row: int) -> str:
        return re.sub(r"\{([^}]+)\}", lambda name: f"{self.letters[name[1]]}{row}", column.formula)

    def _formula(self, cell: Cell, formula: str, value: Value) -> None:
        cell.value = f"={formula}"
        self.values[cell.coordinate] = value


def _write(cell: Cell, value: Value) -> None:
    if isinstance(value, str):
        _write_text(cell, value)
    elif value is not None:
        cell.value = value


def _write_text(cell: Cell, text: str) -> None:
    """Text stays text: typed as a string, and quoted where editing the cell would make it a formula."""
    cell.value = printable(text)
    cell.data_type = "s"
    if is_risky(text):
        cell.quotePrefix = True


def _with_values(book: bytes, sheets: Sequence[dict[str, Value]]) -> bytes:
    """Put values beside the formulas, which openpyxl leaves empty: previews and phones show no others."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as made, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as filled:
        for name in made.namelist():
            data = made.read(name)
            found = re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", name)
            if found:
                data = _filled(data.decode(), sheets[int(found[1]) - 1]).encode()
            filled.writestr(name, data)
    return out.getvalue()


def _filled(xml: str, values: dict[str, Value]) -> str:
    def fill(found: re.Match[str]) -> str:
        place, attributes, formula = found.groups()
        value = values.get(place)
        if isinstance(value, str):
            attributes += ' t="str"'
        told = "" if value is None else f"<v>{escape(str(value))}</v>"
        return f'<c r="{place}"{attributes}><f>{formula}</f>{told}</c>'
    return _FORMULA.sub(fill, xml)
