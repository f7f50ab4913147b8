"""Papers of several pages as a reader hands them over: pictures with ink in their cells, told by the file's bytes."""

import hashlib
import io
from dataclasses import dataclass

from PIL import Image, ImageDraw

from ocr.results import FieldReading, ReadSheet, SheetReading

SIZE = (900, 1270)
MARKS = {"school_seal": True, "guardian_signature": True, "signature": True, "issuer_seal": True, "unit_seal": True,
         "leader_signature": True}


@dataclass(frozen=True)
class Page:
    """One sheet: its form, its cells by (row, field), and the cells a person must look at."""

    template: str
    cells: dict[tuple[int, str], str]
    unsure: tuple[tuple[int, str], ...] = ()


class PapersReader:
    """Reads each file as the pages it was made of."""

    def __init__(self) -> None:
        self._pages: dict[str, list[Page]] = {}

    def file(self, pages: list[Page]) -> bytes:
        """A PDF of the pages, remembered by its bytes."""
        pictures, out = [_picture(page) for page in pages], io.BytesIO()
        pictures[0].save(out, "PDF", save_all=True, append_images=pictures[1:], resolution=110)
        self._pages[hashlib.sha256(out.getvalue()).hexdigest()] = pages
        return out.getvalue()

    def read(self, path, *, template="auto", lists=None):
        """The sheets of the file."""
        pages = self._pages[hashlib.sha256(path.read_bytes()).hexdigest()]
        return [_read(path.name, number, page) for number, page in enumerate(pages)]


def _read(name: str, number: int, page: Page) -> ReadSheet:
    lines: dict[int, dict[str, FieldReading]] = {}
    for place, ((row, field), value) in enumerate(page.cells.items()):
        unsure = (row, field) in page.unsure
        lines.setdefault(row, {})[field] = FieldReading(
            "" if unsure else value, value, 0.2 if unsure else 0.99, not unsure, _box(page, place))
    rows = tuple(fields for row, fields in sorted(lines.items()) if row > 0)
    reading = SheetReading(name, number, page.template, 0.99, 0.1, lines.get(0, {}), rows, lines.get(-1, {}), MARKS)
    out = io.BytesIO()
    _picture(page).save(out, "JPEG", quality=70)
    return ReadSheet(reading, out.getvalue())


def _box(page: Page, place: int) -> tuple[float, float, float, float]:
    """Three cells a line, all of them on the page."""
    height = 0.9 / (len(page.cells) // 3 + 1)
    left, top = 0.05 + 0.3 * (place % 3), 0.05 + height * (place // 3)
    return round(left, 4), round(top, 4), round(left + 0.29, 4), round(top + height * 0.9, 4)


def _picture(page: Page) -> Image.Image:
    image = Image.new("RGB", SIZE, "#fdfdf8")
    draw = ImageDraw.Draw(image)
    for place, ((row, field), value) in enumerate(page.cells.items()):
        x0, y0, x1, y1 = (edge * size for edge, size in zip(_box(page, place), SIZE * 2, strict=True))
        draw.rectangle((x0, y0, x1, y1), outline="#333")
        draw.text((x0 + 5, y0 + 5), f"{row} {field} {len(value)}", fill="#113")
    return image
