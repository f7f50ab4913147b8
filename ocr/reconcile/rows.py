"""Settle what the rules of identity say within each row of a table: one pupil a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ocr.kinds.evidence import KindReading
from ocr.kinds.knowledge import Knowledge
from ocr.reconcile import Settled, settle
from ocr.reconcile.rules import FACTORS


def settle_rows(settled: Sequence[dict[str, Settled]], readings: Sequence[Mapping[str, KindReading]],
                rules: Sequence[Mapping[str, Any]], knowledge: Knowledge) -> list[dict[str, Settled]]:
    """The rows with every field that a rule of identity binds settled anew, each row for itself."""
    known = tuple(rule for rule in rules if rule["rule"] in FACTORS and rule["rule"] != "at_most")
    bound = {str(field) for rule in known for key, field in rule.items() if key != "rule"}
    if not bound:
        return list(settled)
    return [row | settle({name: reading[name] for name in reading if name in bound}, known, knowledge)
            for row, reading in zip(settled, readings, strict=True)]
