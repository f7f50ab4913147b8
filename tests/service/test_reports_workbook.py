"""What goes out: sums that are formulas with values, text that stays text, CSV that harms nobody."""

import io
import re
from datetime import date

import pytest
from openpyxl import load_workbook

from service.reports.figures import Question
from service.reports.layouts import Column, Layout, Page, load_layout
from service.reports.listing import Listing
from service.reports.pages import list_pages, month_pages
from service.reports.periods import Month
from service.reports.plain_text import csv_bytes
from service.reports.rows import ListRow
from service.reports.workbook import xlsx_bytes
from tests.service.reports_histories import everyone, tell_april

RISKY = ["=1+1", "+8613", "-5", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "＋1", "－1", "＠a", " =1+1", "\u3000=1"]


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """A month in which every column has something."""
    from sqlalchemy.orm import Session

    from service.database import Base, Database
    from service.reports.month import month

    database = Database(f"sqlite:///{tmp_path_factory.mktemp('book') / 'db.sqlite3'}")
    Base.metadata.create_all(database.engine)
    with Session(database.engine) as session:
        tell_april(session)
        yield month(session, everyone(), Month(2019, 4))
    database.close()


def opened(pages, **how):
    return load_workbook(io.BytesIO(xlsx_bytes(pages)), **how)


def evaluated(sheet, place):
    """The number of a cell, its formula worked out anew."""
    cell = sheet[place]
    if cell.data_type != "f":
        return cell.value or 0
    text = cell.value.removeprefix("=")
    ranged = re.fullmatch(r"SUM\(([A-Z]+)(\d+):([A-Z]+)(\d+)\)", text)
    if ranged:
        return sum(evaluated(sheet, f"{ranged[1]}{n}") for n in range(int(ranged[2]), int(ranged[4]) + 1))
    chosen = re.fullmatch(r'IF\(([A-Z]+\d+)=0,"—",([A-Z]+\d+)/([A-Z]+\d+)\)', text)
    if chosen:
        below = evaluated(sheet, chosen[1])
        return evaluated(sheet, chosen[2]) / below if below else "—"
    terms = re.findall(r"([+-]?)([A-Z]+\d+)", text)
    assert "".join(sign + place for sign, place in terms) == text, text
    return sum((-1 if sign == "-" else 1) * evaluated(sheet, place) for sign, place in terms)


def test_every_formula_of_the_month_carries_the_value_it_comes_to(report):
    pages = month_pages(report, "示范县", date(2019, 5, 1))
    formulas, values = opened(pages)["月报"], opened(pages, data_only=True)["月报"]
    found = [cell for row in formulas.iter_rows() for cell in row if cell.data_type == "f"]
    assert len(found) > 25
    for cell in found:
        told = values[cell.coordinate].value
        assert told == pytest.approx(evaluated(formulas, cell.coordinate)) if told != "—" else (
            evaluated(formulas, cell.coordinate) == "—"), cell.coordinate


def test_the_month_in_the_workbook_is_the_month_on_the_screen(report):
    sheet = opened(month_pages(report, "示范县", date(2019, 5, 1)), data_only=True)["月报"]
    keys = [column.key for column in load_layout("month").columns]
    for number, row in enumerate((*report.rows, report.total), 5):
        told = dict(zip(keys, (cell.value for cell in sheet[number]), strict=True))
        for name, figure in row.figures.items():
            assert told.get(name, figure.value) == figure.value
        assert told["rate"] == ("—" if row.rate.share is None else pytest.approx(float(row.rate.share)))
    assert sheet["A1"].value == "示范县2019年4月控辍保学工作月报表"


def test_the_workbook_prints_on_a4_across_with_its_headings_on_every_page(report):
    sheet = opened(month_pages(report, "示范县", date(2019, 5, 1)))["月报"]
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
    assert sheet.print_title_rows == "$3:$4" and sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet["C5"].border.left.style == "thin" and sheet["C5"].font.name == "仿宋"
    assert sheet["A1"].font.name == "宋体" and sheet["C3"].font.name == "黑体"


def listing_of(name):
    row = ListRow(1, name, "男", 12, "410329200801011234", name, name, "2018年度排查", "返校",
                  date(2019, 4, 2), None, False)
    return Listing(Question("returned", None, Month(2019, 4)), "全县", 1, (row,), 1, 1)


@pytest.mark.parametrize("name", RISKY)
def test_risky_text_is_text_in_the_workbook_and_unchanged(name):
    cell = opened(list_pages(listing_of(name), date(2019, 5, 1)))["名单"]["B5"]
    assert cell.data_type == "s" and cell.quotePrefix
    assert cell.value == name


@pytest.mark.parametrize("name", RISKY)
def test_risky_text_is_defused_in_csv(name):
    text = csv_bytes(list_pages(listing_of(name), date(2019, 5, 1))[0])
    assert text.startswith(b"\xef\xbb\xbf")
    import csv
    cells = list(csv.reader(io.StringIO(text.decode("utf-8-sig"), newline="")))[1]
    assert cells[1] == f"'{name}"


def test_numbers_of_identity_are_text_and_negative_numbers_stay_numbers():
    sheet = opened(list_pages(listing_of("王小"), date(2019, 5, 1)))["名单"]
    assert sheet["E5"].value == "410329200801011234" and sheet["E5"].number_format == "@"
    layout = Layout("表", "题", "", load_layout("list").fonts, 20, (Column("n", "数", 5, "signed"),))
    page = Page(layout, {}, ({"n": -3},))
    assert opened([page])["表"]["A5"].value == -3 and csv_bytes(page).decode("utf-8-sig").endswith("-3\r\n")


def test_control_characters_do_not_break_the_workbook():
    assert opened(list_pages(listing_of("王\x00小\x0b"), date(2019, 5, 1)))["名单"]["B5"].value == "王小"
