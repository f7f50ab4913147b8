"""The source of a case as it was known: what a later correction says does not reach back into issued months."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, func, select

from service.cases.states import SOURCE_LABELS
from service.models import Case, CaseEvent
from service.reports.walk import Span


@dataclass(frozen=True, slots=True)
class Source:
    """The columns of a case's source and its year; `earlier` has those that were changed afterwards."""

    name: ColumnElement[str]
    year: ColumnElement[int]
    earlier: CTE | None = None

    def joined(self, query: Select[Any]) -> Select[Any]:
        """`query` over cases, with what the columns need."""
        earlier = self.earlier
        return query if earlier is None else query.outerjoin(earlier, earlier.c.case_id == Case.id)


def sourced(span: Span) -> Source:
    """The source that the span may know of: the one before the first change it does not know."""
    if span.known_at is None and span.known_event is None:
        return Source(Case.source.expression, Case.source_year.expression)
    event = CaseEvent
    later = event.id > span.known_event if span.known_event is not None else event.recorded_at > span.known_at
    before, kind, case_id = event.detail["before"], event.kind + "", event.case_id + 0  # by no index: few are later
    changes = select(
        case_id.label("case_id"), before["source"].as_string().label("source"),
        before["year"].as_integer().label("year"),
        func.row_number().over(partition_by=case_id, order_by=event.id).label("place"),
    ).where(kind == "note", event.detail["act"].as_string() == "set_source", later).subquery("changes")
    first = select(changes).where(changes.c.place == 1).cte("earlier_sources")
    return Source(func.coalesce(first.c.source, Case.source), func.coalesce(first.c.year, Case.source_year), first)


def source_words(source: str, year: int) -> str:
    """A case's source with its year: 2018年度排查, 2019年教育部下发疑似失学名单."""
    return f"{year}年{SOURCE_LABELS[source]}".replace("年年", "年")

