"""Sheets as reading leaves them, ready to be signed off: a home visit, a township table."""

import io
from datetime import date, timedelta
from uuid import uuid4

from PIL import Image, ImageDraw
from sqlalchemy.orm import Session

from ocr.kinds.id_number import check_character
from ocr.template import load_templates
from service import cases
from service.access import Actor
from service.calendar import today
from service.models import HomeVisit, Reading, Scan, Sheet
from service.models.values import FORM_ROW
from service.review.closing import gaps
from service.review.decisions import decide
from service.review.objections import rule_field, unanswered
from service.review.values import standing
from service.storage import BlobStore

SCHOOL, OTHER_SCHOOL, DIRECT_SCHOOL = "城关一小", "河滨中学", "县直实验小学"
TODAY = today()


def ago(days: int) -> date:
    """A day in the past."""
    return TODAY - timedelta(days=days)


def id_number(born: str = "20080315", sequence: str = "023", region: str = "410329") -> str:
    """An ID number whose check character holds; an odd sequence is a boy's, an even one a girl's."""
    first17 = region + born + sequence
    return first17 + check_character(first17)


def visit_values(**changes: str) -> dict[str, str]:
    """What a usual 家访记录表 says."""
    number = changes.get("id_number", id_number(sequence="022"))
    visited = changes.get("visit_time", ago(60).isoformat())
    usual = {
        "school_name": SCHOOL, "student_name": "谭小梅", "sex": "女", "age": "", "grade_class": "六年级2班",
        "visit_time": visited, "visit_teacher": "周文静", "companion_teacher": "李国强",
        "id_number": number, "reason": "随父母外出打工", "address": "城关镇东关村3组12号",
        "content": "家访时学生正在县城打零工，已向家长讲明义务教育法。", "school_opinion": "继续劝返",
        "school_date": visited, "parent_opinion": "同意返校", "parent_signature": "谭大勇",
        "parent_date": visited,
    }
    return usual | changes


def put_visit(session: Session, unit_id: int, user_id: int, *, marks: dict[str, bool] | None = None,
              store: BlobStore | None = None, **changes: str) -> Sheet:
    """A home visit's sheet, read with certainty."""
    marks = {"school_seal": True, "guardian_signature": True} if marks is None else marks
    cells = {(FORM_ROW, name): value for name, value in visit_values(**changes).items()}
    return put_sheet(session, "home_visit", unit_id, user_id, cells, marks, store)


def put_table(session: Session, unit_id: int, user_id: int, rows: list[tuple[str, str, str, str]]) -> Sheet:
    """A township table's sheet; `rows` are (unit, prior year, ministry list, total) as read."""
    cells = {(number, name): value for number, row in enumerate(rows, 1)
             for name, value in zip(("unit", "prior_year", "ministry_list", "total"), row, strict=True)}
    return put_sheet(session, "township_table", unit_id, user_id, cells, {}, None)


def put_sheet(session: Session, template: str, unit_id: int, user_id: int,
              cells: dict[tuple[int, str], str], marks: dict[str, bool], store: BlobStore | None) -> Sheet:
    """A sheet of `template` with a reading per cell, all accepted."""
    scan = Scan(id=uuid4().hex, unit_id=unit_id, uploaded_by=user_id, file_name=f"{template}.jpg", size=1,
                media_type="image/jpeg", sha256=uuid4().hex * 2, state="read")
    sheet = Sheet(scan=scan, number=1, unit_id=unit_id, template=template, template_version=1, marks=marks,
                  template_confidence=0.99, image_sha256=store.put(picture(cells)) if store else None)
    session.add(sheet)
    session.flush()
    for number, ((row, field), value) in enumerate(cells.items()):
        session.add(Reading(sheet_id=sheet.id, row=row, field=field, value=value, raw=value, accept=True,
                            confidence=0.99, candidates=[[value, 0.99]], box=box_of(number)))
    session.flush()
    return sheet


def box_of(number: int) -> list[float]:
    """Where `picture` prints the value of this number."""
    top = 0.04 + 0.05 * number
    return [0.1, top, 0.9, top + 0.045]


def picture(cells: dict[tuple[int, str], str]) -> bytes:
    """A JPEG with a ruled box where each value stands."""
    image = Image.new("RGB", (800, 1120), "#fdfdf8")
    draw = ImageDraw.Draw(image)
    for number, (_, field) in enumerate(cells):
        x0, y0, x1, y1 = box_of(number)
        draw.rectangle((x0 * 800, y0 * 1120, x1 * 800, y1 * 1120), outline="#333")
        draw.text((x0 * 800 + 8, y0 * 1120 + 16), field, fill="#113")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def sign(session: Session, actor: Actor, sheet: Sheet) -> Sheet:
    """Sign the sheet off as it stands, blanks confirmed as blanks and objections as what the paper says."""
    required = [spec.name for spec in load_templates()[sheet.template].fields if spec.required]
    for field in required:
        if not standing(session, sheet).text(FORM_ROW, field):
            say(session, actor, sheet, field, "")
    for gap in gaps(standing(session, sheet)):
        if gap.key[0] > FORM_ROW and "必须填写" in gap.text:
            say(session, actor, sheet, gap.key[1], "", gap.key[0])
    for objection in unanswered(standing(session, sheet)):
        say(session, actor, sheet, rule_field(objection), "", objection.row)
    return cases.sign_off(session, actor, sheet.id, sheet.version)


def say(session: Session, actor: Actor, sheet: Sheet, field: str, value: str, row: int = FORM_ROW) -> None:
    """A person's decision that the field reads `value`."""
    decide(session, actor, sheet.id, sheet.version, row, field, "corrected", value, 1)
    session.refresh(sheet)


def file_visit(session: Session, actor: Actor, unit_id: int, **changes: str) -> HomeVisit:
    """Put a visit's sheet there, sign it off, and return what was filed."""
    marks, store = changes.pop("marks", None), changes.pop("store", None)
    put = put_visit(session, unit_id, actor.user_id, marks=marks, store=store, **changes)
    sheet = sign(session, actor, put)
    return session.query(HomeVisit).filter_by(sheet_id=sheet.id).one()
