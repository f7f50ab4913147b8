"""Sign-off: a reviewed sheet is closed and its values enter the records, both or neither."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from ocr.template import Template
from service.access import Actor
from service.cases import counts, visits
from service.cases.answers import Row, rows_of
from service.cases.correction import correct_visit
from service.errors import Invalid
from service.models import Sheet
from service.review.values import standing

Marks = Mapping[str, bool]
Filer = Callable[[Session, Actor, Sheet, tuple[Row, ...], Marks], None]


def file_sheet(session: Session, actor: Actor, sheet: Sheet) -> None:
    """File what stands on the sheet; filing it again corrects what it filed before.

    Raises Invalid naming the field or row that keeps it from being filed.
    """
    held = standing(session, sheet)
    if held.template is None:
        raise Invalid("这张纸不是已知的表格，不能归档。", "请将它搁置，或退回学校重新上传。")
    values = {key: value.value for key, value in held.values.items()}
    marks = {name: there for name, (there, _) in held.marks.items()}
    filer = FILERS.get(record_of(held.template))
    if filer is not None:
        filer(session, actor, sheet, rows_of(held.template, values), marks)


def record_of(template: Template) -> str:
    """The kind of record a template files into, as its `files_into` say; "" when it files nothing.

    `student` beside another record names whose record it is.
    """
    targets = (spec.files_into for spec in (*template.fields, *template.columns))
    kinds = {target.partition(".")[0] for target in targets if target}
    return next(iter(sorted(kinds - {"student"})), "")


def _visit(session: Session, actor: Actor, sheet: Sheet, rows: tuple[Row, ...], marks: Marks) -> None:
    paper = visits.understand(session, sheet, rows[0], marks)
    filed = visits.visit_of(session, sheet.id)
    if filed is None:
        visits.file_visit(session, actor, sheet, paper)
    else:
        correct_visit(session, actor, sheet, filed, paper)


def _counts(session: Session, actor: Actor, sheet: Sheet, rows: tuple[Row, ...], marks: Marks) -> None:
    counts.file_counts(session, actor, sheet, rows)


FILERS: Mapping[str, Filer] = {"visit": _visit, "count": _counts}
