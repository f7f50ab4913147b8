"""How people put a value on paper: the ways of writing dates and grades, and the sentences of a visit."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import yaml

from tests.press.chance import pick, share
from tests.press.county import called
from tests.press.people import Pupil

DIGITS = "〇一二三四五六七八九"


def chinese(number: int) -> str:
    """A number below 100 in Chinese numerals: 11 → 十一, 30 → 三十."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else ("十" if tens == 1 else DIGITS[tens] + "十")
    return (head + (DIGITS[ones] if ones else "")) or DIGITS[0]


def written_date(rng: np.random.Generator, on: date) -> str:
    """A date in one of the ways people write it."""
    year = "".join(DIGITS[int(d)] for d in str(on.year))
    ways = (
        f"{on.year}年{on.month}月{on.day}日",
        f"{on.year}年{on.month}月{on.day}日",
        f"{on.year}.{on.month}.{on.day}",
        f"{on.year}.{on.month}.{on.day}",
        f"{on.year}.{on:%m.%d}",
        f"{on:%Y-%m-%d}",
        f"{on.year}-{on.month}-{on.day}",
        f"{on:%Y年%m月%d日}",
        f"{year}年{chinese(on.month)}月{chinese(on.day)}日",
    )
    return pick(rng, ways)


def grade_value(pupil: Pupil) -> str:
    """The normalised grade and class: 六年级2班."""
    return f"{DIGITS[pupil.grade]}年级{pupil.klass}班"


def written_grade(rng: np.random.Generator, pupil: Pupil) -> tuple[str, str]:
    """Grade and class as written, and the normalised value of just that writing."""
    grade, klass = DIGITS[pupil.grade], pupil.klass
    ways = [
        f"{grade}年级{klass}班",
        f"{grade}年级({klass})班",
        f"{grade}({klass})班",
        f"{grade}({klass})班",
        f"{grade}年级{DIGITS[klass]}班",
        f"{grade}{klass}班",
        f"{pupil.grade}年级{klass}班",
    ]
    if pupil.grade > 6:
        junior = DIGITS[pupil.grade - 6]
        ways += [f"初{junior}{klass}班", f"初{junior}({klass})班", f"初{junior}{DIGITS[klass]}班"]
    if share(rng, 0.1):
        return f"{grade}年级", f"{grade}年级"
    return pick(rng, ways), grade_value(pupil)


def written_address(rng: np.random.Generator, pupil: Pupil) -> str:
    """Township, village and group, with the county in front at times."""
    group = f"{pupil.group}组" if share(rng, 0.6) else f"{chinese(pupil.group)}组"
    tail = pick(rng, (group, group, group, f"第{chinese(pupil.group)}村民组", ""))
    return ("伊川县" if share(rng, 0.3) else "") + called(pupil.township) + pupil.village + tail


@cache
def bank(name: str) -> dict[str, tuple[str, ...]]:
    """The phrases of one sort in phrases.yaml, `common` and `held`."""
    found = yaml.safe_load(Path(__file__).with_name("phrases.yaml").read_text(encoding="utf-8"))[name]
    return {whose: tuple(texts) for whose, texts in found.items()}


GROWN = ("婚", "打工", "学徒", "信教")
"""Words that fit no child of a primary school, unless its parents are meant."""


def phrase(rng: np.random.Generator, name: str, split: str, grade: int = 9) -> str:
    """One phrase fit for a pupil of `grade`; the held split mixes in phrases no other split has."""
    own = bank(name)["held" if split == "held" and share(rng, 0.5) else "common"]
    fits = [text for text in own if grade > 6 or "父母" in text or not any(word in text for word in GROWN)]
    return pick(rng, fits)


def visit_story(rng: np.random.Generator, pupil: Pupil, split: str) -> str:
    """One to four sentences on how the visit went."""
    sentences = [
        phrase(rng, "openings", split),
        phrase(rng, "middles", split),
        phrase(rng, "middles", split),
        phrase(rng, "closings", split),
    ]
    keep = int(rng.integers(1, 5))
    chosen = sentences[:keep] if keep < 3 else [*sentences[: keep - 1], sentences[-1]]
    text = "".join(dict.fromkeys(chosen))
    return text.format(
        name=pupil.name,
        kin=pupil.kin,
        state=phrase(rng, "states", split, pupil.grade),
        days=int(rng.integers(3, 16)),
        people=int(rng.integers(3, 8)),
        day=pick(rng, ("明天", "下周一", "本周五", "后天", "下个月")),
    )
