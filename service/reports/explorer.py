"""The explorer: any figure of cases by two ways of telling them apart, each cell with the question behind it.

A cell is counted by grouping the very entries that its list shows. Those who may not see children get the same
table with small cells hidden.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import Session

from service import access
from service.access import Actor
from service.errors import Invalid
from service.models import Case, Student, Unit
from service.reports.dimensions import DIMENSIONS, Narrowing, Told
from service.reports.figures import FIGURE_LABELS, STANDING, Question
from service.reports.keeping import kept_to
from service.reports.ledger import Level
from service.reports.periods import Month
from service.reports.places import Place, inside, members, reporting, rows_for
from service.reports.small_cells import SHOWN, hidden, is_small
from service.reports.sources import sourced
from service.reports.tally import entries_behind

MEASURES = ("closing", "opening", "new", "relapsed", "returned", "closed", "recovered", "remaining", "visits", STANDING)
AXES: Mapping[str, str] = {"unit": "单位", "month": "月份", **{
    each.name: each.label for each in DIMENSIONS.values() if not each.only_narrows}}
MOST_MONTHS = 24
NO_AXIS = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked: a measure of `month`, or of the `months` up to it where months are an axis; or of a `day`."""

    measure: str
    rows: str
    columns: str
    month: Month
    months: int
    day: date
    unit_id: int | None = None
    by: Narrowing = ()

    def __post_init__(self) -> None:
        axes = [self.rows, *([self.columns] if self.columns else [])]
        if self.measure not in MEASURES or any(axis not in AXES for axis in axes):
            raise Invalid("没有这样的问题。", "请从页面上的选项中选择。")
        if self.rows == self.columns:
            raise Invalid("行和列不能相同。", "请给列另选一项，或不分列。")
        if self.measure == STANDING and "month" in axes:
            raise Invalid("某一天的未劝返不能按月份分。", "请改选月末未劝返，或去掉月份。")
        if not 1 <= self.months <= MOST_MONTHS:
            raise Invalid(f"月份最多 {MOST_MONTHS} 个。")

    @property
    def on(self) -> date:
        """The last day it asks about."""
        return self.day if self.measure == STANDING else self.month.last

    @property
    def periods(self) -> tuple[Month, ...]:
        """The months of the axis, the earliest first; the one month where there is none."""
        many = self.months if "month" in (self.rows, self.columns) else 1
        return tuple(self.month.shifted(1 - many + step) for step in range(many))

    @property
    def narrowing_words(self) -> tuple[str, ...]:
        """What the cases are narrowed to, in words."""
        return tuple(DIMENSIONS[name].words(value, self.on) for name, value in self.by)


@dataclass(frozen=True, slots=True)
class Head:
    """A row or column: its value in addresses, and its words."""

    value: str
    words: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A number as shown: `value` None where it is hidden; `question` opens its list, for those who may."""

    value: int | None
    shown: str
    question: Question | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The table. `row_sums` and `column_sums` are empty along months, which do not add up."""

    asked: Asked
    scope: str
    rows: tuple[Head, ...]
    columns: tuple[Head, ...]
    cells: tuple[tuple[Cell, ...], ...]
    row_sums: tuple[Cell, ...]
    column_sums: tuple[Cell, ...]
    total: Cell | None
    hides: bool = False
    """Whether anything is hidden in it."""

    @property
    def label(self) -> str:
        """What is counted, in words."""
        told = "，".join(self.asked.narrowing_words)
        return FIGURE_LABELS[self.asked.measure] + (f"（{told}）" if told else "")


@dataclass(frozen=True, slots=True)
class _Scope:
    """Whose cases: the county or one unit; `places` are the rows of a unit axis, counted at `level`."""

    unit_id: int | None
    name: str
    places: tuple[Place, ...]
    level: Level
    whole: Level
    actor: Actor


def answer(session: Session, actor: Actor, asked: Asked) -> Answer:
    """The table that is asked for; NotFound for a unit out of sight."""
    scope = _scope(session, actor, asked.unit_id)
    counts = _counts(session, scope, asked)
    rows, columns = (_heads(axis, scope, asked, counts, n) for n, axis in enumerate((asked.rows, asked.columns)))
    values = [[counts[row.value, column.value] for column in columns] for row in rows]
    if actor.may(access.REPORTS):
        return _open(scope, asked, rows, columns, values)
    return _guarded(session, scope, asked, rows, columns, values)


def scopes(session: Session, actor: Actor) -> tuple[Place, ...]:
    """The units a person may look into; the first choice is always all that they see."""
    return rows_for(session, actor) if actor.unit_ids is None else ()


def _scope(session: Session, actor: Actor, unit_id: int | None) -> _Scope:
    if actor.role == "school":
        places = rows_for(session, actor)
        return _Scope(actor.unit_id, places[0].name, places, "own", "own", actor)
    if unit_id is None and actor.unit_ids is None:
        return _Scope(None, "全县", rows_for(session, actor), "reporting", "reporting", actor)
    place = reporting(session, actor, actor.unit_id if unit_id is None else unit_id)
    narrowed = inside(session, actor, session.get_one(Unit, place.id))
    return _Scope(place.id, place.name, members(session, place), "own", "reporting", narrowed)


def _counts(session: Session, scope: _Scope, asked: Asked) -> Counter[tuple[str, str]]:
    counts: Counter[tuple[str, str]] = Counter()
    for period in asked.periods:
        question = _question(scope, asked, period, unit_id=None, level=scope.level)
        for row, column, number in _grouped(session, scope.actor, question, asked):
            counts[row, column] += number
    return counts


def _grouped(session: Session, actor: Actor, question: Question, asked: Asked) -> Iterator[tuple[str, str, int]]:
    behind = entries_behind(actor, question, kept_to(session)).subquery("behind")
    told = Told(sourced(question.span), question.span.last)
    fixed = {"month": str(question.month or ""), NO_AXIS: NO_AXIS}
    chosen = [axis for axis in (asked.rows, asked.columns) if axis not in fixed]
    columns = [cast(behind.c.unit_id, String) if axis == "unit" else DIMENSIONS[axis].axis(told) for axis in chosen]
    named = [column.label(f"axis_{number}") for number, column in enumerate(columns)]
    inner = select(*named, func.count().label("n")).select_from(behind).join(Case, Case.id == behind.c.case_id).join(
        Student, Student.id == Case.student_id)
    for *found, number in session.execute(told.source.joined(inner).group_by(*columns)):
        values = fixed | dict(zip(chosen, found, strict=True))
        yield values[asked.rows], values[asked.columns], number


def _question(scope: _Scope, asked: Asked, period: Month, unit_id: int | None, level: Level,
              by: Narrowing = ()) -> Question:
    standing = asked.measure == STANDING
    return Question(asked.measure, unit_id, None if standing else period, asked.day if standing else None, "", level,
                    None, (*asked.by, *by))


def _heads(axis: str, scope: _Scope, asked: Asked, counts: Counter[tuple[str, str]], place: int) -> tuple[Head, ...]:
    seen = {key[place] for key, number in counts.items() if number}
    if axis == NO_AXIS:
        return (Head(NO_AXIS, FIGURE_LABELS[asked.measure]),)
    if axis == "month":
        return tuple(Head(str(month), month.chinese) for month in asked.periods)
    if axis == "unit":
        listed = [each for each in scope.places if str(each.id) in seen or (each.active and each.id != scope.unit_id)
                  or len(scope.places) == 1]
        return tuple(Head(str(each.id), each.name) for each in listed)
    dimension = DIMENSIONS[axis]
    return tuple(Head(value, dimension.words(value, asked.on)) for value in sorted(seen, key=dimension.place))


def _cell_question(scope: _Scope, asked: Asked, row: str | None, column: str | None) -> Question | None:
    """The question of a cell; of a sum where one of the two is None."""
    given = {axis: value for axis, value in ((asked.rows, row), (asked.columns, column)) if value is not None}
    unit = given.pop("unit", None)
    period = given.pop("month", None)
    given.pop(NO_AXIS, None)
    month = next((each for each in asked.periods if str(each) == period), asked.month)
    known = {name for name, _ in asked.by}
    if any((name, value) not in asked.by for name, value in given.items() if name in known):
        return None
    more = tuple((name, value) for name, value in given.items() if name not in known)
    unit_id, level = (int(unit), scope.level) if unit else (scope.unit_id, scope.whole)
    return _question(scope, asked, month, unit_id, level, more)


def _open(scope: _Scope, asked: Asked, rows: tuple[Head, ...], columns: tuple[Head, ...],
          values: list[list[int]]) -> Answer:
    def cell(value: int, row: str | None, column: str | None) -> Cell:
        return Cell(value, str(value), _cell_question(scope, asked, row, column))

    cells = tuple(tuple(cell(value, row.value, column.value) for value, column in zip(line, columns, strict=True))
                  for line, row in zip(values, rows, strict=True))
    across, down = _adds(asked)
    row_sums = tuple(cell(sum(line), row.value, None) for line, row in zip(values, rows, strict=True)) if across else ()
    column_sums = tuple(cell(sum(line[n] for line in values), None, column.value)
                        for n, column in enumerate(columns)) if down else ()
    total = cell(sum(map(sum, values)), None, None) if across and down else None
    return Answer(asked, scope.name, rows, columns, cells, row_sums, column_sums, total)


def _adds(asked: Asked) -> tuple[bool, bool]:
    """Whether the table has sums of rows, and of columns."""
    return bool(asked.columns) and asked.columns != "month", asked.rows != "month"


def _guarded(session: Session, scope: _Scope, asked: Asked, rows: tuple[Head, ...], columns: tuple[Head, ...],
             values: list[list[int]]) -> Answer:
    across, down = _adds(asked)
    marks = hidden(values, row_sums=across, column_sums=down,
                   touchy=_complements(session, scope, asked, rows, columns, values)) if values and columns else {}
    def cell(value: int, row: int, column: int) -> Cell:
        mark = marks.get((row, column))
        return Cell(None, SHOWN[mark]) if mark else Cell(value, str(value))

    height, width = len(rows), len(columns)
    cells = tuple(tuple(cell(value, r, c) for c, value in enumerate(line)) for r, line in enumerate(values))
    row_sums = tuple(cell(sum(line), r, width) for r, line in enumerate(values)) if across else ()
    column_sums = tuple(cell(sum(line[c] for line in values), height, c) for c in range(width)) if down else ()
    total = cell(sum(map(sum, values)), height, width) if across and down else None
    return Answer(asked, scope.name, rows, columns, cells, row_sums, column_sums, total, bool(marks))


def _complements(session: Session, scope: _Scope, asked: Asked, rows: tuple[Head, ...], columns: tuple[Head, ...],
                 values: list[list[int]]) -> frozenset[tuple[int, int]]:
    """Cells whose rest is small: taking the table from the one without a filter would tell it."""
    found = set()
    for left_out in asked.by:
        wider = _counts(session, scope, replace(asked, by=tuple(each for each in asked.by if each != left_out)))
        found |= {(r, c) for r, row in enumerate(rows) for c, column in enumerate(columns)
                  if is_small(wider[row.value, column.value] - values[r][c])}
    return frozenset(found)
