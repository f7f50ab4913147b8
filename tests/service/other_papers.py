"""The other papers of the notice as reading leaves them, ready to be signed off."""

from sqlalchemy.orm import Session

from service.models import Sheet
from service.models.values import FORM_ROW
from service.storage import BlobStore
from tests.service.case_papers import OTHER_SCHOOL, SCHOOL, ago, id_number, put_sheet

CHILD = {
    "school_name": SCHOOL, "student_name": "谭小梅", "sex": "女", "age": "", "guardian": "谭大勇",
    "id_number": id_number(sequence="022"), "phone": "13800000000", "address": "城关镇东关村3组12号",
    "parent_opinion": "同意", "parent_signature": "谭大勇", "school_opinion": "情况属实",
}
SIGNED = {"school_seal": True, "guardian_signature": True}


def persuasion_values(**changes: str) -> dict[str, str]:
    """What a usual 劝返记录 says."""
    day = ago(40).isoformat()
    usual = {
        **CHILD, "grade_class": "六年级2班", "left_on": ago(80).isoformat(), "reason": "随父母外出打工",
        "persuaded_on": day, "attempt": "2", "persuader": "周文静", "companion": "李国强", "method": "入户",
        "content": "宣讲义务教育法，动员返校。", "outcome": "已返校", "returned_on": ago(35).isoformat(),
        "next_step": "定期家访", "parent_date": day, "school_date": day,
    }
    return usual | changes


def lesson_values(**changes: str) -> dict[str, str]:
    """What a usual 送教上门记录 says."""
    day = ago(30).isoformat()
    usual = {
        **CHILD, "disability": "肢体", "taught_on": day, "lessons": "3", "teacher": "周文静", "companion": "李国强",
        "content": "认识数字", "performance": "能配合老师", "parent_date": day, "school_date": day,
    }
    return usual | changes


def agreement_values(**changes: str) -> dict[str, str]:
    """What a usual 控辍目标责任书 says."""
    usual = {
        "issuer": "城关", "school_name": SCHOOL, "issuer_signer": "李国强", "signer": "周文静",
        "issuer_post": "中心校校长", "post": "校长", "term": f"{ago(90).year}-{ago(90).year + 1}",
        "signed_on": ago(90).isoformat(), "issuer_stamp": "", "stamp": "",
    }
    return usual | changes


def return_values(**changes: str) -> dict[str, str]:
    """What a usual 月报表 of a township says: ten, two new, four brought back."""
    usual = {
        "unit": "城关镇中心学校", "month": f"{ago(40):%Y-%m}", "opening": "10", "new_total": "2",
        "new_annual_check": "", "new_ministry_list": "1", "new_school_watch": "1", "new_home_visit": "",
        "new_other": "", "returned": "4", "relapsed": "0", "closed_otherwise": "", "closing": "8", "visits": "31",
        "lessons": "12", "transfers_in": "3", "transfers_out": "2", "problems": "无", "unit_opinion": "情况属实",
        "signature": "周文静", "signed_on": ago(10).isoformat(),
    }
    return usual | changes


def register_cells(lines: list[tuple[str, str, str]], page: str = "1/1") -> dict[tuple[int, str], str]:
    """The cells of a 流动生情况登记表 with a line per (name, direction, ID number)."""
    head = {"school_name": SCHOOL, "term": "2019-2020", "filled_on": ago(5).isoformat(), "page": page}
    cells = {(FORM_ROW, name): value for name, value in head.items()}
    for row, (name, direction, number) in enumerate(lines, 1):
        values = {
            "seq": str(row), "student_name": name, "sex": "", "id_number": number, "grade_class": "六年级2班",
            "direction": direction, "moved_on": ago(10).isoformat(), "other_school": OTHER_SCHOOL,
            "reason": "家庭搬迁", "remark": "",
        }
        cells |= {(row, field): value for field, value in values.items()}
    return cells


def put_paper(session: Session, template: str, unit_id: int, user_id: int, values: dict[str, str],
              marks: dict[str, bool] | None = None, store: BlobStore | None = None) -> Sheet:
    """A form's sheet, read with certainty."""
    cells = {(FORM_ROW, name): value for name, value in values.items()}
    return put_sheet(session, template, unit_id, user_id, cells, SIGNED if marks is None else marks, store)
