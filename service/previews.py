"""A small picture of an uploaded photo, so that people see which one is meant before it is read."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from service.errors import NotFound

MEDIA_TYPES = frozenset({"image/jpeg", "image/png"})
"""Kinds that are cheap and safe to open in a web process; others are shown once their sheets are read."""
_FORMATS = ("JPEG", "PNG")
_SIZE = (360, 480)
_MOST_PIXELS = 60_000_000
_MOST_PIXELS_WHOLE = 16_000_000
"""A PNG cannot be decoded at a fraction of its size as a JPEG can."""


def small(path: Path) -> bytes:
    """A JPEG of at most 360 × 480 pixels, made anew from the pixels alone; NotFound when none can be made."""
    try:
        with Image.open(path, formats=_FORMATS) as picture:
            most = _MOST_PIXELS if picture.format == "JPEG" else _MOST_PIXELS_WHOLE
            if picture.width * picture.height > most:
                raise NotFound
            picture.draft("RGB", _SIZE)
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (OSError, ValueError, SyntaxError, UnidentifiedImageError, Image.DecompressionBombError) as broken:
        raise NotFound from broken
    upright.thumbnail(_SIZE)
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=72)
    return out.getvalue()
