"""One cell of a list, understood by the kind of its column: the clean value, and what is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from service import identity
from service.calendar import today
from service.lists.table import Cell

_CHINESE_DIGITS = "零一二三四五六七八九"
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+?1[5-9]")
_DATE = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})(?:\s*[-./月]\s*(\d{1,2})\s*日?)?(?:\s.*|T.*)?")
_PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})")
_EXCEL_EPOCH = date(1899, 12, 30)
_NAME_NOISE = re.compile(r"[\s\u3000]+")
_NOT_A_NAME = re.compile(r"[\d@#%&*/\\=<>?？！!]")
_YES = frozenset({"是", "在", "在校", "到校", "已到校", "正常", "√", "✓", "Y", "YES", "1", "有", "出勤"})
_NO = frozenset({"否", "不在", "不在校", "未到校", "缺勤", "×", "✗", "X", "N", "NO", "0", "无", "没有", "旷课", "离校"})


@dataclass(frozen=True, slots=True)
class Clean:
    """A cell's value as kept; `fault` is the code of what is wrong with it, "" when nothing is."""

    value: str
    fault: str = ""
    mended: bool = False
    """Whether something was taken off that Excel had put on: an apostrophe, spaces inside a number."""


FAULTS: Mapping[str, str] = {
    "missing": "{label}没有填写",
    "id_mangled": "身份证号被 Excel 变成了科学计数，后几位已丢失",
    "id_length": "身份证号应为 18 位",
    "id_shape": "身份证号只能是数字，末位可以是 X",
    "id_date": "身份证号里的出生日期不存在",
    "id_check": "身份证号校验位不对，至少有一位写错",
    "id_age": "身份证号里的出生日期在今天之后",
    "bad_name": "{label}里有数字或符号",
    "long_name": "{label}过长",
    "bad_sex": "性别应为男或女",
    "bad_date": "{label}不是有效的日期",
    "future": "{label}在今天之后",
    "bad_count": "{label}应为数字",
    "bad_yes_no": "{label}应写是或否",
    "bad_number": "学籍号应为字母 G、J 或 L 加 18 位",
    "number_id": "学籍号与身份证号不一致",
    "sex_id": "性别与身份证号不一致",
    "born_id": "出生日期与身份证号不一致",
}
ADVICE: Mapping[str, str] = {
    "id_mangled": "请回到原系统重新导出，并把这一列设为“文本”格式后再填写",
    "id_check": "请与户口簿或原系统核对",
}


def text_of(cell: Cell) -> str:
    """A cell as text: whole numbers without a point, dates in ISO, the apostrophe of Excel's text kept."""
    if isinstance(cell, str):
        return unicodedata.normalize("NFKC", cell).strip() if not cell.isascii() else cell.strip()
    if isinstance(cell, Mapping):
        return cell["d"]
    return str(int(cell)) if float(cell).is_integer() else str(cell)


def clean(kind: str, cell: Cell) -> Clean:
    """The cell by its column's kind; an empty cell is an empty value."""
    text = text_of(cell)
    bare = text.lstrip("'’‘`")
    if not bare:
        return Clean("")
    found = _BY_KIND.get(kind, _text)(bare, cell)
    return found if bare == text else Clean(found.value, found.fault, True)


def _text(text: str, cell: Cell) -> Clean:
    return Clean(" ".join(text.split()))


def _name(text: str, cell: Cell) -> Clean:
    name = _NAME_NOISE.sub("", text) if not text.isascii() else " ".join(text.split())
    name = name.replace("•", "·").replace("・", "·").replace("‧", "·")
    if len(name) > 30:
        return Clean(name[:60], "long_name")
    return Clean(name, "bad_name" if _NOT_A_NAME.search(name) else "")


def _id_number(text: str, cell: Cell) -> Clean:
    if _SCIENTIFIC.fullmatch(text) or (not isinstance(cell, (str, Mapping)) and float(cell) >= 1e16):
        return Clean("", "id_mangled")
    bare = re.sub(r"[\s\-]", "", text).upper().replace("×", "X")
    number = identity.canonical(bare)
    return Clean(number, _id_fault(number), bare != text.upper())


def _id_fault(number: str) -> str:
    if len(number) != 18:
        return "id_length"
    if not (number[:-1].isdecimal() and number[-1] in "0123456789X"):
        return "id_shape"
    born = identity.born_on(number)
    if born is None:
        return "id_date"
    if born > today():
        return "id_age"
    return "" if identity.identifies(number) else "id_check"


def _student_number(text: str, cell: Cell) -> Clean:
    number = re.sub(r"\s", "", text).upper()
    good = len(number) == 19 and number[0] in "GJL" and number[1:-1].isdecimal()
    return Clean(number, "" if good else "bad_number")


def _sex(text: str, cell: Cell) -> Clean:
    first = text[:1]
    told = {"男": "男", "女": "女", "1": "男", "2": "女", "M": "男", "F": "女", "m": "男", "f": "女"}.get(first, "")
    return Clean(told, "" if told else "bad_sex")


def _date(text: str, cell: Cell) -> Clean:
    day = _day(text, cell)
    if day is None or day.year < 1930:
        return Clean("", "bad_date")
    return Clean(day.isoformat(), "future" if day > today() else "")


def _day(text: str, cell: Cell) -> date | None:
    if not isinstance(cell, (str, Mapping)) and 20_000 < cell < 60_000:
        return _EXCEL_EPOCH + timedelta(days=int(cell))
    found = _DATE.fullmatch(text) or _PACKED.fullmatch(text)
    try:
        return date(int(found[1]), int(found[2]), int(found[3] or 1)) if found else None
    except ValueError:
        return None


def _count(text: str, cell: Cell) -> Clean:
    digits = re.sub(r"[天日\s]", "", text)
    return Clean(digits) if digits.isdecimal() and len(digits) < 5 else Clean("", "bad_count")


def _yes_no(text: str, cell: Cell) -> Clean:
    word = text.upper()
    return Clean("是") if word in _YES else Clean("否") if word in _NO else Clean("", "bad_yes_no")


def _phone(text: str, cell: Cell) -> Clean:
    return Clean(re.sub(r"[\s\-]", "", text)[:40])


def _grade(text: str, cell: Cell) -> Clean:
    """六年级 however it is written: 6, 6年级, 小学六年级, 初三, 2019级 stays as it is."""
    bare = re.sub(r"[\s()（）]", "", text)
    found = re.fullmatch(r"(小学|初中|初|[七八九]年级)?第?([1-9]|[一二三四五六七八九])(?:年级|年)?", bare)
    if not found:
        return Clean(bare)
    number = int(found[2]) if found[2].isdecimal() else _CHINESE_DIGITS.index(found[2])
    number += 6 if (found[1] or "").startswith("初") and number <= 3 else 0
    return Clean(f"{_CHINESE_DIGITS[number]}年级" if number <= 9 else bare)


def _class(text: str, cell: Cell) -> Clean:
    bare = re.sub(r"[\s()（）]", "", text)
    found = re.search(r"(\d{1,2}|[一二三四五六七八九十]{1,2})班?$", bare)
    if not found:
        return Clean(bare)
    written = found[1]
    number = written.lstrip("0") if written.isdecimal() else str(_spelled(written))
    return Clean(f"{number}班" if number else bare)


def _spelled(text: str) -> int:
    tens, mark, ones = text.rpartition("十")
    if not mark:
        return _CHINESE_DIGITS.index(ones[-1])
    return 10 * (_CHINESE_DIGITS.index(tens) if tens else 1) + (_CHINESE_DIGITS.index(ones) if ones else 0)


_BY_KIND: Mapping[str, Callable[[str, Cell], Clean]] = {
    "name": _name, "id_number": _id_number, "student_number": _student_number, "sex": _sex, "date": _date,
    "count": _count, "yes_no": _yes_no, "phone": _phone, "grade": _grade, "class": _class,
}
