"""Rows and columns that do not add up, and the change of one cell that would make them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ocr.template import Template
from service.models.values import FORM_ROW, TOTAL_ROW
from service.review.values import Key, Standing, spec_of
from service.review.wording import Fix, Objection, title

Change = tuple[Key, int]
"""A cell and the count that would stand in it."""


@dataclass(frozen=True, slots=True)
class Equation:
    """`parts` added up, less what is taken away, make `total`. Blank cells count as nothing."""

    rule: str
    row: int
    parts: tuple[Key, ...]
    total: Key
    minus: tuple[Key, ...] = ()

    @property
    def cells(self) -> tuple[Key, ...]:
        """All that takes part, the total first."""
        return (self.total, *self.parts, *self.minus)

    def off_by(self, counts: Mapping[Key, int]) -> int:
        """What the total lacks; 0 when it adds up."""
        left = sum(counts.get(part, 0) for part in self.parts) - sum(counts.get(part, 0) for part in self.minus)
        return left - counts.get(self.total, 0)

    def mended(self, key: Key, counts: Mapping[Key, int]) -> int:
        """What one of its cells would have to be, all others staying."""
        lacking = self.off_by(counts)
        return counts.get(key, 0) + (lacking if key == self.total or key in self.minus else -lacking)


def sum_objections(standing: Standing) -> Iterator[Objection]:
    """An objection for each row and column whose sum is wrong."""
    counts = _counts(standing)
    wrong = [equation for equation in equations(standing) if equation.off_by(counts)]
    changes = _changes(standing, counts, wrong)
    for equation in wrong:
        fix = _best(standing, counts, changes, equation)
        fields = (*((fix.row, fix.field) for fix in (fix,) if fix), *equation.cells)
        yield Objection(equation.row, equation.rule, tuple(dict.fromkeys(fields)),
                        _sentence(standing, counts, equation), fix)


def equations(standing: Standing) -> list[Equation]:
    """The sums the template's rules ask of this sheet."""
    template, rows = standing.template, sorted({row for row, _ in standing.values if row > FORM_ROW})
    found: list[Equation] = []
    for rule in template.rules if template else ():
        if rule["rule"] == "row_sum":
            found += [Equation("row_sum", row, tuple((row, part) for part in rule["parts"]),
                               (row, rule["total"])) for row in (*rows, TOTAL_ROW)]
        if rule["rule"] == "balance":
            plus, minus = (tuple((FORM_ROW, name) for name in rule.get(key, ())) for key in ("plus", "minus"))
            found.append(Equation(f"balance.{rule['total']}", FORM_ROW, plus, (FORM_ROW, rule["total"]), minus))
        if rule["rule"] == "column_sum":
            found += [Equation(f"column_sum.{column}", TOTAL_ROW, tuple((row, column) for row in rows),
                               (TOTAL_ROW, column)) for column in rule["columns"]]
    return [equation for equation in found if equation.row != TOTAL_ROW or _has_totals(standing)]


def _has_totals(standing: Standing) -> bool:
    """Whether the paper has anything in its row of totals; some tables have no such row."""
    return any(held.value or held.reading for (row, _), held in standing.values.items() if row == TOTAL_ROW)


def _counts(standing: Standing) -> dict[Key, int]:
    return {key: int(held.value) for key, held in standing.values.items()
            if held.value.isascii() and held.value.isdigit()}


def _changes(standing: Standing, counts: Mapping[Key, int],
             wrong: Sequence[Equation]) -> dict[Change, int]:
    """Each change of one cell that makes fewer sums wrong, with how many stay wrong after it."""
    every = equations(standing) if wrong else []
    found: dict[Change, int] = {}
    for equation in wrong:
        for key in equation.cells:
            value = equation.mended(key, counts)
            left = sum(1 for other in every if other.off_by({**counts, key: value}))
            if value >= 0 and left < len(wrong):
                found[key, value] = left
    return found


def _best(standing: Standing, counts: Mapping[Key, int], changes: Mapping[Change, int],
          equation: Equation) -> Fix | None:
    """The likeliest change that mends `equation`: all sums right, then what the machine also saw."""
    mending = [(key, value) for key, value in changes
               if key in equation.cells and not equation.off_by({**counts, key: value})]
    if not mending:
        return None
    key, value = min(mending, key=lambda change: (changes[change], *_unlikely(standing, *change)))
    was = standing.values[key].value or "空白"
    return Fix(*key, str(value), f"把 {place(standing, key)} {was} 改为 {value}")


def _unlikely(standing: Standing, key: Key, value: int) -> tuple[float, bool, float]:
    """Sorts the values the machine saw as candidates first, then cells nobody is sure of."""
    held = standing.values[key]
    seen = {str(text): float(str(p)) for text, p in held.reading.candidates} if held.reading else {}
    return (-seen.get(str(value), 0.0), held.decision is not None,
            held.reading.confidence if held.reading else 1.0)


def place(standing: Standing, key: Key) -> str:
    """A cell in words: the row's name and the column's."""
    name = column_name(standing.template, key[1])
    return name if key[0] == FORM_ROW else f"{row_name(standing, key[0])}·{name}"


def row_name(standing: Standing, row: int) -> str:
    """What a row is called: the words in its first written column, else its number."""
    if row == TOTAL_ROW:
        return "合计行"
    named = next((spec.name for spec in standing.template.columns if spec.kind != "count"), "") \
        if standing.template else ""
    return standing.text(row, named) or f"第 {row} 行"


def column_name(template: Template | None, name: str) -> str:
    """What a column is called on screens."""
    spec = spec_of(template, name)
    return title(spec) if spec else name


def _sentence(standing: Standing, counts: Mapping[Key, int], equation: Equation) -> str:
    should = counts.get(equation.total, 0) + equation.off_by(counts)
    is_now = standing.text(*equation.total)
    written = f"写的是 {is_now}" if is_now else "空着"
    if equation.rule.startswith("balance"):
        name = column_name(standing.template, equation.total[1])
        terms = " + ".join(str(counts.get(part, 0)) for part in equation.parts)
        terms += "".join(f" − {counts.get(part, 0)}" for part in equation.minus)
        return f"{name}：{terms} 应为 {should}，{written}"
    if equation.rule == "row_sum":
        sum_of = " + ".join(str(counts.get(part, 0)) for part in equation.parts)
        return f"{row_name(standing, equation.row)}：{sum_of} 应为 {should}，合计{written}"
    return f"“{column_name(standing.template, equation.total[1])}”一列合计应为 {should}，合计行{written}"
