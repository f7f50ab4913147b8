"""Emissions as the recogniser would give them for a text, without the recogniser."""

from __future__ import annotations

from functools import cache

import numpy as np

from ocr.decode import Alphabet, Emissions
from ocr.kinds import free_text
from ocr.kinds.evidence import Context, Evidence
from ocr.kinds.knowledge import Knowledge
from ocr.lists import Lists
from ocr.template import FieldSpec


@cache
def alphabet() -> Alphabet:
    """GB2312, a few more, blank first and space last, as in the model."""
    extra = "√□✓☑費學級張劉龔龑昇堃OolI|Zz×x(（).-/:：#QDbSsBgqⅡ″·"
    characters = dict.fromkeys([*free_text.symbols(), *extra])
    return Alphabet(("", *characters, " "))


def written(text: str, *doubts: tuple[int, str, float], sure: float = 0.97) -> Evidence:
    """One line saying `text`; a doubt (place, other, share) gives part of a character's mass to another."""
    letters = alphabet()
    steps = np.full((2 * len(text) + 1, len(letters.characters)), 1e-7, np.float32)
    steps[:, 0] = 0.9999
    for place, character in enumerate(text):
        row = steps[2 * place + 1]
        row[0] = 1 - sure
        row[letters.index[character]] = sure
        for where, other, share in doubts:
            if where == place:
                row[letters.index[character]] = sure * (1 - share)
                row[letters.index[other]] += sure * share
    return Evidence((Emissions(steps, letters),))


def context(kind: str, lists: Lists | None = None, **spec) -> Context:
    """A field of that kind, with the lists given."""
    return Context(FieldSpec(spec.pop("name", "field"), ("标签",), kind, **spec), Knowledge(lists or Lists()))
