"""How a sheet becomes a picture: flatbed scanner, phone camera, worn photocopy, coarse fax-like scan."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from tests.press.camera import photo
from tests.press.chance import between, pick, share
from tests.press.paper import clouds
from tests.press.shot import Picture, Points, Rng, noise, turned


def take(page: np.ndarray, condition: str, dpi: float, rng: Rng) -> Picture:
    """The picture of `page` (float RGB 0–1, rendered at `dpi`) under one of the four conditions."""
    return CONDITIONS[condition](page, dpi, rng)


def flatbed(page: np.ndarray, dpi: float, rng: Rng) -> Picture:
    """A flatbed scan: slight skew on a white lid, a little noise, true colours."""
    wanted = pick(rng, (300, 200, 200))
    page, dpi = _resized(page, wanted / dpi), wanted
    lid = np.array([1, 1, 1]) * between(rng, 0.9, 1.0)
    page, corners = _laid(page, between(rng, -2, 2), lid, (rng.normal(0, 0.006), rng.normal(0, 0.006)), rng)
    page = 0.02 + page * between(rng, 0.96, 1.02)
    page += noise(rng, page.shape, between(rng, 0.004, 0.012))
    return turned(page, corners, 0 if share(rng, 0.85) else 180, int(rng.integers(82, 94)), wanted)


def copy(page: np.ndarray, dpi: float, rng: Rng) -> Picture:
    """A photocopy of a photocopy, scanned: grey, hard, speckled, dark at an edge, lines coming apart."""
    wanted = pick(rng, (200, 200, 300))
    page, dpi = _resized(page, wanted / dpi), wanted
    grey = page @ np.array([0.35, 0.5, 0.15], np.float32)
    grey = cv2.GaussianBlur(grey, (0, 0), between(rng, 0.6, 1.0) * wanted / 200)
    uneven = 0.05 * clouds(rng, grey.shape, 300) + 0.05 * clouds(rng, grey.shape, 5 * wanted / 200)
    hard = between(rng, 3.2, 6)
    grey = np.clip((grey - between(rng, 0.62, 0.74) + uneven * 0.5) * hard + 0.6, 0.06, 0.97)
    grey = _speckled(grey, rng)
    grey = _dark_edges(grey, rng)
    page = np.repeat(grey[..., None], 3, 2)
    page, corners = _laid(page, between(rng, -2.5, 2.5), np.ones(3) * between(rng, 0.9, 1), (0, 0), rng)
    page += noise(rng, page.shape[:2], 0.015)[..., None]
    return turned(page, corners, 0 if share(rng, 0.9) else 180, int(rng.integers(70, 90)), wanted)


def lowres(page: np.ndarray, dpi: float, rng: Rng) -> Picture:
    """A scan at 100 to 150 dpi saved with strong JPEG compression."""
    wanted = int(rng.integers(110, 151))
    page, corners = _laid(page, between(rng, -1.5, 1.5), np.ones(3), (0, 0), rng)
    page = _resized(page, wanted / dpi)
    if share(rng, 0.3):
        page = np.repeat(page.mean(2, keepdims=True), 3, 2)
    page = page * between(rng, 0.94, 1.0) + noise(rng, page.shape, 0.008)
    return turned(page, corners, 0 if share(rng, 0.9) else 180, int(rng.integers(38, 62)), wanted)


def _resized(page: np.ndarray, scale: float) -> np.ndarray:
    if abs(scale - 1) < 0.01:
        return page
    size = (round(page.shape[1] * scale), round(page.shape[0] * scale))
    return cv2.resize(page, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)


def _laid(
    page: np.ndarray, degrees: float, around: np.ndarray, shift: tuple[float, float], rng: Rng
) -> tuple[np.ndarray, Points]:
    """The sheet turned a little on the scanner's glass, which is about as large as the sheet."""
    height, width = page.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, between(rng, 0.975, 1.0))
    matrix[:, 2] += (shift[0] * width, shift[1] * height)
    laid = cv2.warpAffine(
        page, matrix, (width, height), flags=cv2.INTER_LINEAR, borderValue=tuple(map(float, around))
    )
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    moved = cv2.transform(corners[None], matrix)[0]
    return laid, moved / np.array([width, height])


def _speckled(grey: np.ndarray, rng: Rng) -> np.ndarray:
    """Specks of toner and of dust on the copier's glass."""
    height, width = grey.shape
    for _ in range(int(rng.integers(150, 900))):
        x, y = int(rng.integers(width)), int(rng.integers(height))
        cv2.circle(grey, (x, y), int(rng.exponential(0.7)), between(rng, 0.1, 0.6), -1)
    for _ in range(int(rng.integers(20, 120))):
        x, y = int(rng.integers(width)), int(rng.integers(height))
        cv2.circle(grey, (x, y), int(rng.exponential(0.8)), 0.95, -1)
    if share(rng, 0.3):
        x = int(rng.integers(width))
        grey[:, x : x + 2] = np.minimum(grey[:, x : x + 2], between(rng, 0.4, 0.8))
    return grey


def _dark_edges(grey: np.ndarray, rng: Rng) -> np.ndarray:
    """The black rim a copier leaves where its lid did not close."""
    height, width = grey.shape
    for side in range(4):
        if share(rng, 0.35):
            depth = between(rng, 0.003, 0.014) * width
            along = width if side % 2 == 0 else height
            rim = depth * (1 + 0.25 * clouds(rng, (1, along), along / 6)[0])
            distance = np.arange(height if side % 2 == 0 else width, dtype=np.float32)
            dark = np.clip((distance[:, None] - rim[None, :]) / 6, 0, 1) * 0.9 + 0.1
            dark = dark if side % 2 == 0 else dark.T
            grey = np.minimum(grey, (dark[::-1] if side == 2 else dark[:, ::-1] if side == 3 else dark) + 0.0)
    return grey


CONDITIONS: dict[str, Callable[[np.ndarray, float, Rng], Picture]] = {
    "flatbed": flatbed,
    "photo": photo,
    "copy": copy,
    "lowres": lowres,
}
