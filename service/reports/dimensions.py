"""By what figures of cases can be told apart: source, year, category, state, age and sex, as columns and as words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, String, case, cast, func, literal, select

from service.cases.facts import KIND_LABELS, POVERTY_ENDED_ON, holding
from service.cases.states import SOURCE_LABELS, STATE_LABELS
from service.models import Case, CategoryFact, Student
from service.reports.sources import Source, source_words

POOR_FACTS = ("poverty", "poverty_lifted", "poverty_watched")
"""A household on the register of the poor, lifted out of it, or watched lest it fall back."""
YOUNGEST, OLDEST = 6, 15
"""Compulsory ages; younger and older children are told together."""
AGES = {"young": f"未满{YOUNGEST}岁", **{str(age): f"{age}岁" for age in range(YOUNGEST, OLDEST + 1)},
        "old": f"{OLDEST + 1}岁及以上", "unknown": "不详"}
SEXES = {"男": "男", "女": "女", "unknown": "不详"}
Narrowing = tuple[tuple[str, str], ...]
"""Pairs of a dimension's name and the value it must have."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a dimension's column may use of the query around it; ages and categories are those of `on`."""

    source: Source
    on: date


@dataclass(frozen=True, slots=True)
class Dimension:
    """One way to tell cases apart. `values` in official order; empty where any year or pair may come."""

    name: str
    label: str
    column: Callable[[Told], ColumnElement[Any]] | None
    """None where a child may have several of its values, so that they make no axis and only narrow."""
    values: Mapping[str, str]

    @property
    def only_narrows(self) -> bool:
        """Whether it makes no axis."""
        return self.column is None

    def axis(self, told: Told) -> ColumnElement[Any]:
        """The column that tells its values apart; ValueError where a child may have several."""
        if self.column is None:
            raise ValueError(f"{self.name} makes no axis")
        return self.column(told)

    def holds(self, value: str, told: Told) -> ColumnElement[bool]:
        """Whether a case has this value."""
        return _has_fact((value,), told.on) if self.only_narrows else self.axis(told) == value

    def knows(self, value: str) -> bool:
        """Whether it can have this value."""
        if self.name == "year":
            return _is_year(value)
        if self.name == "origin":
            source, _, year = value.partition("-")
            return source in SOURCE_LABELS and _is_year(year)
        return value in self.values

    def words(self, value: str, on: date) -> str:
        """A value as people read it on a day."""
        if self.name == "year":
            return f"{value}年"
        if self.name == "origin":
            source, _, year = value.partition("-")
            return source_words(source, int(year))
        if self.name == "category":
            return category_words(value, on)
        return self.values.get(value, value)

    def place(self, value: str) -> tuple[Any, ...]:
        """Sorts its values into official order."""
        if self.name == "year":
            return (int(value),)
        if self.name == "origin":
            source, _, year = value.partition("-")
            return list(SOURCE_LABELS).index(source), int(year)
        return (list(self.values).index(value) if value in self.values else len(self.values),)


def is_poor(on: date) -> ColumnElement[bool]:
    """Whether a case's child belongs to a household on the register of the poor, or what followed it."""
    return _has_fact(POOR_FACTS, on)


def _has_fact(kinds: Sequence[str], on: date) -> ColumnElement[bool]:
    return Case.student_id.in_(select(CategoryFact.student_id).where(CategoryFact.kind.in_(kinds), holding(on)))


def category_words(value: str, on: date) -> str:
    """建档立卡 became 脱贫户 and 监测对象 in 2021; who has no such fact on record is 非建档立卡."""
    if value == "plain":
        return "非建档立卡"
    return "建档立卡" if on < POVERTY_ENDED_ON else "建档立卡脱贫户和监测对象"


def within(query: Select[Any], narrowing: Narrowing, told: Told) -> Select[Any]:
    """`query` over cases and students, of those that have all these values."""
    for name, value in narrowing:
        query = query.where(DIMENSIONS[name].holds(value, told))
    return told.source.joined(query) if narrowing else query


def _age(told: Told) -> ColumnElement[str]:
    born = Student.born_on
    steps = [(born.is_(None), "unknown"), (born > _born_by(told.on, YOUNGEST), "young")]
    steps += [(born > _born_by(told.on, age + 1), str(age)) for age in range(YOUNGEST, OLDEST + 1)]
    return case(*((condition, literal(value)) for condition, value in steps), else_=literal("old"))


def _born_by(on: date, age: int) -> date:
    """The last birthday of those who are `age` on a day."""
    year = on.year - age
    return date(year, 2, 28) if (on.month, on.day) == (2, 29) and year % 4 else date(year, on.month, on.day)


def _is_year(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) == 4


def _year(told: Told) -> ColumnElement[str]:
    return cast(told.source.year, String)


DIMENSIONS: Mapping[str, Dimension] = {each.name: each for each in (
    Dimension("source", "来源", lambda told: told.source.name, SOURCE_LABELS),
    Dimension("year", "来源年度", _year, {}),
    Dimension("origin", "来源和年度", lambda told: told.source.name + "-" + _year(told), {}),
    Dimension("category", "是否建档立卡", lambda told: case((is_poor(told.on), "poor"), else_="plain"),
              {"poor": "建档立卡", "plain": "非建档立卡"}),
    Dimension("state", "目前状态", lambda told: Case.state.expression, STATE_LABELS),
    Dimension("age", "年龄", _age, AGES),
    Dimension("sex", "性别", lambda told: func.coalesce(func.nullif(Student.sex, ""), "unknown"), SEXES),
    Dimension("label", "学生类别", None, KIND_LABELS),
)}
