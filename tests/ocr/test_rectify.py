"""Sheets come out flat, level and whole, whatever they lie on and however they are seen."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocr.rectify import RectifiedSheet, rectify, turned_sheet
from tests.ocr.drawn import photographed, ruled

COLUMNS = [150, 400, 700, 1100, 1500]
ROWS = [300, 500, 700, 900, 1300, 1700, 2000]
CORNERS = [(150, 112), (1185, 172), (1275, 1688), (90, 1635)]


def off(sheet: RectifiedSheet, corners: list[tuple[int, int]], size: tuple[int, int]) -> float:
    """The farthest corner's distance in shares of the picture."""
    return float(np.abs(np.array(sheet.quad) * size - np.array(corners)).max() / max(size))


@pytest.mark.parametrize("desk", [(30, 30, 32), (60, 95, 140), (130, 128, 128), (30, 35, 110), (205, 205, 200)],
                         ids=["dark", "wood", "grey", "red", "bright"])
def test_the_outline_is_found_on_any_desk(desk: tuple[int, int, int]) -> None:
    sheet = rectify(photographed(ruled(COLUMNS, ROWS), CORNERS, desk=desk))
    assert off(sheet, CORNERS, (1350, 1800)) < 0.008


def straightness(sheet: RectifiedSheet) -> float:
    """How far the ruling strays from straight level and plumb lines, in pixels of its masks."""
    worst = 0.0
    for rule in (*sheet.level, *sheet.plumb):
        if rule.end - rule.start > 300:
            worst = max(worst, float(np.ptp(rule.points[1:-1, 1])))
    return worst


def test_perspective_and_curl_are_taken_out() -> None:
    sheet = rectify(photographed(ruled(COLUMNS, ROWS), CORNERS, curl=25))
    assert len(sheet.level) >= 7 and len(sheet.plumb) >= 5
    assert straightness(sheet) < 4


def test_a_scan_without_a_border_is_made_level() -> None:
    turn = cv2.getRotationMatrix2D((827, 1170), -3, 1.0)
    scan = cv2.warpAffine(ruled(COLUMNS, ROWS), turn, (1654, 2339), borderValue=(245, 245, 245))
    assert straightness(rectify(scan)) < 4


def test_a_shadow_is_evened_out() -> None:
    picture = photographed(ruled(COLUMNS, ROWS), CORNERS).astype(np.float32)
    picture *= np.linspace(1.0, 0.45, picture.shape[1], dtype=np.float32)[None, :, None]
    flat = rectify(picture.astype(np.uint8)).flat
    paper = [float(np.median(part)) for part in np.array_split(flat, 4, axis=1)]
    assert max(paper) - min(paper) < 12


def test_the_sheet_keeps_its_colours_and_its_resolution() -> None:
    page = ruled(COLUMNS, ROWS)
    cv2.circle(page, (800, 1500), 90, (40, 40, 220), -1)
    sheet = rectify(page)
    assert sheet.pixels.dtype == np.uint8 and max(sheet.size) == pytest.approx(2339, abs=5)
    blue, green, red = sheet.pixels[sheet.area((0.47, 0.63, 0.49, 0.65))[1], sheet.area((0.48, 0, 0.5, 1))[0]]
    assert red > 180 and blue < 90 and green < 90


def test_turning_moves_the_corners_with_the_picture() -> None:
    sheet = rectify(ruled(COLUMNS, ROWS))
    down = turned_sheet(sheet, 180)
    assert down.turned == 180
    assert down.quad[0] == sheet.quad[2]
    assert np.array_equal(down.pixels, sheet.pixels[::-1, ::-1])
    right = turned_sheet(sheet, 90)
    assert right.size == (sheet.size[1], sheet.size[0])
    assert right.quad[0] == sheet.quad[3]


def test_a_crop_shows_the_ink_without_the_ruling() -> None:
    page = ruled(COLUMNS, ROWS, texts={(1, 1): "305"})
    sheet = rectify(page)
    crop = sheet.crop((400 / 1654, 500 / 2339, 700 / 1654, 700 / 2339), margin=8)
    border = np.concatenate([crop[:14].reshape(-1, 3), crop[:, :14].reshape(-1, 3)])
    assert border.min() > 190  # no dark line is left along the edges
    assert crop.min() < 110  # the figures are


def test_a_crop_can_leave_out_printed_words() -> None:
    page = ruled(COLUMNS, ROWS, texts={(1, 1): "305"})
    sheet = rectify(page)
    box = (400 / 1654, 500 / 2339, 700 / 1654, 700 / 2339)
    assert sheet.crop(box, without=[box]).min() > 190


@pytest.mark.parametrize("shape", [(1, 1), (3, 2000), (2000, 3), (40, 40), (17, 900)])
def test_pictures_of_odd_shapes_pass_through(shape: tuple[int, int]) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
    assert rectify(noise).pixels.size
