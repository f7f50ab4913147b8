"""What stands written on a sheet now: a person's latest word, else what the machine read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ocr.template import FieldSpec, Template, load_templates
from service.models import Decision, Reading, Sheet
from service.models.values import FORM_ROW, TOTAL_ROW
from service.review.records import Records

Key = tuple[int, str]
"""Row and field name: row 0 for fields that stand alone, -1 for the row of totals."""

CONFIRMATION = "!"
"""Opens the `field` of a decision that confirms an objection: the paper really says so."""
YES, NO = "yes", "no"
"""Values of a decision on a mark: it is on the paper, or it is not."""
ALWAYS, OPTIONAL, NEVER = "always", "optional", "never"
"""`options.transcribe` of a form's field."""
AS_IMAGE = "（见原件图像）"
"""What stands in the records for a field that was left as its picture."""
_FEW_ROWS, _MOST_RULED = 15, 100


@dataclass(frozen=True, slots=True)
class EffectiveValue:
    """A field as it stands. `needs_person`: nobody decided, and the machine was not sure enough.

    `as_image`: it is not written out but stays the picture it is; its value is then empty.
    """

    value: str
    reading: Reading | None
    decision: Decision | None
    needs_person: bool
    as_image: bool = False

    @property
    def filed(self) -> str:
        """What enters the records."""
        return AS_IMAGE if self.as_image else self.value


@dataclass(frozen=True, slots=True)
class Standing:
    """A sheet with all that stands on it.

    `values` holds every field the template asks, rows in paper order and the totals last; `marks`
    whether each mark is there and who said so; `confirmed` the wording of each objection a person
    confirmed, by its key; `history` all decisions, oldest first.
    """

    sheet: Sheet
    template: Template | None
    values: Mapping[Key, EffectiveValue]
    marks: Mapping[str, tuple[bool, Decision | None]]
    confirmed: Mapping[Key, str]
    history: tuple[Decision, ...]
    records: Records | None = None
    """What is on record already, to hold the paper against; None where nobody is going to ask."""

    @property
    def waiting(self) -> tuple[Key, ...]:
        """The fields a person still has to look at."""
        return tuple(key for key, held in self.values.items() if held.needs_person)

    def text(self, row: int, field: str) -> str:
        """The value of a field, "" when the form has none such."""
        held = self.values.get((row, field))
        return held.value if held else ""


def effective(session: Session, sheet: Sheet) -> dict[Key, EffectiveValue]:
    """Every field of the sheet as it stands now."""
    return dict(standing(session, sheet).values)


def effective_marks(session: Session, sheet: Sheet) -> dict[str, bool]:
    """Whether each seal and signature is on the paper, as it stands now."""
    return {name: there for name, (there, _) in standing(session, sheet).marks.items()}


def standing(session: Session, sheet: Sheet) -> Standing:
    """Read all that stands on `sheet`; two queries."""
    readings = session.scalars(select(Reading).where(Reading.sheet_id == sheet.id)).all()
    decisions = session.scalars(
        select(Decision).where(Decision.sheet_id == sheet.id).order_by(Decision.id)).all()
    return stand(sheet, readings, decisions, Records(session, sheet.unit_id))


def stand(sheet: Sheet, readings: Iterable[Reading], decisions: Iterable[Decision],
          records: Records | None = None) -> Standing:
    """What `readings` and `decisions` (oldest first) make of a sheet."""
    template = load_templates().get(sheet.template or "")
    history = tuple(decisions)
    read = {(reading.row, reading.field): reading for reading in readings}
    said = live(history)
    keys = asked(template, {*read, *said}, 0 if read else _ruled_rows(sheet)) if template else []
    return Standing(
        sheet, template,
        {key: _hold(template, key[1], read.get(key), said.get(key)) for key in keys},
        _marks(template, sheet, said),
        {(row, name[1:]): said[row, name].value for row, name in said if name.startswith(CONFIRMATION)},
        history, records,
    )


def live(decisions: Iterable[Decision]) -> dict[Key, Decision]:
    """The latest decision on each field that nobody took back."""
    decisions = list(decisions)
    undone = {decision.undoes_id for decision in decisions if decision.kind == "undone"}
    return {(decision.row, decision.field): decision for decision in decisions
            if decision.kind != "undone" and decision.id not in undone}


def asked(template: Template, known: Iterable[Key], ruled: int) -> list[Key]:
    """The fields a template asks, in paper order; a table has the rows `known` and at least `ruled` ones."""
    if template.shape != "table":
        return [(FORM_ROW, spec.name) for spec in template.fields]
    rows = sorted({row for row, _ in known if row > FORM_ROW} | set(range(1, ruled + 1)))
    body = [(row, spec.name) for row in rows for spec in template.columns]
    head = [(FORM_ROW, spec.name) for spec in template.fields]
    return head + body + [(TOTAL_ROW, name) for name in summed(template)]


def _ruled_rows(sheet: Sheet) -> int:
    """How many rows of records a sheet that nothing was read from has: its ruling less head and totals."""
    ruled = int(sheet.grid["rows"]) - 2 if sheet.grid else 0
    return min(ruled, _MOST_RULED) if ruled > 0 else _FEW_ROWS


def summed(template: Template) -> tuple[str, ...]:
    """The columns of a table that its row of totals adds up."""
    for rule in template.rules:
        if rule["rule"] == "column_sum":
            return tuple(rule["columns"])
    return ()


def spec_of(template: Template | None, name: str) -> FieldSpec | None:
    """The field or column called `name`, None when the form has none."""
    if template is None:
        return None
    return next((spec for spec in (*template.fields, *template.columns) if spec.name == name), None)


def transcribing(spec: FieldSpec) -> str:
    """Whether the form wants the field written out: ALWAYS, NEVER, or as the clerk likes (OPTIONAL)."""
    return str(spec.options.get("transcribe", ALWAYS))


def _hold(template: Template | None, name: str, reading: Reading | None,
          decision: Decision | None) -> EffectiveValue:
    spec = spec_of(template, name)
    if decision is None and spec is not None and transcribing(spec) == NEVER and _has_ink(reading):
        return EffectiveValue("", reading, None, False, True)
    value = decision.value if decision else reading.value if reading else ""
    sure = decision is not None or (reading.accept if reading else _may_lie_blank(template, name))
    return EffectiveValue(value, reading, decision, not sure, decision is not None and decision.kind == "image")


def _has_ink(reading: Reading | None) -> bool:
    """Whether there is writing that could stay a picture; a blank place is simply blank."""
    return reading is not None and bool(reading.value or reading.raw or not reading.accept)


def _may_lie_blank(template: Template | None, name: str) -> bool:
    """Whether a field nothing was read for may stay untouched: many cells of a table are blank."""
    return template is not None and any(spec.name == name for spec in template.columns)


def _marks(template: Template | None, sheet: Sheet,
           said: Mapping[Key, Decision]) -> dict[str, tuple[bool, Decision | None]]:
    marks = {}
    for mark in template.marks if template else ():
        decision = said.get((FORM_ROW, mark.name))
        there = decision.value == YES if decision else bool(sheet.marks.get(mark.name))
        marks[mark.name] = (there, decision)
    return marks
