"""A character struck out where words begin is not read, one with a level stroke of its own is."""

from __future__ import annotations

import cv2
import numpy as np

from ocr.decode import Emissions
from ocr.kinds import free_text
from ocr.kinds.evidence import Context, Evidence, KindReading
from ocr.kinds.knowledge import Knowledge
from ocr.lists import Lists
from ocr.pipeline.slips import after_slip, without_slip
from ocr.template import FieldSpec
from tests.ocr.writing import alphabet

SPEC = FieldSpec("content", ("家访内容",), "free_text")


def line(text):
    """Emissions five steps to a character, its own step third, as at 40 pixels a character."""
    steps = np.zeros((5 * len(text), len(alphabet().characters)), np.float32)
    steps[:, 0] = 1.0
    for number, character in enumerate(text):
        steps[5 * number + 2] = 0.0
        steps[5 * number + 2, alphabet().index[character]] = 1.0
    return Emissions(steps, alphabet())


def picture(characters, struck):
    """Boxes for characters 40 pixels apart, a bar through the first when `struck`."""
    crop = np.full((48, 40 * characters, 3), 255, np.uint8)
    for number in range(characters):
        cv2.rectangle(crop, (40 * number + 6, 6), (40 * number + 32, 42), (30, 30, 30), 2)
    if struck:
        cv2.line(crop, (1, 25), (39, 23), (30, 30, 30), 3)
    return crop


def reading(emissions):
    return free_text.read(Evidence((emissions,)), Context(SPEC, Knowledge(Lists())))


def settled(text, struck=True):
    whole = reading(line(text))
    rest = after_slip(picture(len(text), struck), line(text))
    return whole if rest is None else without_slip(whole, reading(rest))


def test_a_struck_character_that_ran_ahead_is_left_out_and_flagged():
    found = settled("意同意")
    assert found.best.value == "同意"
    assert "corrected" in found.flags


def test_words_without_a_bar_are_read_whole():
    found = settled("意同意", struck=False)
    assert found.best.value == "意同意"
    assert found.flags == ()


def test_a_bar_that_is_a_stroke_of_a_sensible_word_takes_nothing_away():
    found = settled("请班主任上报")
    assert found.best.value == "请班主任上报"
    assert "corrected" not in found.flags


def test_a_single_character_is_never_taken_for_a_slip():
    assert after_slip(picture(1, True), line("无")) is None


def test_a_reading_without_candidates_stays_as_it_is():
    empty = KindReading(())
    assert without_slip(empty, empty) is empty
