"""Every ordinary kind of picture becomes upright BGR pixels; the kind is told by the bytes, not by the name."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from ocr.errors import TooManyPages, UnreadableFile
from ocr.filetype import Limits, inspect
from ocr.load import LoadedSheet, open_sheets

pillow_heif.register_heif_opener()


def picture(width: int = 300, height: int = 400) -> Image.Image:
    """White with a red top left quarter and a black bottom right one: shows turns, mirrors and channels."""
    image = Image.new("RGB", (width, height), "white")
    image.paste((220, 30, 30), (0, 0, width // 2, height // 2))
    image.paste((0, 0, 0), (width // 2, height // 2, width, height))
    return image


def load(path: Path) -> LoadedSheet:
    sheets = list(open_sheets(path))
    assert len(sheets) == 1
    return sheets[0]


def shown(sheet: LoadedSheet) -> list[str]:
    """The colours of the four quarters, row by row."""
    height, width = sheet.pixels.shape[:2]
    names = []
    for y in (height // 4, 3 * height // 4):
        for x in (width // 4, 3 * width // 4):
            blue, green, red = (int(v) for v in sheet.pixels[y, x])
            names.append("white" if min(blue, green, red) > 170 else "red" if red > 120 and blue < 100 else "black")
    return names


UPRIGHT = ["red", "white", "white", "black"]


@pytest.mark.parametrize(("suffix", "options"), [
    ("JPEG", {}), ("JPEG", {"progressive": True}), ("PNG", {}), ("TIFF", {}), ("TIFF", {"compression": "tiff_lzw"}),
    ("BMP", {}), ("WEBP", {"quality": 90}), ("HEIF", {}), ("PDF", {"resolution": 100})])
def test_each_kind_is_read_whatever_the_file_is_called(tmp_path: Path, suffix: str, options: dict) -> None:
    path = tmp_path / "家访.doc"
    picture().save(path, suffix, **options)
    assert shown(load(path)) == UPRIGHT
    assert inspect(path).pages == 1


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_orientation_a_phone_states_is_applied(tmp_path: Path, orientation: int) -> None:
    undo = {2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
            5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
            8: Image.Transpose.ROTATE_270}
    stored = picture().transpose(undo[orientation]) if orientation in undo else picture()
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored.save(tmp_path / "a.jpg", exif=exif, quality=95)
    sheet = load(tmp_path / "a.jpg")
    assert sheet.pixels.shape == (400, 300, 3)
    assert shown(sheet) == UPRIGHT


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "CMYK", "I;16", "I", "F"])
def test_every_mode_becomes_eight_bit_colour(tmp_path: Path, mode: str) -> None:
    grey = picture().convert("L").point(lambda value: 0 if value < 200 else 255)
    if mode == "I;16":
        image = Image.fromarray((np.asarray(grey, np.uint16) * 257).astype(np.uint16))
    elif mode in ("I", "F"):
        image = grey.convert(mode).point(lambda value: value * 100.0 + 3)
    else:
        image = grey.convert("RGB").convert(mode) if mode in ("CMYK", "P") else grey.convert(mode)
    image.save(tmp_path / "a.tif")
    sheet = load(tmp_path / "a.tif")
    assert sheet.pixels.dtype == np.uint8 and sheet.pixels.shape == (400, 300, 3)
    assert shown(sheet) == ["black", "white", "white", "black"]


def test_what_is_transparent_is_paper(tmp_path: Path) -> None:
    image = Image.new("RGBA", (200, 200), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (0, 0, 50, 50))
    image.save(tmp_path / "a.png")
    pixels = load(tmp_path / "a.png").pixels
    assert pixels[10, 10].tolist() == [0, 0, 0]
    assert pixels[150, 150].tolist() == [255, 255, 255]


def test_the_stated_resolution_is_kept_and_nonsense_is_not(tmp_path: Path) -> None:
    picture().save(tmp_path / "a.jpg", dpi=(200, 200))
    picture().save(tmp_path / "b.jpg", dpi=(1, 1))
    assert load(tmp_path / "a.jpg").dpi == pytest.approx(200)
    assert load(tmp_path / "b.jpg").dpi is None


@pytest.mark.parametrize("kind", ["TIFF", "PDF"])
def test_every_page_is_a_sheet_in_order(tmp_path: Path, kind: str) -> None:
    pages = [Image.new("L", (300, 400), shade) for shade in (40, 120, 230)]
    pages[0].save(tmp_path / "a", kind, save_all=True, append_images=pages[1:])
    sheets = list(open_sheets(tmp_path / "a"))
    assert [sheet.index for sheet in sheets] == [0, 1, 2]
    assert [int(sheet.pixels.mean()) for sheet in sheets] == pytest.approx([40, 120, 230], abs=3)


def test_a_pdf_page_comes_with_enough_pixels_and_its_resolution(tmp_path: Path) -> None:
    Image.new("L", (827, 1169), 255).save(tmp_path / "a.pdf", resolution=100)  # A4
    sheet = load(tmp_path / "a.pdf")
    assert max(sheet.pixels.shape) == pytest.approx(2573, abs=4)
    assert sheet.dpi == pytest.approx(220)


def test_a_file_that_breaks_off_is_read_as_far_as_it_goes_and_says_so(tmp_path: Path) -> None:
    data = io.BytesIO()
    Image.effect_noise((600, 800), 60).convert("RGB").save(data, "JPEG", quality=90)
    whole = data.getvalue()
    (tmp_path / "half.jpg").write_bytes(whole[:len(whole) // 2])
    sheet = load(tmp_path / "half.jpg")
    assert sheet.pixels.shape == (800, 600, 3)
    assert [note.code for note in sheet.notes] == ["truncated"]
    assert "重新上传" in sheet.notes[0].text
    (tmp_path / "tail.jpg").write_bytes(whole[:-2])  # only the end marker is missing
    assert load(tmp_path / "tail.jpg").pixels[700].std() > 10


def test_a_broken_file_shows_nothing_of_the_one_before(tmp_path: Path) -> None:
    Image.new("RGB", (600, 800), (200, 10, 10)).save(tmp_path / "a.jpg")
    data = io.BytesIO()
    Image.effect_noise((600, 800), 60).convert("RGB").save(data, "JPEG", quality=90)
    (tmp_path / "b.jpg").write_bytes(data.getvalue()[:len(data.getvalue()) // 3])
    load(tmp_path / "a.jpg")
    rest = load(tmp_path / "b.jpg").pixels[700:]
    assert abs(int(rest[..., 2].mean()) - int(rest[..., 0].mean())) < 5  # grey, not the other's red


def test_a_huge_photo_is_halved_not_refused(tmp_path: Path) -> None:
    Image.new("L", (6000, 8000), 200).save(tmp_path / "a.jpg", quality=60)
    assert max(load(tmp_path / "a.jpg").pixels.shape) <= 5000


def test_limits_are_the_callers(tmp_path: Path) -> None:
    pages = [Image.new("L", (30, 40), 200)] * 4
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:])
    assert inspect(tmp_path / "a.tif").pages == 4
    with pytest.raises(TooManyPages):
        inspect(tmp_path / "a.tif", Limits(pages=3))
    with pytest.raises(UnreadableFile):
        list(open_sheets(tmp_path / "a.tif", Limits(pixels=1000)))


def test_looking_at_a_file_loads_no_vision_library() -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", "import ocr.filetype, ocr.picture, sys, json; print(json.dumps(sorted(sys.modules)))"],
        capture_output=True, text=True, timeout=60, check=True, cwd=Path(__file__).resolve().parents[2])
    assert not {"cv2", "numpy", "paddleocr"} & set(json.loads(loaded.stdout))


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_a_whole_jpeg_is_the_same_by_either_decoder(tmp_path: Path, mode: str) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (60, 80, 3), np.uint8)
    whole, broken = tmp_path / "whole.jpg", tmp_path / "broken.jpg"
    Image.fromarray(noise).convert(mode).save(whole, "JPEG", quality=85)
    broken.write_bytes(whole.read_bytes() + b"\0")  # its last bytes are no end marker: Pillow decodes it
    assert np.array_equal(load(whole).pixels, load(broken).pixels)
