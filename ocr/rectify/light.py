"""Even light: grey in which paper is near white wherever a shadow or a lamp fell."""

from __future__ import annotations

import cv2
import numpy as np

from ocr.rectify.quick import smaller
from ocr.rectify.sheet import Image


def evened(pixels: Image) -> Image:
    """Grey of the BGR or grey picture divided by its own paper brightness; same size, uint8.

    The paper's brightness is the local maximum of a small copy, smoothed: print and pen are
    thinner than its window. Works on the green channel's neighbourhood of luminance, where pens of
    any colour stay dark.
    """
    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY) if pixels.ndim == 3 else pixels
    paper = paper_light(grey)
    return np.asarray(cv2.divide(grey, paper, scale=250), np.uint8)


def paper_light(grey: Image) -> Image:
    """The brightness the paper has at each pixel of `grey`, print and writing removed."""
    height, width = grey.shape
    scale = 160 / max(height, width)
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    small = smaller(grey, size)
    # Dilation alone would follow bright noise; the median of what is left is the paper itself.
    bright = cv2.dilate(small, np.ones((5, 5), np.uint8))
    bright = cv2.medianBlur(bright, 9)
    bright = cv2.GaussianBlur(bright, (0, 0), 2.0)
    bright = np.maximum(bright, 20)
    return np.asarray(cv2.resize(bright, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
