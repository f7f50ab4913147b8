"""Options printed to be ticked: which is ticked, by every kind of mark, and what is no list of options."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import cv2
import numpy as np
import pytest

from ocr import kinds
from ocr.decode import Emissions
from ocr.kinds.evidence import Evidence
from ocr.ticks import OFFICIAL_REASONS, SEXES, Line, options_in

_spec = importlib.util.spec_from_file_location("writing", Path(__file__).with_name("writing.py"))
writing = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(writing)
alphabet, context = writing.alphabet, writing.context

PITCH, HEIGHT = 40, 128
MIDDLE = HEIGHT // 2
INK = (70, 40, 40)


class Cell:
    """A line of a form under the pen: options with or without boxes, and what the recogniser reads there."""

    def __init__(self, words, boxed=True, gap=28, wide=1900):
        self.picture = np.full((HEIGHT, wide, 3), 244, np.uint8)
        self.spots, self.seen = {}, []
        x = 20
        for word in words:
            if boxed:
                cv2.rectangle(self.picture, (x, MIDDLE - 16), (x + 32, MIDDLE + 16), (30, 30, 30), 3)
            self.spots[word] = x + 16 if boxed else x + PITCH // 2
            x += 38 if boxed else 0
            for character in word:
                self._print(character, x)
                x += PITCH
            x += gap if boxed else PITCH + 8
        self.picture = self.picture[:, :x]

    def _print(self, character, x):
        """A sign as dark as a character, the more so the more strokes."""
        for row in range(MIDDLE - 14, MIDDLE + 16, 14 if character == "女" else 8):
            cv2.line(self.picture, (x + 4, row), (x + 34, row), (30, 30, 30), 2)
        cv2.line(self.picture, (x + 19, MIDDLE - 16), (x + 19, MIDDLE + 16), (30, 30, 30), 2)
        self.seen.append((character, x + PITCH / 2))

    def mark(self, word, way):
        """Marks one option as a pen does."""
        x, y = self.spots[word], MIDDLE
        if way == "tick":
            cv2.polylines(self.picture, [np.array([(x - 18, y), (x - 3, y + 16), (x + 24, y - 30)])], False, INK, 5)
        elif way == "cross":
            cv2.line(self.picture, (x - 16, y - 16), (x + 16, y + 16), INK, 5)
            cv2.line(self.picture, (x + 16, y - 16), (x - 16, y + 16), INK, 5)
        elif way == "black":
            cv2.rectangle(self.picture, (x - 15, y - 15), (x + 15, y + 15), INK, -1)
        else:
            cv2.ellipse(self.picture, (x, y), (30, 34), 0, 0, 350, INK, 5)
        return self

    def unread(self, character, instead=None):
        """What the recogniser makes of a word under a mark."""
        self.seen = [(instead or name, x) if name == character else (name, x) for name, x in self.seen]
        return self

    def line(self):
        """The line as it reaches the reader."""
        step = 8 * HEIGHT / 48
        letters = alphabet()
        steps = np.full((int(self.picture.shape[1] / step) + 2, len(letters.characters)), 1e-7, np.float32)
        steps[:, 0] = 0.9999
        for character, x in self.seen:
            steps[int(x / step)] = 1e-7
            steps[int(x / step), letters.index[character]] = 0.98
        return Line(self.picture, Emissions(steps, letters, step))


def answer(words, cell, kind):
    line = cell.line()
    found = options_in(words, [line])
    assert [option.word for option in found] == list(words)
    return kinds.read(Evidence((line.seen,), found), context(kind))


@pytest.mark.parametrize("way", ["tick", "cross", "black"])
@pytest.mark.parametrize("word", OFFICIAL_REASONS)
def test_the_reason_marked_in_its_box_is_the_answer(word, way):
    reading = answer(OFFICIAL_REASONS, Cell(OFFICIAL_REASONS).mark(word, way), "free_text")
    assert reading.best.value == word
    assert reading.best.log_p > np.log(0.95)
    assert reading.flags == ()


@pytest.mark.parametrize("way", ["tick", "cross", "black"])
@pytest.mark.parametrize("sex", SEXES)
def test_the_sex_marked_in_its_box_is_the_answer(sex, way):
    assert answer(SEXES, Cell(SEXES).mark(sex, way), "sex").best.value == sex


@pytest.mark.parametrize("way", ["ring", "tick"])
@pytest.mark.parametrize("sex", SEXES)
def test_a_word_circled_or_ticked_is_the_answer_though_it_cannot_be_read(sex, way):
    cell = Cell(SEXES, boxed=False).mark(sex, way).unread(sex, "界")
    assert answer(SEXES, cell, "sex").best.value == sex


@pytest.mark.parametrize(("words", "boxed", "kind"), [(SEXES, True, "sex"), (SEXES, False, "sex"),
                                                      (OFFICIAL_REASONS, True, "free_text")])
def test_where_nothing_is_ticked_nothing_is_answered(words, boxed, kind):
    reading = answer(words, Cell(words, boxed), kind)
    assert reading.best.value == ""
    assert reading.best.log_p < np.log(0.99)


def test_two_ticks_are_both_told_and_flagged():
    cell = Cell(OFFICIAL_REASONS).mark("信教", "tick").mark("其他", "tick")
    reading = answer(OFFICIAL_REASONS, cell, "free_text")
    assert (reading.best.value, reading.flags) == ("信教、其他", ("several_ticked",))


def test_a_choice_of_a_form_is_ticked_like_a_reason():
    words = ("在校就读", "请假在家", "已经转学")
    assert answer(words, Cell(words).mark("请假在家", "cross"), "choice").best.value == "请假在家"


@pytest.mark.parametrize("words", [("女",), ("男性",), ("外出打工",), ("家庭困难", "外出打工")])
def test_what_is_written_by_hand_is_no_list_of_options(words):
    line = Cell(words, boxed=False).line()
    assert options_in(SEXES, [line]) == ()
    assert options_in(OFFICIAL_REASONS, [line]) == ()


@pytest.mark.parametrize("picture", [np.full((48, 9, 3), 255, np.uint8), np.zeros((1, 1, 3), np.uint8)])
def test_a_picture_without_print_holds_no_options(picture):
    letters = alphabet()
    line = Line(picture, Emissions(np.eye(1, len(letters.characters), dtype=np.float32), letters))
    assert options_in(SEXES, [line]) == options_in(OFFICIAL_REASONS, []) == ()
