"""Clean paper is told from the faintest pencil, specks and rulings left aside."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocr.decode import Emissions
from ocr.pipeline.traces import clean, clean_between
from ocr.rectify.sheet import RectifiedSheet
from tests.ocr.writing import alphabet

BOX = (0.25, 0.25, 0.75, 0.5)


def sheet(draw=lambda flat: None, ruled: bool = False) -> RectifiedSheet:
    flat = np.full((200, 400), 250, np.uint8)
    draw(flat)
    lines = np.zeros_like(flat)
    if ruled:
        lines[75] = 255
    return RectifiedSheet(np.dstack([flat] * 3), flat, lines, np.zeros_like(flat), ((0, 0), (1, 0), (1, 1), (0, 1)))


def stroke(flat: np.ndarray) -> None:
    cv2.line(flat, (150, 65), (170, 85), 225, 2)


def specks(flat: np.ndarray) -> None:
    flat[70:73, 150:153] = flat[80:83, 200:203] = 120


def ruling(flat: np.ndarray) -> None:
    flat[74:77, 120:280] = 200


@pytest.mark.parametrize(("draw", "ruled", "blank"), [
    (lambda flat: None, False, True), (specks, False, True), (ruling, True, True), (stroke, False, False),
    (ruling, False, False)])
def test_a_stroke_no_pen_would_leave_so_faint_is_a_trace(draw, ruled, blank):
    assert clean(sheet(draw, ruled), BOX) == blank


def test_a_place_too_small_to_tell_is_not_called_clean():
    assert not clean(sheet(), (0.5, 0.5, 0.52, 0.52))


def words(**places: int) -> Emissions:
    """Characters read at pixels of the line, a step every four."""
    steps = np.zeros((60, len(alphabet().characters)), np.float32)
    steps[:, 0] = 1.0
    for character, at in places.items():
        steps[at // 4] = 0.0
        steps[at // 4, alphabet().index[character]] = 1.0
    return Emissions(steps, alphabet(), 4.0)


@pytest.mark.parametrize(("draw", "blank"), [(lambda flat: None, True), (stroke, False), (specks, True)])
def test_the_room_for_a_dates_figures_is_clean_where_its_words_are_all_there_is(draw, blank):
    def printed(flat):
        draw(flat)
        for left in (190, 270):
            cv2.rectangle(flat, (left, 65), (left + 20, 85), 90, 2)

    line = (0.25, 0.32, 0.75, 0.43)
    assert clean_between(sheet(printed), BOX, line, words(年=100, 月=180), 0) == blank


def test_a_line_without_words_or_with_figures_is_not_called_clean():
    assert not clean_between(sheet(), BOX, BOX, words(), 0)
    assert not clean_between(sheet(), BOX, BOX, Emissions(words(年=100, 月=180).steps + words(**{"2": 40}).steps,
                                                          alphabet(), 4.0), 0)
