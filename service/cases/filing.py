"""Sign-off: a reviewed sheet is closed and its values enter the records, both or neither."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from service.access import Actor
from service.cases import agreements, counts, lessons, paper_returns, persuasions, registers, twins, visits
from service.cases.answers import Row, rows_of
from service.cases.correction import correct_visit
from service.errors import Conflict, Invalid
from service.models import Sheet
from service.models.filed import filed_as, record_of
from service.review.closing import close
from service.review.values import standing

Marks = Mapping[str, bool]
Filer = Callable[[Session, Actor, Sheet, tuple[Row, ...], Marks], None]


def sign_off(session: Session, actor: Actor, sheet_id: int, version: int) -> Sheet:
    """Close the review of a sheet and file what stands on it, in the caller's one transaction.

    A sheet that waits for a second reading is still up for review afterwards, and files nothing yet.

    Raises what closing raises (NotFound, Conflict, Unfinished with the gaps), Invalid from filing, and SamePaper
    when the paper may be on file already and nobody has said yet whether it is.
    """
    held = close(session, actor, sheet_id, version)
    if held.sheet.state == "signed":
        file_sheet(session, actor, held.sheet)
        twins.ask_first(session, held.sheet)
    return held.sheet


def file_sheet(session: Session, actor: Actor, sheet: Sheet) -> None:
    """File what stands on the sheet; filing it again corrects what it filed before.

    Raises Invalid naming the field or row that keeps it from being filed.
    """
    held = standing(session, sheet)
    if held.template is None:
        raise Invalid("这张纸不是已知的表格，不能入档。", "请将它搁置，或退回学校重新上传。")
    record = record_of(held.template)
    _keep_to_one_record(session, sheet, record)
    values = {key: value.filed for key, value in held.values.items()}
    marks = {name: there for name, (there, _) in held.marks.items()}
    filer = FILERS.get(record)
    if filer is not None:
        filer(session, actor, sheet, rows_of(held.template, values), marks)


def _keep_to_one_record(session: Session, sheet: Sheet, record: str) -> None:
    """A sheet filed as one kind of form cannot be filed again as another."""
    earlier = filed_as(session, sheet.id)
    if earlier and earlier != record:
        raise Conflict("这张表已按另一种表格入档，不能改换表格种类。", "请由教体局先撤回入档，再重新核对。")


def _visit(session: Session, actor: Actor, sheet: Sheet, rows: tuple[Row, ...], marks: Marks) -> None:
    paper = visits.understand(session, sheet, rows[0], marks)
    filed = visits.visit_of(session, sheet.id)
    if filed is None:
        visits.file_visit(session, actor, sheet, paper)
    else:
        correct_visit(session, actor, sheet, filed, paper)


def _counts(session: Session, actor: Actor, sheet: Sheet, rows: tuple[Row, ...], marks: Marks) -> None:
    counts.file_counts(session, actor, sheet, rows)


FILERS: Mapping[str, Filer] = {
    "visit": _visit, "count": _counts, "persuasion": persuasions.file, "lesson": lessons.file,
    "agreement": agreements.file, "transfer": registers.file, "return": paper_returns.file,
}
