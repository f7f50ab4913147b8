"""A home visit written into an altered form: values, ticks, signatures, and what a reader should find."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np

from tests.press import wording
from tests.press.altered_visit import REASONS, Shape
from tests.press.chance import between, pick, share
from tests.press.hands import PENS, Hand, signature
from tests.press.home_visit import answers, put
from tests.press.ink import trace, write
from tests.press.paper import Box, Paper
from tests.press.people import Pupil
from tests.press.seal import stamp
from tests.press.visit_form import Drawing

NOTHING = ("/", "无", "—", "")


def fill(
    paper: Paper,
    found: Drawing,
    made: Shape,
    pupil: Pupil,
    writer: Hand,
    split: str,
    rng: np.random.Generator,
) -> dict[str, Any]:
    """Writes a visit to `pupil` on the pressed form; `boxes` are still those of the drawing."""
    values, written, flags = answers(pupil, split, rng)
    there = set(made.keys) | ({"school_name"} if made.school_as == "line" else set())
    values = {name: value for name, value in values.items() if name in there}
    written = {name: text for name, text in written.items() if name in there}
    _tick_answers(made, values, written, pupil, rng)
    corrected = [name for name in written if name not in made.ticks and share(rng, 0.04)]
    if found.id_boxes and "id_number" in corrected:
        corrected.remove("id_number")
    for name, text in {**written, **_extras(made, pupil, rng)}.items():
        if name in made.ticks:
            tick(
                paper,
                made.ticks[name][text],
                writer,
                rng,
                boxed=name == "reason" or made.sex_ticks == "boxes",
            )
        else:
            put(paper, found, name, text, writer, rng, corrected=name in corrected)
    for name in ("companion_teacher", "reason"):
        if values.get(name) == "" and name not in made.ticks:
            write(paper, found.cells[name], pick(rng, NOTHING), writer, rng, 6.0, align="middle")
    marks = _sign(paper, found, pupil, writer, split, rng, values)
    boxes = {name: box for name, box in {**found.cells, **found.parts}.items() if ":" not in name}
    boxes |= {name: found.cells[name] for name in ("school_opinion", "parent_opinion")}
    agreeing = {"age", "id_number"} <= set(values)
    return {
        "fields": values,
        "written": written,
        "marks": marks,
        "flags": flags if agreeing else [],
        "corrected": corrected,
        "boxes": {name: box for name, box in boxes.items() if name in values or name == "school_seal"},
        "id_style": "boxes" if found.id_boxes else "cell",
    }


def tick(paper: Paper, box: Box, writer: Hand, rng: np.random.Generator, *, boxed: bool) -> None:
    """Ticks, crosses, blackens or circles an option."""
    way = (
        pick(rng, ("tick", "tick", "tick", "cross", "black"))
        if boxed
        else pick(rng, ("circle", "circle", "tick"))
    )
    x0, y0, x1, y1 = box
    side, loose = y1 - y0, 0.08 * (y1 - y0)
    strokes: list[list[tuple[float, float]]]
    if way == "tick":
        reach = between(rng, 0.3, 0.9) * side
        strokes = [
            [
                (x0 - 0.1 * side, y0 + 0.45 * side),
                (x0 + 0.4 * side, y1),
                (x0 + side + reach * 0.5, y0 - reach),
            ]
        ]
    elif way == "cross":
        strokes = [[(x0, y0), (x0 + side, y1)], [(x0 + side, y0), (x0, y1)]]
    elif way == "black":
        rows = np.linspace(y0 + 0.1 * side, y1 - 0.1 * side, 7)
        strokes = [[(x0 + (0.1 if n % 2 else 0.9) * side, y) for n, y in enumerate(rows)]]
        strokes += [[(x0 + 0.1 * side, y), (x0 + 0.9 * side, y)] for y in rows]
    else:
        turn = np.linspace(-2.0, 4.6, 30)
        wide, tall = (x1 - x0) * 0.72, side * 0.8
        strokes = [[((x0 + x1) / 2 + wide * np.cos(t), (y0 + y1) / 2 + tall * np.sin(t)) for t in turn]]
    width = paper.length(between(rng, 0.4, 0.6))
    for stroke in strokes:
        points = np.array([paper.px(x + rng.normal(0, loose), y + rng.normal(0, loose)) for x, y in stroke])
        trace(paper, points, width, 0.92, PENS[writer.pen])


def _tick_answers(
    made: Shape, values: dict[str, str], written: dict[str, str], pupil: Pupil, rng: np.random.Generator
) -> None:
    if made.reason_ticks and values.get("reason"):
        young = pupil.grade < 7
        fit = [reason for reason in REASONS if not (young and reason in ("外出打工", "早婚早育"))]
        values["reason"] = written["reason"] = pick(rng, fit)


def _extras(made: Shape, pupil: Pupil, rng: np.random.Generator) -> dict[str, str]:
    answers_ = {
        "ethnicity": pick(rng, ("汉", "汉", "汉族", "回族")),
        "phone": "1" + pick(rng, "3578") + "".join(str(int(rng.integers(10))) for _ in range(9)),
        "guardian": pupil.guardian,
        "kin": pick(rng, (pupil.kin, {"父亲": "父子", "母亲": "母子"}.get(pupil.kin, pupil.kin))),
        "filler": pupil.teacher,
        "born": pick(rng, (f"{pupil.born_on.year}.{pupil.born_on.month}", f"{pupil.born_on:%Y年%m月}")),
        "boarding": pick(rng, ("是", "否", "住校", "走读")),
    }
    return {key: answers_[key] for key in made.keys if key in answers_ and share(rng, 0.9)}


def _sign(
    paper: Paper,
    found: Drawing,
    pupil: Pupil,
    writer: Hand,
    split: str,
    rng: np.random.Generator,
    values: dict[str, str],
) -> dict[str, bool]:
    signed, sealed = share(rng, 0.85), share(rng, 0.75)
    guardian = signature(split, writer, rng)
    if writer.pen == "black" and guardian.pen.endswith("pencil"):  # it may go through a copier
        guardian = replace(guardian, pen="blue-black")
    values["parent_signature"] = pupil.guardian if signed else ""
    if signed:
        write(paper, found.parts["parent_signature"], pupil.guardian, guardian, rng, 6.4)
    for part, who, on in (
        ("school_date", writer, pupil.visited_on + timedelta(days=int(rng.integers(0, 4)))),
        ("parent_date", guardian if share(rng, 0.5) else writer, pupil.visited_on),
    ):
        dated = share(rng, 0.87)
        values[part] = on.isoformat() if dated else ""
        if not dated:
            continue
        if f"{part}:0" not in found.parts:
            write(paper, found.parts[part], wording.written_date(rng, on), who, rng, 4.6)
            continue
        for number, figure in enumerate((on.year, on.month, on.day)):
            write(paper, found.parts[f"{part}:{number}"], str(figure), who, rng, 5.0, align="middle")
    if sealed:
        x0, y0, x1, y1 = found.parts["school_opinion:anchor"]
        centre = ((x0 + x1) / 2 + between(rng, -4, 14), (y0 + y1) / 2 - between(rng, 0, 10))
        found.parts["school_seal"] = (centre[0] - 19, centre[1] - 19, centre[0] + 19, centre[1] + 19)
        stamp(paper, centre, pupil.school.name, rng)
    return {"school_seal": sealed, "guardian_signature": signed}
