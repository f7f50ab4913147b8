"""The rule `balance` (plus, minus, total): numbers in a form's cells that must add up to another's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ocr.kinds.evidence import KindReading
from ocr.kinds.knowledge import Knowledge

Rule = Mapping[str, Any]

OFF = 1e-3
"""Weight of numbers that do not add up: somebody's pen slipped."""


def factor(rule: Rule, values: Mapping[str, Sequence[str]], knowledge: Knowledge) -> NDArray[np.float64]:
    """1 where the numbers balance, OFF elsewhere; one axis per field, blank ones count as nought."""
    off = np.zeros(())
    for name, listed in values.items():
        numbers = np.array([number(value) for value in listed])
        off = off[..., None] + sign(rule, name) * numbers
    return np.where(off == 0, 1.0, OFF)


def suggestions(rule: Rule, readings: Mapping[str, KindReading], knowledge: Knowledge) -> dict[str, list[str]]:
    """For each number what the others, at their likeliest, make of it."""
    best = {name: number(readings[name].best.value) if readings[name].best else 0  # type: ignore[union-attr]
            for name in fields(rule) if name in readings}
    off = sum(sign(rule, name) * value for name, value in best.items())
    wanted = {name: value - sign(rule, name) * off for name, value in best.items() if readings[name].candidates}
    return {name: [str(value)] for name, value in wanted.items() if value >= 0}


def objects(rule: Rule, values: Mapping[str, str], knowledge: Knowledge) -> Mapping[str, bool]:
    """Whether the numbers that were chosen balance, said of each."""
    held = sum(sign(rule, name) * number(value) for name, value in values.items()) == 0
    return dict.fromkeys(values, held)


def fields(rule: Rule) -> list[str]:
    """The fields the rule binds."""
    return [*rule["plus"], *rule.get("minus", ()), rule["total"]]


def sign(rule: Rule, name: str) -> int:
    """How a field enters: 1 when added, -1 when taken away or when it is what the others must come to."""
    return 1 if name in rule["plus"] else -1


def number(value: str) -> int:
    """A blank cell counts as nought."""
    return int(value) if value.isdecimal() else 0
