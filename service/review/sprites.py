"""Many crops in one picture: a wall of sheets costs one request, and each sheet is opened once."""

from __future__ import annotations

import io
import threading
from collections import OrderedDict
from collections.abc import Sequence

from PIL import Image

from service.storage import BlobStore

HEIGHT, WIDEST = 72, 720
"""Pixels of a tile: all are as high, long ones are made to fit the width."""
_MARGIN = 0.006
_MOST_KEPT = 4000
"""Crops kept in memory, some 5 KB each."""

Place = tuple[str, tuple[float, ...]]
"""The digest of a rectified sheet and a box on it."""


class Crops:
    """The latest crops of this process, kept in memory only: no child's writing lies about on the disk."""

    def __init__(self, most: int = _MOST_KEPT) -> None:
        self._most, self._lock = most, threading.Lock()
        self._kept: OrderedDict[Place, bytes] = OrderedDict()

    def tiles(self, store: BlobStore, places: Sequence[Place]) -> list[bytes]:
        """A JPEG for each place, HEIGHT pixels high at most; a sheet is decoded once for all its places."""
        found = {place: kept for place in places if (kept := self._find(place)) is not None}
        missing: dict[str, list[tuple[float, ...]]] = {}
        for sha, box in places:
            if (sha, box) not in found:
                missing.setdefault(sha, []).append(box)
        for sha, wanted in missing.items():
            for box, tile in zip(wanted, _cut(store.read(sha), wanted), strict=True):
                found[sha, box] = tile
                self._keep((sha, box), tile)
        return [found[place] for place in places]

    def _find(self, place: Place) -> bytes | None:
        with self._lock:
            if place in self._kept:
                self._kept.move_to_end(place)
            return self._kept.get(place)

    def _keep(self, place: Place, tile: bytes) -> None:
        with self._lock:
            self._kept[place] = tile
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)


CROPS = Crops()


def sprite(store: BlobStore, places: Sequence[Place], crops: Crops = CROPS) -> bytes:
    """The places' crops one under the other in a JPEG, each at the left of a strip HEIGHT pixels high."""
    tiles = [_opened(tile) for tile in crops.tiles(store, places)]
    whole = Image.new("RGB", (max(tile.width for tile in tiles), HEIGHT * len(tiles)), "white")
    for n, tile in enumerate(tiles):
        whole.paste(tile, (0, n * HEIGHT + (HEIGHT - tile.height) // 2))
    return _jpeg(whole, 78)


def _cut(jpeg: bytes, wanted: Sequence[tuple[float, ...]]) -> list[bytes]:
    with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as sheet:
        lowest = min(box[3] - box[1] for box in wanted) + 2 * _MARGIN
        share = min(1.0, HEIGHT / max(1.0, lowest * sheet.height))
        # libjpeg decodes at a half or a quarter of the size for a fraction of the time
        sheet.draft("RGB", (max(1, int(sheet.width * share)), max(1, int(sheet.height * share))))
        whole = sheet.convert("RGB")
    return [_jpeg(_tile(whole, box), 88) for box in wanted]


def _tile(sheet: Image.Image, box: tuple[float, ...]) -> Image.Image:
    width, height = sheet.size
    left, top = int(max(0.0, box[0] - _MARGIN) * width), int(max(0.0, box[1] - _MARGIN) * height)
    right, bottom = int(min(1.0, box[2] + _MARGIN) * width), int(min(1.0, box[3] + _MARGIN) * height)
    piece = sheet.crop((left, top, max(right, left + 1), max(bottom, top + 1)))
    scale = min(HEIGHT / piece.height, WIDEST / piece.width)
    return piece.resize((max(1, round(piece.width * scale)), max(1, round(piece.height * scale))))


def _opened(jpeg: bytes) -> Image.Image:
    return Image.open(io.BytesIO(jpeg), formats=["JPEG"])


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()
