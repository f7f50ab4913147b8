"""Pieces of a rectified sheet as pictures, cut without opening OpenCV."""

from __future__ import annotations

import io

from PIL import Image

from service.errors import NotFound

_MARGIN = 0.006
"""Paper left around a box, as a share of the sheet: a neighbour's ruling line tells where one is."""


def crop(jpeg: bytes, box: tuple[float, ...]) -> bytes:
    """The part of a JPEG inside `box` (relative, 0–1) with a little paper around it, as JPEG.

    Raises NotFound for an empty box: the reader did not find the field on the paper.
    """
    if len(box) != 4 or box[2] <= box[0] or box[3] <= box[1]:
        raise NotFound("这一项在纸面上没有找到位置。")
    with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as sheet:
        width, height = sheet.size
        left, top = max(0.0, box[0] - _MARGIN) * width, max(0.0, box[1] - _MARGIN) * height
        right, bottom = min(1.0, box[2] + _MARGIN) * width, min(1.0, box[3] + _MARGIN) * height
        corner = (max(int(right), int(left) + 1), max(int(bottom), int(top) + 1))
        piece = sheet.crop((int(left), int(top), *corner))
    out = io.BytesIO()
    piece.convert("RGB").save(out, "JPEG", quality=88)
    return out.getvalue()
