"""One page of a picture decoded by Pillow into plain 8-bit RGB, whatever its mode."""

from __future__ import annotations

import warnings
from pathlib import Path
from threading import Lock

from PIL import Image, ImageFile

from ocr.errors import DamagedFile, NotAnImage, TooLarge, UnreadableFile
from ocr.filetype import Limits

FORMATS = {"jpeg": "JPEG", "png": "PNG", "tiff": "TIFF", "heic": "HEIF", "webp": "WEBP", "bmp": "BMP"}

LONGEST = 5000
"""Pixels of the longer side worth keeping: A4 at 420 dpi, A3 at 300; larger pictures are halved."""

_DECODER = Lock()  # Pillow's switch for truncated files is global


def open_picture(path: Path, kind: str, limits: Limits) -> Image.Image:
    """The picture with only its header read; raises TooLarge before any pixel is decoded."""
    if kind == "heic":
        import pillow_heif

        pillow_heif.register_heif_opener()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(path, formats=[FORMATS[kind]])
    except Image.DecompressionBombError as bomb:
        raise TooLarge(str(bomb)) from bomb
    except MemoryError as hungry:
        raise TooLarge("out of memory") from hungry
    except Exception as broken:  # noqa: BLE001  Pillow's plugins raise whatever a broken header leads to
        raise (NotAnImage if kind == "bmp" else DamagedFile)(repr(broken)) from broken
    check_size(picture, limits)
    return picture


def check_size(picture: Image.Image, limits: Limits) -> None:
    """Raise TooLarge or DamagedFile for a page whose header asks for too many or no pixels."""
    width, height = picture.size
    if width * height > limits.pixels or max(width, height) > 30000:
        raise TooLarge(f"{width}x{height}")
    if min(width, height) < 1:
        raise DamagedFile(f"{width}x{height}")


def decode(picture: Image.Image) -> tuple[Image.Image, float]:
    """The page upright in RGB, no side above LONGEST, and the share (0–1) missing at its end.

    A file that breaks off is decoded as far as it goes; DamagedFile when nothing of it is left.
    """
    turn = _orientation(picture)
    _draft(picture)
    try:
        missing = _load(picture)
        rgb = to_rgb(_shrunk(picture))
    except (UnreadableFile, MemoryError):
        raise
    except Exception as broken:  # noqa: BLE001  decoders raise whatever broken data leads to
        raise DamagedFile(repr(broken)) from broken
    if missing:
        missing = _blank_tail(rgb)
        if missing > 0.95:
            raise DamagedFile("nothing but the header")
    return (rgb.transpose(turn) if turn is not None else rgb), missing


def to_rgb(picture: Image.Image) -> Image.Image:
    """Any mode as 8-bit RGB: alpha over white, 16-bit and float stretched to 8 bits."""
    mode = picture.mode
    if mode.startswith(("I;16", "I", "F")):
        return _stretched(picture).convert("RGB")
    if mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        paper = Image.new("RGB", layer.size, "white")
        paper.paste(layer, mask=layer.getchannel("A"))
        return paper
    return picture if mode == "RGB" else picture.convert("RGB")


def dpi_of(picture: Image.Image) -> float | None:
    """The resolution the file states, None when it says nothing believable."""
    try:
        stated = float(picture.info["dpi"][0])
    except (KeyError, IndexError, TypeError, ValueError, ZeroDivisionError):
        return None
    return stated if 30 <= stated <= 2400 else None


def _load(picture: Image.Image) -> float:
    """Decode the pixels; 1.0 when the file broke off."""
    with _DECODER:
        try:
            picture.load()
            return 0.0
        except OSError as broken:
            if "truncated" not in str(broken) and "broken data stream" not in str(broken):
                raise
        ImageFile.LOAD_TRUNCATED_IMAGES = True
        try:
            picture.load()
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = False
    return 1.0


def _blank_tail(rgb: Image.Image) -> float:
    """The share of rows at the end that hold one colour only: what a broken file did not bring."""
    small = rgb.convert("L").resize((64, min(rgb.height, 512)), Image.Resampling.BOX)
    data = small.tobytes()
    rows = [data[at:at + 64] for at in range(0, len(data), 64)]
    filled = [index for index, row in enumerate(rows) if max(row) - min(row) > 6]
    return 1.0 - (filled[-1] + 1) / len(rows) if filled else 1.0


def _draft(picture: Image.Image) -> None:
    """Let the JPEG decoder halve what would be halved afterwards anyway."""
    scale = max(picture.size) // LONGEST
    if scale >= 1 and max(picture.size) > LONGEST:
        picture.draft(None, (picture.width // (scale + 1), picture.height // (scale + 1)))


def _shrunk(picture: Image.Image) -> Image.Image:
    factor = -(-max(picture.size) // LONGEST)
    if factor <= 1 or picture.mode.startswith(("I;16", "P", "1")):
        return picture
    return picture.reduce(factor)


def _orientation(picture: Image.Image) -> Image.Transpose | None:
    turns = {2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
             4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
             6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
             8: Image.Transpose.ROTATE_90}
    try:
        return turns.get(picture.getexif().get(0x0112, 1))
    except Exception:  # noqa: BLE001  a broken EXIF block says nothing about the pixels
        return None


def _stretched(picture: Image.Image) -> Image.Image:
    """A deep grey picture in 8 bits: by its own range, which for paper is near the full one."""
    deep = picture.convert("I") if picture.mode != "F" else picture
    low, high = deep.getextrema()
    low, high = float(low), float(high)  # type: ignore[arg-type]
    if not (high - low < float("inf")) or high <= low:
        return deep.point(lambda value: value * 0 + 255).convert("L")
    scale = 255.0 / (high - low)
    return deep.point(lambda value: value * scale + (-low * scale)).convert("L")
