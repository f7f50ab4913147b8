"""Hiding small numbers of a table so that neither sums nor what else is shown give them away.

A count of one to four children may point at one of them. Hiding it alone is not enough: its row's sum less the
other cells tells it. So further cells are hidden until each small one could have at least two values. The table
and its sums form a grid whose lines all come to nought once the sums are taken negative; a hidden cell has another
value when it lies on a closed way of hidden cells along which as much more and less can be passed around. What is
hidden besides is known to be none or no small number, so that a nought is passed by one at a time nowhere.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

SMALL = 5
"""Counts from one up to below this are hidden."""
Place = tuple[int, int]
Mark = Literal["small", "besides"]
SHOWN: Mapping[Mark, str] = {"small": f"<{SMALL}", "besides": "＊"}
"""What stands in the place of a hidden number."""
NOTE = f"“<{SMALL}”为 1 至 {SMALL - 1} 人；“＊”为防止由合计推出小数字而一并隐去。"
"""What that means, for those who read the table."""

def is_small(value: int) -> bool:
    """Whether a count may point at single children."""
    return 0 < value < SMALL


@dataclass(frozen=True, slots=True)
class _Grid:
    """The values with their sums as last row and column; `unsaid` sums are never shown."""

    values: tuple[tuple[int, ...], ...]
    unsaid: frozenset[Place]

    @property
    def places(self) -> list[Place]:
        return [(row, column) for row, line in enumerate(self.values) for column in range(len(line))]

    def value(self, place: Place) -> int:
        return self.values[place[0]][place[1]]

    def is_sum(self, place: Place) -> bool:
        return place[0] == len(self.values) - 1 or place[1] == len(self.values[0]) - 1

    def is_negative(self, place: Place) -> bool:
        return (place[0] == len(self.values) - 1) != (place[1] == len(self.values[0]) - 1)


def hidden(values: Sequence[Sequence[int]], *, row_sums: bool = True, column_sums: bool = True,
           touchy: frozenset[Place] = frozenset()) -> dict[Place, Mark]:
    """Which places to hide, sums included: their row or column is one past the table's.

    `touchy` places are hidden and guarded like small ones, whatever their value. Sums that are not shown
    anyway are left out of the answer. A small sum of all is hidden without being called small: four cells with a
    child in each and less than five in all would be four times one.
    """
    grid = _grid(values, row_sums, column_sums)
    whole = (len(grid.values) - 1, len(grid.values[0]) - 1)
    untold = {whole} - grid.unsaid if is_small(grid.value(whole)) else frozenset()
    grid = replace(grid, unsaid=grid.unsaid | untold)
    marks: dict[Place, Mark] = {place: "small" for place in grid.places
                                if is_small(grid.value(place)) and place not in grid.unsaid}
    marks |= {place: "besides" for place in touchy if place not in marks}
    guarded = set(marks)
    while exposed := [place for place in sorted(guarded) if not _is_open(grid, marks, place)]:
        chosen = {_next(grid, marks, place) for place in exposed} - {None}
        if not chosen:
            break  # everything is hidden
        marks |= {place: "besides" for place in chosen if place is not None}
    _show_again(grid, marks, guarded)
    return marks | dict.fromkeys(untold, "besides")


def _grid(values: Sequence[Sequence[int]], row_sums: bool, column_sums: bool) -> _Grid:
    rows = [[*row, sum(row)] for row in values]
    rows.append([sum(column) for column in zip(*rows, strict=True)])
    height, width = len(rows) - 1, len(rows[0]) - 1
    unsaid = set() if row_sums else {(row, width) for row in range(height + 1)}
    unsaid |= set() if column_sums else {(height, column) for column in range(width + 1)}
    return _Grid(tuple(map(tuple, rows)), frozenset(unsaid))


_STEPS = (1, -1, SMALL, -SMALL)
"""By how much hidden values are changed together: a nought could be no less than SMALL instead."""


def _can(grid: _Grid, marks: dict[Place, Mark], place: Place, by: int) -> bool:
    """Whether the hidden value, sums taken negative, could be so much more, for all that the marks say of it."""
    value = grid.value(place)
    changed = value + (-by if grid.is_negative(place) else by)
    if place in grid.unsaid:
        return changed >= 0
    return is_small(changed) if marks[place] == "small" else changed >= SMALL


def _is_open(grid: _Grid, marks: dict[Place, Mark], start: Place) -> bool:
    """Whether the hidden place could have another value."""
    return any(_can(grid, marks, start, by) and _closes(grid, marks, start, by) for by in _STEPS)


def _closes(grid: _Grid, marks: dict[Place, Mark], start: Place, by: int) -> bool:
    """Whether a change at `start` can be passed around through hidden places until its row is level again."""
    unseen = [place for place in (*marks, *grid.unsaid) if place != start]
    down: dict[int, list[int]] = {}
    along: dict[int, list[int]] = {}
    for row, column in unseen:
        if _can(grid, marks, (row, column), -by):
            down.setdefault(column, []).append(row)
        if _can(grid, marks, (row, column), by):
            along.setdefault(row, []).append(column)
    seen, waiting = {start[1]}, deque([start[1]])
    while waiting:
        for row in down.get(waiting.popleft(), ()):
            if row == start[0]:
                return True
            for column in along.get(row, ()):
                if column not in seen:
                    seen.add(column)
                    waiting.append(column)
    return False


def _next(grid: _Grid, marks: dict[Place, Mark], exposed: Place) -> Place | None:
    """The place to hide next: in the exposed one's lines if there is one, children before sums, fewest first."""
    shown = [place for place in grid.places if place not in marks and place not in grid.unsaid]

    def cost(place: Place) -> tuple[bool, bool, bool, int]:
        aside = place[0] != exposed[0] and place[1] != exposed[1]
        return aside, grid.is_sum(place), grid.value(place) == 0, grid.value(place)
    return min(shown, key=cost, default=None)


def _show_again(grid: _Grid, marks: dict[Place, Mark], guarded: set[Place]) -> None:
    """Show what was hidden more than needed, the largest first."""
    besides = sorted((place for place in marks if place not in guarded), key=grid.value, reverse=True)
    for place in besides:
        kept = marks.pop(place)
        if not all(_is_open(grid, marks, each) for each in guarded):
            marks[place] = kept
