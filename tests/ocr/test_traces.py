"""Clean paper is told from the faintest pencil, specks and rulings left aside."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocr.pipeline.traces import clean
from ocr.rectify.sheet import RectifiedSheet

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
