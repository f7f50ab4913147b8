"""A sheet laid out for the person who reviews it: plain data for the screen, its scripts and the API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ocr.results import NOWHERE
from ocr.template import FieldSpec
from service.access import Actor
from service.models import Decision, User
from service.models.values import FORM_ROW, TOTAL_ROW
from service.review import entry
from service.review.closing import gaps
from service.review.objections import objections
from service.review.sums import equations, row_name
from service.review.values import ALWAYS, EffectiveValue, Key, Standing, spec_of, transcribing
from service.review.wording import CERTAINTY, Objection, certainty, flag_words, title

MODES: Mapping[str, str] = {
    "count": "digits", "age": "digits", "id_number": "digits", "date": "digits", "grade_class": "digits",
    "phone": "digits", "student_number": "digits", "disability_number": "digits", "month": "digits",
    "school_year": "digits", "page": "digits", "sex": "choice", "choice": "choice", "free_text": "long",
}
"""How a box of each kind behaves: `digits` are typed straight in, `choice` takes keys, `long` wraps.

All others are `text`."""
_CHOICES: Mapping[str, tuple[str, ...]] = {"sex": ("男", "女")}
_MOST_CANDIDATES = 9
_BREADTH: Mapping[str, int] = {"count": 1, "age": 1, "sex": 1, "id_number": 4, "free_text": 3}
"""How broad a column of each kind stands in a table, all others 2; more than _BESIDE go under the picture."""
_BESIDE = 9


@dataclass(frozen=True, slots=True)
class Said:
    """The decision that stands: `kind`, who made it, when, and whether that was oneself."""

    id: int
    kind: str
    by: str
    at: str
    is_mine: bool


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field as the screen shows it. `waiting`: a person still has to look."""

    key: str
    row: int
    name: str
    title: str
    kind: str
    mode: str
    required: bool
    value: str
    raw: str
    certainty: str
    words: str
    confidence: float
    accepted: bool
    waiting: bool
    box: tuple[float, ...]
    candidates: tuple[str, ...]
    flags: tuple[str, ...]
    decided: Said | None
    transcribe: str
    as_image: bool


@dataclass(frozen=True, slots=True)
class MarkView:
    """A seal or signature: the field in whose cell it belongs, whether it is there, and who said so."""

    key: str
    name: str
    title: str
    of: str
    there: bool
    decided: Said | None


@dataclass(frozen=True, slots=True)
class DeskView:
    """The whole sheet. Keys are `row.field`; `sums` are the equations that tables ask for."""

    sheet_id: int
    version: int
    state: str
    template: str | None
    shape: str
    title: str
    fields: tuple[FieldView, ...]
    marks: tuple[MarkView, ...]
    objections: tuple[Mapping[str, Any], ...]
    gaps: tuple[Mapping[str, str], ...]
    sums: tuple[Mapping[str, Any], ...]
    row_names: Mapping[int, str]
    waiting: int
    decisions: int

    @property
    def is_broad(self) -> bool:
        """Whether the table has too many columns, or too much writing in them, to stand beside its picture."""
        rows = {field.row for field in self.fields if field.row > FORM_ROW}
        columns = [field for field in self.fields if rows and field.row == min(rows)]
        return sum(_BREADTH.get(field.kind, 2) for field in columns) > _BESIDE

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        return asdict(self)


def lay_out(session: Session, actor: Actor, held: Standing) -> DeskView:
    """The sheet as the actor's screen shows it; one query for the names of who decided."""
    names = _names(session, held)
    template = held.template
    rows = sorted({row for row, _ in held.values if row > FORM_ROW})
    return DeskView(
        sheet_id=held.sheet.id, version=held.sheet.version, state=held.sheet.state,
        template=held.sheet.template, shape=template.shape if template else "",
        title=template.title if template else "未识别的表",
        fields=tuple(_field(held, key, value, names, actor) for key, value in held.values.items()),
        marks=tuple(MarkView(f"{FORM_ROW}.{mark.name}", mark.name, mark.label, f"{FORM_ROW}.{mark.of}",
                             held.marks[mark.name][0], _said(held.marks[mark.name][1], names, actor))
                    for mark in (template.marks if template else ())),
        objections=tuple(_objection(objection) for objection in objections(held)),
        gaps=tuple({"key": key_text(gap.key), "text": gap.text} for gap in gaps(held)),
        sums=tuple({"rule": equation.rule, "row": equation.row, "total": key_text(equation.total),
                    "parts": [key_text(key) for key in equation.parts]} for equation in equations(held)),
        row_names={row: row_name(held, row) for row in (*rows, TOTAL_ROW)} if rows else {},
        waiting=len(held.waiting), decisions=len(held.history),
    )


def key_text(key: Key) -> str:
    """A key as scripts and programs write it: `10.prior_year`."""
    return f"{key[0]}.{key[1]}"


def _field(held: Standing, key: Key, value: EffectiveValue, names: Mapping[int, str],
           actor: Actor) -> FieldView:
    row, name = key
    spec = spec_of(held.template, name)
    reading = value.reading
    sure = certainty(reading.confidence, reading.accept, reading.value, reading.raw) if reading else "absent"
    return FieldView(
        key=key_text(key), row=row, name=name, title=title(spec) if spec else name,
        kind=spec.kind if spec else "", mode=MODES.get(spec.kind if spec else "", "text"),
        required=bool(spec and spec.required and row != TOTAL_ROW),
        value=value.value, raw=reading.raw if reading else "", certainty=sure, words=CERTAINTY[sure],
        confidence=round(reading.confidence, 4) if reading else 0.0,
        accepted=bool(reading and reading.accept), waiting=value.needs_person,
        box=tuple(reading.box) if reading and tuple(reading.box) != NOWHERE else (),
        candidates=_candidates(spec, value), flags=tuple(flag_words(reading.flags)) if reading else (),
        decided=_said(value.decision, names, actor),
        transcribe=transcribing(spec) if spec else ALWAYS, as_image=value.as_image,
    )


def _candidates(spec: FieldSpec | None, value: EffectiveValue) -> tuple[str, ...]:
    """The values to choose from by number, the machine's first; of a closed choice always all."""
    seen = [str(text) for text, _ in value.reading.candidates] if value.reading else []
    own = [value.reading.value] if value.reading else []
    every = (*own, *seen, *_choices(spec))
    return tuple(dict.fromkeys(text for text in every if text))[:_MOST_CANDIDATES]


def _choices(spec: FieldSpec | None) -> tuple[str, ...]:
    if spec is None:
        return ()
    return tuple(entry.choices_of(spec)) or _CHOICES.get(spec.kind, ())


def _objection(objection: Objection) -> dict[str, Any]:
    fix = objection.fix
    return {"key": f"{objection.row}.!{objection.rule}", "text": objection.text,
            "fields": [key_text(key) for key in objection.fields], "confirmed": objection.confirmed,
            "binding": objection.binding,
            "fix": fix and {"key": f"{fix.row}.{fix.field}", "value": fix.value, "label": fix.label}}


def _said(decision: Decision | None, names: Mapping[int, str], actor: Actor) -> Said | None:
    if decision is None:
        return None
    return Said(decision.id, decision.kind, names.get(decision.user_id, ""), decision.decided_at.isoformat(),
                decision.user_id == actor.user_id)


def _names(session: Session, held: Standing) -> dict[int, str]:
    ids = {decision.user_id for decision in held.history}
    if not ids:
        return {}
    return {row[0]: row[1] for row in session.execute(select(User.id, User.name).where(User.id.in_(ids)))}
