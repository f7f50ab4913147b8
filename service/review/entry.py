"""What a person types into a box, made into the value that is kept: «19.4.11» becomes 2019-04-11."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date

from ocr.template import FieldSpec
from service.errors import Invalid

GRADES = "一二三四五六七八九"
_NUMERALS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0, "O": 0, "两": 2, "壹": 1}
_SEXES = {"男": "男", "1": "男", "m": "男", "nan": "男", "女": "女", "2": "女", "f": "女", "nv": "女"}
_GRADE = re.compile(
    r"(?:(?P<junior>初中?)|小学)?(?P<grade>[一二三四五六七八九1-9])(?:年级|年)?"
    r"(?:[.\-/,、。·(]*(?P<klass>[一二三四五六七八九十\d]{1,3})\)?班?)?")
_COUNT = re.compile(r"\d{1,6}")
_LONGEST = 2000


def normalise(kind: str, text: str, near: date | None = None) -> str:
    """`text` as a field of `kind` keeps it; "" says that the paper is blank there.

    `near` lends its year to a date typed as month and day only. Raises Invalid with a sentence for
    the person when the text cannot be such a value.
    """
    if kind not in _KINDS:
        return _prose(text)
    plain = _one_line(unicodedata.normalize("NFKC", text))
    return _KINDS[kind](plain, near) if plain else ""


def fitting(spec: FieldSpec, text: str, near: date | None = None) -> str:
    """`text` as the field `spec` keeps it; one of its listed answers however it is put. See `normalise`."""
    said = normalise(spec.kind, text, near)
    return next((answer for answer, ways in choices_of(spec).items() if said in (answer, *ways)), said)


def choices_of(spec: FieldSpec) -> Mapping[str, tuple[str, ...]]:
    """The answers a field lists, each with its other ways of being put."""
    listed = spec.options.get("choices", {}) if spec.kind == "choice" else {}
    if not isinstance(listed, Mapping):
        return {str(answer): () for answer in listed}
    return {str(answer): tuple(str(way) for way in ways or ()) for answer, ways in listed.items()}


def number(text: str) -> int | None:
    """The number that Arabic or Chinese digits below a thousand write (十一, 二百〇三), else None."""
    if text.isascii() and text.isdigit():
        return int(text)
    if not text or any(c not in _NUMERALS and c not in "十百" for c in text):
        return None
    if "十" not in text and "百" not in text:
        return int("".join(str(_NUMERALS[c]) for c in text))
    hundreds, found, rest = text.rpartition("百")
    total = (_NUMERALS.get(hundreds[-1:], 1) if hundreds else 1) * 100 if found else 0
    tens, found, ones = rest.rpartition("十")
    total += (_NUMERALS.get(tens[-1:], 1) if tens else 1) * 10 if found else 0
    return total + (_NUMERALS[ones[-1]] if ones else 0)


def _one_line(text: str) -> str:
    """Without line breaks, control characters and blanks at the ends."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _prose(text: str) -> str:
    """Running text: only digits and letters become half-width, Chinese punctuation stays Chinese."""
    if len(text) > _LONGEST:
        raise Invalid(f"内容太长：最多 {_LONGEST} 个字。")
    return _one_line("".join(unicodedata.normalize("NFKC", c) if c.isalnum() else c for c in text))


def _name(text: str, _near: date | None) -> str:
    name = text.replace(" ", "") if not text.isascii() else text
    if len(name) > 60:
        raise Invalid("名称太长：最多 60 个字。")
    return name


def _phone(text: str, _near: date | None) -> str:
    plain = re.sub(r"\s", "", text.replace("—", "-"))
    return re.sub("-", "", plain) if plain.startswith("1") else plain


def _count(text: str, _near: date | None) -> str:
    found = number(re.sub(r"[人名个]$", "", text.replace(" ", "").replace(",", "")))
    if found is None or not _COUNT.fullmatch(str(found)):
        raise Invalid(f"这里应填数字，“{text[:20]}”不是数字。", "空白格请留空。")
    return str(found)


def _age(text: str, near: date | None) -> str:
    age = _count(re.sub(r"(周岁|岁)$", "", text.replace(" ", "")), near)
    if not 0 < int(age) < 100:
        raise Invalid(f"年龄 {age} 不合常理。")
    return age


def _sex(text: str, _near: date | None) -> str:
    try:
        return _SEXES[text.lower()]
    except KeyError:
        raise Invalid("性别只能填“男”或“女”。", "也可以按 1 选男、按 2 选女。") from None


def _id_number(text: str, _near: date | None) -> str:
    """Wrong length and check digit may be what the paper says: the rules object, the person confirms."""
    plain = re.sub(r"[\s\-.]", "", text).upper().replace("×", "X").replace("*", "X")
    if not re.fullmatch(r"[0-9X]{1,20}", plain):
        raise Invalid("身份证号只能有数字和末位的 X。")
    return plain


def _grade_class(text: str, _near: date | None) -> str:
    found = _GRADE.fullmatch(text.replace(" ", ""))
    if not found:
        return _name(text, None)
    grade = number(found["grade"]) or 1
    if found["junior"] and grade <= 3:
        grade += 6
    klass = number(found["klass"]) if found["klass"] else None
    return f"{GRADES[grade - 1]}年级" + (f"{klass}班" if klass else "")


def _date(text: str, near: date | None) -> str:
    parts = _date_parts(text.replace(" ", ""))
    if len(parts) == 2 and near:
        parts = [near.year, *parts]
    if len(parts) != 3:
        raise Invalid(f"“{text[:20]}”不像日期。", "可以写 19.4.11、2019-4-11 或 4.11。")
    year, month, day = parts
    try:
        return date(year + 2000 if year < 100 else year, month, day).isoformat()
    except ValueError:
        raise Invalid(f"没有这一天：{year}年{month}月{day}日。") from None


def _date_parts(text: str) -> list[int]:
    if re.fullmatch(r"\d{8}", text):
        return [int(text[:4]), int(text[4:6]), int(text[6:])]
    if re.fullmatch(r"\d{6}", text):
        return [int(text[:2]), int(text[2:4]), int(text[4:])]
    pieces = [piece for piece in re.split(r"[年月日号.\-/,、。·]", text) if piece]
    numbers = [number(piece) for piece in pieces]
    return [n for n in numbers if n is not None] if None not in numbers else []


def _month(text: str, _near: date | None) -> str:
    pieces = [number(piece) for piece in re.split(r"[年月份.\-/、]", text.replace(" ", "")) if piece]
    if re.fullmatch(r"\d{6}", text):
        pieces = [int(text[:4]), int(text[4:])]
    if len(pieces) != 2 or None in pieces or not 1 <= (pieces[1] or 0) <= 12:
        raise Invalid(f"“{text[:20]}”不像月份。", "可以写 2019.5、19-5 或 2019年5月。")
    year = pieces[0] or 0
    return f"{year + 2000 if year < 100 else year}-{pieces[1]:02}"


def _school_year(text: str, _near: date | None) -> str:
    years = [int(year) for year in re.findall(r"\d+", text)]
    years = [year + 2000 if year < 100 else year for year in years]
    if not years or len(years) > 2 or (len(years) == 2 and years[1] != years[0] + 1):
        raise Invalid(f"“{text[:20]}”不像学年。", "可以写 2019-2020，或只写起始年 2019。")
    return f"{years[0]}-{years[0] + 1}"


def _page(text: str, _near: date | None) -> str:
    numbers = re.findall(r"\d+", text)
    if not numbers or len(numbers) > 2 or (len(numbers) == 2 and int(numbers[0]) > int(numbers[1])):
        raise Invalid(f"“{text[:20]}”不像页次。", "第 2 页、共 3 页写 2/3。")
    return "/".join(str(int(one)) for one in numbers)


_KINDS: dict[str, Callable[[str, date | None], str]] = {
    "count": _count, "age": _age, "sex": _sex, "id_number": _id_number, "grade_class": _grade_class,
    "date": _date, "person_name": _name, "school": _name, "unit": _name, "choice": _name, "phone": _phone,
    "month": _month, "school_year": _school_year, "page": _page,
}
