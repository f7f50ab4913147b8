"""Where the lines of a ruling are: rules that make up one line, and the line that the sheet's edge has cut off."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

import numpy as np

from ocr.rectify.rules import REACH, SAME, Rule

MERGE = 14
"""Pixels at WORK below which a row or column is no row or column but a line drawn twice."""


def encloses(rules: Sequence[Rule]) -> bool:
    """Whether the outermost of some parallel rules are far enough apart to have cells between."""
    return max(rule.at for rule in rules) - min(rule.at for rule in rules) > 2 * MERGE


def beside_a_line(rule: Rule, lines: Sequence[Rule]) -> bool:
    """Whether a short line stands beside a long one, too far away to be a piece of it: a figure 1 at a border."""
    middle = (rule.start + rule.end) / 2
    return any(other.end - other.start > 4 * (rule.end - rule.start) and other.start < rule.start
               and rule.end < other.end and SAME - 2 < abs(other.where(middle) - rule.at) <= MERGE + 4
               for other in lines)


def lines(rules: Sequence[Rule], crossing: Sequence[Rule]) -> tuple[list[float], list[list[Rule]]]:
    """The places of distinct lines and the rules that make them up.

    Where the crossing rules run on past the last line an edge is added: a form cut off by the
    picture's edge has lost its outer line, not its last cells.
    """
    groups: list[list[Rule]] = []
    for rule in sorted(rules, key=lambda rule: rule.at):
        if groups and rule.at - _weighed(groups[-1]) <= MERGE:
            groups[-1].append(rule)
        else:
            groups.append([rule])
    lines = [_weighed(group) for group in groups]
    starts = float(np.median([rule.start for rule in crossing]))
    ends = float(np.median([rule.end for rule in crossing]))
    if starts < lines[0] - 2 * REACH and _agree([rule.start for rule in crossing], starts):
        lines.insert(0, starts)
        groups.insert(0, [])
    if ends > lines[-1] + 2 * REACH and _agree([rule.end for rule in crossing], ends):
        lines.append(ends)
        groups.append([])
    return lines, groups


def _weighed(group: Sequence[Rule]) -> float:
    """The place of a line that several rules make up: the longest ones decide."""
    longest = max(rule.end - rule.start for rule in group)
    return float(np.mean([rule.at for rule in group if rule.end - rule.start >= 0.7 * longest]))


def _agree(ends: Sequence[float], middle: float) -> bool:
    return float((np.abs(np.array(ends) - middle) < REACH).mean()) > 0.6


def place(stretches: Sequence[Rule | None], edges: Sequence[float], along: float, otherwise: float) -> float:
    """Where a line is at a place along it: told by the rule that draws it there, or nearest to there."""
    at = min(max(bisect_left(edges, along) - 1, 0), len(stretches) - 1)
    order = sorted(range(len(stretches)), key=lambda index: abs(index - at))
    rule = next((stretches[index] for index in order if stretches[index] is not None), None)
    return otherwise if rule is None else rule.where(along)
