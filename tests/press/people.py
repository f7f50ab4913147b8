"""Invented pupils, their guardians and teachers, with ID numbers whose dates, sex and check digits hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import numpy as np

from tests.press.chance import chance, pick, share
from tests.press.county import TOWNSHIPS, School, schools, villages

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢"
    "姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
RARE_SURNAMES = ("欧阳", "司马", "上官", "亓", "逯", "鄢", "晁", "銮", "仝", "肇", "郄", "乜")
BOYS = (
    "伟强磊军洋勇杰涛超明刚辉鹏飞浩宇轩博文俊豪杰志远天佑家乐子涵一诺梓轩浩然晨阳旭东建国永康嘉懿世龙少华振兴"
)
GIRLS = "芳娜敏静秀丽艳娟霞梅婷雪慧莹倩雅欣怡诗涵梦琪佳梓萱雨桐可馨紫薇思颖晓燕若曦玉兰春花海燕佩瑶亚楠香菊"
RARE_GIVEN = "堃垚喆昇祎赟龑翀彧珺珏璟玥瑄甯晟煜燚淼焱犇骁翊媛嫣妍婕"

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
OTHER_REGIONS = (
    "410327",
    "410328",
    "410381",
    "410325",
    "410322",
    "410184",
    "330726",
    "440306",
    "610104",
    "320583",
)


@dataclass(frozen=True, slots=True)
class Pupil:
    """A pupil as a home visit finds them; grade and age hold on the day of the visit."""

    name: str
    sex: str
    born_on: date
    id_number: str
    school: School
    grade: int
    klass: int
    township: str
    village: str
    group: int
    guardian: str
    kin: str
    teacher: str
    companion: str
    visited_on: date

    @property
    def age(self) -> int:
        """Full years on the day of the visit."""
        had = (self.visited_on.month, self.visited_on.day) >= (self.born_on.month, self.born_on.day)
        return self.visited_on.year - self.born_on.year - (0 if had else 1)


def check_digit(first17: str) -> str:
    """The 18th character of an ID number, by GB 11643-1999 (ISO 7064 MOD 11-2)."""
    return "10X98765432"[sum(int(d) * w for d, w in zip(first17, WEIGHTS, strict=True)) % 11]


def id_number(rng: np.random.Generator, born_on: date, sex: str) -> str:
    """An invented ID number of someone of `sex` born on that day."""
    region = "410329" if share(rng, 0.8) else pick(rng, OTHER_REGIONS)
    sequence = int(rng.integers(1, 499)) * 2 + (1 if sex == "男" else 0)
    first17 = f"{region}{born_on:%Y%m%d}{sequence:03}"
    return first17 + check_digit(first17)


def given_name(rng: np.random.Generator, sex: str) -> str:
    """One or two characters, now and then a rare one."""
    pool = BOYS if sex == "男" else GIRLS
    length = 1 if share(rng, 0.25) else 2
    name = "".join(pick(rng, pool) for _ in range(length))
    if share(rng, 0.12):
        name = name[:-1] + pick(rng, RARE_GIVEN)
    return name


def surname(rng: np.random.Generator) -> str:
    """A surname, in a few cases a double or rare one."""
    if share(rng, 0.04):
        return pick(rng, RARE_SURNAMES)
    return SURNAMES[min(int(rng.exponential(22)), len(SURNAMES) - 1)]


def full_name(rng: np.random.Generator, sex: str = "") -> str:
    """The name of a grown-up."""
    return surname(rng) + given_name(rng, sex or pick(rng, ("男", "女")))


@cache
def roll(split: str, size: int = 300) -> tuple[Pupil, ...]:
    """The pupils sheets of `split` are written about: its roster."""
    pupils: list[Pupil] = []
    for number in range(size * 2):
        pupil = _pupil(chance("pupil", split, number), split)
        if all(pupil.name != other.name for other in pupils):
            pupils.append(pupil)
    return tuple(pupils[:size])


def roster_csv(split: str) -> str:
    """The roster for `--roster`: name,id_number,school,grade,class."""
    lines = ["name,id_number,school,grade,class"]
    lines += [
        f"{p.name},{p.id_number},{p.school.name},{'一二三四五六七八九'[p.grade - 1]}年级,{p.klass}班"
        for p in roll(split)
    ]
    return "\n".join(lines) + "\n"


def _pupil(rng: np.random.Generator, split: str) -> Pupil:
    school = pick(rng, schools())
    grade = int(rng.integers(7, 10) if school.middle else rng.integers(1, 7))
    sex = pick(rng, ("男", "女"))
    visited_on = _visit_day(rng, split)
    born_on = _birthday(rng, grade, visited_on)
    family = surname(rng)
    township = school.township if school.township in TOWNSHIPS else pick(rng, TOWNSHIPS)
    kin = pick(rng, ("父亲", "母亲", "父亲", "母亲", "爷爷", "奶奶"))
    guardian = (family if kin in ("父亲", "爷爷") else surname(rng)) + given_name(
        rng, "男" if kin in ("父亲", "爷爷") else "女"
    )
    return Pupil(
        name=family + given_name(rng, sex),
        sex=sex,
        born_on=born_on,
        id_number=id_number(rng, born_on, sex),
        school=school,
        grade=grade,
        klass=int(rng.integers(1, 9 if school.middle else 5)),
        township=township,
        village=pick(rng, villages(township)),
        group=int(rng.integers(1, 13)),
        guardian=guardian,
        kin=kin,
        teacher=full_name(rng),
        companion=full_name(rng),
        visited_on=visited_on,
    )


def _visit_day(rng: np.random.Generator, split: str) -> date:
    if split == "sample":  # the demo county: the months after the notice
        return date(2019, 4, 11) + timedelta(days=int(rng.integers(0, 80)))
    return date(2018, 3, 1) + timedelta(days=int(rng.integers(0, 365 * 6)))


def _birthday(rng: np.random.Generator, grade: int, on: date) -> date:
    entered = on.year - (0 if on.month >= 9 else 1) - grade + 1
    youngest = date(entered - 6, 8, 31)
    late = 365 if share(rng, 0.08) else 0
    return youngest - timedelta(days=int(rng.integers(0, 365)) + late)
