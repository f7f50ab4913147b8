"""What filing was not sure of: notes in a case that stay open until a person has looked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from service import audit
from service.access import FILES, Actor
from service.calendar import today
from service.cases import sight
from service.errors import Conflict, NotFound
from service.models import Case, CaseEvent

WORDS: Mapping[str, str] = {
    "no_id": "纸面没有身份证号，只能按姓名、学校和出生日期建档。",
    "bad_id": "纸面的身份证号不符合校验规则，没有作为身份依据。",
    "other_name": "身份证号与已有档案相同，但姓名不同，已归入该档案。",
    "by_age": "按姓名、学校和年龄归入已有档案，纸面没有身份证号可以核对。",
    "id_slip": "与另一份档案的身份证号只差一两位，可能是同一名学生。",
    "same_name_other_id": "与另一份档案姓名相同而身份证号不同，可能是同一名学生。",
    "same_name": "与另一份档案姓名相同，可能是同一名学生。",
    "like_name": "与另一份档案出生日期相同、姓名只差一字，可能是同一名学生。",
    "unknown_school": "纸面的学校名称不在单位名单中，暂归入上传单位。",
    "other_school": "纸面的学校与原档案不同，档案已改为新学校，个案仍由原单位负责。",
    "after_closing": "结案之后又有家访，请核实是否复辍。",
    "transfer_closed": "已结案，但另有转出登记超过期限没有转入，请核实学生去向。",
    "visit_withdrawn": "此案的一次家访已撤回入档，请核实此案现在的状态。",
    "persuasion_withdrawn": "此案的一次劝返记录已撤回入档，请核实此案现在的状态。",
    "persuasion_moved": "此案的劝返记录经更正归入另一份档案或另一天，请核实此案是否成立。",
    "visit_moved": "此案的家访经更正归入另一份档案，请核实此案是否成立。",
}


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing to look at: its event, the words for it, the other child it speaks of if any."""

    event_id: int
    student_id: int
    reason: str
    text: str
    other_student_id: int | None
    sheet_id: int | None


def raise_doubts(session: Session, actor: Actor | None, case: Case, sheet_id: int | None, on: date,
                 found: Iterable[tuple[str, int | None]]) -> None:
    """Append a note per (reason, other student) that filing came upon."""
    for reason, other in found:
        session.add(CaseEvent(case=case, kind="note", happened_on=on, unit_id=case.unit_id, sheet_id=sheet_id,
                              user_id=actor.user_id if actor else None, detail={"doubt": reason, "student": other}))
    session.flush()


def open_doubts(events: Iterable[CaseEvent]) -> list[CaseEvent]:
    """The doubts among a case's events that nobody has settled yet."""
    events = list(events)
    settled = {event.detail["settles"] for event in events if "settles" in event.detail}
    return [event for event in events if "doubt" in event.detail and event.id not in settled]


def described(event: CaseEvent, student_id: int) -> Doubt:
    """A doubt as people read it."""
    reason = event.detail["doubt"]
    return Doubt(event.id, student_id, reason, WORDS[reason], event.detail.get("student"), event.sheet_id)


def settle(session: Session, actor: Actor, event_id: int, note: str = "") -> Case:
    """Record that a person has looked; returns the case.

    Raises NotFound (absent, or of a child out of sight), or Conflict when somebody already did.
    """
    actor.require(FILES)
    event = session.get(CaseEvent, event_id)
    if event is None or "doubt" not in event.detail:
        raise NotFound
    case = sight.case(session, actor, event.case_id, lock=True)
    if event not in open_doubts(case.events):
        raise Conflict("这项提示已经核对过了。", "请刷新页面。")
    session.add(CaseEvent(case=case, kind="note", happened_on=today(), unit_id=case.unit_id,
                          user_id=actor.user_id, note=note or None, detail={"settles": event.id}))
    audit.record(session, actor, "doubt.settled", "case", case.id, event=event.id)
    return case
