"""Invented children: names, ID numbers whose digits hold, grades and addresses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from ocr.kinds.id_number import check_character

SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕"
BOYS = ("伟", "强", "磊", "浩宇", "俊杰", "志远", "家乐", "子涵", "一鸣", "晨阳", "建国", "文博", "鹏飞",
        "天佑", "世龙", "永康", "明哲", "嘉懿", "少华", "振兴", "海涛", "宇航", "博文", "立新", "冠霖")
GIRLS = ("静", "敏", "婷", "诗涵", "梦琪", "佳怡", "雨桐", "可馨", "思颖", "晓燕", "若曦", "玉兰", "春花",
         "雅楠", "香菊", "欣怡", "紫薇", "慧莹", "海燕", "秀丽", "梓萱", "雪梅", "佩瑶", "文静", "晓丽")
VILLAGES = ("王庄", "张沟", "李寨", "赵坡", "东岭", "西营", "南屯", "北窑", "上河", "下湾", "石楼", "新店")
_GRADES = "一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Child:
    """A child that never was."""

    name: str
    sex: str
    born_on: date
    id_number: str
    guardian: str
    phone: str


def child(rng: Random, born_on: date) -> Child:
    """Somebody born on that day."""
    sex = rng.choice("男女")
    family = rng.choice(SURNAMES)
    return Child(
        family + rng.choice(BOYS if sex == "男" else GIRLS), sex, born_on, id_number(rng, born_on, sex),
        family + rng.choice(BOYS), f"1{rng.choice('35789')}{rng.randrange(10**9):09}")


def id_number(rng: Random, born_on: date, sex: str) -> str:
    """An invented ID number of someone of `sex` born on that day."""
    region = rng.choice(("410329", "410329", "410329", "410329", "410327", "410381"))
    first17 = f"{region}{born_on:%Y%m%d}{rng.randrange(1, 499) * 2 + (sex == '男'):03}"
    return first17 + check_character(first17)


def birthday(rng: Random, on: date) -> date:
    """A birth date of a pupil on that day: any grade, most in the last three."""
    grade = rng.choice((1, 2, 3, 4, 5, 6, 6, 7, 7, 7, 8, 8, 8, 8, 9, 9, 9, 9))
    entered = on.year - (on.month < 9) - grade + 1
    return date(entered - 6, 8, 31) - timedelta(days=rng.randrange(365))


def grade_class(rng: Random, born_on: date, on: date) -> str:
    """The grade someone born on that day is in, and a class: 八年级3班."""
    entered = born_on.year + 6 + ((born_on.month, born_on.day) > (8, 31))
    grade = min(9, max(1, on.year - (on.month < 9) - entered + 1))
    return f"{_GRADES[grade - 1]}年级{rng.randrange(1, 6)}班"


def address(rng: Random, township: str) -> str:
    """A house in a village of the township."""
    rank = "" if township.endswith(("镇", "乡", "街道")) else "镇"
    return f"{township}{rank}{rng.choice(VILLAGES)}村{rng.randrange(1, 13)}组"
