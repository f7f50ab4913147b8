"""A day, in all the ways people write one: 2019年4月11日, 2019.4.11, 19-4-11, 二〇一九年四月十一日."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import NamedTuple

import numpy as np

from ocr.decode import Lattice, forward
from ocr.decode.folds import DIGITS, LOOKS_LIKE_DIGIT, folded
from ocr.decode.search import search
from ocr.kinds.evidence import Candidate, Context, Evidence, KindReading, merged
from ocr.kinds.grammar import FORBIDDEN, weighted
from ocr.kinds.numerals import DIGITS as CHINESE
from ocr.kinds.numerals import ELEVEN, chinese

_SEPARATORS = "年月日号.-/、 "
_ITSELF = str.maketrans("", "", "日/〇")
"""Characters that stand for themselves in a date, whatever digit they look like."""
LOOKS = {**{digit: looks.translate(_ITSELF) for digit, looks in LOOKS_LIKE_DIGIT.items()},
         "〇": "零○◯0OoО。", "一": "-—－–", "-": "—－–一~ー_―",
         ".": "·。,，．•・", "/": "／", "年": "牛午生军", "月": "用目刀冃且", "日": "曰目口Β", "号": "號",
          "十": "+＋ナ†", "二": "=", "三": "彡", "八": "人入", "四": "回", "五": "互",
         ELEVEN: "ⅱ″∥〃‖"}
_SYMBOLS = DIGITS + CHINESE + "十廿卅" + ELEVEN + _SEPARATORS

FIRST_YEAR, LAST_YEAR = 1990, 2049
"""Years a form of today may carry; outside them a date is a misreading."""


class State(NamedTuple):
    """Where in a date we are: the part (0 year, 1 month, 2 day, 3 done), its text, and what was read."""

    part: int = 0
    text: str = ""
    separator: str = ""
    year: int = 0
    month: int = 0
    day: int = 0
    length: int = 0


class Dates:
    """The automaton of written dates; a date that does not exist is not accepted."""

    def start(self) -> State:
        """Before the year."""
        return State()

    def step(self, state: State, symbol: str) -> tuple[State, float] | None:
        """A digit of the part at hand, or the separator that ends it."""
        if state.part == 3:
            return None
        longer = state.text + symbol
        if longer in _parts(state.part)[1]:
            return state._replace(text=longer, length=state.length + 1), 1.0
        number = _parts(state.part)[0].get(state.text)
        if number is None:
            return None
        return _closed(state, symbol, number)

    def finish(self, state: State) -> float:
        """A day that exists, with or without its last word."""
        number = state.day or (_parts(2)[0].get(state.text, 0) if state.part == 2 else 0)
        if not number or not _exists(state.year, state.month, number):
            return 0.0
        return 0.3 if state.part == 2 and state.separator == "年" else 1.0

    def level(self, state: State) -> int:
        """The number of symbols."""
        return state.length


def _closed(state: State, symbol: str, number: int) -> tuple[State, float] | None:
    """The state after `symbol` ended the part at hand, when it may."""
    length = state.length + 1
    if state.part == 0 and symbol in "年.-/、 ":
        usual = 1.0 if len(state.text) == 4 else 0.02
        return State(1, "", symbol, number, 0, 0, length), usual * (0.2 if symbol in "、 " else 1.0)
    if state.part == 1 and symbol == _AFTER_MONTH.get(state.separator, state.separator):
        return state._replace(part=2, text="", month=number, length=length), 1.0
    if state.part == 2 and symbol in "日号" and _exists(state.year, state.month, number):
        usual = (0.95 if symbol == "日" else 0.05) if state.separator == "年" else 0.02
        return state._replace(part=3, text="", day=number, length=length), usual
    return None


_AFTER_MONTH = {"年": "月"}


def read(evidence: Evidence, context: Context) -> KindReading:
    """The likeliest days, as ISO dates."""
    lattice = folded(evidence.joined, _SYMBOLS, LOOKS)
    found = search(lattice, Dates(), beams=10)
    blanks = [Candidate("", h.text, h.log_p) for h in weighted(lattice, _BLANK)]
    candidates = merged([*(Candidate(iso(h.text), h.text.replace(ELEVEN, "11"), h.log_p) for h in found), *blanks])

    def rescore(values: Sequence[str]) -> Sequence[float]:
        return _written_log_p(lattice, list(map(day_of, values)))

    return KindReading(candidates, evidence, rescore=rescore)


def day_of(value: str) -> date | None:
    """The day of an ISO date; None for whatever else a field may hold."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _written_log_p(lattice: Lattice, days: Sequence[date | None]) -> list[float]:
    """Log-probability of each day over the usual ways of writing it, FORBIDDEN for what is none."""
    ways = [_ways(day) if day else {"": math.exp(FORBIDDEN)} for day in days]
    if not ways:
        return []
    found = iter(forward(lattice, [text for of_day in ways for text in of_day]))
    return [float(np.logaddexp.reduce([next(found) + math.log(weight) for weight in of_day.values()]))
            for of_day in ways]


def _ways(day: date) -> dict[str, float]:
    """The usual ways of writing a day with their weights, also with its year cut off."""
    y, m, d = day.year, day.month, day.day
    narrow = "".join(f"{ELEVEN if number == 11 else number}{word}" for number, word in ((m, "月"), (d, "日")))
    return {f"{y}年{m}月{d}日": 1.0, f"{y}年{m:02}月{d:02}日": 1.0, f"{y}.{m}.{d}": 1.0, f"{y}.{m:02}.{d:02}": 1.0,
            f"{y}-{m}-{d}": 1.0, f"{y}-{m:02}-{d:02}": 1.0, f"{y}年{m}月{d}": 0.1, f"年{m}月{d}日": _CUT,
            f"{m}月{d}日": _CUT, f"{y % 100}年{m}月{d}日": _CUT, f"{y}年{narrow}": 1.0}


_CUT = 1e-3
"""Share of dates whose year is missing or cannot be seen."""

_BLANK = dict.fromkeys(("年月日", "年月", "月日", "20年月日", "201年月日", "202年月日"), 0.05 * 0.0001)
"""Only the printed words, nothing filled in. One date is as rare as one among some ten thousand days."""


def iso(text: str) -> str:
    """The ISO date of a text the automaton accepts."""
    automaton, state = Dates(), State()
    for symbol in text:
        move = automaton.step(state, symbol)
        if move is None:
            raise ValueError(f"not a written date: {text!r}")
        state = move[0]
    day = state.day or _parts(2)[0][state.text]
    return date(state.year, state.month, day).isoformat()


@cache
def _parts(part: int) -> tuple[dict[str, int], frozenset[str]]:
    """The complete texts of a year, month or day with their numbers, and every beginning of them."""
    if part == 0:
        numbers = {str(year): year for year in range(FIRST_YEAR, LAST_YEAR + 1)}
        numbers |= {"".join(CHINESE[int(d)] for d in str(year)): year for year in numbers.values()}
        numbers |= {f"{year % 100:02}": year for year in range(2010, 2040)}
    else:
        last = 12 if part == 1 else 31
        numbers = {str(n): n for n in range(1, last + 1)} | {f"{n:02}": n for n in range(1, 10)}
        numbers |= {chinese(n): n for n in range(1, last + 1)} | {ELEVEN: 11}
        if part == 2:
            numbers |= {"廿" + chinese(n - 20): n for n in range(21, 30)} | {"卅": 30, "卅一": 31}
    return numbers, frozenset(text[:end] for text in numbers for end in range(1, len(text) + 1))


@cache
def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
