"""Rules that cross one another put into rulings, without the lines that only pass over them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ocr.rectify.rules import REACH, SAME, Rule, rule_of

FAR = 2 * REACH + 4
"""Pixels at WORK by which a line may run past the outermost lines that cross it."""


def rulings(across: Sequence[Rule], down: Sequence[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """The sets of rules that cross one another, each with at least two in both directions."""
    owner = list(range(len(across) + len(down)))

    def root(index: int) -> int:
        while owner[index] != index:
            owner[index] = owner[owner[index]]
            index = owner[index]
        return index

    for i, one in enumerate(across):
        for j, other in enumerate(down):
            if _meet(one, other):
                owner[root(i)] = root(len(across) + j)
    found = []
    for home in {root(index) for index in range(len(owner))}:
        level = [rule for i, rule in enumerate(across) if root(i) == home]
        plumb = [rule for j, rule in enumerate(down) if root(len(across) + j) == home]
        if not level or not plumb:
            continue
        plumb = _within(plumb, level)
        level = _within(level, plumb)
        if len(level) >= 2 and len(plumb) >= 2:
            found.append((level + _strays(across, level, plumb), plumb + _strays(down, plumb, level)))
    return sorted(found, key=lambda ruling: ruling[0][0].at)


def _meet(level: Rule, plumb: Rule) -> bool:
    x, y = plumb.where(level.at), level.where(plumb.at)
    return (level.start - REACH <= x <= level.end + REACH) and (plumb.start - REACH <= y <= plumb.end + REACH)


def _strays(lines: Sequence[Rule], own: Sequence[Rule], crossing: Sequence[Rule]) -> list[Rule]:
    """Pieces of a ruling's own lines that touch none of the lines they should cross, those being worn."""
    first, last = min(rule.at for rule in crossing), max(rule.at for rule in crossing)
    return [rule for rule in lines if rule not in own and rule.start < last and rule.end > first
            and any(abs(rule.at - other.at) <= SAME for other in own)]


def _within(lines: list[Rule], crossing: Sequence[Rule]) -> list[Rule]:
    """The lines without those that run far past the ruling: streaks of a copier's glass, folds, notebook lines.

    A table left open at its sides has only such lines: then they are its own.
    """
    first, last = crossing[0].at, crossing[-1].at
    kept = [rule for rule in lines if _inside(rule, first, last)]
    far = [rule for rule in lines if not _inside(rule, first, last)]
    if not far or not _enough(kept, lines, crossing):
        return lines
    cut_off = _cut_off(far, first, last)
    if cut_off:
        kept, far = sorted([*kept, *cut_off], key=lambda rule: rule.at), [rule for rule in far if rule not in cut_off]
    own = [cut for cut in (_own_part(rule, first, last) for rule in far) if cut is not None]
    own += [_clipped(rule, first, last) for rule in far if _prolonged(rule, kept)]
    lost = [rule for rule in far if not any(abs(rule.at - other.at) <= 2 * SAME for other in (*kept, *own))]
    kept = sorted([*kept, *own], key=lambda rule: rule.at)
    again = [_clipped(rule, first, last) for rule in lost if _needed(rule, kept, crossing)]
    return sorted([*kept, *again], key=lambda rule: rule.at)


def _inside(rule: Rule, first: float, last: float) -> bool:
    return rule.start > first - FAR and rule.end < last + FAR


def _enough(kept: Sequence[Rule], lines: Sequence[Rule], crossing: Sequence[Rule]) -> bool:
    """Whether the lines that end where they should are a ruling by themselves."""
    if len(kept) >= 0.7 * len(lines):
        return True
    whole = [rule for rule in kept if rule.end - rule.start > 0.8 * (crossing[-1].at - crossing[0].at)]
    longest = max(rule.end - rule.start for rule in crossing)
    return len(whole) >= 3 and whole[-1].at - whole[0].at > 0.8 * longest


def _cut_off(far: Sequence[Rule], first: float, last: float) -> list[Rule]:
    """Lines that begin with the ruling and all run past it to one place: the sheet's edge, which took the last line."""
    for side in ([rule for rule in far if abs(rule.start + 8 - first) <= REACH],
                 [rule for rule in far if abs(rule.end - 8 - last) <= REACH]):
        ends = [rule.start + rule.end for rule in side]
        if len(side) >= 3 and max(ends) - min(ends) <= 2 * REACH:
            return side
    return []


def _prolonged(rule: Rule, kept: Sequence[Rule]) -> bool:
    """Whether a line ends with the ruling's others on one side and runs past them on the other: a border that a
    stroke of the title or a fold goes on from. Folds, streaks and notebook lines do not end there.
    """
    start = abs(rule.start - float(np.median([other.start for other in kept]))) <= REACH
    end = abs(rule.end - float(np.median([other.end for other in kept]))) <= REACH
    return start != end


def _own_part(rule: Rule, first: float, last: float) -> Rule | None:
    """The border beside which another line runs on: pieces of its own that lie over those running past.

    Pieces that only continue one another are one line, and that one runs past.
    """
    past = [piece for piece in rule.pieces if piece[0, 0] <= first - FAR or piece[-1, 0] >= last + FAR]
    own = [piece for piece in rule.pieces if not any(piece is other for other in past)]
    beside = sum(max(0.0, float(min(a[-1, 0], b[-1, 0]) - max(a[0, 0], b[0, 0]))) for a in own for b in past)
    if beside < FAR or sum(float(np.ptp(piece[:, 0])) for piece in own) < 0.5 * (last - first):
        return None
    return rule_of(own)


def _needed(rule: Rule, kept: Sequence[Rule], crossing: Sequence[Rule]) -> bool:
    """Whether a line that runs past the ruling hides one of its own: crossing lines end on it, or without it
    one row would be as high as two.
    """
    ends = sum(abs(end - rule.at) <= REACH for other in crossing for end in (other.start + 8, other.end - 8))
    if ends >= 2:
        return True
    before = max((other.at for other in kept if other.at < rule.at), default=None)
    after = min((other.at for other in kept if other.at > rule.at), default=None)
    gaps = np.diff([other.at for other in kept])
    gaps = gaps[gaps > REACH]
    if before is None or after is None or len(gaps) < 5:
        return False
    usual = float(np.median(gaps))
    steps, step = (after - before) / usual, (rule.at - before) / usual
    even = float((np.abs(gaps - usual) < 0.12 * usual).mean()) > 0.5
    return even and 1 <= round(step) < round(steps) < 5 and abs(step - round(step)) < 0.25


def _clipped(rule: Rule, first: float, last: float) -> Rule:
    """The part of a line that lies over the ruling."""
    over = (rule.points[:, 0] >= first - REACH) & (rule.points[:, 0] <= last + REACH)
    points = rule.points[over] if over.sum() >= 2 else rule.points
    at, start, end = float(np.median(points[:, 1])), max(rule.start, first - 8), min(rule.end, last + 8)
    return Rule(at, start, end, points, rule.pieces)
