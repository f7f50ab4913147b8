"""Sheets come out the same each time, and say truly what is on them."""

from __future__ import annotations

import hashlib
import io

import numpy as np
import pytest
from PIL import Image, ImageOps

from tests.press import fonts, hands, paper
from tests.press.chance import chance
from tests.press.sheets import make_sheet
from tests.press.township_table import COUNTS, plan

NEEDED = {
    name
    for group in (hands.HANDS, hands.FIGURES, paper.PRINT_FONTS)
    for names in group.values()
    for name in names
}
NEEDED -= {""}
ABSENT = fonts.missing(NEEDED)
needs_fonts = pytest.mark.skipif(bool(ABSENT), reason=f"fonts to make sheets are missing: {sorted(ABSENT)}")


def counts(row):
    return [int(row[key] or 0) for key in COUNTS]


def test_held_sheets_share_no_hand_and_no_print_with_tuned_ones():
    for fonts_of in (hands.HANDS, paper.PRINT_FONTS):
        assert not set(fonts_of["held"]) & set(fonts_of["tune"])
    assert set(hands.FIGURES["held"]) & set(hands.FIGURES["tune"]) == {""}


def test_sums_hold_on_every_table_that_is_not_flagged():
    flagged = 0
    for number in range(200):
        table = plan(chance("contents", number), chance("layout", number), "tune")
        rows_hold = all(
            counts(row)[0] + counts(row)[1] == counts(row)[2] for row in [*table.rows, table.totals]
        )
        columns_hold = np.sum([counts(row) for row in table.rows], axis=0).tolist() == counts(table.totals)
        assert (rows_hold and columns_hold) == (not table.flags)
        flagged += bool(table.flags)
    assert 5 < flagged < 60


@needs_fonts
def test_a_seed_gives_the_same_bytes_twice():
    first, second = (make_sheet(7, "home_visit", "lowres", "tune") for _ in range(2))
    assert hashlib.sha256(first.image_bytes).digest() == hashlib.sha256(second.image_bytes).digest()
    assert first.expected == second.expected


@needs_fonts
def test_the_corners_of_a_photo_hold_the_paper_and_leave_out_the_desk():
    made = make_sheet(5, "township_table", "photo", "tune")
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(made.image_bytes))).convert("L")
    corners = np.array(made.expected["corners"]) * np.array(image.size)
    centre = corners.mean(0)
    inside, outside = ([centre + (corner - centre) * reach for corner in corners] for reach in (0.97, 1.04))
    pixels = np.asarray(image)
    for points, bright in ((inside, True), (outside, False)):
        for x, y in points:
            if 0 <= x < image.width and 0 <= y < image.height:
                assert (pixels[int(y), int(x)] > 110) == bright


@needs_fonts
def test_every_written_field_has_a_box_on_the_sheet():
    expected = make_sheet(3, "home_visit", "lowres", "tune").expected
    for name in (*expected["fields"], *(mark for mark, there in expected["marks"].items() if there)):
        if name == "guardian_signature":
            continue
        x0, y0, x1, y1 = expected["boxes"][name]
        assert 0 < x0 < x1 < 1.05
        assert 0 < y0 < y1 < 1
