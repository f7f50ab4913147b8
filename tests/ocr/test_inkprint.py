"""The print of a sheet's ink: the same for two pictures of one paper, another for another paper."""

import cv2
import numpy as np
import pytest

from ocr.inkprint import ink_print
from ocr.rectify.light import evened
from ocr.same_ink import ONE_PAPER, likeness

BOXES = {f"0.f{n}": (0.1 + 0.4 * (n % 2), 0.1 + 0.08 * (n // 2), 0.48 + 0.4 * (n % 2), 0.17 + 0.08 * (n // 2))
         for n in range(16)}
SIZE = (1400, 1000)


def written(seed, blank=()):
    """A ruled sheet with strokes in its cells, as one hand leaves them."""
    rng = np.random.default_rng(seed)
    page = np.full((*SIZE, 3), 245, np.uint8)
    for name, (x0, y0, x1, y1) in BOXES.items():
        left, top, right, bottom = (round(v * s) for v, s in zip((x0, y0, x1, y1), SIZE[::-1] * 2, strict=True))
        cv2.rectangle(page, (left, top), (right, bottom), (60, 60, 60), 2)
        if name in blank:
            continue
        x = left + 15 + int(rng.integers(30))
        for _ in range(int(rng.integers(3, 9))):
            points = np.stack([x + rng.integers(0, 30, 6), rng.integers(top + 12, bottom - 12, 6)], 1).astype(np.int32)
            cv2.polylines(page, [points], False, (70, 40, 30), 3, cv2.LINE_AA)
            x += 36
    return page


def printed(page):
    """The print of a page as the reader has it, in even light."""
    return ink_print(evened(page), BOXES)


def photographed(page, seed):
    """The page as a second picture has it after straightening: a little off, in a slope of light, with noise."""
    rng = np.random.default_rng(seed)
    height, width = page.shape[:2]
    corners = np.float32([[0, 0], [width, 0], [width, height], [0, height]])
    off = cv2.getPerspectiveTransform(corners, (corners + rng.normal(0, 4, (4, 2))).astype(np.float32))
    seen = cv2.warpPerspective(page, off, (width, height), borderValue=(245, 245, 245)).astype(np.float32)
    light = np.linspace(0.62, 1.0, width, dtype=np.float32)[None, :, None]
    seen = cv2.GaussianBlur(seen * light, (0, 0), 1.2) + rng.normal(0, 5, seen.shape)
    return np.clip(seen, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("seed", range(4))
def test_two_pictures_of_one_paper_are_alike_and_another_paper_is_not(seed):
    page = written(seed)
    one, other = printed(page), printed(photographed(page, seed + 100))
    assert likeness(one, other) >= ONE_PAPER
    assert likeness(one, printed(photographed(written(seed + 10), seed + 100))) < ONE_PAPER


def test_blank_cells_say_nothing_unless_the_other_sheet_has_writing_there():
    many = [f"0.f{n}" for n in range(2, 16)]
    blank = printed(written(1, blank=many))
    assert blank["0.f5"] == "" and likeness(blank, blank) == 0.0
    assert likeness(printed(written(1)), printed(written(1, blank=many[:10]))) < ONE_PAPER


def test_a_print_is_small_and_tells_no_letter():
    cells = printed(written(2))
    assert all(len(cell) == 72 for cell in cells.values())
