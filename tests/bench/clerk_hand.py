"""The simulated clerk's hand: which keys a field takes, and how long the keystroke-level model says they take."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from playwright.sync_api import Page
from pypinyin import lazy_pinyin

from tests.bench.scoring import folded

K, M = 0.28, 1.35
"""Seconds of a key press and of making up one's mind: Card, Moran & Newell 1980."""
_ALT, _SHIFT = 1, 1
"""A modifier is a key press too."""


class Hand:
    """Presses keys at the desk and counts them; `truth` is what the clerk sees on the paper."""

    def __init__(self, page: Page, truth: Mapping[tuple[int, str], str]) -> None:
        self.page, self.truth = page, truth
        self.keys, self.looks, self.stuck = 0, 0, ""
        self._met: Counter[str] = Counter()

    @property
    def seconds(self) -> float:
        """What the model says the work took."""
        return self.keys * K + self.looks * M

    def press(self, *keys: str) -> bool:
        """Press keys; always True."""
        for key in keys:
            self.keys += len(key.split("+"))
            self.page.keyboard.press(key)
        return True

    def signed(self, state: dict) -> bool:
        """At the end: sign off, but not for ever."""
        self._met["sign"] += 1
        if self._met["sign"] > 3:
            return False
        self.looks += 1
        return self.press("Shift+Enter")

    def step(self, state: dict) -> bool:
        """Do what the field at hand needs; False when there is no way on."""
        key = state["key"]
        if not key:
            self._met["lost"] += 1
            self.stuck = f"no field at hand: {state['fixes'][:2]}"
            return self._met["lost"] < 4 and self.press("Enter")
        self._met[key] += 1
        waiting = self._right_row(state["row"])
        if waiting > 1 and self._met[key] == 1:
            self.looks += waiting
            return self.press("Control+Enter")
        if self._met[key] > 4:
            self.stuck = f"stuck at {key}: {state['fixes'][:2]}"
            return False
        self.looks += self._met[key] == 1
        row, _, name = key.partition(".")
        return self._settle(state, self.truth.get((int(row), name), ""), self._met[key] > 1)

    def _right_row(self, row: list) -> int:
        """How many cells of a table's row wait, if the whole row is right as it stands; else 0."""
        is_right = all(same(value, self.truth.get((int(key.partition(".")[0]), key.partition(".")[2]), ""))
                       for key, value, _ in row)
        return sum(waits for _, _, waits in row) if is_right else 0

    def _settle(self, state: dict, value: str, again: bool) -> bool:
        if same(state["value"], value):
            return self.press("Alt+Enter" if again and state["fixes"] else "Enter")
        if not value:
            return self.press("F8")
        place = next((place for place, pick in enumerate(state["picks"][:9], 1) if same(pick, value)), 0)
        if place:
            return self.press(f"Alt+Digit{place}" if state["mode"] == "digits" else str(place))
        self.keys += len(keys_of(value))
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(value)
        return self.press("Enter")


def same(one: str, other: str) -> bool:
    """Whether two values say the same; punctuation and spaces apart."""
    return folded(one) == folded(other)


def from_nothing(truth: Mapping[tuple[int, str], str]) -> tuple[int, float]:
    """Keys and seconds of typing every field of a sheet, Enter after each, one look a field."""
    keys = sum(len(keys_of(value)) + 1 for value in truth.values()) + 1 + _SHIFT
    return keys, keys * K + len(truth) * M


def keys_of(value: str) -> str:
    """The keys a value takes in the short forms that boxes understand; Chinese as pinyin by words of two."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return value[2:].replace("-", "")
    grade = re.fullmatch(r"([一二三四五六七八九])年级(?:(\d+)班)?", value)
    if grade:
        return f"g{grade[2] or ''}"
    if value in ("男", "女"):
        return "1"
    found = ""
    for run in re.findall(r"[\u4e00-\u9fff]+|[^\u4e00-\u9fff]+", value):
        found += "".join(lazy_pinyin(run)) + " " * -(-len(run) // 2) if run[0] >= "\u4e00" else run
    return found
