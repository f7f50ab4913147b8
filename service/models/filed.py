"""What a signed sheet may have filed: the records, by the name that templates give them in `files_into`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ocr.template import Template
from service.models.cases import HomeVisit, TownshipCount
from service.models.papers import Agreement, Lesson, Persuasion, Transfer
from service.models.returns import PaperReturn

RECORDS: Mapping[str, Any] = {
    "visit": HomeVisit, "count": TownshipCount, "persuasion": Persuasion, "lesson": Lesson, "agreement": Agreement,
    "transfer": Transfer, "return": PaperReturn,
}


def filed_as(session: Session, sheet_id: int) -> str:
    """The kind of record the sheet has filed, "" when it has filed nothing."""
    return next((name for name, record in RECORDS.items()
                 if session.scalar(select(record.id).where(record.sheet_id == sheet_id).limit(1))), "")


def record_of(template: Template) -> str:
    """The kind of record a template files into, as its `files_into` say; "" when it files nothing.

    `student` beside another record names whose record it is.
    """
    targets = (spec.files_into for spec in (*template.fields, *template.columns))
    kinds = {target.partition(".")[0] for target in targets if target}
    return next(iter(sorted(kinds - {"student"})), "")
