"""From a photo or scan to a flat sheet: outline, perspective, bend, light."""

from __future__ import annotations

from ocr.rectify.sheet import Image, Point, Quad, RectifiedSheet

__all__ = ["Image", "Point", "Quad", "RectifiedSheet", "rectify"]


def rectify(pixels: Image) -> RectifiedSheet:
    """The sheet in `pixels` (BGR), flat and level; which way is up is settled by the match."""
    raise NotImplementedError
