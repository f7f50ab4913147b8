"""One home visit written into a printed 家访记录表, and what a reader should find there."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from tests.press import wording
from tests.press.chance import between, pick, share
from tests.press.hands import Hand, signature
from tests.press.ink import write
from tests.press.paper import Box, Paper
from tests.press.people import Pupil
from tests.press.seal import stamp
from tests.press.visit_form import Drawing


def fill(
    paper: Paper, found: Drawing, pupil: Pupil, writer: Hand, split: str, rng: np.random.Generator
) -> dict:
    """Writes a visit to `pupil` on the pressed form; returns what a reader should find."""
    values, written, flags = answers(pupil, split, rng)
    corrected = [name for name in written if name != "sex" and share(rng, 0.02)]
    if found.id_boxes and "id_number" in corrected:
        corrected.remove("id_number")  # eighteen boxes leave no room for a second try
    for name, text in written.items():
        put(paper, found, name, text, writer, rng, corrected=name in corrected)
    marks = _sign(paper, found, pupil, writer, split, rng, values)
    boxes = {
        name: paper.relative(box) for name, box in {**found.cells, **found.parts}.items() if ":" not in name
    }
    boxes["school_opinion"], boxes["parent_opinion"] = (
        paper.relative(found.cells[name]) for name in ("school_opinion", "parent_opinion")
    )
    return {
        "fields": values,
        "written": written,
        "marks": marks,
        "flags": flags,
        "corrected": corrected,
        "boxes": boxes,
        "id_style": "boxes" if found.id_boxes else "cell",
    }


def answers(
    pupil: Pupil, split: str, rng: np.random.Generator
) -> tuple[dict[str, str], dict[str, str], list[str]]:
    """Normalised values, the same as written, and the rules the paper itself breaks."""
    grade_written, grade = wording.written_grade(rng, pupil)
    age, flags = pupil.age, []
    if share(rng, 0.03):
        age, flags = age + pick(rng, (-2, 2)), ["id_age"]
    address = wording.written_address(rng, pupil)
    reason = wording.phrase(rng, "reasons", split, pupil.grade)
    story = wording.visit_story(rng, pupil, split)
    opinion = wording.phrase(rng, "school_opinions", split)
    consent = wording.phrase(rng, "parent_opinions", split)
    pairs = {
        "school_name": (pupil.school.name, pupil.school.name),
        "student_name": (pupil.name, pupil.name),
        "sex": (pupil.sex, pupil.sex),
        "age": (str(age), str(age) + pick(rng, ("", "", "岁"))),
        "grade_class": (grade, grade_written),
        "visit_time": (pupil.visited_on.isoformat(), wording.written_date(rng, pupil.visited_on)),
        "visit_teacher": (pupil.teacher, pupil.teacher),
        "companion_teacher": (pupil.companion, pupil.companion),
        "id_number": (
            pupil.id_number,
            pupil.id_number[:-1] + pick(rng, ("X", "x"))
            if pupil.id_number.endswith("X")
            else pupil.id_number,
        ),
        "reason": (reason, reason),
        "address": (address, address),
        "content": (story, story),
        "school_opinion": (opinion, opinion),
        "parent_opinion": (consent, consent),
    }
    empty = {
        name: share(rng, rate)
        for name, rate in {
            "companion_teacher": 0.15,
            "sex": 0.03,
            "age": 0.04,
            "id_number": 0.04,
            "reason": 0.03,
            "address": 0.03,
            "school_opinion": 0.08,
            "parent_opinion": 0.08,
            "grade_class": 0.02,
            "visit_teacher": 0.02,
        }.items()
    }
    values = {name: "" if empty.get(name) else value for name, (value, _) in pairs.items()}
    written = {name: text for name, (_, text) in pairs.items() if values[name]}
    return values, written, flags if values["age"] and values["id_number"] else []


def put(
    paper: Paper,
    found: Drawing,
    name: str,
    text: str,
    writer: Hand,
    rng: np.random.Generator,
    *,
    corrected: bool,
) -> None:
    """Writes one answer where the form wants it."""
    if name == "id_number" and found.id_boxes:
        for char, box in zip(text, found.id_boxes, strict=True):
            write(paper, _inset(box, 0.6, 1), char, writer, rng, 5.6, align="middle")
        return
    box = found.parts.get(name) or found.cells[name]
    size = {"content": 6.0, "school_opinion": 6.2, "parent_opinion": 6.2}.get(name, 6.6)
    align = "middle" if name in ("sex", "age", "student_name") else "left"
    if name in ("content", "school_opinion", "parent_opinion"):
        align = "top"
    indent = 1.2 if name == "school_name" or box[2] - box[0] < 40 else between(rng, 1.5, 4)
    inner = (box[0] + indent, box[1] + 0.7, box[2] - 1.0, box[3] - 0.7)
    write(paper, inner, text, writer, rng, size, align=align, corrected=corrected)


def _inset(box: Box, x: float, y: float) -> Box:
    return (box[0] + x, box[1] + y, box[2] - x, box[3] - y)


def _sign(
    paper: Paper,
    found: Drawing,
    pupil: Pupil,
    writer: Hand,
    split: str,
    rng: np.random.Generator,
    values: dict[str, str],
) -> dict[str, bool]:
    """Dates under the opinions, the guardian's signature, and the seal over all of it."""
    signed, sealed = share(rng, 0.85), share(rng, 0.78)
    guardian = signature(split, writer, rng)
    values["parent_signature"] = pupil.guardian if signed else ""
    if signed:
        write(paper, found.parts["parent_signature"], pupil.guardian, guardian, rng, 6.4)
    for part, who, on in (
        ("school_date", writer, pupil.visited_on + timedelta(days=int(rng.integers(0, 4)))),
        ("parent_date", guardian if share(rng, 0.5) else writer, pupil.visited_on),
    ):
        dated = share(rng, 0.88 if part == "school_date" else 0.85)
        values[part] = on.isoformat() if dated else ""
        for number, figure in enumerate((on.year, on.month, on.day) if dated else ()):
            write(paper, found.parts[f"{part}:{number}"], str(figure), who, rng, 5.0, align="middle")
    if sealed:
        x0, y0, x1, y1 = found.parts["school_opinion:anchor"]
        centre = ((x0 + x1) / 2 + between(rng, -4, 12), (y0 + y1) / 2 - between(rng, 0, 10))
        found.parts["school_seal"] = (centre[0] - 19, centre[1] - 19, centre[0] + 19, centre[1] + 19)
        stamp(paper, centre, pupil.school.name, rng)
    return {"school_seal": sealed, "guardian_signature": signed}
