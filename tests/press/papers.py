"""The other papers of the notice filled in: what people write on them, and what a reader should find there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from tests.press import labelled_form, people, pupil_table, wording
from tests.press.altered_fill import tick
from tests.press.chance import between, chance, pick, share
from tests.press.county import called, schools
from tests.press.hands import Hand, signature
from tests.press.ink import write
from tests.press.labelled_form import LOW, LabelledForm
from tests.press.paper import Box, Paper, Printer
from tests.press.people import Pupil
from tests.press.seal import stamp

Pair = tuple[str, str]
"""A value as a reader gives it, and as it is written."""
ROWS = 12
"""Rows of a sheet of a register."""
PAGES = 3
"""Sheets of a register that needs several."""


@cache
def described() -> Mapping[str, Mapping[str, Any]]:
    """The papers by form, as papers.yaml tells."""
    return yaml.safe_load(Path(__file__).with_name("papers.yaml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Occasion:
    """Whom and which day a paper is about."""

    form: str
    pupil: Pupil
    split: str
    rng: np.random.Generator
    on: date

    def phrase(self, name: str) -> Pair:
        """A phrase of a bank, with the names of this occasion in it."""
        text = wording.phrase(self.rng, name, self.split, self.pupil.grade).format(
            name=self.pupil.name, kin=self.pupil.kin, days=int(self.rng.integers(3, 16)),
            day=pick(self.rng, ("明天", "下周一", "本周五", "后天")), people=int(self.rng.integers(3, 8)))
        return text, text

    def day(self, earliest: int, latest: int) -> Pair:
        """A day so many days after (or before) this one."""
        on = self.on + timedelta(days=int(self.rng.integers(earliest, latest + 1)))
        return on.isoformat(), wording.written_date(self.rng, on)

    def either(self, *values: str) -> Pair:
        """One of some words, written as it is."""
        return _same(pick(self.rng, values))


def _same(text: str) -> Pair:
    return text, text


def _phone(told: Occasion) -> Pair:
    return _same("1" + pick(told.rng, "3578") + "".join(str(int(told.rng.integers(10))) for _ in range(9)))


def _attempt(told: Occasion) -> Pair:
    number = int(told.rng.integers(1, 6))
    return str(number), pick(told.rng, (str(number), f"第{number}次", f"{number}次"))


def _term(told: Occasion) -> Pair:
    first = told.on.year - (told.on.month < 8)
    ways = (f"{first}—{first + 1}学年度", f"{first}-{first + 1}", f"{first}-{first + 1}学年")
    return f"{first}-{first + 1}", pick(told.rng, ways)


def _month(told: Occasion) -> Pair:
    usual = f"{told.on.year}年{told.on.month}月"
    return f"{told.on:%Y-%m}", pick(told.rng, (usual, usual, f"{told.on.year}.{told.on.month}"))


def _lessons(told: Occasion) -> Pair:
    number = int(told.rng.integers(1, 5))
    return str(number), pick(told.rng, (str(number), f"{number}节", f"{number}课时"))


def _unit(told: Occasion) -> Pair:
    where = told.pupil.township
    return where, pick(told.rng, (where, called(where), called(where) + "中心学校"))


def _id_number(told: Occasion) -> Pair:
    number = told.pupil.id_number
    return number, number[:-1] + pick(told.rng, "Xx") if number.endswith("X") else number


def _grade(told: Occasion) -> Pair:
    written, value = wording.written_grade(told.rng, told.pupil)
    return value, written


def _other_school(told: Occasion) -> Pair:
    near = pick(told.rng, [school.name for school in schools() if school.middle == told.pupil.school.middle])
    far = pick(told.rng, FAR_SCHOOLS)
    return _same(far if share(told.rng, 0.25) else near)


FAR_SCHOOLS = ("洛阳市涧西区第二小学", "洛阳市第五中学", "嵩县实验小学", "郑州市金水区文化路小学", "汝阳县第一初级中学")
"""Where pupils come from and go to outside the county."""

ANSWERS: Mapping[str, Callable[[Occasion], Pair]] = {
    "school_name": lambda told: _same(told.pupil.school.name),
    "student_name": lambda told: _same(told.pupil.name),
    "sex": lambda told: _same(told.pupil.sex),
    "age": lambda told: (str(told.pupil.age), f"{told.pupil.age}{pick(told.rng, ('', '', '岁'))}"),
    "grade_class": _grade,
    "id_number": _id_number,
    "guardian": lambda told: _same(told.pupil.guardian),
    "phone": _phone,
    "address": lambda told: _same(wording.written_address(told.rng, told.pupil)),
    "left_on": lambda told: told.day(-90, -5),
    "persuaded_on": lambda told: told.day(0, 0),
    "taught_on": lambda told: told.day(0, 0),
    "attempt": _attempt,
    "method": lambda told: told.either("入户", "入户", "电话", "到校面谈", "其他"),
    "persuader": lambda told: _same(told.pupil.teacher),
    "teacher": lambda told: _same(told.pupil.teacher),
    "companion": lambda told: _same(told.pupil.companion),
    "outcome": lambda told: told.either("已返校", "同意返校", "暂不返校", "未见到本人"),
    "returned_on": lambda told: told.day(1, 14),
    "disability": lambda told: told.either("视力", "听力", "言语", "肢体", "智力", "智力", "精神", "多重"),
    "lessons": _lessons,
    "unit": _unit,
    "issuer": _unit,
    "month": _month,
    "issuer_signer": lambda told: _same(told.pupil.companion),
    "signer": lambda told: _same(told.pupil.teacher),
    "issuer_post": lambda told: told.either("中心校校长", "校长", "副校长", "主任"),
    "post": lambda told: told.either("校长", "校长", "副校长", "班主任"),
    "term": _term,
    "signed_on": lambda told: told.day(0, 0),
    "filled_on": lambda told: told.day(0, 20),
    "direction": lambda told: told.either("转入", "转出"),
    "moved_on": lambda told: told.day(-40, 0),
    "other_school": _other_school,
    "remark": lambda told: _same("" if share(told.rng, 0.85) else pick(told.rng, ("已办手续", "学籍已转", "待核实"))),
}
"""What is written for a field, by its name; a field that has phrases in papers.yaml takes one of those."""


def make(name: tuple[str, str, int], layout: np.random.Generator, style: Printer, dpi: float,
         writer: Hand) -> tuple[Paper, dict[str, Any]]:
    """The sheet called `name` (split, form, seed), printed and filled in, with what a reader should find on it."""
    split, form, seed = name
    drawn, contents, ink = described()[form], chance("contents", *name), chance("ink", *name)
    if "columns" in drawn:
        return _register(name, layout, style, dpi, writer, ink)
    pupil = pick(contents, people.roll(split))
    paper = Paper(labelled_form.A4, dpi, style, chance("paper", *name))
    found = labelled_form.draw(paper, drawn, layout)
    paper.press()
    return paper, _fill_form(paper, found, Occasion(form, pupil, split, contents, pupil.visited_on), writer, ink)


def _fill_form(paper: Paper, found: LabelledForm, told: Occasion, writer: Hand, ink: np.random.Generator) -> dict:
    form = described()[told.form]
    pairs = {name: _answer(form, name, told) for name in (*found.parts, *found.cells) if _asked(form, found, name)}
    flags = _figures(told.rng, pairs) if "opening" in pairs else []
    if pairs.get("outcome", ("", ""))[0] != "已返校":
        pairs |= {name: ("", "") for name in ("returned_on",) if name in pairs}
    for name, (value, _) in pairs.items():
        if name in found.ticks:
            tick(paper, found.ticks[name][value], writer, ink, boxed=True)
    written = {name: text for name, (_, text) in pairs.items() if text and name not in found.ticks}
    corrected = [name for name, text in written.items() if len(text) > 1 and share(ink, 0.02)
                 and not (name == "id_number" and found.id_boxes)]
    for name, text in written.items():
        _put(paper, found, name, text, writer, ink, corrected=name in corrected)
    values = {name: value for name, (value, _) in pairs.items()} | dict.fromkeys(form.get("stamps", ()), "")
    marks = _sign(paper, found, told, writer, ink, values)
    boxes = {name: paper.relative(box) for name, box in {**found.parts, **found.cells}.items() if ":" not in name}
    return {"fields": values, "written": written, "marks": marks, "flags": flags, "corrected": corrected,
            "boxes": boxes, "ticked": sorted(found.ticks), "id_style": "boxes" if found.id_boxes else "cell"}


def _asked(form: Mapping[str, Any], found: LabelledForm, name: str) -> bool:
    """Whether people write an answer there: no date or signature of a closing, no place for a seal."""
    closing = [part for end in form["closings"].values() for part in (end["date"], end.get("signature"))]
    return ":" not in name and name not in closing and name not in form.get("stamps", ())


def _answer(form: Mapping[str, Any], name: str, told: Occasion) -> Pair:
    if share(told.rng, form["blank"].get(name, 0.0)):
        return "", ""
    if name in form["phrases"]:
        return told.phrase(form["phrases"][name])
    return ANSWERS[name](told) if name in ANSWERS else ("", "")


def _figures(rng: np.random.Generator, pairs: dict[str, Pair]) -> list[str]:
    """A month's figures; now and then a sum is wrong."""
    sources = ("new_annual_check", "new_ministry_list", "new_school_watch", "new_home_visit", "new_other")
    counts = {name: int(rng.integers(0, 7)) if share(rng, 0.55) else 0 for name in sources}
    counts["opening"], counts["new_total"] = int(rng.integers(1, 110)), sum(counts.values())
    counts["relapsed"] = int(rng.integers(0, 4)) if share(rng, 0.4) else 0
    counts["returned"] = int(rng.integers(0, min(30, counts["opening"]) + 1))
    counts["closed_otherwise"] = int(rng.integers(0, 4)) if share(rng, 0.4) else 0
    there = counts["opening"] + counts["new_total"] + counts["relapsed"] - counts["returned"]
    counts["closed_otherwise"] = min(there, counts["closed_otherwise"])
    counts["closing"] = there - counts["closed_otherwise"]
    counts |= {"visits": int(rng.integers(0, 140)), "lessons": int(rng.integers(0, 90)),
               "transfers_in": int(rng.integers(0, 12)), "transfers_out": int(rng.integers(0, 12))}
    flags = ["balance"] if share(rng, 0.12) else []
    if flags:
        counts["closing"] += int(pick(rng, (1, 2, 9, 10)))
    nought = pick(rng, ("0", "0", "", "/"))
    for name, number in counts.items():
        pairs[name] = (str(number), str(number)) if number else ("0" if nought == "0" else "", nought)
    return flags


def _put(paper: Paper, found: Any, name: str, text: str, writer: Hand, ink: np.random.Generator, *,
         corrected: bool = False) -> None:
    """Writes one answer where the form wants it."""
    if name == "id_number" and found.id_boxes:
        for char, (x0, y0, x1, y1) in zip(text, found.id_boxes, strict=True):
            write(paper, (x0 + 0.6, y0 + 1, x1 - 0.6, y1 - 1), char, writer, ink, 5.6, align="middle")
        return
    x0, y0, x1, y1 = found.parts.get(name) or found.cells[name]
    high = y1 - y0 > LOW
    align = "top" if high else "middle" if len(text) < 4 else "left"
    indent = 1.2 if name in found.parts or x1 - x0 < 40 else between(ink, 1.5, 4)
    inner = (x0 + indent, y0 + 0.7, x1 - 1.0, y1 - 0.7)
    write(paper, inner, text, writer, ink, 6.0 if high else 6.4, align=align, corrected=corrected)


def _sign(paper: Paper, found: LabelledForm, told: Occasion, writer: Hand, ink: np.random.Generator,
          values: dict[str, str]) -> dict[str, bool]:
    """Signatures and dates under the opinions, and the seals over all of it."""
    form, marks = described()[told.form], {}
    for key, end in form["closings"].items():
        other = signature(told.split, writer, ink)
        if writer.pen == "black" and other.pen == "pencil":  # it may go through a copier
            other = replace(other, pen="blue-black")
        if "signature" in end:
            name = told.pupil.guardian if end["mark"] == "guardian_signature" else told.pupil.teacher
            marks[end["mark"]] = share(ink, 0.88)
            values[end["signature"]] = name if marks[end["mark"]] else ""
            if marks[end["mark"]]:
                write(paper, found.parts[end["signature"]], name, other, ink, 6.4)
        on = told.on + timedelta(days=int(ink.integers(0, 3)))
        dated = share(ink, 0.9)
        values[end["date"]] = on.isoformat() if dated else ""
        for number, figure in enumerate((on.year, on.month, on.day) if dated else ()):
            write(paper, found.parts[f"{end['date']}:{number}"], str(figure), other, ink, 5.0, align="middle")
        if "seal" in end:
            x0, y0, x1, y1 = found.parts[key + ":anchor"]
            _seal(paper, ((x0 + x1) / 2 + between(ink, -4, 12), (y0 + y1) / 2 - between(ink, 0, 10)), end["seal"],
                  told.pupil.school.name, found.parts, marks, ink)
    for cell, mark in form.get("stamps", {}).items():
        x0, y0, x1, y1 = found.cells[cell]
        name = told.pupil.school.name if mark == "school_seal" else called(told.pupil.township) + "中心学校"
        _seal(paper, ((x0 + x1) / 2 + between(ink, -8, 8), (y0 + y1) / 2 + between(ink, -3, 3)), mark, name,
              found.parts, marks, ink)
    if "signature" not in marks and form.get("stamps"):
        marks["signature"] = bool(values["signer"])
    return marks


def _seal(paper: Paper, centre: tuple[float, float], mark: str, name: str, parts: dict[str, Box],
          marks: dict[str, bool], ink: np.random.Generator) -> None:
    marks[mark] = share(ink, 0.82)
    if marks[mark]:
        parts[mark] = (centre[0] - 19, centre[1] - 19, centre[0] + 19, centre[1] + 19)
        stamp(paper, centre, name, ink)


def _register(name: tuple[str, str, int], layout: np.random.Generator, style: Printer, dpi: float, writer: Hand,
              ink: np.random.Generator) -> tuple[Paper, dict[str, Any]]:
    """One sheet of a register: three seeds in a row are the three sheets of one, or each a register of its own."""
    split, form, seed = name
    whole = seed // PAGES % 2 == 0
    group, page, pages = (seed // PAGES, seed % PAGES + 1, PAGES) if whole else (("alone", seed), 1, 1)
    contents, drawn = chance("register", split, form, group), described()[form]
    pupil, last = pick(contents, people.roll(split)), int(contents.integers(4, ROWS + 1))
    heading = Occasion(form, pupil, split, contents, pupil.visited_on)
    pairs = {key: _answer(drawn, key, heading) for key in ("school_name", "term", "filled_on")}
    there = [other for other in people.roll(split) if other.school.middle == pupil.school.middle]
    listed = [there[int(at)] for at in contents.choice(len(there), (pages - 1) * ROWS + last, replace=False)]
    pupils = listed[(page - 1) * ROWS:page * ROWS]
    count = len(pupils)
    first, typed = (page - 1) * ROWS + 1, share(layout, 0.7)
    numbers = [str(first + row) if typed else "" for row in range(ROWS)]
    paper = Paper(pupil_table.SIZE, dpi, style, chance("paper", *name))
    found = pupil_table.draw(paper, drawn, numbers, f"第{page}页 共{pages}页", layout)
    paper.press()
    for key, (_, text) in pairs.items():
        x0, y0, x1, y1 = found.parts[key]
        write(paper, (x0 + 0.5, y0, x1, y1), text, writer, ink, 5.6)
    values = {key: value for key, (value, _) in pairs.items()} | {"page": f"{page}/{pages}"}
    contents, rows, written, corrected = chance("contents", *name), [], {}, []
    for number, other in enumerate(pupils):
        told = Occasion(form, other, split, contents, heading.on)
        row = {key: _answer(drawn, key, told) for key, _, _ in drawn["columns"] if key != "seq"}
        row = {"seq": (str(first + number),) * 2} | row
        rows.append({key: value for key, (value, _) in row.items()})
        for key, (_, text) in row.items():
            if not text or (key == "seq" and typed):
                continue
            written[f"rows.{number}.{key}"] = text
            wrong = len(text) > 1 and share(ink, 0.006)
            corrected += [f"rows.{number}.{key}"] if wrong else []
            x0, y0, x1, y1 = found.cells[f"{number}.{key}"]
            write(paper, (x0 + 0.8, y0 + 0.4, x1 - 0.8, y1 - 0.4), text, writer, ink, 5.0,
                  align="middle" if len(text) < 4 else "left", corrected=wrong)
    boxes = {name: paper.relative(box) for name, box in found.parts.items()}
    boxes |= {f"rows.{key}": paper.relative(box) for key, box in found.cells.items()
              if int(key.split(".")[0]) < count}
    return paper, {"fields": values, "rows": rows, "totals": {}, "written": written, "marks": {}, "flags": [],
                   "corrected": corrected, "boxes": boxes, "printed": ["seq"] if typed else []}


def blank(form: str, dpi: float, style: Printer, rng: np.random.Generator) -> Paper:
    """The unfilled print of a form."""
    drawn = described()[form]
    if "columns" not in drawn:
        paper = Paper(labelled_form.A4, dpi, style, rng)
        labelled_form.draw(paper, drawn, rng, plain=True)
        return paper
    paper = Paper(pupil_table.SIZE, dpi, style, rng)
    numbers = [str(row + 1) for row in range(ROWS)]
    pupil_table.draw(paper, drawn, numbers, "第　页 共　页", rng, plain=True)
    return paper
