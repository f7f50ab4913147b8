"""A made-up county of pupils in which some are recorded twice, each time written a little otherwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from service.demo import people
from service.likeness import Person


def _table(pairs: str) -> dict[str, str]:
    return {pair[0]: pair[1] for pair in pairs.split()}


SOUNDS = _table(
    "涵函 浩皓 婷廷 杰洁 宇雨 静靖 文雯 子梓 怡宜 强蔷 伟玮 佳嘉 晓小 明铭 志智 欣新 燕艳 俊峻 "
    "晨辰")
SHAPES = _table(
    "涛淘 洁浩 诗持 博傅 琪棋 莹萤 建健 磊蕾 鑫淼 宇字")
TRADITIONAL = _table(
    "张張 刘劉 陈陳 杨楊 赵趙 黄黃 吴吳 孙孫 马馬 郑鄭 韩韓 邓鄧 许許 冯馮 卫衛 国國 杰傑 晓曉 "
    "丽麗 宝寳 峰峯 升昇 哲喆 坤堃 颖頴 伟偉 强強 静靜 玮瑋 龙龍")
GIVEN = ("子梓浩宇轩雨涵欣怡佳琪诗梦晨阳博文俊杰志明晓丽静雅思颖嘉鑫磊鹏飞天佑世龙永康海涛航立新冠霖"
         "若曦玉兰春花香菊紫薇慧莹燕秀萱雪梅佩瑶宝峰升哲坤建国少华振兴玮婷")
LATELY = date(2025, 9, 1)


@dataclass(frozen=True)
class County:
    """Its records, and which two are one child, by kind of variant."""

    people: list[Person]
    planted: dict[frozenset[int], str]


def county(count: int = 50_000, twice: int = 2_500, seed: int = 7) -> County:
    """`count` pupils, 1 % of them twins, `twice` of them recorded a second time."""
    rng = Random(seed)
    pupils: list[Person] = []
    taken: set[str] = set()
    while len(pupils) < count:
        born = [_pupil(rng, len(pupils))]
        if rng.random() < 0.01:
            born.append(_twin(rng, born[0], len(pupils) + 1))
        numbers = {one.id_number for one in born}
        if len(numbers) == len(born) and not numbers & taken:  # no number is given out twice
            taken |= numbers
            pupils += born
    planted = {}
    for original in rng.sample(pupils, twice):
        kind, change = rng.choice(list(VARIANTS.items()))
        copy = replace(_recorded_again(rng, change(rng, original)), key=len(pupils))
        planted[frozenset((original.key, copy.key))] = kind
        pupils.append(copy)
    rng.shuffle(pupils)
    return County(pupils, planted)


def _pupil(rng: Random, key: int) -> Person:
    sex = rng.choice("男女")
    born = LATELY - timedelta(days=6 * 365 + rng.randrange(9 * 365))
    family = rng.choices(people.SURNAMES, weights=range(len(people.SURNAMES) + 8, 8, -1))[0]
    guardian = (family if rng.random() < 0.7 else rng.choice(people.SURNAMES)) + _given(rng)
    phone = f"1{rng.choice('3578')}{rng.randrange(10**9):09}" if rng.random() < 0.8 else ""
    return Person(key, family + _given(rng), people.id_number(rng, born, sex), born, sex, guardian, phone,
                  rng.randrange(1, 401))


def _given(rng: Random) -> str:
    return "".join(rng.choice(GIVEN) for _ in range(1 if rng.random() < 0.12 else 2))


def _twin(rng: Random, other: Person, key: int) -> Person:
    """Same day, guardian, telephone and school; one character of the name another: two children all the same."""
    name = other.name[:-1] + rng.choice(GIVEN.replace(other.name[-1], ""))
    sex = rng.choice("男女")
    return Person(key, name, people.id_number(rng, other.born_on or LATELY, sex), other.born_on, sex, other.guardian,
                  other.phone, other.place)


def _recorded_again(rng: Random, copy: Person) -> Person:
    """As a second office records a child: the ID number mostly missing, other things now and then."""
    if rng.random() < 0.75:
        copy = replace(copy, id_number="")
    if rng.random() < 0.15:
        copy = replace(copy, guardian="")
    if rng.random() < 0.4:
        copy = replace(copy, phone="")
    if rng.random() < 0.1:
        copy = replace(copy, place=rng.randrange(1, 401))
    return copy


def _replaced(table: dict[str, str]) -> Callable[[Random, Person], Person]:
    def change(rng: Random, person: Person) -> Person:
        places = [place for place, character in enumerate(person.name) if character in table]
        if not places:
            return person
        place = rng.choice(places)
        return replace(person, name=person.name[:place] + table[person.name[place]] + person.name[place + 1:])
    return change


def _mistyped(rng: Random, person: Person) -> Person:
    place = rng.randrange(1, len(person.name))
    return replace(person, name=person.name[:place] + rng.choice(GIVEN) + person.name[place + 1:])


def _swapped(rng: Random, person: Person) -> Person:
    family, given = person.name[0], person.name[1:]
    return replace(person, name=given + family if rng.random() < 0.5 or len(given) == 1 else family + given[::-1])


def _without_id(rng: Random, person: Person) -> Person:
    return replace(person, id_number="")


def _born_otherwise(rng: Random, person: Person) -> Person:
    """The year, the month or the day one off, or day and month in each other's place where that is a day."""
    born = person.born_on or LATELY
    swapped = (born.year, born.day, born.month) if born.day <= 12 else (born.year + 1, born.month, born.day)
    tries = [(born.year - 1, born.month, born.day), (born.year, born.month % 12 + 1, born.day),
             (born.year, born.month, born.day + 1), swapped]
    while True:
        try:
            return replace(person, born_on=date(*rng.choice(tries)), id_number="")
        except ValueError:
            continue


VARIANTS: dict[str, Callable[[Random, Person], Person]] = {
    "同音字": _replaced(SOUNDS), "形近字": _replaced(SHAPES), "繁体异体": _replaced(TRADITIONAL), "错字": _mistyped,
    "字序颠倒": _swapped, "缺证号": _without_id, "生日写错": _born_otherwise,
}
