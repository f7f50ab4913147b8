"""Harder pictures: from far aside, skewed, sent through a messenger, with a finger, with a second sheet."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace

import cv2
import numpy as np
from PIL import Image

from tests.press import camera, scan
from tests.press.chance import between, pick, share
from tests.press.shot import Picture, Points, Rng, turned

CONDITIONS = ("photo", "photo", "photo", "wechat", "wechat", "wechat", "flatbed", "flatbed", "copy", "lowres")
"""Altered sheets are mostly photos; `wechat` is a photo made small by a messenger."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is special about a picture; `names` tells them to the expected reading."""

    steep: bool = False
    skewed: bool = False
    finger: bool = False
    shaken: bool = False
    grey: bool = False
    crushed: bool = False

    @property
    def names(self) -> list[str]:
        """The special things, by name."""
        return [name for name in ("steep", "skewed", "finger", "shaken", "grey", "crushed") if getattr(self, name)]


def wishes(rng: Rng, condition: str) -> Wishes:
    """What is special about a picture of this condition."""
    camera_made = condition in ("photo", "wechat")
    return Wishes(
        steep=share(rng, 0.3) and camera_made,
        skewed=share(rng, 0.25),
        finger=share(rng, 0.15) and camera_made,
        shaken=share(rng, 0.18) and camera_made,
        grey=share(rng, 0.08),
        crushed=share(rng, 0.12) and condition not in ("lowres", "wechat"),
    )


def take(pages: list[np.ndarray], condition: str, dpi: float, wished: Wishes, rng: Rng) -> Picture:
    """The picture of one sheet, or of two beside each other; its corners are those of the first."""
    if condition in ("photo", "wechat"):
        picture = _photo(pages, condition == "wechat", wished, rng)
    else:
        picture = _scanned(pages, condition, dpi, wished, rng)
    if wished.crushed or wished.grey:
        quality = 30 if wished.crushed else 80
        picture = replace(picture, jpeg=_saved_again(picture.jpeg, quality, grey=wished.grey))
    return picture


def _scanned(pages: list[np.ndarray], condition: str, dpi: float, wished: Wishes, rng: Rng) -> Picture:
    """On the scanner's glass, which is larger than what lies askew on it or beside each other."""
    lid = between(rng, 0.9, 1.0) if share(rng, 0.7) else between(rng, 0.05, 0.25)
    if len(pages) == 1 and not wished.skewed:
        return scan.take(pages[0], condition, dpi, rng)
    height = max(page.shape[0] for page in pages)
    gap = round(between(rng, 2, 9) * dpi / 25.4)
    width = sum(page.shape[1] for page in pages) + gap * (len(pages) - 1)
    degrees = between(rng, 4, 12) * pick(rng, (-1, 1)) if wished.skewed else between(rng, -1, 1)
    turn = abs(np.radians(degrees))
    room = (
        round(height * np.cos(turn) + width * np.sin(turn)),
        round(width * np.cos(turn) + height * np.sin(turn)),
    )
    laid = np.full((*room, 3), lid, np.float32)
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    matrix[:, 2] += ((room[1] - width) / 2, (room[0] - height) / 2)
    corners, left = [], 0.0
    for page in pages:
        moved = matrix.copy()
        moved[:, 2] += matrix[:, :2] @ (left, 0.0)
        over = cv2.warpAffine(page, moved, room[::-1])
        cover = cv2.warpAffine(np.ones(page.shape[:2], np.float32), moved, room[::-1])[..., None]
        laid = laid * (1 - cover) + over * cover
        corners.append(cv2.transform(_outline(page)[None], moved)[0] / room[::-1])
        left += page.shape[1] + gap
    picture = scan.take(laid, condition, dpi, rng)
    glass = np.array(picture.corners)
    inside = glass[0] + corners[0][:, :1] * (glass[1] - glass[0]) + corners[0][:, 1:] * (glass[3] - glass[0])
    return replace(picture, corners=[[round(float(v), 5) for v in point] for point in inside])


def _photo(pages: list[np.ndarray], small: bool, wished: Wishes, rng: Rng) -> Picture:
    wide = sum(page.shape[1] for page in pages) > max(page.shape[0] for page in pages) * 1.05
    across = pick(rng, (0.5625, 0.75, 0.75)) if small else 0.75
    long = int(rng.integers(1440, 1921)) if small else int(rng.integers(2000, 2700))
    long = 1920 if across < 0.6 else long
    shape = (round(long * across), long) if wide else (long, round(long * across))
    # a messenger's picture was first taken larger: rendered a third finer, it is shrunk below
    fine = (round(shape[0] * 1.25), round(shape[1] * 1.25)) if small else shape
    picture, corners = _desk_with(pages, fine, wished, rng)
    picture *= camera.lamp(rng, fine)[..., None]
    picture *= np.array([1, 1, 1]) + np.array([1, 0.2, -1]) * rng.normal(0, 0.03)
    if wished.shaken:
        picture = _shaken(picture, between(rng, 0.0022, 0.0034) * max(fine), rng)
    picture = camera.lens(picture, rng)
    corners = corners / fine[::-1]
    turn = pick(rng, (0, 0, 0, 0, 90, 180, 270))
    if not small:
        return turned(picture, corners, turn, int(rng.integers(60, 92)), 0, exif=share(rng, 0.35))
    picture = cv2.resize(picture, shape[::-1], interpolation=cv2.INTER_AREA)
    first = turned(picture, corners, turn if share(rng, 0.4) else 0, 88, 0)
    return replace(first, jpeg=_saved_again(first.jpeg, int(rng.integers(60, 76))))


def _desk_with(pages: list[np.ndarray], shape: tuple[int, int], wished: Wishes, rng: Rng) -> tuple[np.ndarray, Points]:
    """All sheets on one desk; the pixel corners of the first."""
    gap = between(rng, 0.02, 0.08) * pages[0].shape[1]
    widths = [page.shape[1] for page in pages]
    total, height = sum(widths) + gap * (len(pages) - 1), max(page.shape[0] for page in pages)
    to_picture = _view(total, height, shape, wished, rng)
    picture: np.ndarray | None = None
    corners, left = [], 0.0
    for page in pages:
        place = np.array([[1, 0, left], [0, 1, 0], [0, 0, 1]], np.float64)
        if len(pages) > 1:
            place[:2, 2] += rng.normal(0, 0.006, 2) * height
        curl = camera.Curl(rng, page.shape[1], page.shape[0])
        matrix = to_picture @ place
        seen, cover, edge = camera.alone(page, matrix, curl, shape)
        if picture is None:
            picture = camera.desk(shape, rng, edge)
        picture = seen * cover + picture * (1 - cover)
        lying = curl.forward(_outline(page))[None].astype(np.float64)
        corners.append(cv2.perspectiveTransform(lying, matrix)[0])
        left += page.shape[1] + gap
    assert picture is not None
    if wished.finger:
        picture = _finger(picture, corners[0], rng)
    return picture, corners[0]


def _view(width: float, height: float, shape: tuple[int, int], wished: Wishes, rng: Rng) -> np.ndarray:
    """The sheet turned in space before a pinhole camera: up to 25 degrees aside, up to 12 askew."""
    steep = np.radians(between(rng, 12, 25) if wished.steep else abs(rng.normal(0, 4)))
    about = between(rng, 0, 2 * np.pi)
    roll = np.radians(between(rng, 4, 12) * pick(rng, (-1, 1)) if wished.skewed else rng.normal(0, 2))
    tilt = np.array([np.cos(about), np.sin(about), 0.0]) * steep
    turn = cv2.Rodrigues(tilt)[0] @ cv2.Rodrigues(np.array([0, 0, roll]))[0]
    flat = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]]) * (width / 2, height / 2, 0)
    space = flat @ turn.T
    away = between(rng, 1.3, 2.0) * max(width, height)
    quad = space[:, :2] / (1 + space[:, 2:] / away)
    low, high = quad.min(0), quad.max(0)
    room = np.array(shape[::-1])
    scale = float((room / (high - low)).min()) * (
        between(rng, 0.93, 0.985) if min(shape) < 1400 else between(rng, 0.86, 0.975)
    )
    slack = room - (high - low) * scale
    quad = (quad - low) * scale + slack * rng.uniform(0.1, 0.9, 2)
    outline = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    return cv2.getPerspectiveTransform(outline, quad.astype(np.float32)).astype(np.float64)


def _outline(page: np.ndarray) -> np.ndarray:
    height, width = page.shape[:2]
    return np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)


def _finger(picture: np.ndarray, corners: Points, rng: Rng) -> np.ndarray:
    """A thumb holds the sheet at one side, over the margin."""
    side = int(rng.integers(4))
    start, end = corners[side], corners[(side + 1) % 4]
    at = start + (end - start) * between(rng, 0.25, 0.75)
    inward = corners.mean(0) - at
    inward /= np.hypot(*inward)
    mm = np.hypot(*(corners[1] - corners[0])) / 210
    reach = between(rng, 5, 9) * mm  # how far it lies over the margin
    middle = at + inward * (reach - 48 * mm)
    layer = np.zeros(picture.shape[:2], np.float32)
    turn = float(np.degrees(np.arctan2(inward[1], inward[0])))
    axes = (round(48 * mm), round(10 * mm))
    cv2.ellipse(layer, tuple(int(v) for v in middle), axes, turn, 0, 360, 1.0, -1, cv2.LINE_AA)
    soft = cv2.GaussianBlur(layer, (0, 0), 4 * mm)
    shadow = 1 - 0.35 * np.roll(soft, (round(2 * mm), round(2 * mm)), (0, 1)) * (1 - layer)
    skin = np.array(pick(rng, ((0.83, 0.62, 0.5), (0.72, 0.5, 0.38), (0.9, 0.72, 0.6))), np.float32)
    shaded = skin * (0.62 + 0.45 * soft[..., None])
    return picture * shadow[..., None] * (1 - layer[..., None]) + shaded * layer[..., None]


def _shaken(picture: np.ndarray, length: float, rng: Rng) -> np.ndarray:
    """Motion blur over `length` pixels, about as far as a person can still read."""
    side = max(3, int(length) | 1)
    kernel = np.zeros((side, side), np.float32)
    turn = between(rng, 0, np.pi)
    step = np.array([np.cos(turn), np.sin(turn)]) * (side - 1) / 2
    ends = [tuple(int(round(v)) for v in (side - 1) / 2 + sign * step) for sign in (-1, 1)]
    cv2.line(kernel, ends[0], ends[1], 1.0, 1, cv2.LINE_AA)
    return cv2.filter2D(picture, -1, kernel / kernel.sum())


def _saved_again(jpeg: bytes, quality: int, *, grey: bool = False) -> bytes:
    """The same picture through another program's hands."""
    image = Image.open(io.BytesIO(jpeg))
    exif, dpi = image.getexif(), image.info.get("dpi")
    extra = {"dpi": dpi} if dpi else {}
    out = io.BytesIO()
    (image.convert("L") if grey else image).save(out, "JPEG", quality=quality, exif=exif, **extra)
    return out.getvalue()
