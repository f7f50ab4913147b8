"""The round red seal of a school: ring, star, its name along the rim, pressed unevenly."""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image, ImageDraw

from tests.press import fonts
from tests.press.chance import between, pick
from tests.press.paper import Paper, clouds


def stamp(paper: Paper, centre: tuple[float, float], name: str, rng: np.random.Generator) -> list[float]:
    """Presses the seal of `name` around a point; returns its box relative to the sheet."""
    radius_mm = between(rng, 17, 21)
    pixels = round(radius_mm * paper.mm)
    alpha = _drawn(pixels, name)
    alpha = _turned(alpha, between(rng, -25, 25))
    alpha *= np.clip(between(rng, 0.55, 0.9) + 0.28 * clouds(rng, alpha.shape, pixels * 0.35), 0.08, 0.95)
    alpha *= 0.75 + 0.25 * rng.random(alpha.shape, np.float32)
    alpha = cv2.GaussianBlur(alpha, (0, 0), max(0.5, 0.08 * paper.mm))
    x, y = (round(v) for v in paper.px(*centre))
    red = pick(rng, ((0.80, 0.10, 0.12), (0.86, 0.16, 0.14), (0.74, 0.12, 0.20)))
    paper.stain(alpha, x - alpha.shape[1] // 2, y - alpha.shape[0] // 2, red)
    height, width = paper.shape
    box = ((x - pixels) / width, (y - pixels) / height, (x + pixels) / width, (y + pixels) / height)
    return [round(v, 5) for v in box]


def _drawn(radius: int, name: str) -> np.ndarray:
    side = 2 * radius + 8
    image = Image.new("L", (side, side), 0)
    draw = ImageDraw.Draw(image)
    middle = side / 2
    draw.ellipse([4, 4, side - 5, side - 5], outline=255, width=max(2, radius // 16))
    points = []
    for corner in range(10):
        reach = radius * (0.30 if corner % 2 == 0 else 0.30 * 0.382)
        turn = np.pi * corner / 5 - np.pi / 2
        points.append((middle + reach * np.cos(turn), middle + reach * np.sin(turn)))
    draw.polygon(points, fill=255)
    spread = min(260, 26 * len(name))
    size = round(min(radius * 0.30, 2.0 * np.pi * radius * 0.76 * spread / 360 / len(name) * 1.05))
    for number, char in enumerate(name):
        turn = -spread / 2 + spread * number / max(1, len(name) - 1)
        _rim_char(image, char, size, turn, radius)
    return np.asarray(image, np.float32) / 255


def _rim_char(image: Image.Image, char: str, size: int, turn: float, radius: int) -> None:
    tile = Image.new("L", (2 * size, 2 * size), 0)
    ImageDraw.Draw(tile).text((size, size), char, fill=255, anchor="mm", font=fonts.font("serif-bold", size))
    tile = tile.rotate(-turn, Image.Resampling.BICUBIC)
    middle, reach = image.width / 2, radius * 0.77
    x = middle + reach * np.sin(np.radians(turn)) - size
    y = middle - reach * np.cos(np.radians(turn)) - size
    image.paste(255, (round(x), round(y)), tile)


def _turned(alpha: np.ndarray, degrees: float) -> np.ndarray:
    side = alpha.shape[0]
    matrix = cv2.getRotationMatrix2D((side / 2, side / 2), degrees, 1)
    return cv2.warpAffine(alpha, matrix, (side, side))
