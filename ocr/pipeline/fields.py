"""From the places of a matched sheet to settled fields: crop, recognise, decode, settle, weigh."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Protocol

import cv2
import numpy as np

from ocr import kinds
from ocr.decode import Emissions
from ocr.grid import InkMap, ink, ink_map
from ocr.kinds import mention
from ocr.kinds.evidence import Context, Evidence, KindReading
from ocr.kinds.knowledge import Knowledge
from ocr.looks import GLANCED, SKIMMED, WHOLE, Look, looked
from ocr.match import Match, Place
from ocr.match.gaps import BRIM
from ocr.match.labels import names_another
from ocr.pipeline.again import LOOKS, broken, doubted, struck_again, together
from ocr.pipeline.elevens import with_elevens
from ocr.pipeline.leaning import slashed
from ocr.pipeline.lines import flowing, legible, without_rulings, without_specks, without_stray_end
from ocr.pipeline.slips import after_slip, without_slip
from ocr.pipeline.strikes import corrected, without_struck
from ocr.pipeline.traces import clean, clean_between
from ocr.pipeline.weigh import weighed
from ocr.reconcile import Settled, settle
from ocr.reconcile.rows import settle_rows
from ocr.reconcile.sums import hold_to_sums
from ocr.reconcile.table import settle_table
from ocr.rectify.sheet import Image, RectifiedSheet
from ocr.results import Box, FieldReading
from ocr.template import FieldSpec, Template
from ocr.ticks import Line, options_in, words_of

MARGIN = 6
"""Pixels left around writing: 6–10 read best, more lets neighbours in."""

_LAST = ("free_text",)
"""Kinds read after all others, because names read elsewhere on the sheet help them."""


_WORDS = ("free_text", "place", "school", "person_name")
"""Kinds made of Chinese characters."""

_SLIPS = (*_WORDS, "grade_class", "unit", "choice")
"""Kinds in which a first character may have been struck out."""

_NO_LABELS = ("person_name", "phone", "age", "sex", "count")
"""Kinds whose values never hold words that forms print."""

_ELEVENS = ("date", "age", "place")
"""Kinds in which an eleven is as usual as a one."""

_LOOKS = dict.fromkeys(("count", "unit"), (GLANCED, 0.8)) | {"person_name": (SKIMMED, 0.8), "date": (SKIMMED, 0.65)}
"""How finely a kind is looked at first, and the probability each character must have then: counts and units still
more coarsely, names and dates again sooner, for in a hard hand that mends a third of their mistakes.
"""
_SKIMMED = (SKIMMED, 0.5)
"""The same for all others."""

_FEWEST = {"person_name": 2}
"""Characters that a value has at least: seen coarsely, narrow ones are lost."""

_FIGURES = ("count", "age", "date")
"""Kinds made of digits, in which a bar through the writing can be told from its strokes."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """The pictures of a place's written lines, and what the recogniser says of each; both empty for a blank place."""

    crops: tuple[Image, ...]
    lines: tuple[Emissions, ...]


class Recogniser(Protocol):
    """The part of the engine that is needed here."""

    def emissions(self, crops: Sequence[Image], look: Look = WHOLE) -> list[Emissions]:
        """Probabilities along each line of writing, looked at as finely as `look` says."""


@dataclass(frozen=True)
class FieldReader:
    """Reads the fields of one matched sheet."""

    engine: Recogniser
    knowledge: Knowledge
    match: Match

    def form(self) -> dict[str, FieldReading]:
        """Every field that stands alone, in the template's order; one that was not found is empty and unsure."""
        settled, places = self.settled_form(), self.match.places
        return {spec.name: weighed(spec, places, settled.get(spec.name), self._clean)
                for spec in self.match.template.fields}

    def _clean(self, place: Place, settled: Settled) -> bool:
        """Whether there are not even traces in a place that seems blank, the words printed in it left aside."""
        evidence = settled.reading.evidence if settled.reading else None
        if evidence is None:
            return clean(self.match.sheet, place.box)
        return len(evidence.lines) == len(place.lines) == 1 and clean_between(
            self.match.sheet, place.box, place.lines[0], evidence.lines[0], MARGIN)

    def settled_form(self) -> dict[str, Settled]:
        """The fields that were found, before they are weighed; running text comes last, with names to lean on."""
        template, places = self.match.template, self.match.places
        specs = [spec for spec in template.fields if spec.name in places]
        found = self._seen([(spec, places[spec.name]) for spec in specs])
        seen = {spec.name: own for spec, own in zip(specs, found, strict=True)}
        early = {spec.name: self._read(spec, seen[spec.name]) for spec in specs if spec.kind not in _LAST}
        settled = settle(_mentioned(template, early, seen), template.rules, self.knowledge)
        words = _names(template, settled)
        late = {spec.name: self._read(spec, seen[spec.name], words) for spec in specs if spec.kind in _LAST}
        settled |= settle(late, (), self.knowledge)
        return {spec.name: _held_to_border(spec, places[spec.name], settled[spec.name]) for spec in specs}

    def table(self) -> tuple[tuple[dict[str, FieldReading], ...], dict[str, FieldReading]]:
        """The records of a table and its row of sums."""
        fields = [{spec.name: weighed(spec, places, settled.get(spec.name))
                   for spec in self.match.template.columns if spec.name in places}
                  for places, settled in zip(self._lines, self.settled_table(), strict=True)]
        return tuple(fields[:-1]), fields[-1]

    def settled_table(self) -> list[dict[str, Settled]]:
        """The records and, last, the row of sums, before they are weighed."""
        lines = self._lines
        read = self._rows(lines)
        settled = self._settled(read)
        specs = {spec.name: spec for spec in self.match.template.columns if spec.kind == "count"}
        unsure = list(doubted(settled, specs))
        again = self._again([(specs[name], lines[at][name], settled[at][name]) for at, name in unsure])
        for (at, name), reading in zip(unsure, again, strict=True):
            read[at][name] = reading
        return self._settled(read) if unsure else settled

    def _settled(self, read: Sequence[Mapping[str, KindReading]]) -> list[dict[str, Settled]]:
        """The records and the row of sums under the template's rules."""
        rules = self.match.template.rules
        rows, totals = settle_table(read[:-1], read[-1], rules)
        rows = settle_rows(rows, read[:-1], rules, self.knowledge)
        rows, totals = hold_to_sums(rows, totals, rules)
        return [*rows, totals]

    def _again(self, cells: Sequence[tuple[FieldSpec, Place, Settled]]) -> list[KindReading]:
        """Places with ink, each settled at first sight, looked at in several ways, all of them together."""
        crops = [tuple(self._crops(spec, place)) for spec, place, _ in cells]
        struck = [struck_again(own, broken(first)) for own, (_, _, first) in zip(crops, cells, strict=True)]
        every = [crop for own, (others, _) in zip(crops, struck, strict=True) for crop in (*own, *others)]
        seen = [iter(self.engine.emissions(every, look)) for look in LOOKS]
        read = []
        for (spec, _, first), own, (others, doubt) in zip(cells, crops, struck, strict=True):
            whole = [*([first.reading] if first.reading else []), *self._looks(spec, own, seen)]
            read.append(together(whole, self._looks(spec, others, seen), doubt, first.value))
        return read

    def _looks(self, spec: FieldSpec, crops: Sequence[Image], seen: Sequence[Iterator[Emissions]]) -> list[KindReading]:
        """What each look says of some lines as they are, the next ones of `seen`."""
        read = [self._decoded(spec, tuple(islice(look, len(crops))), crops, ()) for look in seen] if crops else []
        return [slashed(each, crops[0]) for each in read] if len(crops) == 1 else read

    @property
    def _lines(self) -> tuple[Mapping[str, Place], ...]:
        """The records and, last, the row of sums. Rows of headings and rows left blank are no records."""
        required = [spec.name for spec in self.match.template.columns if spec.required]
        rows = [row for row in self.match.rows if any(place.ink for place in row.values())]
        while rows and required and _heading(rows[0], required):
            rows = rows[1:]
        return (*rows, self.match.totals)

    def _rows(self, lines: Sequence[Mapping[str, Place]]) -> list[dict[str, KindReading]]:
        """The candidates of each cell of a table's lines. All are looked at together: small crops cost half so."""
        cells = [(row, spec) for row, places in enumerate(lines)
                 for spec in self.match.template.columns if spec.name in places]
        read: list[dict[str, KindReading]] = [{} for _ in lines]
        seen = self._seen([(spec, lines[row][spec.name]) for row, spec in cells])
        for (row, spec), what in zip(cells, seen, strict=True):
            read[row][spec.name] = self._read(spec, what)
        return read

    def _seen(self, wanted: Sequence[tuple[FieldSpec, Place]]) -> list[_Seen]:
        """What is written in each place; a place without ink is blank and costs nothing."""
        crops = [tuple(self._crops(spec, place)) if place.ink and spec.kind != "stamp" else ()
                 for spec, place in wanted]
        lines = self._lines_of([(spec, crop) for (spec, _), own in zip(wanted, crops, strict=True) for crop in own])
        return [_Seen(own, tuple(islice(lines, len(own)))) for own in crops]

    def _read(self, spec: FieldSpec, seen: _Seen, words: tuple[str, ...] = ()) -> KindReading:
        """The candidates of one place; one with another field's label in it is for a person."""
        reading = self._written(spec, seen, words)
        alone = spec.kind in _NO_LABELS and self.match.template.shape == "form"
        if alone and reading.evidence and names_another(reading.evidence.open_text, spec.name,
                                                        self.match.template.fields):
            return replace(reading, flags=tuple(dict.fromkeys((*reading.flags, "printed_words"))))
        return reading

    def _written(self, spec: FieldSpec, seen: _Seen, words: tuple[str, ...]) -> KindReading:
        """The candidates of one place, without what was struck out."""
        crops, lines = seen.crops, seen.lines
        if not crops:
            return KindReading(())
        reading = self._decoded(spec, lines, crops, words)
        if spec.kind in _FIGURES and not (reading.best and reading.best.raw and not reading.best.value):
            struck = [without_struck(crop) for crop in crops]
            if any(hit for _, hit in struck):
                right = [crop for crop, _ in struck]
                again = tuple(self._lines_of([(spec, crop) for crop in right]))
                return corrected(self._decoded(spec, again, right, words), reading)
        if spec.kind in _SLIPS and not (reading.evidence and reading.evidence.options):
            rest = after_slip(crops[0], lines[0])
            if rest is not None:
                return without_slip(reading, self._decoded(spec, (rest, *lines[1:]), (), words))
        return slashed(reading, crops[0]) if spec.kind == "count" and len(crops) == 1 else reading

    def _lines_of(self, crops: Sequence[tuple[FieldSpec, Image]]) -> Iterator[Emissions]:
        """What the recogniser says of each line, in order; those looked at alike are looked at together."""
        alike: dict[tuple[Look, float, int], list[int]] = {}
        for place, (spec, _) in enumerate(crops):
            alike.setdefault(_look(spec), []).append(place)
        seen: dict[int, Emissions] = {}
        for (look, sure, fewest), places in alike.items():
            lines = looked(self.engine.emissions, [crops[place][1] for place in places], look, sure, fewest)
            seen |= dict(zip(places, lines, strict=True))
        return (seen[place] for place in range(len(crops)))

    def _decoded(self, spec: FieldSpec, lines: tuple[Emissions, ...], crops: Sequence[Image],
                 words: tuple[str, ...]) -> KindReading:
        """What the lines say, remains of rulings and of seals left aside."""
        options = options_in(words_of(spec), list(map(Line, crops, lines))) if crops else ()
        if options:
            return kinds.read(Evidence(lines, options), Context(spec, self.knowledge, words))
        if spec.kind in _ELEVENS and crops:
            lines = tuple(map(with_elevens, crops, lines))
        if spec.kind in _WORDS:
            lines = tuple(map(without_rulings, lines))
        if spec.name in self._sealed:
            lines = tuple(map(without_stray_end, legible(lines)))
        return kinds.read(Evidence(lines), Context(spec, self.knowledge, words))

    def _crops(self, spec: FieldSpec, place: Place) -> Iterable[Image]:
        """The written lines of a place as pictures; single boxes are laid side by side as one line."""
        if place.cells:
            joined = side_by_side(self.match.sheet, place.cells, ink_map(self.match.sheet))
            return [joined] if joined is not None else []
        printed = () if spec.kind == "date" else place.printed
        lines = place.lines or (place.ink_box,)
        if spec.kind in _LAST:
            lines = without_specks(lines, self.match.sheet.size)
        if spec.name in self._sealed:
            lines = flowing(lines, place.box)
        return [self.match.sheet.crop(line, MARGIN, printed) for line in lines]

    @property
    def _sealed(self) -> frozenset[str]:
        """Fields whose place also takes a seal."""
        return frozenset(mark.of for mark in self.match.template.marks if mark.kind == "seal")


def _look(spec: FieldSpec) -> tuple[Look, float, int]:
    """How finely a field is looked at first, the probability each character must have then, and how many there are
    at least. Boxes to tick are looked for beside their words: there the places of characters matter, and they are
    read as they are.
    """
    look, sure = (WHOLE, 0.0) if words_of(spec) else _LOOKS.get(spec.kind, _SKIMMED)
    return look, sure, _FEWEST.get(spec.kind, 1)


def side_by_side(sheet: RectifiedSheet, cells: Iterable[Box], strokes: InkMap) -> Image | None:
    """The writing of single boxes without the lines between them, as one line; None when all are blank."""
    found = [found.box for found in (ink(sheet, cell, strokes) for cell in cells) if found is not None]
    if not found:
        return None
    top, bottom = min(box[1] for box in found), max(box[3] for box in found)
    crops = [sheet.crop((box[0], top, box[2], bottom), MARGIN) for box in found]
    height = min(crop.shape[0] for crop in crops)
    return np.asarray(cv2.hconcat([crop[:height] for crop in crops]), np.uint8)


def _heading(row: Mapping[str, Place], required: list[str]) -> bool:
    """Whether a table's first row is a second line of headings: nothing where a record must have something."""
    blank = sum(not place.ink for place in row.values())
    return not any(row[name].ink for name in required if name in row) and 2 * blank > len(row)


def _held_to_border(spec: FieldSpec, place: Place, settled: Settled) -> Settled:
    """The field flagged `cut` when its one line runs into the right border: what was taken for the border,
    a fold or a streak, may have cut it short.
    """
    if spec.where != "cell" or not place.ink or place.cells or len(place.lines) > 1:
        return settled
    runs_in = place.box[2] - place.ink_box[2] < BRIM
    return replace(settled, flags=(*settled.flags, "cut")) if runs_in else settled


def _mentioned(template: Template, readings: Mapping[str, KindReading],
               seen: Mapping[str, _Seen]) -> dict[str, KindReading]:
    """The readings, the names of rules `mentioned` (name, text) weighed by the text that may hold them."""
    weighed = dict(readings)
    for rule in template.rules:
        if rule["rule"] == "mentioned" and rule["name"] in readings and seen.get(rule["text"], _NOTHING).lines:
            weighed[rule["name"]] = mention.weighed(readings[rule["name"]], Evidence(seen[rule["text"]].lines))
    return weighed


_NOTHING = _Seen((), ())


def _names(template: Template, settled: Mapping[str, Settled]) -> tuple[str, ...]:
    """Names read with some certainty: running text on the same sheet is likely to use them."""
    names = [settled[spec.name] for spec in template.fields if spec.kind == "person_name" and spec.name in settled]
    return tuple(name.value for name in names if name.candidates and name.candidates[0][2] > 0.5 and name.value)
