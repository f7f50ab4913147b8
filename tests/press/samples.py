"""The sheets of sample_scans/: which ones, why each is there, and how they are kept small."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from tests.press.sheets import CONDITIONS, Pressed, make_sheet

FOLDER = Path(__file__).resolve().parents[2] / "sample_scans"
MOST_BYTES = 340_000
LONGEST_SIDE = 2340


README = """# Sample scans

Every sheet is made up: persons, schools and numbers come from the paper press in `tests/press`, which
prints a form, fills it in by handwriting fonts and scans it. `NNN.expected.json` beside a picture says what
a reader should find on it; `roster.csv` and `units.csv` are the lists that fit the sheets. `make samples`
(`python -m tests.press samples`) makes the whole folder again, byte for byte on the same fonts and library
versions.

| file | what is hard about it | origin |
|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Sample:
    """A sheet by its seed and the reason it is among the samples.

    Its condition is `seed % 4` of the four; of an altered one, what its seed chooses.
    """

    form: str
    seed: int
    reason: str
    variant: str = "plain"


VISITS = tuple(
    Sample("home_visit", seed, reason)
    for seed, reason in (
        (16, "nothing: clean scan, ID number in one cell, every field filled"),
        (0, "upside down; ID number in 18 boxes; not signed, the school's date is blank"),
        (8, "faint ruling; running hand in blue; no address"),
        (4, "pencil; upside down; the teacher's name struck out and written again"),
        (24, "traditional headings; pencil; date in Chinese numerals over two lines"),
        (32, "traditional headings; the school's name corrected; neither seal nor signature"),
        (1, "photo on a desk; traditional headings; the pupil's name corrected; no seal"),
        (5, "photo turned by 90 degrees; 18 boxes; running hand"),
        (9, "photo; date in Chinese numerals; not signed"),
        (13, "photo; a rare character in the name; the parent's opinion corrected"),
        (21, "photo turned by 270 degrees; pencil; neither seal nor signature"),
        (29, "photo; faint ruling; 18 boxes; no companion"),
        (33, "photo; traditional headings; long text"),
        (37, "photo; broken ruling; 18 boxes"),
        (2, "photocopy upside down; grey seal over the date; no reason given"),
        (6, "photocopy; broken ruling; no reason given"),
        (14, "photocopy; running hand; the seal on the opinion; date in Chinese numerals"),
        (22, "photocopy; broken ruling; the school gives no opinion"),
        (34, "photocopy; a rare character in the name; 18 boxes"),
        (3, "coarse scan; the age corrected; no seal"),
        (11, "coarse scan; a rare surname; the parent gives no opinion"),
        (27, "coarse scan; traditional headings; a rare surname; date in Chinese numerals"),
        (35, "coarse scan; the age on the paper contradicts the ID number"),
    )
)

TABLES = tuple(
    Sample("township_table", seed, reason)
    for seed, reason in (
        (56, "nothing: clean scan, all by hand"),
        (0, "the sheet is wide, not tall; units and counts by hand"),
        (48, "upside down; traditional headings; a line «填表单位» above; the paper does not add up"),
        (16, "heading over two columns; thirteen units only; the paper does not add up"),
        (5, "photo; all by hand; ten units only"),
        (17, "photo turned by 90 degrees; faint ruling; pencil"),
        (25, "photo turned by 270 degrees"),
        (37, "photo, upside down; traditional headings; a count corrected; the paper does not add up"),
        (2, "photocopy, upside down"),
        (26, "photocopy; broken ruling; traditional headings; heading over two columns"),
        (3, "coarse scan, wide, upside down; heading over two columns"),
        (19, "coarse scan; typed throughout; broken ruling"),
    )
)

ALTERED_VISITS = tuple(
    Sample("home_visit", seed, reason, "altered")
    for seed, reason in (
        (
            1,
            "another county's form: the school in a cell, sex circled; coffee, holes, a received stamp",
        ),
        (
            0,
            "by messenger: other order, values under their labels, sex circled; a red tick",
        ),
        (
            6,
            "by messenger: a wide form ruled with a pen, the reason ticked; a finger",
        ),
        (
            11,
            "coarse scan, skewed: no companion, the reason ticked, broken lines, two folds; nobody sealed it",
        ),
    )
)

ALTERED_TABLES = tuple(
    Sample("township_table", seed, reason, "altered")
    for seed, reason in (
        (5, "photo: no number column, the ruling drawn by hand and wavy, a fold"),
        (
            9,
            "photo: sums first, columns moved, heading repeated, no lines at the sides",
        ),
        (6, "by messenger: counts struck out and written again above; skewed, faint lines"),
        (28, "two sheets in one picture: nothing is expected but that it is said"),
    )
)

PAPERS = tuple(
    Sample(form, seed, reason)
    for form, reasons in {
        "persuasion_record": (
            "nothing: clean scan, all options written; ID number in 18 boxes",
            "photo on a desk; faint ruling; how they spoke is ticked; the guardian did not sign",
            "photocopy; the outcome ticked, the day corrected; grey seal",
            "coarse scan; broken ruling; no telephone, no seal",
        ),
        "transfer_register": (
            "first of three sheets of one register; clean scan; numbers by hand",
            "second of three sheets; photo on a desk, broken ruling, pencil",
            "third of three sheets, half filled; photocopy; traditional headings",
            "coarse scan; a register of a single sheet",
        ),
        "monthly_return": (
            "clean scan; the unit gives no opinion and no seal",
            "photo, upside down; traditional headings",
            "photocopy; traditional headings; nothing written for nought",
            "coarse scan; the seal over the signature",
        ),
        "home_teaching": (
            "clean scan; pencil; ID number in 18 boxes; no address",
            "photo turned by 90 degrees, folded; no seal",
            "photocopy; traditional headings; the pupil's name corrected; grey seal",
            "coarse scan; nothing on how the pupil took it; the parent's date is blank",
        ),
        "responsibility_agreement": (
            "clean scan; two seals; the school's post is blank",
            "photo in bad light; traditional headings; pencil",
            "photocopy upside down; traditional headings; only one party has sealed",
            "coarse scan; traditional headings",
        ),
    }.items()
    for seed, reason in enumerate(reasons)
)
"""Seeds 0 to 3 of each of the notice's other papers: one in each condition."""

ALTERED_FROM = 31
"""The number of the first altered sample in each folder."""


def pressed(sample: Sample) -> Pressed:
    """The sample's picture, small enough to be kept beside the code, with its expected reading."""
    made = make_sheet(sample.seed, sample.form, None, "sample", variant=sample.variant)
    jpeg, scale = shrunk(made.image_bytes)
    dpi = round(made.expected["dpi"] * scale)
    return Pressed(jpeg, {**made.expected, "dpi": dpi, "reason": sample.reason})


def shrunk(jpeg: bytes) -> tuple[bytes, float]:
    """The same picture below MOST_BYTES and its scale: coarser first in quality, then in size."""
    image = Image.open(io.BytesIO(jpeg))
    exif, side = image.getexif(), max(image.size)
    for longest, quality in (
        (LONGEST_SIDE, 85),
        (LONGEST_SIDE, 72),
        (LONGEST_SIDE, 60),
        (2100, 60),
        (1900, 60),
        (1750, 55),
    ):
        scale = min(1.0, longest / side)
        if scale == 1.0 and len(jpeg) <= MOST_BYTES:
            return jpeg, 1.0
        size = (round(image.width * scale), round(image.height * scale))
        out = io.BytesIO()
        image.resize(size, Image.Resampling.LANCZOS).save(out, "JPEG", quality=quality, exif=exif)
        if out.tell() <= MOST_BYTES:
            break
    return out.getvalue(), scale


def readme() -> str:
    """The text of sample_scans/README.md."""
    lines = [
        f"| `{form}/{number:03}.jpg` | {sample.reason} | press, {_origin(sample)}, seed {sample.seed} |"
        for form, number, sample in numbered()
    ]
    return README + "\n".join(lines) + "\n"


def _origin(sample: Sample) -> str:
    return "altered" if sample.variant == "altered" else CONDITIONS[sample.seed % len(CONDITIONS)]


def numbered() -> list[tuple[str, int, Sample]]:
    """Form folder, number in it, sample: plain ones from 1, altered ones from ALTERED_FROM on."""
    groups = ((VISITS, 1), (ALTERED_VISITS, ALTERED_FROM), (TABLES, 1), (ALTERED_TABLES, ALTERED_FROM))
    papers = [(sample.form, sample.seed + 1, sample) for sample in PAPERS]
    return [
        (sample.form, number, sample) for group, first in groups for number, sample in enumerate(group, first)
    ] + papers
