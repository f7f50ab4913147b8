"""No file harms the process that reads it: sheets or a refusal in the user's language, soon and within memory."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from PIL import Image

from ocr.errors import UnreadableFile
from ocr.filetype import Limits, inspect
from ocr.load import open_sheets
from tests.hostile.makers import READ, Hostile, hostile_files, rotten_files, saved

FILES = list(hostile_files())
LIMITS = Limits(child_cpu_seconds=4, child_wall_seconds=12)


def outcome(path: Path) -> str:
    """READ or the code of the refusal, whose words are checked on the way."""
    try:
        for sheet in open_sheets(path, LIMITS):
            assert sheet.pixels.ndim == 3 and sheet.pixels.size <= 3 * LIMITS.pixels
    except UnreadableFile as refusal:
        for text in (refusal.message_zh, refusal.advice_zh):
            assert any("一" <= character <= "鿿" for character in text)
        return refusal.code
    return READ


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_hostile_file_is_read_or_refused(file: Hostile, tmp_path: Path) -> None:
    path = tmp_path / file.name
    path.write_bytes(file.data)
    start = time.monotonic()
    assert outcome(path) in file.codes
    assert time.monotonic() - start < 20


def test_the_quick_look_at_upload_agrees_with_the_reading(tmp_path: Path) -> None:
    for file in FILES:
        if file.codes & {READ, "rendering_failed"}:
            continue
        path = tmp_path / "upload"
        path.write_bytes(file.data)
        with pytest.raises(UnreadableFile) as refusal:
            inspect(path, LIMITS)
        assert refusal.value.code in file.codes, file.name


def test_rotten_bytes_never_raise_anything_else(tmp_path: Path) -> None:
    for file in rotten_files(72):
        path = tmp_path / file.name
        path.write_bytes(file.data)
        assert outcome(path) in file.codes, file.name


def test_a_child_out_of_time_is_a_refusal_and_not_a_wait(tmp_path: Path) -> None:
    bomb = next(file for file in FILES if file.name == "image.pdf")
    (tmp_path / "a.pdf").write_bytes(bomb.data)
    start = time.monotonic()
    with pytest.raises(UnreadableFile) as refusal:
        list(open_sheets(tmp_path / "a.pdf", Limits(child_wall_seconds=0, child_cpu_seconds=1)))
    assert refusal.value.code == "rendering_failed"
    assert time.monotonic() - start < 5


def test_a_child_out_of_memory_is_a_refusal(tmp_path: Path) -> None:
    (tmp_path / "a.tif").write_bytes(saved(Image.new("L", (7000, 7000)), "TIFF", compression="tiff_lzw"))
    with pytest.raises(UnreadableFile) as refusal:
        list(open_sheets(tmp_path / "a.tif", Limits(child_bytes=130_000_000)))
    assert refusal.value.code == "rendering_failed"
