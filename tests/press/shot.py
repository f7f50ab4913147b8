"""The picture file a scanner or a phone hands over: turned, compressed, tagged."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image

Rng = np.random.Generator
Points = np.ndarray


@dataclass(frozen=True, slots=True)
class Picture:
    """The file a person uploads, 0–1 coordinates in it as seen with its EXIF tag honoured.

    `corners` are the sheet's own top left, top right, bottom right, bottom left; `orientation` the degrees
    by which it lies turned clockwise; `dpi` 0 for a camera.
    """

    jpeg: bytes
    corners: list[list[float]]
    orientation: int
    dpi: int


def noise(rng: Rng, shape: tuple[int, ...], sigma: float) -> np.ndarray:
    """Noise of unit normal distribution times `sigma`."""
    return sigma * rng.standard_normal(shape, np.float32)


def turned(
    picture: np.ndarray, corners: Points, turn: int, quality: int, dpi: int, *, exif: bool = False
) -> Picture:
    """Turns the picture clockwise and saves it; with `exif` a tag tells viewers to turn it back."""
    upright = corners
    for _ in range(turn // 90):
        corners = np.stack([1 - corners[:, 1], corners[:, 0]], 1)
    image = Image.fromarray((np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8))
    saved: dict = {"quality": quality}
    if dpi:
        saved["dpi"] = (dpi, dpi)
    if exif:
        # The phone stores its sensor's turned pixels and says so: seen with the tag, the sheet is upright.
        tag = Image.Exif()
        tag[0x0112] = {0: 1, 90: 8, 180: 3, 270: 6}[turn]
        saved["exif"] = tag
        corners = upright
    image = image.rotate(-turn, expand=True)
    out = io.BytesIO()
    image.save(out, "JPEG", **saved)
    return Picture(
        out.getvalue(), [[round(float(v), 5) for v in point] for point in corners], 0 if exif else turn, dpi
    )
