"""Settle the fields of a form together: the likeliest values that also agree with each other.

Each field's candidates are one variable of a factor graph, each rule of the template one factor
over a few of them; the marginal of every field is computed exactly by sum-product elimination
(Kschischang, Frey and Loeliger, IEEE Trans. IT 2001), here as one tensor contraction.
A rule never forbids, it makes unlikely: papers do contradict themselves, and are then left as they are.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ocr.kinds.evidence import Candidate, KindReading, merged
from ocr.kinds.knowledge import Knowledge
from ocr.reconcile import balance
from ocr.reconcile.rules import FACTORS, OBJECTIONS, suggestions

TEMPER = 0.6
"""Exponent on the recogniser's likelihoods: it is surer of itself than it is right."""

_MOST_CANDIDATES = 8


@dataclass(frozen=True, slots=True)
class Settled:
    """A field after settling.

    `candidates` are (value, raw, probability), best first, adding up to at most 1; `alone` is the
    value the field's own writing favours and `alone_p` its probability without any rule; `agreed`
    counts the rules that speak for the value and not for the next likely one, by fields that stand as
    written; `flags` name the rules that object.
    """

    candidates: tuple[tuple[str, str, float], ...]
    alone: str
    alone_p: float
    agreed: int = 0
    flags: tuple[str, ...] = ()
    reading: KindReading | None = None

    @property
    def value(self) -> str:
        """The likeliest value."""
        return self.candidates[0][0] if self.candidates else ""


def settle(readings: Mapping[str, KindReading], rules: tuple[Mapping[str, Any], ...],
           knowledge: Knowledge) -> dict[str, Settled]:
    """The fields of one form settled under the template's rules."""
    known = [rule for rule in rules if rule["rule"] in FACTORS and _applies(rule, readings)]
    widened = _widened(readings, known, knowledge)
    marginals = _marginals(widened, known, knowledge)
    settled = {name: _settled(reading, marginals.get(name)) for name, reading in widened.items()}
    return _objected(settled, known, knowledge)


def probabilities(candidates: tuple[Candidate, ...]) -> NDArray[np.float64]:
    """Tempered likelihoods of the candidates, normalised."""
    logs = np.array([candidate.log_p for candidate in candidates]) * TEMPER
    weights = np.exp(logs - logs.max())
    return np.asarray(weights / weights.sum())


def _applies(rule: Mapping[str, Any], readings: Mapping[str, KindReading]) -> bool:
    """At least two of the rule's fields carry something; a balance needs all its fields found."""
    if rule["rule"] == "balance" and not all(name in readings for name in _fields(rule)):
        return False
    return sum(bool(readings[field].candidates) for field in _fields(rule) if field in readings) >= 2


def _fields(rule: Mapping[str, Any]) -> list[str]:
    if rule["rule"] == "balance":
        return balance.fields(rule)
    return [str(field) for key, field in rule.items() if key != "rule"]


def _widened(readings: Mapping[str, KindReading], rules: list[Mapping[str, Any]],
             knowledge: Knowledge) -> dict[str, KindReading]:
    """The readings with the values that other fields suggest weighed against the writing too."""
    widened = dict(readings)
    for rule in rules:
        for name, values in suggestions(rule, widened, knowledge).items():
            reading = widened[name]
            new = [value for value in values if all(c.value != value for c in reading.candidates)]
            if new and reading.rescore is not None:
                scored = [Candidate(v, v, p) for v, p in zip(new, reading.rescore(new), strict=True)]
                widened[name] = replace(reading, candidates=merged([*reading.candidates, *scored], keep=12))
    return widened


def _marginals(readings: Mapping[str, KindReading], rules: list[Mapping[str, Any]],
               knowledge: Knowledge) -> dict[str, NDArray[np.float64]]:
    """Probability of each candidate of every field that a rule touches."""
    names = list(dict.fromkeys(name for rule in rules for name in _fields(rule)
                               if name in readings and readings[name].candidates))
    if not names:
        return {}
    axes = {name: axis for axis, name in enumerate(names)}
    values = {name: [c.value for c in readings[name].candidates[:_MOST_CANDIDATES]] for name in names}
    operands: list[Any] = []
    for name in names:
        operands += [probabilities(readings[name].candidates[:_MOST_CANDIDATES]), [axes[name]]]
    for rule in rules:
        touched = [name for name in _fields(rule) if name in axes]
        operands += [FACTORS[rule["rule"]](rule, {name: values[name] for name in touched}, knowledge),
                     [axes[name] for name in touched]]
    marginals = {}
    places = tuple(tuple(each) for each in operands[1::2])
    for name in names:
        weights = np.einsum(*operands, [axes[name]], optimize=_order(places, axes[name]))
        marginals[name] = weights / max(float(weights.sum()), 1e-300)
    return marginals


@lru_cache(maxsize=256)
def _order(places: tuple[tuple[int, ...], ...], wanted: int) -> list[Any]:
    """A cheap order to multiply factors in. It depends on which fields they touch, and finding it costs more
    than multiplying.
    """
    operands: list[Any] = []
    for each in places:
        operands += [np.broadcast_to(1.0, (_MOST_CANDIDATES,) * len(each)), list(each)]
    return list(np.einsum_path(*operands, [wanted], optimize="greedy")[0])


def _settled(reading: KindReading, marginal: NDArray[np.float64] | None) -> Settled:
    if not reading.candidates:
        return Settled((), "", 1.0, 0, reading.flags, reading)
    kept = reading.candidates[:_MOST_CANDIDATES]
    alone = probabilities(kept)
    joint = alone if marginal is None else marginal
    order = np.argsort(-joint, kind="stable")
    candidates = tuple((kept[i].value, kept[i].raw, float(joint[i])) for i in order)
    best = kept[int(order[0])]
    return Settled(candidates, kept[0].value, float(alone[0]), 0, (*reading.flags, *best.flags), reading)


def _objected(settled: dict[str, Settled], rules: list[Mapping[str, Any]],
              knowledge: Knowledge) -> dict[str, Settled]:
    """Each rule held against the chosen values: an objection is a flag, an agreement is counted."""
    values = {name: field.value for name, field in settled.items()}
    moved = {name for name, field in settled.items() if field.value != field.alone}
    for rule in rules:
        judge, touched = OBJECTIONS[rule["rule"]], [name for name in _fields(rule) if name in settled]
        chosen = {name: values[name] for name in touched}
        verdicts = judge(rule, chosen, knowledge)
        for name, holds in verdicts.items():
            before = settled[name]
            flags = before.flags if holds else (*before.flags, str(rule["rule"]))
            rival = {**chosen, name: before.candidates[1][0]} if len(before.candidates) > 1 else {}
            speaks = holds and moved.isdisjoint(verdicts.keys() - {name}) \
                and not (rival and judge(rule, rival, knowledge).get(name, False))
            settled[name] = replace(before, agreed=before.agreed + int(speaks), flags=tuple(dict.fromkeys(flags)))
    return settled


def log_odds(p: float) -> float:
    """Natural logarithm of p : 1 − p, kept finite."""
    p = min(max(p, 1e-6), 1 - 1e-6)
    return math.log(p / (1 - p))
