"""Rules on a child's way through school: which grades a school has, how old children of a grade are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ocr.kinds.knowledge import Knowledge
from ocr.kinds.numerals import DIGITS
from ocr.reconcile.combinations import weighed

Rule = Mapping[str, Any]
Values = Mapping[str, Sequence[str]]

_STAGES = (("小学", range(1, 7)), ("教学点", range(1, 7)), ("中学", range(7, 10)), ("初中", range(7, 10)))
"""Grades by the end of a school's name; 九年一贯制学校 and the like have all of them."""
_OTHER_STAGE = 0.01
"""Weight of a grade that a school of that name does not have."""

_BEFORE = 5
"""Full years of age less the grade that begins at that age; within a grade the next year is turned."""
_AGE_OFF = {0: 1.0, 1: 1.0, 2: 0.45, -1: 0.4, 3: 0.2, -2: 0.15}
"""Weights by the years a child is older than its grade's beginners: mild, for the ID number says the same."""
_OTHER_AGE = 0.07


def stage(rule: Rule, values: Values, knowledge: Knowledge) -> NDArray[np.float64]:
    """The rule `stage` (school, grade_class): a primary school has six grades, a junior one three more."""
    def weigh(**chosen: str) -> float:
        grade = grade_of(chosen.get(rule["grade_class"], ""))
        return 1.0 if not grade or grade in _grades(chosen.get(rule["school"], "")) else _OTHER_STAGE
    return weighed(values, weigh)


def _grades(school: str) -> range:
    return next((grades for end, grades in _STAGES if school.endswith(end)), range(1, 10))


def grade_age(rule: Rule, values: Values, knowledge: Knowledge) -> NDArray[np.float64]:
    """The rule `grade_age` (grade_class, age): most children of a grade were born within a year."""
    def weigh(**chosen: str) -> float:
        grade, age = grade_of(chosen.get(rule["grade_class"], "")), chosen.get(rule["age"], "")
        return _AGE_OFF.get(int(age) - grade - _BEFORE, _OTHER_AGE) if grade and age.isdecimal() else 1.0
    return weighed(values, weigh)


def grade_of(text: str) -> int:
    """The grade (1–9) that a normalised grade and class begins with; 0 when it has none."""
    return max(0, DIGITS.find(text[0])) if text[1:3] == "年级" else 0
