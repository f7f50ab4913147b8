"""Seals are seen in red and in copied grey, and not where there is none."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocr.grid import ink_map
from ocr.rectify import rectify
from ocr.seals import grey_seal, red_seals
from tests.ocr.drawn import ruled, seal, write

ROWS = [300, 500, 900, 1500, 2000]
COLUMNS = [150, 400, 1500]
MIDDLE = (1000, 1250)


def seen(page: np.ndarray):
    """The rectified sheet, its red seals, and its grey seal within the third row."""
    sheet = rectify(page)
    strokes = ink_map(sheet)
    height, width = strokes.mask.shape
    small = cv2.resize(sheet.pixels, (width, height), interpolation=cv2.INTER_AREA)
    within = tuple(int(v * height / 2339) for v in (400, 900, 1500, 1500))
    return sheet, strokes, red_seals(small), grey_seal(strokes.mask, within, max(height, width))


@pytest.mark.parametrize("colour", [(60, 60, 220), (90, 80, 200), (40, 30, 160)], ids=["red", "pale", "dark"])
def test_a_red_seal_is_found_where_it_is(colour: tuple[int, int, int]) -> None:
    page = ruled(COLUMNS, ROWS)
    seal(page, MIDDLE, colour)
    sheet, _, red, _ = seen(page)
    assert len(red) == 1
    scale = sheet.across.shape[0] / 2339
    assert (red[0].x, red[0].y) == pytest.approx((MIDDLE[0] * scale, MIDDLE[1] * scale), abs=12)


@pytest.mark.parametrize("colour", [(120, 120, 120), (150, 130, 110)], ids=["grey", "blue-grey"])
def test_a_copied_seal_is_found_by_its_ring(colour: tuple[int, int, int]) -> None:
    page = ruled(COLUMNS, ROWS)
    write(page, "384 1275 90", (450, 1290))
    seal(page, MIDDLE, colour)
    _, _, red, grey = seen(page)
    assert red == [] and grey is not None


def test_writing_is_no_seal() -> None:
    page = ruled(COLUMNS, ROWS)
    for line in range(6):
        write(page, "0 8 6 9 0 8 8 6 0 9 0 8 6", (430, 980 + 85 * line), size=2.0)
    cv2.putText(page, "1275", (500, 700), cv2.FONT_HERSHEY_SIMPLEX, 3, (60, 60, 220), 6)
    _, _, red, grey = seen(page)
    assert red == [] and grey is None


def test_what_is_written_under_a_red_seal_stays_and_the_seal_goes() -> None:
    page = ruled(COLUMNS, ROWS)
    write(page, "384", (940, 1330), size=2.0)
    seal(page, MIDDLE, (60, 60, 220))
    sheet, strokes, red, _ = seen(page)
    clean = ink_map(sheet, red)
    scale = strokes.mask.shape[0] / 2339
    inside = clean.boxes[clean.within((0, 900 * scale, 9999, 1500 * scale))]
    assert 1 <= len(inside) <= 8  # the three figures, not the ring and its letters
    assert len(strokes.boxes) > len(clean.boxes)
