"""Lists as offices make them: rows of made-up pupils, as CSV or XLSX bytes."""

import csv
import io
from datetime import date, timedelta
from random import Random

from openpyxl import Workbook

from ocr.kinds.id_number import check_character
from service.demo.people import BOYS, GIRLS, SURNAMES
from service.lists import acts, shelf
from service.lists.receiving import receive_list
from service.lists.work import work_on_list

HEADINGS = ("序号", "学校名称", "学籍号", "学生姓名", "性别", "出生年月日", "身份证件号", "年级", "班级",
            "监护人姓名", "联系电话", "家庭住址")


def number(rng, born, male, region="410329"):
    """An ID number whose check holds."""
    first17 = f"{region}{born:%Y%m%d}{rng.randrange(100) * 10 + rng.randrange(5) * 2 + male:03}"
    return first17 + check_character(first17)


def pupil(rng: Random, school: str, serial: int = 0) -> list[str]:
    """A row under HEADINGS."""
    male = rng.randrange(2)
    born = date(2012, 9, 1) + timedelta(days=rng.randrange(3000))
    id_number = number(rng, born, male)
    name = rng.choice(SURNAMES) + rng.choice(BOYS if male else GIRLS)
    guardian, phone = rng.choice(SURNAMES) + rng.choice(BOYS), f"139{rng.randrange(10**8):08}"
    return [str(serial), school, f"G{id_number}", name, "男" if male else "女", f"{born:%Y-%m-%d}", id_number,
            "三年级", f"{rng.randrange(1, 7)}班", guardian, phone,
            f"城关镇东关村{rng.randrange(9) + 1}组"]


def pupils(count: int, schools: list[str], seed: int = 1) -> list[list[str]]:
    """Rows of pupils, no ID number twice."""
    rng, seen, rows = Random(seed), set(), []
    while len(rows) < count:
        row = pupil(rng, schools[len(rows) % len(schools)], len(rows) + 1)
        if row[6] not in seen:
            seen.add(row[6])
            rows.append(row)
    return rows


def csv_file(rows, headings=HEADINGS, encoding="utf-8-sig") -> bytes:
    """The rows as CSV."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([headings, *rows])
    return out.getvalue().encode(encoding)


def xlsx_file(rows, headings=HEADINGS, above=()) -> bytes:
    """The rows as a workbook, with titles above the headings."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("名单")
    for row in (*above, headings, *rows):
        sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def hand_in(county, data: bytes, name: str = "名单.xlsx", kind: str = "roster", who: str = "bureau") -> int:
    """Hand a list in and let a worker look at it."""
    import_id = receive_list(county.installation, county.actor(who), kind, io.BytesIO(data), name)
    assert work_on_list(county.installation, import_id)
    return import_id


def said(told, **changes) -> acts.Said:
    """The mapping as guessed, with what a person changes."""
    mapping = told.mapping
    usual = {"sheet": mapping["sheet"], "heading_row": mapping["heading_row"], "columns": mapping["columns"],
             "listed_on": told.listed_on, "year": told.year, "whole": True}
    return acts.Said(**(usual | changes))


def check(county, import_id: int, who: str = "bureau", **changes):
    """Accept the guessed columns and have the list checked; returns it."""
    database = county.installation.database
    with database.write() as session:
        told = shelf.find(session, county.actor(who), import_id)
        acts.set_mapping(session, county.actor(who), import_id, said(told, **changes))
    assert work_on_list(county.installation, import_id)
    return told_of(county, import_id, who)


def store(county, import_id: int, who: str = "bureau"):
    """Confirm a checked list and have it stored; returns it."""
    with county.installation.database.write() as session:
        acts.confirm(session, county.actor(who), import_id, gone_seen=True)
    assert work_on_list(county.installation, import_id)
    return told_of(county, import_id, who)


def take_in(county, data: bytes, kind: str = "roster", who: str = "bureau", name: str = "名单.xlsx", **changes):
    """All steps of a list."""
    import_id = hand_in(county, data, name, kind, who)
    check(county, import_id, who, **changes)
    return store(county, import_id, who)


def told_of(county, import_id: int, who: str = "bureau"):
    """The list as it stands."""
    with county.installation.database.read() as session:
        return shelf.find(session, county.actor(who), import_id)
