"""Pictures of other scanners and phones: coarse, fine, one-bit, trimmed, far, near, turned, on odd desks."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from tests.press import camera
from tests.press.chance import between, pick
from tests.press.paper import clouds
from tests.press.shot import Rng, noise

File = tuple[str, bytes]
"""The file's ending and its bytes."""


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a phone is held: how much of the frame the sheet fills, degrees of roll and tilt, megapixels."""

    fill: float = 0.9
    roll: float = 2.0
    tilt: float = 5.0
    megapixels: float = 4.0
    sag: float = 1.0


def flat(page: np.ndarray, rng: Rng) -> File:
    """A plain colour scan at 200 dpi."""
    return _jpeg(page + noise(rng, page.shape, 0.006), 88)


def _scan(dpi: int) -> Callable[[np.ndarray, Rng], File]:
    def view(page: np.ndarray, rng: Rng) -> File:
        scale = dpi / 200
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        grey = cv2.resize(page.mean(2), None, fx=scale, fy=scale, interpolation=way)
        return _png(grey + noise(rng, grey.shape, 0.006))

    return view


def _fax(down: float) -> Callable[[np.ndarray, Rng], File]:
    """One bit a pixel, 204 dots an inch across and `down` times as many down, as a fax machine sends it."""

    def view(page: np.ndarray, rng: Rng) -> File:
        grey = cv2.GaussianBlur(page.mean(2), (0, 0), 0.8)
        grey = _rolled(grey, between(rng, -1, 1))
        size = (1728, round(1728 * grey.shape[0] / grey.shape[1] * down))
        grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
        white = np.where(grey + noise(rng, grey.shape, 0.05) > 0.66, 255, 0).astype(np.uint8)
        bits = Image.fromarray(white).convert("1")
        out = io.BytesIO()
        bits.save(out, "TIFF", compression="group4", dpi=(204, 204 * down))
        return "tif", out.getvalue()

    return view


def trimmed(page: np.ndarray, rng: Rng) -> File:
    """A grey scan cut close to what is printed."""
    grey = page.mean(2)
    ys, xs = np.nonzero(grey < 0.6)
    edge = 10
    x0, x1 = np.percentile(xs, (0.05, 99.95)).astype(int)
    y0, y1 = np.percentile(ys, (0.05, 99.95)).astype(int)
    part = grey[max(0, y0 - edge) : y1 + edge, max(0, x0 - edge) : x1 + edge]
    return _jpeg(part + noise(rng, part.shape, 0.006), 85)


def _turned_scan(low: float, high: float) -> Callable[[np.ndarray, Rng], File]:
    def view(page: np.ndarray, rng: Rng) -> File:
        return _jpeg(_rolled(page, between(rng, low, high) * pick(rng, (-1, 1))), 85)

    return view


def _photo(
    stand: Stand, desk: str = "", light: Callable[[np.ndarray, Rng], np.ndarray] | None = None
) -> Callable[[np.ndarray, Rng], File]:
    def view(page: np.ndarray, rng: Rng) -> File:
        long = round((stand.megapixels * 1e6 / 0.75) ** 0.5)
        shape = (long, round(long * 0.75))
        if page.shape[1] > page.shape[0]:
            shape = shape[::-1]
        curl = camera.Curl(rng, page.shape[1], page.shape[0])
        curl.sag *= stand.sag
        matrix = _seen(page.shape, shape, stand, rng)
        seen, cover, edge = camera.alone(_near(page, matrix), matrix, curl, shape)
        under = DESKS[desk](shape, rng, edge) if desk else camera.desk(shape, rng, edge)
        picture = seen * cover + under * (1 - cover)
        picture = picture * camera.lamp(rng, shape)[..., None]
        picture = light(picture, rng) if light else picture
        return _jpeg(camera.lens(picture, rng), int(rng.integers(72, 90)))

    return view


def _seen(size: tuple[int, ...], shape: tuple[int, int], stand: Stand, rng: Rng) -> np.ndarray:
    height, width = size[:2]
    tilt, roll, about = np.radians(stand.tilt), np.radians(stand.roll * pick(rng, (-1, 1))), between(rng, 0, 2 * np.pi)
    lean = cv2.Rodrigues(np.array([np.cos(about), np.sin(about), 0.0]) * tilt)[0]
    turn = lean @ cv2.Rodrigues(np.array([0, 0, roll]))[0]
    plane = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]]) * (width / 2, height / 2, 0) @ turn.T
    quad = plane[:, :2] / (1 + plane[:, 2:] / (1.5 * max(width, height)))
    low, high = quad.min(0), quad.max(0)
    room = np.array(shape[::-1])
    scale = float((room / (high - low)).min()) * stand.fill
    slack = room - (high - low) * scale
    quad = (quad - low) * scale + slack * (rng.uniform(0.25, 0.75, 2) if stand.fill < 1 else 0.5)
    outline = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    return cv2.getPerspectiveTransform(outline, quad.astype(np.float32)).astype(np.float64)


def _near(page: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """The page softened as far as the picture is coarser than it: a camera averages, it does not skip."""
    factor = float(np.sqrt(abs(np.linalg.det(matrix[:2, :2]))))
    return page if factor > 0.8 else cv2.GaussianBlur(page, (0, 0), 0.4 / factor)


def _white(shape: tuple[int, int], rng: Rng, edge: np.ndarray) -> np.ndarray:
    shadow = 1 - 0.25 * np.exp(np.clip(edge, -400, 0) / between(rng, 4, 12))
    base = 0.92 + 0.01 * clouds(rng, shape, 200)
    return np.repeat((base * shadow)[..., None], 3, 2).astype(np.float32)


def _checked(shape: tuple[int, int], rng: Rng, edge: np.ndarray) -> np.ndarray:
    size = shape[0] // 24
    rows, cols = np.indices(shape) // size
    tone = np.where((rows + cols) % 2, 0.85, 0.35)[..., None] * np.array(pick(rng, ((1, 0.5, 0.5), (0.6, 0.7, 1))))
    shadow = 1 - 0.3 * np.exp(np.clip(edge, -400, 0) / 10)
    return (tone * shadow[..., None]).astype(np.float32)


def _papers(shape: tuple[int, int], rng: Rng, edge: np.ndarray) -> np.ndarray:
    """Other printed papers lie under the sheet."""
    desk = np.full(shape, 0.86, np.float32)
    for row in range(0, shape[0], shape[0] // 70):
        for start in range(int(rng.integers(0, 40)), shape[1], shape[1] // 45):
            end = (start + shape[1] // 60, row + shape[0] // 130)
            cv2.rectangle(desk, (start, row), end, between(rng, 0.2, 0.8), -1)
    desk = cv2.GaussianBlur(desk, (0, 0), 2)
    shadow = 1 - 0.3 * np.exp(np.clip(edge, -400, 0) / 10)
    return np.repeat((desk * shadow)[..., None], 3, 2).astype(np.float32)


DESKS = {"white": _white, "checked": _checked, "papers": _papers}


def _dim(picture: np.ndarray, rng: Rng) -> np.ndarray:
    """A hard shadow over half the sheet, yellow lamplight."""
    rows, cols = np.indices(picture.shape[:2]) / np.array(picture.shape[:2])[:, None, None]
    side = cols + between(rng, -0.5, 0.5) * rows > between(rng, 0.35, 0.65)
    shade = cv2.GaussianBlur(np.where(side, 0.4, 1.0).astype(np.float32), (0, 0), 3)
    return picture * shade[..., None] * np.array([1, 0.92, 0.7], np.float32)


def _rolled(page: np.ndarray, degrees: float) -> np.ndarray:
    """The page turned on a white glass large enough for all of it."""
    height, width = page.shape[:2]
    turn = abs(np.radians(degrees))
    cos, sin = abs(np.cos(turn)), abs(np.sin(turn))
    room = (round(width * cos + height * sin), round(height * cos + width * sin))
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    matrix[:, 2] += ((room[0] - width) / 2, (room[1] - height) / 2)
    return cv2.warpAffine(page, matrix, room, borderValue=(0.98, 0.98, 0.98))


def _bytes(picture: np.ndarray) -> np.ndarray:
    return (np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8)


def _jpeg(picture: np.ndarray, quality: int) -> File:
    out = io.BytesIO()
    Image.fromarray(_bytes(picture)).save(out, "JPEG", quality=quality)
    return "jpg", out.getvalue()


def _png(picture: np.ndarray) -> File:
    out = io.BytesIO()
    Image.fromarray(_bytes(picture)).save(out, "PNG", compress_level=1)
    return "png", out.getvalue()


VIEWS: dict[str, Callable[[np.ndarray, Rng], File]] = {
    "scan_150": _scan(150),
    "scan_300": _scan(300),
    "scan_600": _scan(600),
    "fax_fine": _fax(1.0),
    "fax_coarse": _fax(0.5),
    "trimmed": trimmed,
    "scan_turned_8_25": _turned_scan(8, 25),
    "scan_turned_25_90": _turned_scan(25, 90),
    "scan_turned_90_180": _turned_scan(90, 180),
    "photo_1mp": _photo(Stand(megapixels=1.0, fill=0.97)),
    "photo_12mp": _photo(Stand(megapixels=12.0)),
    "photo_far": _photo(Stand(megapixels=12.0, fill=0.55)),
    "photo_full": _photo(Stand(fill=1.05, tilt=3.0)),
    "photo_rolled": _photo(Stand(roll=30, fill=0.97)),
    "photo_sideways": _photo(Stand(roll=120, fill=0.97, megapixels=8)),
    "photo_steep": _photo(Stand(tilt=32, megapixels=8)),
    "photo_curled": _photo(Stand(sag=3.5)),
    "white_desk": _photo(Stand(), "white"),
    "checked_desk": _photo(Stand(fill=0.8, megapixels=5), "checked"),
    "papers_desk": _photo(Stand(fill=0.8, megapixels=5), "papers"),
    "photo_dim": _photo(Stand(), "", _dim),
}
