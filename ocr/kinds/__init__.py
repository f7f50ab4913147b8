"""How each kind of field is read: one module per kind, found here by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ocr.kinds import (
    age,
    choice,
    count,
    date,
    disability_number,
    free_text,
    grade_class,
    id_number,
    month,
    page,
    person_name,
    phone,
    place,
    school,
    school_year,
    sex,
    stamp,
    student_number,
    unit,
)
from ocr.kinds.evidence import Context, Evidence, KindReading

Read = Callable[[Evidence, Context], KindReading]

KINDS: Mapping[str, Read] = {
    "age": age.read,
    "choice": choice.read,
    "count": count.read,
    "date": date.read,
    "disability_number": disability_number.read,
    "free_text": free_text.read,
    "grade_class": grade_class.read,
    "id_number": id_number.read,
    "month": month.read,
    "page": page.read,
    "person_name": person_name.read,
    "phone": phone.read,
    "place": place.read,
    "school": school.read,
    "school_year": school_year.read,
    "sex": sex.read,
    "stamp": stamp.read,
    "student_number": student_number.read,
    "unit": unit.read,
}
"""A template names one of these as the `kind` of a field."""


def read(evidence: Evidence, context: Context) -> KindReading:
    """The candidates of one field; KeyError when the template names an unknown kind."""
    return KINDS[context.spec.kind](evidence, context)
