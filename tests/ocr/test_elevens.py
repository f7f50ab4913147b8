"""Two upright strokes are an eleven, one is a one, whatever the recogniser made of them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocr.kinds import read
from ocr.kinds.evidence import Evidence
from ocr.pipeline.elevens import with_elevens
from tests.ocr.writing import context, written


def picture(text: str, ones: dict[int, int]) -> np.ndarray:
    """Upright strokes, `ones` of them by the place of a one in a text, boxes for its other characters."""
    crop = np.full((48, 8 * (2 * len(text) + 1), 3), 255, np.uint8)
    for place, character in enumerate(text):
        left = 16 * place + 8
        if place in ones:
            for stroke in range(ones[place]):
                cv2.line(crop, (left + 2 + 6 * stroke, 8), (left + 1 + 6 * stroke, 40), (30, 30, 30), 2)
        elif character == ".":
            cv2.circle(crop, (left + 3, 40), 2, (30, 30, 30), -1)
        else:
            cv2.rectangle(crop, (left, 8), (left + 10, 40), (30, 30, 30), 2)
    return crop


@pytest.mark.parametrize(("kind", "text", "ones", "value"), [
    ("date", "2022.1.22", {5: 2}, "2022-11-22"), ("date", "2022.1.22", {5: 1}, "2022-01-22"),
    ("date", "2021.5.1", {3: 1, 7: 2}, "2021-05-11"), ("age", "1岁", {0: 2}, "11"),
    ("place", "伊川县王沟村1组", {6: 2}, "伊川县王沟村11组"), ("place", "伊川县王沟村1组", {6: 1}, "伊川县王沟村1组"),
])
def test_what_was_read_as_a_single_one_is_what_its_strokes_are(kind, text, ones, value):
    seen = Evidence((with_elevens(picture(text, ones), written(text, sure=0.9).joined),))
    assert read(seen, context(kind)).best.value == value


def test_strokes_of_other_heights_are_no_second_one():
    crop = picture("2022.1.22", {5: 1})
    cv2.line(crop, (96, 8), (96, 24), (30, 30, 30), 2)
    line = written("2022.1.22").joined
    assert with_elevens(crop, line) is line
