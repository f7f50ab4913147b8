"""No paper counts twice: what is asked before a sheet is filed, and what the answers do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from ocr.template import load_templates
from service import audit, twins
from service.access import REVIEW, Actor
from service.database import now
from service.errors import Conflict, Invalid
from service.models import Sheet, SheetTwin, Student
from service.models.filed import RECORDS, filed_as, record_of
from service.review import closing, sheets
from service.review.sheets import STATE_WORDS

SAME: Mapping[str, tuple[str, ...]] = {
    "visit": ("student_id", "visited_on"), "persuasion": ("student_id", "persuaded_on"),
    "lesson": ("student_id", "taught_on"), "agreement": ("unit_id", "level", "signed_on"),
    "count": ("unit_id", "counted_on", "total"), "return": ("unit_id", "month"),
    "transfer": ("unit_id", "direction", "name", "moved_on"),
}
"""The columns in which the records of one paper, filed twice, agree."""
_SHARE = 0.5
"""Of a sheet of many rows, so many must be in the other, too."""
SIGNS: Mapping[str, str] = {
    "bytes": "同一个文件已由别的单位上传", "ink": "图像上的字迹几乎相同",
    "visit": "同一学生、同一天的家访记录表已入档", "persuasion": "同一学生、同一天的劝返记录已入档",
    "lesson": "同一学生、同一天的送教上门记录已入档", "agreement": "同一单位、同一天签订的责任书已入档",
    "count": "同一日期、数字相同的统计表已入档", "return": "同一单位、同一月份的月报表已入档",
    "transfer": "同样的流动生（姓名、去向、日期）已入档",
}
"""By what two sheets were found to be alike, in words."""


@dataclass(frozen=True, slots=True)
class Twin:
    """A sheet that may be the same paper, as the question shows it."""

    sheet_id: int
    unit: str
    state: str
    received_at: datetime
    has_image: bool
    signs: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain values for the screen's script and the API."""
        return {"sheet_id": self.sheet_id, "unit": self.unit, "state": self.state, "signs": list(self.signs),
                "received_at": self.received_at.isoformat(), "has_image": self.has_image}


class SamePaper(Conflict):
    """A sheet that may be a paper already on file: a person says whether it is. `twins` are those it may be."""

    code = "same_paper"
    message = "这张纸可能已经入档。"
    advice = "请对照两边的图像，回答是不是同一张纸，再签发。"

    def __init__(self, found: tuple[Twin, ...]) -> None:
        super().__init__()
        self.twins = found


def ask_first(session: Session, sheet: Sheet) -> None:
    """Raise SamePaper when the sheet just filed, in the caller's transaction, may be another's paper.

    What was answered before is not asked again.
    """
    record = filed_as(session, sheet.id)
    if record:
        others = _filed_alike(session, sheet.id, record)
        twins.note(session, others, sheet.id, record)
    found = questions(session, sheet)
    if found:
        raise SamePaper(found)


def questions(session: Session, sheet: Sheet) -> tuple[Twin, ...]:
    """The sheets that may be the same paper as this one and count already, or came first; unanswered so far."""
    pairs = session.scalars(select(SheetTwin).where(
        or_(SheetTwin.one_id == sheet.id, SheetTwin.other_id == sheet.id), SheetTwin.state == "open"))
    found = []
    for pair in pairs:
        other = pair.one if pair.other_id == sheet.id else pair.other
        if other.state == "signed" or (other.state == "to_review" and other.id < sheet.id):
            found.append(Twin(other.id, other.unit.name, STATE_WORDS[other.state], other.created_at,
                              other.image_sha256 is not None, tuple(SIGNS[sign] for sign in pair.signs)))
    return tuple(found)


def answer(session: Session, actor: Actor, sheet_id: int, version: int, other_id: int, *, same: bool) -> None:
    """What a person says of two sheets: one paper (see is_copy) or two (see is_another)."""
    if same:
        is_copy(session, actor, sheet_id, version, other_id)
    else:
        is_another(session, actor, sheet_id, other_id)


def is_copy(session: Session, actor: Actor, sheet_id: int, version: int, other_id: int) -> Sheet:
    """The sheet is the same paper as the other: set aside as its copy, it counts nothing.

    Raises NotFound, Conflict when somebody was faster or it is on file already, Invalid for a sheet that cannot be.
    """
    pair = _asked(session, actor, sheet_id, other_id)
    sheet = closing.set_aside(session, actor, sheet_id, version, f"与 № {other_id} 是同一张纸，不重复计入")
    _answer(session, actor, pair, sheet_id, "same")
    return sheet


def is_another(session: Session, actor: Actor, sheet_id: int, other_id: int) -> None:
    """They are two papers: both count, and it is not asked again."""
    _answer(session, actor, _asked(session, actor, sheet_id, other_id), sheet_id, "different")


def _asked(session: Session, actor: Actor, sheet_id: int, other_id: int) -> SheetTwin:
    """The pair, made when only the sign-off that was refused had found it."""
    actor.require(REVIEW)
    sheet, other = sheets.find(session, actor, sheet_id), session.get(Sheet, other_id)
    if other is None or not actor.sees(other.unit_id) or other.id == sheet.id or other.template != sheet.template \
            or other.state not in twins.COUNTING:
        raise Invalid("这两张表不能这样比较。", "请刷新页面。")
    pair = twins.pair_of(session, sheet_id, other_id)
    if pair is None:
        twins.note(session, (other_id,), sheet_id, record_of(load_templates()[sheet.template or ""]))
        pair = twins.pair_of(session, sheet_id, other_id)
    if pair is None or pair.state != "open":
        raise Conflict("这个问题刚刚已经有人回答。", "请刷新页面。")
    return pair


def _answer(session: Session, actor: Actor, pair: SheetTwin, sheet_id: int, state: str) -> None:
    other = pair.one_id if pair.other_id == sheet_id else pair.other_id
    pair.state, pair.decided_by, pair.decided_at = state, actor.user_id, now()
    audit.record(session, actor, f"sheet.{state}_paper", "sheet", sheet_id, other=other)


def _filed_alike(session: Session, sheet_id: int, record: str) -> list[int]:
    """The sheets whose records of this kind agree with those of the sheet, in half of its rows at least."""
    model, columns = RECORDS[record], SAME[record]
    mine, other = aliased(model), aliased(model)
    queries = [_agreeing(mine, other, columns)]
    if columns[0] == "student_id":
        queries.append(_of_one_name(mine, other, columns[1]))
    rows = session.scalar(select(func.count()).select_from(model).where(model.sheet_id == sheet_id)) or 0
    return sorted({number for query in queries for number in session.scalars(
        query.join(Sheet, Sheet.id == other.sheet_id)
        .where(mine.sheet_id == sheet_id, other.sheet_id != sheet_id, Sheet.state.in_(twins.COUNTING))
        .group_by(other.sheet_id).having(func.count() >= rows * _SHARE))})


def _agreeing(mine: Any, other: Any, columns: tuple[str, ...]) -> Select[int]:
    same = and_(*(getattr(mine, name) == getattr(other, name) for name in columns))
    return select(other.sheet_id).select_from(mine).join(other, same)


def _of_one_name(mine: Any, other: Any, day: str) -> Select[int]:
    """Of a child that filing took for two: one name, at one school, on one day."""
    own, theirs = aliased(Student), aliased(Student)
    return (_agreeing(mine, other, ("unit_id", day)).join(own, own.id == mine.student_id)
            .join(theirs, and_(theirs.id == other.student_id, theirs.name == own.name)))
