"""Pieces of a rectified sheet as pictures, cut without opening OpenCV."""

from __future__ import annotations

import io

from PIL import Image

from service.errors import NotFound

_MARGIN = 0.006
"""Paper left around a box, as a share of the sheet: a neighbour's ruling line tells where one is."""


AROUND = 0.03
"""The same for somebody who does not know where on the sheet to look."""


def crop(jpeg: bytes, box: tuple[float, ...], margin: float = _MARGIN) -> bytes:
    """The part of a JPEG inside `box` (relative, 0–1) with a little paper around it, as JPEG.

    Raises NotFound for an empty box: the reader did not find the field on the paper.
    """
    if len(box) != 4 or box[2] <= box[0] or box[3] <= box[1]:
        raise NotFound("这一项在纸面上没有找到位置。")
    with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as sheet:
        width, height = sheet.size
        left, top = max(0.0, box[0] - margin) * width, max(0.0, box[1] - margin) * height
        right, bottom = min(1.0, box[2] + margin) * width, min(1.0, box[3] + margin) * height
        corner = (max(int(right), int(left) + 1), max(int(bottom), int(top) + 1))
        piece = sheet.crop((int(left), int(top), *corner))
    out = io.BytesIO()
    piece.convert("RGB").save(out, "JPEG", quality=88)
    return out.getvalue()
