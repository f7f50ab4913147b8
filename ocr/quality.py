"""Whether a picture is good enough to read, with words that tell how to retake it."""

from __future__ import annotations

from ocr.rectify.sheet import Image
from ocr.results import Problem


def judge(pixels: Image) -> tuple[Problem, ...]:
    """What is wrong with the picture (BGR); empty for ordinary scans and phone photos."""
    raise NotImplementedError
