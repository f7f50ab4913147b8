"""A picture no one could read is told back with words for the retake; ordinary ones pass."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from ocr.load import open_sheets
from ocr.quality import judge
from tests.ocr.drawn import paper, photographed, ruled

SAMPLES = Path(__file__).resolve().parents[2] / "sample_scans"
COLUMNS = [150, 400, 700, 1100, 1500]
ROWS = list(range(300, 2101, 150))
TEXTS = {(row, column): str(37 * row + column) for row in range(len(ROWS) - 1) for column in range(4)}
CORNERS = [(150, 112), (1185, 172), (1275, 1688), (90, 1635)]


def codes(picture: np.ndarray) -> list[str]:
    problems = judge(picture)
    for problem in problems:
        assert "请" in problem.text  # it says what to do
    return [problem.code for problem in problems]


@pytest.fixture(scope="module")
def page() -> np.ndarray:
    return ruled(COLUMNS, ROWS, texts=TEXTS)


def test_a_scan_and_a_phone_photo_pass(page: np.ndarray) -> None:
    assert codes(page) == []
    assert codes(photographed(page, CORNERS)) == []


def test_every_sample_passes() -> None:
    told = {}
    for path in sorted(SAMPLES.rglob("*.jpg"))[::4]:
        found = codes(next(open_sheets(path)).pixels)
        if found:
            told[path.name] = found
    assert told == {}


def test_an_empty_page_is_not_called_blurred() -> None:
    assert codes(paper()) == []


def test_what_is_blurred_is_told(page: np.ndarray) -> None:
    assert codes(cv2.GaussianBlur(photographed(page, CORNERS), (0, 0), 6)) == ["blurred"]
    assert codes(cv2.blur(page, (1, 41))) == ["blurred"]  # moved while it was taken


def test_what_is_too_dark_is_told(page: np.ndarray) -> None:
    assert "too_dark" in codes((photographed(page, CORNERS) * 0.15).astype(np.uint8))


def test_what_is_too_small_is_told(page: np.ndarray) -> None:
    assert "too_small" in codes(cv2.resize(page, None, fx=0.3, fy=0.3, interpolation=cv2.INTER_AREA))


def test_a_corner_outside_the_picture_is_told(page: np.ndarray) -> None:
    assert "corner_cut" in codes(photographed(page, [(150, 112), (1185, 172), (1500, 1980), (90, 1635)]))


def test_a_lamp_in_the_paper_is_told(page: np.ndarray) -> None:
    picture = (photographed(page, CORNERS) * 0.8).astype(np.uint8)
    glow = np.zeros(picture.shape[:2], np.float32)
    cv2.circle(glow, (700, 900), 180, 255, -1)
    picture = np.maximum(picture, cv2.GaussianBlur(glow, (0, 0), 20)[..., None]).astype(np.uint8)
    assert "glare" in codes(picture)


def test_two_sheets_in_one_picture_are_told(page: np.ndarray) -> None:
    picture = photographed(page, [(60, 80), (900, 100), (890, 1260), (50, 1250)], size=(1900, 1350))
    second = photographed(page, [(1000, 90), (1840, 80), (1850, 1250), (1010, 1260)], size=(1900, 1350))
    picture[:, 950:] = second[:, 950:]
    assert "several_sheets" in codes(picture)
