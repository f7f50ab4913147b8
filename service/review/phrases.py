"""Phrases to pick in free-text boxes: the form's own, and what is settled there again and again."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from ocr.template import FieldSpec, Template
from service.models import Decision, Reading, Sheet
from service.review.values import live

_LATEST = 150
"""Signed-off sheets that are looked through."""
_LEAST = 3
"""On fewer sheets than that a sentence is somebody's story, not a phrase."""
_LONGEST, _MOST = 40, 9
_SECONDS = 300.0

Phrases = Mapping[str, tuple[str, ...]]
_known: WeakKeyDictionary[Engine, dict[str, tuple[float, Phrases]]] = WeakKeyDictionary()


def phrases(session: Session, template: Template | None) -> Phrases:
    """By field name; kept for a few minutes, for they are sealed and must each be opened to be counted."""
    texts = [spec for spec in (*template.fields, *template.columns) if spec.kind == "free_text"] if template else []
    if template is None or not texts:
        return {}
    kept = _known.setdefault(session.get_bind().engine, {})
    made_at, found = kept.get(template.id, (-_SECONDS, {}))
    if time.monotonic() - made_at > _SECONDS:
        found = _found(session, template, texts)
        kept[template.id] = time.monotonic(), found
    return found


def _found(session: Session, template: Template, texts: list[FieldSpec]) -> Phrases:
    settled = _settled(session, template, [spec.name for spec in texts])
    return {spec.name: _of(spec, settled.get(spec.name, Counter())) for spec in texts}


def _of(spec: FieldSpec, settled: Counter[str]) -> tuple[str, ...]:
    own = tuple(str(text) for text in spec.options.get("phrases", ()))
    usual = [text for text, count in settled.most_common(_MOST) if count >= _LEAST and len(text) <= _LONGEST]
    return tuple(dict.fromkeys((*usual, *own)))[:_MOST]


def _settled(session: Session, template: Template, names: list[str]) -> Mapping[str, Counter[str]]:
    """How often each value stands in each field of the latest signed-off sheets."""
    latest = session.scalars(select(Sheet.id).where(Sheet.state == "signed", Sheet.template == template.id)
                             .order_by(Sheet.created_at.desc()).limit(_LATEST)).all()
    values = {(sheet, row, field): value for sheet, row, field, value in session.execute(
        select(Reading.sheet_id, Reading.row, Reading.field, Reading.value).where(
            Reading.sheet_id.in_(latest), Reading.field.in_(names)))}
    said: dict[int, list[Decision]] = {}
    for decision in session.scalars(select(Decision).where(
            Decision.sheet_id.in_(latest), Decision.field.in_(names)).order_by(Decision.id)):
        said.setdefault(decision.sheet_id, []).append(decision)
    for sheet, decisions in said.items():
        values |= {(sheet, row, field): decision.value for (row, field), decision in live(decisions).items()}
    counted: dict[str, Counter[str]] = {}
    for (_, _, field), value in values.items():
        if value:
            counted.setdefault(field, Counter())[value] += 1
    return counted
