"""A stroke drawn for none is not taken for a 1 without asking the sums, and a standing 1 stays a 1."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocr.kinds.evidence import Candidate, KindReading
from ocr.pipeline.leaning import slashed

ONE = KindReading((Candidate("1", "1", -0.1), Candidate("", "/", -5.5), Candidate("7", "7", -7.0)))


def stroke(degrees):
    picture = np.full((60, 60, 3), 240, np.uint8)
    x, y = 20 * np.cos(np.radians(degrees)), 20 * np.sin(np.radians(degrees))
    cv2.line(picture, (round(30 - x), round(30 + y)), (round(30 + x), round(30 - y)), (40, 40, 40), 3)
    return picture


@pytest.mark.parametrize("degrees", [50, 60, 68])
def test_a_leaning_stroke_may_be_none(degrees):
    found = slashed(ONE, stroke(degrees))
    assert [(each.value, each.raw) for each in found.candidates[:2]] == [("", "/"), ("1", "1")]
    assert found.candidates[0].log_p - found.candidates[1].log_p < 0.5


@pytest.mark.parametrize("degrees", [80, 90, 100, 120])
def test_a_standing_stroke_is_a_one(degrees):
    assert slashed(ONE, stroke(degrees)) is ONE


def test_another_figure_and_a_blank_picture_stay_as_they_are():
    seven = KindReading((Candidate("7", "7", -0.1),))
    assert slashed(seven, stroke(60)) is seven
    assert slashed(ONE, np.full((60, 60, 3), 240, np.uint8)) is ONE
