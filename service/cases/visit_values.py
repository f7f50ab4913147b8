"""A visit as its paper says it: each value with the crop it came from, sealed ones masked until opened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from ocr.template import FieldSpec, Template, load_templates
from service.cases.masking import masked_address, masked_id
from service.models import Decision, HomeVisit, Reading
from service.review.values import live

SEALED: Mapping[str, tuple[str, Callable[[str | None], str]]] = {
    "student.id_number": ("id_number", masked_id), "visit.address": ("address", masked_address),
}
"""Answers that stand masked: the student's attribute to open, and how they look until then."""
_IN_THE_HEAD = frozenset({"visit.school", "student.name", "student.sex"})
"""Answers that the head of the file shows already."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One value of a paper: its name there, what was filed, and whether a crop shows its ink.

    `sealed` names the student's attribute that must be opened before value and crop are shown.
    """

    field: str
    label: str
    text: str
    has_crop: bool
    sealed: str
    wide: bool
    row: int | None = None
    """The line of the sheet, where it is not the entry's own: what stands above a table."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A seal or signature: its name, whether it is there, the field whose crop shows it."""

    label: str
    there: bool
    field: str


@dataclass(frozen=True, slots=True)
class Papers:
    """What several visits' sheets hold beside the typed columns: sealed answers, and where ink is."""

    sealed: Mapping[tuple[int, str], str]
    boxed: frozenset[tuple[int, str]]


def papers_of(session: Session, sheet_ids: Iterable[int]) -> Papers:
    """The sheets' sealed answers as they stand, and their fields that a crop can be cut for."""
    sheet_ids = list(sheet_ids)
    fields = {spec.name for template in load_templates().values() for spec in template.fields
              if spec.files_into in SEALED}
    value = case((Reading.field.in_(fields), Reading.value))  # the others are not asked for: opening them takes time
    read = session.execute(select(Reading.sheet_id, Reading.field, Reading.box, value).where(
        Reading.sheet_id.in_(sheet_ids))).all()
    boxed = frozenset((sheet, field) for sheet, field, box, _ in read if len(box) == 4 and box[2] > box[0])
    sealed = {(sheet, field): value for sheet, field, _, value in read if field in fields}
    said: dict[int, list[Decision]] = {}
    for decision in session.scalars(select(Decision).where(
            Decision.sheet_id.in_(sheet_ids), Decision.field.in_(fields)).order_by(Decision.id)):
        said.setdefault(decision.sheet_id, []).append(decision)
    sealed |= {(sheet, field): decision.value for sheet, decisions in said.items()
               for (_, field), decision in live(decisions).items()}
    return Papers(sealed, boxed)


def shown(visit: HomeVisit, papers: Papers, opened: frozenset[str]) -> tuple[Shown, ...]:
    """The visit's values in the order of its form; `opened` are the sealed attributes to show in full."""
    template = _template(visit)
    return tuple(_value(spec, visit, papers, opened) for spec in template.fields
                 if spec.files_into and spec.files_into not in _IN_THE_HEAD and spec.where != "part")


def marks(visit: HomeVisit) -> tuple[Mark, ...]:
    """The evidence the form asks for."""
    return tuple(Mark(mark.label, bool(getattr(visit, mark.name)), mark.of)
                 for mark in _template(visit).marks)


def _template(visit: HomeVisit) -> Template:
    return load_templates()[visit.sheet.template or "home_visit"]


def _value(spec: FieldSpec, visit: HomeVisit, papers: Papers, opened: frozenset[str]) -> Shown:
    place = (visit.sheet_id, spec.name)
    attribute, mask = SEALED.get(spec.files_into, ("", None))
    if mask is None:
        text = str(getattr(visit, spec.files_into.partition(".")[2], None) or "")
    else:
        whole = papers.sealed.get(place, "")
        text = whole if attribute in opened else mask(whole)
    return Shown(spec.name, spec.labels[0], text, place in papers.boxed, attribute, spec.kind == "free_text")
