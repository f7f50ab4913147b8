"""The workbooks as LibreOffice opens them: it works every sum out itself and comes to the numbers of the report."""

import io
import os
import re
import shutil
import subprocess
import zipfile
from datetime import date

import pytest
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from service.database import Base, Database
from service.reports.annex1 import annex1
from service.reports.month import month, month_within
from service.reports.pages import annex_pages, list_pages, month_pages
from service.reports.periods import Month
from service.reports.workbook import xlsx_bytes
from tests.service.reports_histories import everyone, tell_april
from tests.service.test_reports_workbook import listing_of

MADE_ON, APRIL = date(2019, 5, 1), Month(2019, 4)
FIRST_ROW = 5


@pytest.fixture(scope="module")
def soffice():
    """LibreOffice's program."""
    found = shutil.which("soffice")
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("LibreOffice is not installed")
        pytest.skip("LibreOffice is not installed")
    return found


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    """The pages of each workbook that goes out, by name."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('books') / 'db.sqlite3'}")
    Base.metadata.create_all(database.engine)
    with Session(database.engine) as session:
        units = tell_april(session)
        county = month_pages(month(session, everyone(), APRIL), "示范县", MADE_ON)
        schools = month_pages(month_within(session, everyone(), APRIL, units["甲镇"]), "示范县", MADE_ON)
        annex = annex_pages(annex1(session, everyone(), APRIL.last), MADE_ON)
    database.close()
    return {"county": county, "schools": schools, "annex": annex, "list": list_pages(listing_of("＝王小"), MADE_ON)}


def without_values(book: bytes) -> bytes:
    """The workbook with bare formulas, so that what we say they come to cannot be repeated."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as made, zipfile.ZipFile(out, "w") as bare:
        for name in made.namelist():
            data = made.read(name)
            if name.startswith("xl/worksheets/"):
                data = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", data)
            bare.writestr(name, data)
    return out.getvalue()


@pytest.fixture(scope="module")
def opened(soffice, books, tmp_path_factory):
    """Each workbook as LibreOffice saves it again, by name."""
    folder, out = tmp_path_factory.mktemp("bare"), tmp_path_factory.mktemp("out")
    for name, pages in books.items():
        (folder / f"{name}.xlsx").write_bytes(without_values(xlsx_bytes(pages)))
    subprocess.run([soffice, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to",
                    "xlsx:Calc MS Excel 2007 XML", "--outdir", str(out), *map(str, sorted(folder.glob("*.xlsx")))],
                   check=True, capture_output=True, timeout=300)
    return {name: load_workbook(out / f"{name}.xlsx", data_only=True) for name in books}


@pytest.mark.parametrize("name", ["county", "schools", "annex", "list"])
def test_libreoffice_comes_to_every_number_of_the_report(books, opened, name):
    compared = 0
    for page in books[name]:
        sheet = opened[name][page.layout.sheet]
        assert sheet["A1"].value == page.text(page.layout.title)
        totals = [] if page.total is None else [page.total]
        for number, row in enumerate((*page.rows, *totals), FIRST_ROW):
            for index, column in enumerate(page.layout.columns, 1):
                if row is page.total and index <= 2:
                    continue  # the words of the total stand there
                found, told = sheet.cell(number, index).value, row.get(column.key)
                assert found == (pytest.approx(told) if isinstance(told, float) else told), (number, column.key)
                compared += told is not None
    assert compared > 9


def test_numbers_of_identity_are_still_text_and_nothing_became_a_formula(opened):
    row = [cell.value for cell in opened["list"]["名单"][FIRST_ROW]]
    assert row[1] == "＝王小" and row[4] == "410329200801011234"
