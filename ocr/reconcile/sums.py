"""Hold the settled numbers of a table against its sums, and say which one change would mend them.

Flags on cells: `row_sum` on every cell of a row whose parts do not make its total; `column_sum` on
the total of a column that is not its sum; `at_most` on a part (其中) that is more than its whole, and
on the whole; `sum_fix:31` on the one cell where 31 in place of what is written makes the most sums
hold again; `settled` where the sums chose another number than the writing alone would have.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ocr.reconcile import Settled
from ocr.reconcile.balance import number

Row = dict[str, Settled]
Rules = Sequence[Mapping[str, Any]]
Cell = tuple[int, str]


@dataclass(frozen=True, slots=True)
class _Sum:
    """One sum of the sheet: cells (row, column) that must add up to another."""

    rule: str
    parts: tuple[Cell, ...]
    total: Cell

    def holds(self, values: Mapping[Cell, int]) -> bool:
        return sum(values.get(cell, 0) for cell in self.parts) == values.get(self.total, 0)

    def wanted(self, cell: Cell, values: Mapping[Cell, int]) -> int:
        """What `cell` would have to be, all others staying."""
        parts = sum(values.get(part, 0) for part in self.parts)
        return parts if cell == self.total else values.get(self.total, 0) - parts + values.get(cell, 0)


def hold_to_sums(rows: list[Row], totals: Row, rules: Rules) -> tuple[list[Row], Row]:
    """Rows and totals with the flags of the sums they belong to, and how many sums agree with each."""
    table = [*rows, totals]
    values = {(at, name): number(cell.value) for at, row in enumerate(table) for name, cell in row.items()
              if cell.value == "" or cell.value.isdecimal()}
    sums = list(_sums(table, rules))
    flags: dict[Cell, list[str]] = {}
    agreed: dict[Cell, int] = {}
    for each in sums:
        holds = each.holds(values)
        for cell in (*each.parts, each.total):
            agreed[cell] = agreed.get(cell, 0) + int(holds)
        if not holds:
            for cell in (*each.parts, each.total) if each.rule == "row_sum" else (each.total,):
                flags.setdefault(cell, []).append(each.rule)
    for at, rule in ((at, rule) for rule in rules if rule["rule"] == "at_most" for at in range(len(table))):
        part, whole = (at, str(rule["part"])), (at, str(rule["whole"]))
        if values.get(part, 0) > values.get(whole, 0) and part in values and whole in values:
            flags.setdefault(part, []).append("at_most")
            flags.setdefault(whole, []).append("at_most")
    for cell, fix in _fix(sums, values).items():
        flags.setdefault(cell, []).append(f"sum_fix:{fix}")
    marked = [_marked(at, row, flags, agreed) for at, row in enumerate(table)]
    return marked[:-1], marked[-1]


def _sums(table: list[Row], rules: Rules) -> list[_Sum]:
    last = len(table) - 1
    found = []
    for rule in rules:
        if rule["rule"] == "row_sum":
            found += [_Sum("row_sum", tuple((at, part) for part in rule["parts"]), (at, rule["total"]))
                      for at, row in enumerate(table) if rule["total"] in row]
        if rule["rule"] == "column_sum" and table[last]:
            found += [_Sum("column_sum", tuple((at, column) for at in range(last)), (last, column))
                      for column in rule["columns"] if column in table[last]]
    return found


def _fix(sums: list[_Sum], values: Mapping[Cell, int]) -> dict[Cell, int]:
    """The one change that leaves the fewest sums broken, when only one does and it mends at least two
    or all of them."""
    broken = [each for each in sums if not each.holds(values)]
    best: dict[int, list[tuple[Cell, int]]] = {}
    for each in broken:
        for cell in (*each.parts, each.total):
            wanted = each.wanted(cell, values)
            if wanted < 0 or cell not in values:
                continue
            changed = {**values, cell: wanted}
            touched = [other for other in sums if cell in (*other.parts, other.total)]
            left = len(broken) - sum(other.holds(changed) - other.holds(values) for other in touched)
            if (cell, wanted) not in best.setdefault(left, []):
                best[left].append((cell, wanted))
    if not best:
        return {}
    fewest = min(best)
    mended = len(broken) - fewest
    return dict(best[fewest]) if len(best[fewest]) == 1 and (mended >= 2 or fewest == 0) else {}


def _marked(at: int, row: Row, flags: Mapping[Cell, list[str]], agreed: Mapping[Cell, int]) -> Row:
    marked = {}
    for name, cell in row.items():
        settled = ("settled",) if cell.candidates and cell.value != cell.alone else ()
        every = (*cell.flags, *settled, *flags.get((at, name), ()))
        marked[name] = replace(cell, flags=tuple(dict.fromkeys(every)), agreed=cell.agreed + agreed.get((at, name), 0))
    return marked
