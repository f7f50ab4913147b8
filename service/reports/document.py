"""DOCX: the only module that knows python-docx; lays a notice out as GB/T 9704-2012 asks."""

from __future__ import annotations

import io

from docx import Document
from docx.document import Document as Paper
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.table import CT_Row
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from service.reports.bulletin import Bulletin, Section, Table
from service.reports.plain_text import printable

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TITLE_FONT, BODY_FONT, HEADING_FONT = "方正小标宋简体", "仿宋", "黑体"
_RED = RGBColor(0xC0, 0x00, 0x00)
_LINE = Pt(28)
_ROW = Mm(8)
"""At least: fonts that stand in for the missing ones are taller than their line."""
_SECOND, _THIRD, _SMALL = Pt(22), Pt(16), Pt(10.5)
"""2号, 3号 and 5号."""
_SHARES = (0.7, 1.4, 1.2, 0.9, 1.0, 0.9, 1.2, 1.1)
"""Of the table's width, by column."""


def docx_bytes(notice: Bulletin) -> bytes:
    """The notice as a Word document on A4."""
    paper = Document()
    _page(paper)
    _head(paper, notice)
    _line(paper, notice.title, TITLE_FONT, _SECOND, WD_ALIGN_PARAGRAPH.CENTER, before=28, after=18)
    _line(paper, notice.to, BODY_FONT, _THIRD)
    for text in notice.opening:
        _paragraph(paper, text)
    for section in notice.sections:
        _section(paper, section)
    _line(paper, notice.signed, BODY_FONT, _THIRD, WD_ALIGN_PARAGRAPH.RIGHT, before=28, right=32)
    _line(paper, notice.made_on, BODY_FONT, _THIRD, WD_ALIGN_PARAGRAPH.RIGHT, right=48)
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def _page(paper: Paper) -> None:
    leaf = paper.sections[0]
    leaf.page_width, leaf.page_height = Mm(210), Mm(297)
    leaf.top_margin, leaf.bottom_margin, leaf.left_margin, leaf.right_margin = Mm(37), Mm(35), Mm(28), Mm(26)


def _head(paper: Paper, notice: Bulletin) -> None:
    head = _line(paper, notice.head, TITLE_FONT, Pt(36), WD_ALIGN_PARAGRAPH.CENTER, after=24)
    head.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    for run in head.runs:
        run.font.color.rgb = _RED
    number = _line(paper, notice.number, BODY_FONT, _THIRD, WD_ALIGN_PARAGRAPH.CENTER)
    _ruled_below(number)


def _ruled_below(paragraph: Paragraph) -> None:
    """The red rule under the number: a border, which python-docx has no word for."""
    borders, below = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "12"), ("space", "4"), ("color", "C00000")):
        below.set(qn(f"w:{name}"), value)
    borders.append(below)
    paragraph._p.get_or_add_pPr().append(borders)


def _section(paper: Paper, section: Section) -> None:
    _line(paper, section.heading, HEADING_FONT, _THIRD, indent=32).paragraph_format.keep_with_next = True
    for number, text in enumerate(section.paragraphs):
        _paragraph(paper, text)
        if section.table is not None and number == 0:
            _table(paper, section.table)


def _table(paper: Paper, table: Table) -> None:
    made = paper.add_table(rows=0, cols=len(table.headings), style="Table Grid")
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    made.autofit = False
    width = 156 / sum(_SHARES)
    for column, share in zip(made.columns, _SHARES, strict=True):
        column.width = Mm(width * share)
    for number, row in enumerate((table.headings, *table.rows)):
        written = made.add_row()
        written.height = _ROW
        for cell, text in zip(written.cells, row, strict=True):
            cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
            line = cell.paragraphs[0]
            line.alignment = WD_ALIGN_PARAGRAPH.CENTER
            _write(line, text, HEADING_FONT if number == 0 else BODY_FONT, _SMALL)
    _repeated(made.rows[0]._tr)


def _repeated(row: CT_Row) -> None:
    """The heading row stands again on each page the table runs over."""
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row.get_or_add_trPr().append(mark)


def _paragraph(paper: Paper, text: str) -> None:
    _line(paper, text, BODY_FONT, _THIRD, indent=32)


def _line(paper: Paper, text: str, font: str, size: Pt, align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.LEFT, *,
          indent: float = 0, before: float = 0, after: float = 0, right: float = 0) -> Paragraph:
    made = paper.add_paragraph()
    made.alignment = align
    form = made.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, _LINE
    form.first_line_indent, form.right_indent = Pt(indent), Pt(right)
    form.space_before, form.space_after = Pt(before), Pt(after)
    _write(made, text, font, size)
    return made


def _write(paragraph: Paragraph, text: str, font: str, size: Pt) -> Run:
    run = paragraph.add_run(printable(text))
    run.font.size, run.font.name = size, font
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)  # Word asks for it by script
    return run
