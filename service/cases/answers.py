"""The values of a signed-off sheet as typed answers, named by the record attribute they file into."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ocr.template import FieldSpec, Template
from service.errors import Invalid
from service.models.values import FORM_ROW

Place = tuple[int, str]
"""Row and field name: where a value stands on its sheet."""
Answer = str | int | date | None

_DATE = re.compile(r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?")
_COUNT = re.compile(r"\d{1,6}")


@dataclass(frozen=True, slots=True)
class Row:
    """One record's worth of answers: `number` is the row on the sheet, FORM_ROW for a form."""

    number: int
    answers: Mapping[str, Answer]
    labels: Mapping[str, str]

    def text(self, target: str) -> str:
        """The answer as text, "" when the paper is blank there or does not ask."""
        value = self.answers.get(target)
        return "" if value is None else str(value)

    def day(self, target: str) -> date | None:
        """The answer as a date."""
        value = self.answers.get(target)
        return value if isinstance(value, date) else None

    def count(self, target: str) -> int | None:
        """The answer as a number."""
        value = self.answers.get(target)
        return value if isinstance(value, int) else None

    def need(self, target: str) -> None:
        """Raise Invalid, naming the field as the paper does, unless there is an answer."""
        if self.answers.get(target) in (None, ""):
            raise _missing(self.labels.get(target, target), self.number)


def rows_of(template: Template, values: Mapping[Place, str]) -> tuple[Row, ...]:
    """The answers of a sheet, a row each for tables (blank rows left out), one row for forms.

    What stands above a table is an answer of each of its rows.

    Raises Invalid, naming field and row, for a value that does not fit its kind.
    """
    specs = [spec for spec in template.fields if spec.files_into]
    head = _row(FORM_ROW, specs, values)
    if template.shape == "form":
        return (head,)
    columns = [spec for spec in template.columns if spec.files_into]
    numbers = sorted({row for row, _ in values if row > FORM_ROW})
    rows = (_row(number, columns, values) for number in numbers)
    return tuple(_under(head, row) for row in rows if any(answer not in (None, "") for answer in row.answers.values()))


def _under(head: Row, row: Row) -> Row:
    return Row(row.number, {**head.answers, **row.answers}, {**head.labels, **row.labels})


def _row(number: int, specs: list[FieldSpec], values: Mapping[Place, str]) -> Row:
    answers = {spec.files_into: typed(spec, values.get((number, spec.name), ""), number) for spec in specs}
    return Row(number, answers, {spec.files_into: spec.labels[0] for spec in specs})


def typed(spec: FieldSpec, text: str, row: int = FORM_ROW) -> Answer:
    """`text` as its field's kind: dates as date, counts and ages as int, all else as stripped text."""
    text = text.strip()
    if spec.kind == "date":
        return _day(spec, text, row)
    if spec.kind in ("count", "age"):
        return _count(spec, text, row)
    return text


def _day(spec: FieldSpec, text: str, row: int) -> date | None:
    if not text:
        return None
    found = _DATE.fullmatch(text)
    if found is None:
        raise _misfit(spec, row, "日期")
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        raise _misfit(spec, row, "日期") from None


def _count(spec: FieldSpec, text: str, row: int) -> int | None:
    if not text:
        return None
    if not _COUNT.fullmatch(text):
        raise _misfit(spec, row, "数字")
    return int(text)


def _misfit(spec: FieldSpec, row: int, wanted: str) -> Invalid:
    return Invalid(f"{_where(row)}「{spec.labels[0]}」不是有效的{wanted}，不能入档。",
                   "请回到核对页面，按纸面内容更正这一项。")


def _missing(label: str, row: int) -> Invalid:
    return Invalid(f"{_where(row)}缺少「{label}」，不能入档。",
                   "请在核对页面补填这一项；纸面上确实没有的，请退回学校补填。")


def _where(row: int) -> str:
    return f"第{row}行" if row > FORM_ROW else ""
