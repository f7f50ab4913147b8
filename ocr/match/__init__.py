"""Which template a sheet is and where its fields are, from the ruling and a few printed labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ocr.grid import WORN, Cell, RuledTable, find_grid, ink_map, unruled_table
from ocr.match import closing, form, heading, table
from ocr.match.inside import find_inside
from ocr.match.labelled import Labelled
from ocr.match.lines import pixels
from ocr.match.outside import outside_places
from ocr.match.places import Locate, Match, Place, ReadLine
from ocr.match.turn import turned_cell, turned_strokes, turned_table
from ocr.match.unlined import by_labels
from ocr.match.view import View, view_of
from ocr.match.worn import completed
from ocr.rectify import RectifiedSheet, turned_sheet
from ocr.rectify.quick import smaller
from ocr.results import NOWHERE, Box
from ocr.seals import grey_seal, red_seals
from ocr.template import Template

__all__ = ["Locate", "Match", "Place", "ReadLine", "match", "upright"]

ENOUGH = 0.45
"""Share of a template's labels, weighted, below which a sheet is some other paper."""

MANY = 0.8
"""Share of its rows that a worn ruling must still show."""

TITLE_ALONE = 0.85
"""Likeness to a template's title from which the title is believed without any label."""
NAMED = 0.8
"""Likeness to a title from which half of the labels are enough: no other form need be tried."""
TITLE_CONFIDENCE = 0.6
"""What such a match is worth: never enough to take anything from the sheet unseen."""


def match(sheet: RectifiedSheet, tables: list[RuledTable], templates: Iterable[Template],
          read_line: ReadLine, locate: Locate | None = None) -> Match | None:
    """The template of the sheet with the place of each field; None when no template fits.

    The sheet is tried the way its lines of writing run, then upside down, then sideways.
    """
    known = list(templates)
    if not known:
        return None
    tried: list[tuple[int, View]] = []
    for degrees, view in _ways_up(sheet, tables, read_line, locate):
        best = _best(view, known)
        if best is not None:
            return _matched(*(_less_worn(view, best) or (view, _completed(view, best))), degrees)
        tried.append((degrees, view))
    return _without_ruling(tried, known) or _by_title(tried, known)


def _without_ruling(tried: Sequence[tuple[int, View]], known: list[Template]) -> Match | None:
    """The template of a table that shows by the white between its words alone."""
    tables = [template for template in known if template.shape == "table"]
    for degrees, view in tried:
        plain = _unruled(view)
        best = plain and _best(plain, tables)
        if plain and best:
            return _matched(plain, best, degrees)
    return None


def _less_worn(view: View, ruled: _Candidate) -> tuple[View, _Candidate] | None:
    """A table of a worn ruling by the white between its words, when more headings or many more rows are found so."""
    if not isinstance(ruled.found, table.Headed) or view.sheet.worn < WORN:
        return None
    plain = _unruled(view)
    best = plain and _best(plain, [ruled.template])
    if not plain or not best or not isinstance(best.found, table.Headed):
        return None
    heads, rows = ((len(best.found.heads), len(ruled.found.heads)), (best.found.below, ruled.found.below))
    better = heads[0] > heads[1] and rows[0] >= rows[1] or heads[0] == heads[1] and rows[1] < MANY * rows[0]
    return (plain, best) if better else None


def _completed(view: View, ruled: _Candidate) -> _Candidate:
    """A form with the fields that its ruling hides; a table as it is."""
    if isinstance(ruled.found, table.Headed):
        return ruled
    return replace(ruled, found=completed(view, ruled.found, ruled.template))


def _unruled(view: View) -> View | None:
    found = unruled_table(view.strokes)
    return replace(view, tables=[found], _known={}, _whole={}) if found else None


def _by_title(tried: Sequence[tuple[int, View]], known: list[Template]) -> Match | None:
    """The template that the title names, read nearly to the letter, where the ruling is too worn, or gone, to say
    where the fields are. Its labels say so where they are found; else it has no places, but a person need not
    look for the form.
    """
    for degrees, view in tried:
        largest = max(view.tables, key=lambda ruled: len(ruled.cells), default=None)
        for line in (heading.heading_lines(view, largest.box) if largest else heading.top_lines(view)):
            titles = heading.title_likeness(view, [line], known)
            named = [each for each in known if titles.get(each.id, 0.0) >= TITLE_ALONE]
            if len(named) == 1:
                alone = Match(named[0], TITLE_CONFIDENCE, view.sheet, tuple(view.tables), turned=degrees)
                return _by_labels(view, named[0], titles[named[0].id], degrees) or alone
    return None


def _by_labels(view: View, template: Template, title: float, degrees: int) -> Match | None:
    """A form by its printed labels alone; None when too few of them are found."""
    found = by_labels(view, template) if template.shape == "form" else None
    if found is None:
        return None
    candidate = _Candidate(template, found, form.coverage(found, template, _weights([template])[template.id]))
    if candidate.confidence < ENOUGH:
        return None
    return _matched(replace(view, tables=[found.table]), _sure(view, candidate, title), degrees)


def upright(sheet: RectifiedSheet, tables: list[RuledTable],
            read_line: ReadLine) -> tuple[RectifiedSheet, list[RuledTable]]:
    """A sheet of no known template turned so that its text reads, with its tables found again."""
    best, best_score = (sheet, tables), -1.0
    for _, view in _ways_up(sheet, tables, read_line, None):
        score = _legible(view)
        if score > best_score:
            best, best_score = (view.sheet, view.tables), score
        if score > 0.85:
            break
    return best


@dataclass(frozen=True, slots=True)
class _Candidate:
    template: Template
    found: Labelled | table.Headed
    confidence: float


def _ways_up(sheet: RectifiedSheet, tables: list[RuledTable], read_line: ReadLine,
             locate: Locate | None) -> Iterator[tuple[int, View]]:
    """The sheet turned each way, the likeliest first."""
    for degrees in (0, 90) if _lines_run_across(tables, sheet.size) else (90, 0):
        turned = turned_sheet(sheet, degrees)
        first = view_of(turned, find_grid(turned) if degrees else tables, read_line, locate)
        words = _short_words(first)
        clear = [first.clarity(cell) for cell, _ in words]
        over = None if min(clear, default=1.0) >= _STANDS else _upside_down(first)
        if over is not None and sum(over.clarity(turned_cell(*word)) for word in words) > sum(clear):
            yield degrees + 180, over
            yield degrees, first
        else:
            yield degrees, first
            yield degrees + 180, over or _upside_down(first)


_PROBES, _STANDS = 2, 0.85
"""Words read to see which way up is tried first, and how clear they are on a sheet that stands."""


def _short_words(view: View) -> list[tuple[Cell, RuledTable]]:
    """Cells that are likely to hold a printed label: two to five characters wide, as high as most such words."""
    found: list[tuple[float, Cell, RuledTable]] = []
    for ruled in view.tables:
        for cell in ruled.cells:
            left, top, right, bottom = pixels(cell.ink.box if cell.ink else NOWHERE, view.strokes)
            if bottom > top and 1.7 < (right - left) / (bottom - top) < 5.5:
                found.append((bottom - top, cell, ruled))
    usual = float(np.median([high for high, _, _ in found])) if found else 0.0
    found.sort(key=lambda one: abs(one[0] - usual))
    return [(cell, ruled) for _, cell, ruled in found[:_PROBES]]


def _upside_down(view: View) -> View:
    """The view turned by 180 degrees, without looking for anything again."""
    ruled = [turned_table(each, 180) for each in view.tables]
    return View(turned_sheet(view.sheet, 180), ruled, turned_strokes(view.strokes, 180), view.read_line, view.locate)


def _lines_run_across(tables: Sequence[RuledTable], shape: tuple[int, int]) -> bool:
    """Whether writing runs across in the cells that hold more than two characters."""
    inks = [cell.ink.box for each in tables for cell in each.cells if cell.ink is not None]
    if not inks:
        return True
    sides = np.array([(box[2] - box[0], box[3] - box[1]) for box in inks]) * shape
    usual = float(np.median(sides.min(axis=1)))
    long = sides[sides.max(axis=1) > 2.2 * usual]
    return float((long[:, 0] - long[:, 1]).sum()) >= 0


def _best(view: View, templates: list[Template]) -> _Candidate | None:
    """The template whose labels the sheet carries, if one does clearly enough; the one its title names comes first."""
    weights = _weights(templates)
    largest = sorted(view.tables, key=lambda t: -len(t.cells))[:3]
    if not largest:
        return None
    titles = heading.title_likeness(view, heading.heading_lines(view, largest[0].box), templates)
    likely = "table" if _regular(largest[0]) else "form"
    found: list[_Candidate] = []
    for each in sorted(templates, key=lambda one: (-round(titles.get(one.id, 0.0), 1), one.shape != likely)):
        tried = [_candidate(view, ruled, each, weights[each.id]) for ruled in largest]
        found += [candidate for candidate in tried if candidate.confidence > 0.2]
        named = titles.get(each.id, 0.0) >= NAMED
        for candidate in tried:
            if candidate.confidence > (ENOUGH if named else 0.8):
                return _sure(view, candidate, titles.get(each.id, 0.0) if candidate.confidence < 0.8 else 1.0)
    best = max(found, key=lambda one: one.confidence + 0.35 * titles.get(one.template.id, 0.0), default=None)
    if best is None:
        return None
    own = titles.get(best.template.id, 0.0)
    if best.confidence + 0.35 * (own - 0.5) < ENOUGH:
        return None
    return _sure(view, best, own)


def _regular(ruled: RuledTable) -> bool:
    """Whether most rows of a ruling are divided alike, as records are."""
    starts = [tuple(cell.col for cell in ruled.cells if cell.row == row) for row in range(ruled.rows)]
    usual = max(set(starts), key=starts.count)
    return len(usual) >= 3 and starts.count(usual) >= max(4, 0.6 * ruled.rows)


def _candidate(view: View, ruled: RuledTable, template: Template, weights: dict[str, float]) -> _Candidate:
    if template.shape == "table":
        headed = table.find_columns(view, ruled, template)
        return _Candidate(template, headed, table.coverage(headed, template, weights))
    labelled = form.find_labels(view, ruled, template)
    return _Candidate(template, labelled, form.coverage(labelled, template, weights))


def _sure(view: View, candidate: _Candidate, title: float) -> _Candidate:
    """The candidate with the share of labels turned into a probability.

    Half the labels with a title that agrees, or four fifths without, were never wrong on the sheets
    this was measured on.
    """
    evidence = 8 * (candidate.confidence - 0.5) + 3 * (title - 0.5)
    return _Candidate(candidate.template, candidate.found, float(1 / (1 + np.exp(-evidence - 1.5))))


def _weights(templates: Sequence[Template]) -> dict[str, dict[str, float]]:
    """For each template and field, 1 divided by the templates that share its first label."""
    uses: dict[str, int] = {}
    for each in templates:
        for spec in (*each.fields, *each.columns):
            uses[spec.labels[0]] = uses.get(spec.labels[0], 0) + 1
    return {each.id: {spec.name: 1 / uses[spec.labels[0]] for spec in (*each.fields, *each.columns)}
            for each in templates}


def _matched(view: View, best: _Candidate, degrees: int) -> Match:
    if isinstance(best.found, table.Headed):
        rows, totals = table.records(view, best.found, best.template)
        outer = [spec for spec in best.template.fields if spec.where == "line"]
        places = outside_places(view, outer, best.found.table.box) if outer else {}
        return Match(best.template, best.confidence, view.sheet, tuple(view.tables), places=places, rows=tuple(rows),
                     totals=totals, turned=degrees)
    seals = _without_seals(view, best.found, best.template)
    return Match(best.template, best.confidence, view.sheet, tuple(view.tables),
                 places=_form_places(view, best.found, best.template), turned=degrees, seals=seals)


def _without_seals(view: View, found: Labelled, template: Template) -> tuple[Box, ...]:
    """Find the seals where the template expects them and take their ink from the view's strokes."""
    cells = [cell for mark in template.marks if mark.kind == "seal" for cell in found.values.get(mark.of, ())]
    if not cells:
        return ()
    height, width = view.strokes.mask.shape
    small = smaller(view.sheet.pixels, (width, height))
    seals = red_seals(small)
    for cell in cells if not seals else ():
        left, top, right, bottom = pixels(cell.box, view.strokes)
        grey = grey_seal(view.strokes.mask, (int(left), int(top), int(right), int(bottom)), max(width, height))
        seals = seals if grey is None else [*seals, grey]
    if seals:
        red = tuple(seal.box(width, height) for seal in seals if seal.red)
        view.sheet = replace(view.sheet, red_seals=red)
        view.strokes = ink_map(view.sheet, seals)
    return tuple(seal.box(width, height) for seal in seals)


def _form_places(view: View, found: Labelled, template: Template) -> dict[str, Place]:
    find_inside(view, found, (*(spec for spec in template.fields if spec.where != "part"), *template.others))
    outer = [spec for spec in template.fields if spec.where == "line"]
    places = outside_places(view, outer, found.table.box) if len(outer) > 1 else {}
    lines: list[tuple[float, float, float, float]] | None = None
    for spec in template.fields:
        place = form.value_place(view, found, spec) if spec.where != "part" else None
        if place is None and spec.where == "line" and spec.name not in places:
            lines = heading.heading_lines(view, found.table.box) if lines is None else lines
            place = heading.line_place(view, spec, lines, found.table.box)
        if place is not None:
            places[spec.name] = place
    for name in {spec.of for spec in template.fields if spec.where == "part"} & set(places):
        specs = [spec for spec in template.fields if spec.where == "part" and spec.of == name]
        marks = [mark for mark in template.marks if mark.of == name]
        lower = closing.closing_lines(view, places[name], closing.anchors_of(specs, marks))
        places.update(closing.parts(view, places[name], lower, specs))
    return places


def _legible(view: View) -> float:
    """Mean probability of the characters read in a few cells with print or writing."""
    cells = [cell for each in view.tables for cell in each.cells if cell.ink is not None]
    cells = sorted(cells, key=lambda cell: -cell.ink.share if cell.ink else 0.0)[:6]
    scores = []
    for cell in cells:
        lines = view.lines(cell.box)
        if lines:
            scores.append(view.read_line(view.crop(lines[0]))[1])
    return float(np.mean(scores)) if scores else 0.0
