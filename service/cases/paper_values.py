"""What one child's part of a signed-off paper says: each value with where its ink is, sealed ones masked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from ocr.template import FieldSpec, MarkSpec, load_templates
from service.cases.masking import masked_address, masked_id, masked_phone
from service.cases.visit_values import Mark, Shown
from service.models import Decision, Reading, Sheet
from service.models.values import FORM_ROW
from service.review.values import live

Place = tuple[int, int]
"""Sheet and row."""
SEALED_KINDS: Mapping[str, tuple[str, Callable[[str | None], str]]] = {
    "id_number": ("id_number", masked_id), "student_number": ("id_number", masked_id),
    "disability_number": ("id_number", masked_id), "phone": ("phone", masked_phone),
    "place": ("address", masked_address),
}
"""Kinds of fields that stand masked: what must be opened to see them, and how they look until then."""


class SheetValues:
    """The values of several sheets, read in three queries; asked row by row."""

    def __init__(self, session: Session, sheet_ids: Iterable[int], opened: frozenset[str]) -> None:
        ids = sorted(set(sheet_ids))
        self._opened = opened
        self._sheets: dict[int, Sheet] = {}
        self._readings: dict[tuple[int, int, str], Reading] = {}
        self._said: dict[tuple[int, int, str], Decision] = {}
        if ids:
            self._read(session, ids)

    def _read(self, session: Session, ids: list[int]) -> None:
        self._sheets = {sheet.id: sheet for sheet in session.scalars(select(Sheet).where(Sheet.id.in_(ids)))}
        self._readings = {(reading.sheet_id, reading.row, reading.field): reading
                          for reading in session.scalars(select(Reading).where(Reading.sheet_id.in_(ids)))}
        said: dict[int, list[Decision]] = {}
        for decision in session.scalars(select(Decision).where(Decision.sheet_id.in_(ids)).order_by(Decision.id)):
            said.setdefault(decision.sheet_id, []).append(decision)
        self._said = {(sheet_id, *key): decision for sheet_id, decisions in said.items()
                      for key, decision in live(decisions).items()}

    def title(self, sheet_id: int) -> str:
        """The form's name."""
        template = load_templates().get(self._sheets[sheet_id].template or "")
        return template.title if template else ""

    def shown(self, sheet_id: int, row: int) -> tuple[Shown, ...]:
        """The values in that row of the sheet and above it, in the form's order; name and sex stand in the head."""
        template = load_templates().get(self._sheets[sheet_id].template or "")
        if template is None:
            return ()
        specs = [(FORM_ROW, spec) for spec in template.fields]
        specs += [(row, spec) for spec in template.columns if row > FORM_ROW]
        return tuple(self._value(spec, sheet_id, at) for at, spec in specs
                     if spec.files_into and spec.files_into not in ("student.name", "student.sex")
                     and not spec.files_into.endswith(".school") and spec.where != "part")

    def marks(self, sheet_id: int, record: object) -> tuple[Mark, ...]:
        """The evidence the form asks for, as the record has it."""
        sheet = self._sheets[sheet_id]
        template = load_templates().get(sheet.template or "")
        return tuple(_mark(mark, sheet, record) for mark in (template.marks if template else ()))

    def _value(self, spec: FieldSpec, sheet_id: int, row: int) -> Shown:
        reading = self._readings.get((sheet_id, row, spec.name))
        decision = self._said.get((sheet_id, row, spec.name))
        text = decision.value if decision else reading.value if reading else ""
        box = reading.box if reading else []
        sealed, mask = SEALED_KINDS.get(spec.kind, ("", None))
        if mask is not None and sealed not in self._opened:
            text = mask(text)
        return Shown(spec.name, spec.labels[0], text, len(box) == 4 and box[2] > box[0], sealed,
                     spec.kind == "free_text", row)


def _mark(mark: MarkSpec, sheet: Sheet, record: object) -> Mark:
    there = getattr(record, mark.name, None)
    return Mark(mark.label, bool(sheet.marks.get(mark.name) if there is None else there), mark.of)
