"""The objects an access row may mean: one of 城关一小, one of 河滨中学, and one that is not there."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from service.alike import merging
from service.database import now
from service.models import (
    ApiToken,
    Case,
    CaseDuty,
    CaseEvent,
    CaseTask,
    CategoryFact,
    DuplicatePair,
    Handover,
    HouseholdMember,
    Job,
    ListImport,
    Reading,
    Scan,
    SchoolPlan,
    SecondReading,
    Sheet,
    Student,
    Suspect,
    Transfer,
)
from tests.conftest import County

OWN_SCHOOL, OTHER_SCHOOL = "城关一小", "河滨中学"


@dataclass(frozen=True)
class Target:
    """The value of a rule's last argument in the three cases."""

    own: Any
    other: Any
    absent: Any


def _scan(county: County, unit: str, number: int, state: str = "read") -> str:
    uploader = county.users["school" if unit == OWN_SCHOOL else "other_school"]
    data = f"scan {unit} {number}".encode()
    scan_id = f"{unit == OWN_SCHOOL:d}{number}".rjust(32, "a")
    with county.installation.database.write() as session:
        if session.get(Scan, scan_id) is None:
            sha256 = county.installation.store.put(data)
            session.add(Scan(id=scan_id, unit_id=county.units[unit], uploaded_by=uploader, size=len(data),
                             sha256=sha256, media_type="image/jpeg", file_name="家访.jpg", state=state))
            session.flush()
            session.add(Job(scan_id=scan_id, state="done" if state == "read" else "failed"))
    return scan_id


def _picture_scan(county: County, unit: str) -> str:
    scan_id = _scan(county, unit, 3)
    with county.installation.database.write() as session:
        session.get_one(Scan, scan_id).sha256 = _picture(county)
    return scan_id


def _sheet(county: County, unit: str) -> int:
    scan_id = _scan(county, unit, 1)
    with county.installation.database.write() as session:
        sheet = session.query(Sheet).filter_by(scan_id=scan_id).one_or_none()
        if sheet is None:
            sheet = Sheet(scan_id=scan_id, number=1, unit_id=county.units[unit], template="home_visit",
                          template_version=1, image_sha256=_picture(county))
            session.add(sheet)
            session.flush()
        return sheet.id


def _read_sheet(county: County, unit: str) -> int:
    sheet_id = _sheet(county, unit)
    with county.installation.database.write() as session:
        if session.query(Reading).filter_by(sheet_id=sheet_id).count() == 0:
            session.add(Reading(sheet_id=sheet_id, field="student_name", value="测试生", raw="测试生",
                                candidates=[], confidence=0.9, accept=True, box=[0.1, 0.1, 0.4, 0.2]))
    return sheet_id


def _returned_sheet(county: County, unit: str) -> int:
    sheet_id = _sheet(county, unit)
    with county.installation.database.write() as session:
        session.get_one(Sheet, sheet_id).return_box = [0.1, 0.1, 0.4, 0.2]
    return sheet_id


def _second_reading(county: County, unit: str) -> int:
    sheet_id = _read_sheet(county, unit)
    with county.installation.database.write() as session:
        place = SecondReading(sheet_id=sheet_id, field="student_name", kind="required", first_value="测试生")
        session.add(place)
        session.flush()
        return place.id


def _picture(county: County) -> str:
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (400, 560), "white").save(out, "JPEG")
    return county.installation.store.put(out.getvalue())


def _student(county: County, unit: str) -> int:
    with county.installation.database.write() as session:
        student = Student(name="测试生", sex="女", school_id=county.units[unit])
        session.add(student)
        session.flush()
        return student.id


def _case(county: County, unit: str) -> int:
    student_id = _student(county, unit)
    with county.installation.database.write() as session:
        case = Case(student_id=student_id, unit_id=county.units[unit], source="annual_check",
                    source_year=2018, state="persuading", opened_on=date(2019, 4, 11))
        session.add(case)
        session.flush()
        return case.id


def _doubt(county: County, unit: str) -> int:
    case_id = _case(county, unit)
    with county.installation.database.write() as session:
        event = CaseEvent(case_id=case_id, kind="note", happened_on=date(2019, 4, 11),
                          unit_id=county.units[unit], detail={"doubt": "no_id"})
        session.add(event)
        session.flush()
        return event.id


def _kept(make: Callable[..., Any]) -> Callable[[County, str], int]:
    """A record about a case of the unit's."""
    def kept(county: County, unit: str) -> int:
        case_id = _case(county, unit)
        with county.installation.database.write() as session:
            record = make(county, case_id, county.units[unit])
            session.add(record)
            session.flush()
            return record.id
    return kept


_handover = _kept(lambda county, case_id, unit_id: Handover(
    case_id=case_id, from_unit_id=unit_id, to_unit_id=county.units["鸦岭"], reason="户籍在鸦岭",
    asked_on=date(2019, 4, 12)))
_task = _kept(lambda county, case_id, unit_id: CaseTask(
    case_id=case_id, unit_id=unit_id, text="查清去向", due_on=date(2019, 4, 12)))
_duty = _kept(lambda county, case_id, unit_id: CaseDuty(
    case_id=case_id, unit_id=unit_id, role="teacher", name="周文静", from_on=date(2019, 4, 12)))
_transfer = _kept(lambda county, case_id, unit_id: Transfer(
    direction="out", name="测试生", unit_id=unit_id, moved_on=date(2019, 4, 12)))


def _of_child(make: Callable[[int], Any]) -> Callable[[County, str], int]:
    """A record about a child of the unit's."""
    def kept(county: County, unit: str) -> int:
        student_id = _student(county, unit)
        with county.installation.database.write() as session:
            record = make(student_id)
            session.add(record)
            session.flush()
            return record.id
    return kept


_fact = _of_child(lambda student_id: CategoryFact(
    student_id=student_id, kind="orphan", from_on=date(2019, 1, 1), told_on=date(2019, 1, 1), source="person"))
_member = _of_child(lambda student_id: HouseholdMember(student_id=student_id, name="谭大勇", told_on=date(2019, 1, 1)))


def _plan(county: County, unit: str) -> int:
    sha256 = county.installation.store.put(b"%PDF-1.4 plan")
    with county.installation.database.write() as session:
        plan = SchoolPlan(unit_id=county.units[unit], year=2019, kind="file", sha256=sha256, file_name="方案.pdf",
                          user_id=county.users["bureau"])
        session.add(plan)
        session.flush()
        return plan.id


def _token(county: County) -> int:
    with county.installation.database.write() as session:
        token = ApiToken(token_hash=f"{now().timestamp()}", user_id=county.users["school"], name="x",
                         expires_at=now())
        session.add(token)
        session.flush()
        return token.id


def _list(county: County, unit: str) -> int:
    uploader = county.users["school" if unit == OWN_SCHOOL else "other_school"]
    look = {"sheets": [{"name": "名单", "rows": 2, "head": [["姓名", "身份证号", "学校"], ["测试生", "", unit]]}]}
    mapping = {"sheet": 0, "heading_row": 0, "columns": {"name": 0, "id_number": 1, "school": 2}, "units": {}}
    with county.installation.database.write() as session:
        told = ListImport(kind="roster", unit_id=county.units[unit], uploaded_by=uploader, file_name="学籍.xlsx",
                          sealed_sha256=county.installation.store.put(b"sealed"), size=6, state="to_confirm",
                          year=2024, look=look, mapping=mapping, summary={"good": 1, "rows": 1})
        session.add(told)
        session.flush()
        return told.id


def _pair(county: County) -> int:
    one, other = _student(county, OWN_SCHOOL), _student(county, OTHER_SCHOOL)
    with county.installation.database.write() as session:
        pair = DuplicatePair(one_id=one, other_id=other, score=9.0, findings=["name_same"])
        session.add(pair)
        session.flush()
        return pair.id


def _merge(county: County) -> int:
    one, other = _student(county, OWN_SCHOOL), _student(county, OTHER_SCHOOL)
    with county.installation.database.write() as session:
        return merging.merge(session, county.actor("bureau"), one, other).id


def _suspect(county: County, unit: str) -> int:
    with county.installation.database.write() as session:
        suspect = Suspect(unit_id=county.units[unit], name="测试生", keys=[unit], reasons=["household_only"])
        session.add(suspect)
        session.flush()
        return suspect.id


def _both(make: Callable[[County, str], Any], absent: Any) -> Callable[[County], Target]:
    return lambda county: Target(make(county, OWN_SCHOOL), make(county, OTHER_SCHOOL), absent)


TARGETS: dict[str, Callable[[County], Target]] = {
    "picture_scan": _both(_picture_scan, "f" * 32),
    "scan": _both(lambda county, unit: _scan(county, unit, 1), "f" * 32),
    "failed_scan": _both(lambda county, unit: _scan(county, unit, 2, "failed"), "f" * 32),
    "sheet": _both(_sheet, 999_999),
    "returned_sheet": _both(_returned_sheet, 999_999),
    "read_sheet": _both(_read_sheet, 999_999),
    "second_reading": _both(_second_reading, 999_999),
    "student": _both(_student, 999_999),
    "case": _both(_case, 999_999),
    "doubt": _both(_doubt, 999_999),
    "list": _both(_list, 999_999),
    "handover": _both(_handover, 999_999),
    "task": _both(_task, 999_999),
    "duty": _both(_duty, 999_999),
    "fact": _both(_fact, 999_999),
    "member": _both(_member, 999_999),
    "plan": _both(_plan, 999_999),
    "school_unit": lambda county: Target(county.units[OWN_SCHOOL], county.units[OTHER_SCHOOL], 999_999),
    "transfer": _both(_transfer, 999_999),
    "suspect": _both(_suspect, 999_999),
    "pair": lambda county: Target(_pair(county), _pair(county), 999_999),
    "merge": lambda county: Target(_merge(county), _merge(county), 999_999),
    "user": lambda county: Target(county.users["other_school"], county.users["clerk"], 999_999),
    "unit": lambda county: Target(county.units["城关二小"], county.units["河滨中学"], 999_999),
    "own_school": lambda county: Target(county.units[OWN_SCHOOL], county.units[OTHER_SCHOOL], 999_999),
    "reporting_unit": lambda county: Target(county.units["城关"], county.units["河滨"], 999_999),
    "token": lambda county: Target(_token(county), _token(county), 999_999),
}
"""By the name rows use; an area adds its own kinds here."""
