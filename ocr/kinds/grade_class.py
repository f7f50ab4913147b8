"""Grade and class: 六年级2班, 六(2)班, 6.2班, 初一3班 and their like, normalised to 六年级2班."""

from __future__ import annotations

import math
from functools import cache

from ocr.decode import Hypothesis
from ocr.decode.folds import DIGITS, LOOKS_LIKE_DIGIT, folded
from ocr.kinds.evidence import Candidate, Context, Evidence, KindReading, merged, nothing
from ocr.kinds.grammar import Lexicon
from ocr.kinds.numerals import DIGITS as CHINESE
from ocr.kinds.numerals import chinese

_LOOKS = {**LOOKS_LIKE_DIGIT, "0": "OoD〇○", "一": "—－–−~", "二": "=", "三": "彡", "八": "入人", "四": "回",
          "五": "互", "九": "丸", "七": "匕", "六": "大", "(": "〔[<〈{C（【", ")": "〕]>〉}）】",
          ".": "·。,、，．•・", "年": "牛午生", "级": "及缀极",
          "班": "斑玨", "初": "礽"}
_SYMBOLS = DIGITS + CHINESE[1:] + "十年级班初().-"

_GRADES_BY_USE = {"{c}年级": 0.45, "{c}": 0.3, "{d}年级": 0.05, "{d}": 0.03, "{c}年": 0.02}
_JUNIOR_BY_USE = {"初{c}": 0.15, "初中{c}年级": 0.002, "初{c}年级": 0.005}
_CLASSES_BY_USE = {"{d}班": 0.3, "({d})班": 0.3, "{c}班": 0.12, "({c})班": 0.05, "({d})": 0.02,
                   "班": 0.01, ".{d}班": 0.02, ".{d}": 0.01, "-{d}班": 0.005, "": 0.12}
_MOST_CLASSES = 16


def read(evidence: Evidence, context: Context) -> KindReading:
    """The likeliest grades and classes; the class may be missing."""
    lexicon, values = _written()
    found = lexicon.read(folded(evidence.joined, _SYMBOLS, _LOOKS), beams=16)
    candidates = merged(each for h in found for each in _meant(h, values[h.text]))
    return KindReading(candidates, evidence) if candidates else nothing(evidence, "no_grade")


def _meant(found: Hypothesis, grade_class: str) -> list[Candidate]:
    """What a text stands for; a class without its number has lost a narrow one, most likely 1."""
    if not found.text.endswith("班") or grade_class.endswith("班"):
        return [Candidate(grade_class, found.text, found.log_p)]
    return [Candidate(f"{grade_class}{klass}班", found.text, found.log_p + math.log(share))
            for klass, share in enumerate(_LOST_CLASS, 1)]


_LOST_CLASS = (0.65, *[0.05] * 7)
"""Shares of the classes whose number the recogniser passes over."""


@cache
def _written() -> tuple[Lexicon, dict[str, str]]:
    """All ways of writing a grade and class with their priors, and the value each stands for."""
    weights: dict[str, float] = {}
    values: dict[str, str] = {}
    for grade in range(1, 10):
        for grade_text, grade_weight in _grade_texts(grade).items():
            for klass, class_text, class_weight in _class_texts(grade_text):
                text = grade_text + class_text
                if text not in weights:
                    weights[text] = grade_weight * class_weight
                    values[text] = value(grade, klass)
    return Lexicon(weights), values


def _grade_texts(grade: int) -> dict[str, float]:
    texts = {form.format(c=CHINESE[grade], d=grade): use for form, use in _GRADES_BY_USE.items()}
    if grade > 6:
        texts |= {form.format(c=CHINESE[grade - 6], d=grade - 6): use for form, use in _JUNIOR_BY_USE.items()}
    return texts


def _class_texts(grade_text: str) -> list[tuple[int, str, float]]:
    """Class number (0 for none), its text, its prior."""
    found = []
    for form, use in _CLASSES_BY_USE.items():
        if form == "班":
            found.append((0, form, use))
            continue
        if not form:
            if not grade_text.isdigit():
                found.append((0, "", use if len(grade_text) > 1 else use / 10))
            continue
        for klass in range(1, _MOST_CLASSES + 1):
            if form[0] == "{" and grade_text.isdigit() and "{d}" in form:
                continue      # 62班 is nobody's way of writing 六年级2班
            usual = 1.0 if klass <= 8 else 0.2
            found.append((klass, form.format(d=klass, c=chinese(klass)), use * usual / _MOST_CLASSES))
    return found


def value(grade: int, klass: int) -> str:
    """The normalised form: 六年级2班, or 六年级 when the class is unknown (0)."""
    return f"{CHINESE[grade]}年级" + (f"{klass}班" if klass else "")
