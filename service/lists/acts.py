"""What a person says about a list under way: which column is what, store it, or throw it away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from service import audit
from service.access import Actor
from service.calendar import today
from service.errors import Conflict, Invalid
from service.lists import shelf
from service.lists.headings import columns_under
from service.lists.kinds import list_kinds
from service.lists.rows import DROP_BAD_IDS
from service.lists.table import Sheet
from service.models import ListImport, ListProblem

_FIRST_YEAR = 2000


@dataclass(frozen=True, slots=True)
class Said:
    """How a list is to be read, as a person said it; `units` are ids of units by the names written."""

    sheet: int
    heading_row: int
    columns: Mapping[str, int]
    listed_on: date
    year: int
    whole: bool
    drop_bad_ids: bool = False
    units: Mapping[str, int] = field(default_factory=dict)


def set_mapping(session: Session, actor: Actor, import_id: int, said: Said) -> ListImport:
    """Read the list so, and check it; raises NotFound, Invalid naming what is missing, or Conflict."""
    told = shelf.find(session, actor, import_id)
    kind = list_kinds()[told.kind]
    names = {column.name for column in kind.columns}
    if set(said.columns) - names or len(set(said.columns.values())) < len(said.columns):
        raise Invalid("同一列不能当作两项内容。", "请把重复的一项改为“不导入”。")
    places = shelf.given_columns(session, actor)
    for name in kind.required:
        if name not in said.columns and name not in places:
            raise Invalid(f"还没有指出哪一列是「{kind.column(name).label}」。")
    if not {"id_number", "born_on", "student_number"} & set(said.columns):
        raise Invalid("至少要有「身份证号」「学籍号」或「出生日期」中的一列，否则无法分清同名的学生。")
    if said.listed_on > today() or not _FIRST_YEAR <= said.year <= today().year + 1:
        raise Invalid("「名单日期」或「年度」有误。")
    mapping = {"sheet": said.sheet, "heading_row": said.heading_row, "columns": dict(said.columns),
               DROP_BAD_IDS: said.drop_bad_ids, "units": dict(said.units)}
    _move(session, told, ("to_map", "to_confirm"), state="to_check", mapping=mapping, listed_on=said.listed_on,
          year=said.year, whole=said.whole, problem="")
    audit.record(session, actor, "list.mapped", "list", told.id, columns=sorted(said.columns))
    return told


def look_under(session: Session, actor: Actor, import_id: int, sheet: int, heading_row: int) -> ListImport:
    """Guess the columns again for another sheet or row of headings."""
    told = shelf.find(session, actor, import_id)
    sheets = told.look["sheets"] if told.look else []
    if not 0 <= sheet < len(sheets) or not -1 <= heading_row < len(sheets[sheet]["head"]):
        raise Invalid("没有这张工作表或这一行。")
    shown = Sheet(sheets[sheet]["name"], sheets[sheet]["head"])
    columns = dict(columns_under(shown, list_kinds()[told.kind], heading_row))
    _move(session, told, ("to_map", "to_confirm"), state="to_map",
          mapping={**told.mapping, "sheet": sheet, "heading_row": heading_row, "columns": columns})
    return told


def confirm(session: Session, actor: Actor, import_id: int, *, gone_seen: bool) -> ListImport:
    """Store what was checked; a list from which many are missing must be confirmed as such."""
    told = shelf.find(session, actor, import_id)
    if not told.summary.get("good"):
        raise Invalid("没有可以入库的行。", "请按问题清单改好名单后重新上传。")
    if shelf.loses_many(told.summary) and not gone_seen:
        raise Invalid(f"这份名单比现有名单少 {told.summary['gone']} 人，请先确认。",
                      "如果只是其中一部分，请返回改为“补充名单”。")
    _move(session, told, ("to_confirm",), state="to_store", problem="")
    audit.record(session, actor, "list.confirmed", "list", told.id)
    return told


def discard(session: Session, actor: Actor, import_id: int) -> None:
    """Throw the list away; its file stays sealed in the store, what was wrong in it goes."""
    told = shelf.find(session, actor, import_id)
    _move(session, told, ("to_look", "to_map", "to_check", "to_confirm", "failed"), state="discarded", look=None)
    session.execute(delete(ListProblem).where(ListProblem.import_id == told.id))
    audit.record(session, actor, "list.discarded", "list", told.id)


def _move(session: Session, told: ListImport, states: tuple[str, ...], **values: object) -> None:
    """Change the list from one of `states`; a new fence takes it out of the hands of a worker."""
    moved = session.execute(update(ListImport).where(ListImport.id == told.id, ListImport.state.in_(states))
                            .values(fence=ListImport.fence + 1, attempts=0, lease_until=None, progress=0, stage="",
                                    **values).execution_options(synchronize_session=False))
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("这份名单的状态刚刚变了。", "请刷新页面查看。")


